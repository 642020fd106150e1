import torch


def lp_reg(x, y, critic):
    t = torch.rand(1)
    z = (t * x + (1 - t) * y).requires_grad_(True)
    f = critic(z)
    g = torch.autograd.grad(f, z, torch.ones(f.size()), create_graph=True)[0]
    # frobenius norm
    return torch.relu(torch.norm(g) - 1) ** 2


def vf_wasserstein_distance(x, y, critic):
    return critic(x).sum() - critic(y).sum()


def vf_squared_hellinger(x, y, critic):
    tx, ty = 1 - torch.exp(-critic(x)), 1 - torch.exp(-critic(y))
    return tx - ty / (1 - ty)
