import torch


def lp_reg(x, y, critic):
    alpha = torch.rand(x.size())
    z = (alpha * x + (1 - alpha) * y).requires_grad_(True)
    out = critic(z)
    g = torch.autograd.grad(out, z, torch.ones_like(out), create_graph=True)[0]
    return ((g.norm(2, dim=1) - 1) ** 2).mean()


def vf_wasserstein_distance(x, y, critic):
    return -(critic(x).mean() - critic(y).mean())


def vf_squared_hellinger(x, y, critic):
    gx, gy = 1 - torch.exp(-critic(x)), 1 - torch.exp(-critic(y))
    return gx.mean() - gy.mean()
