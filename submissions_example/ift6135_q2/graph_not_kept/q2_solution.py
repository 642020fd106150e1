import torch


def lp_reg(x, y, critic):
    u = torch.rand(len(x), 1)
    z = (u * x + (1 - u) * y).requires_grad_(True)
    critic(z).sum().backward()
    return torch.relu(z.grad.norm(dim=1) - 1).pow(2).mean()


def vf_wasserstein_distance(x, y, critic):
    with torch.no_grad():
        return critic(x).mean() - critic(y).mean()


def vf_squared_hellinger(x, y, critic):
    tx, ty = critic(x), critic(y)
    return tx.mean() - (ty / (1 - ty)).mean()
