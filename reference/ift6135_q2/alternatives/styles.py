"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import torch


def lp_reg__ones(x, y, critic):
    a = torch.rand(x.shape[0], 1, dtype=x.dtype)
    z = (a * x + (1 - a) * y).detach()
    z.requires_grad = True
    scores = critic(z)
    slope = torch.autograd.grad(scores, z, torch.ones_like(scores), create_graph=True)[0]
    return (torch.clamp(slope.norm(2, dim=1) - 1, min=0) ** 2).mean()


def lp_reg__maximum(x, y, critic):
    a = torch.empty(len(x), 1, dtype=x.dtype).uniform_(0, 1)
    z = torch.autograd.Variable(y + a * (x - y), requires_grad=True)
    (slope,) = torch.autograd.grad(critic(z).sum(), z, create_graph=True)
    excess = torch.linalg.norm(slope, dim=1) - 1
    return torch.mean(torch.maximum(torch.zeros_like(excess), excess).pow(2))


def vf_wasserstein_distance__torch_mean(p, q, critic):
    return torch.mean(critic(p)) - torch.mean(critic(q))


def vf_wasserstein_distance__sums(p, q, critic):
    return critic(p).sum() / len(p) - critic(q).sum() / len(q)


def vf_squared_hellinger__exponentials(p, q, critic):
    return torch.mean(1 - torch.exp(-critic(p))) + torch.mean(1 - torch.exp(critic(q)))


def vf_squared_hellinger__two(p, q, critic):
    real, fake = (-critic(p)).exp(), critic(q).exp()
    return 2 - real.sum() / len(p) - fake.sum() / len(q)
