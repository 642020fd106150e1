"""Wrong answers to `q2_solution.py` as students write them: `<function>__<note>`."""

import torch
import torch.nn.functional as F


def _gradient(critic, z, keep=True):
    out = critic(z)
    return torch.autograd.grad(out, z, torch.ones(out.shape), create_graph=keep, retain_graph=True)[0]


def lp_reg__two_sided(x, y, critic):
    eps = torch.rand(x.size(0), 1)
    z = torch.autograd.Variable(eps * y + (1 - eps) * x, requires_grad=True)
    return ((torch.linalg.norm(_gradient(critic, z), axis=1) - 1) ** 2).mean()


def lp_reg__no_gradient(x, y, critic):
    eps = torch.rand(x.size(0), 1)
    z = (eps * x + (1 - eps) * y).requires_grad_()
    norm = _gradient(critic, z, keep=False).norm(p=2, dim=1)
    return torch.max(norm - 1, torch.zeros_like(norm)).pow(2).mean()


def lp_reg__u_per_feature(x, y, critic):
    t = torch.empty_like(x).uniform_(0, 1)
    z = (t * x + (1 - t) * y).requires_grad_()
    return (F.relu(_gradient(critic, z).norm(dim=-1) - 1) ** 2).mean()


def lp_reg__one_u(x, y, critic):
    t = float(torch.rand(()))
    z = (t * x + (1 - t) * y).requires_grad_()
    return (F.relu(_gradient(critic, z).norm(dim=-1) - 1) ** 2).mean()


def lp_reg__middle(x, y, critic):
    z = ((x + y) / 2).requires_grad_()
    return (F.relu(_gradient(critic, z).norm(dim=-1) - 1) ** 2).mean()


def lp_reg__norm_over_batch(x, y, critic):
    t = torch.rand(len(x), 1)
    z = (t * x + (1 - t) * y).requires_grad_()
    norm = torch.sqrt((_gradient(critic, z) ** 2).sum())
    return F.relu(norm - 1) ** 2


def lp_reg__mean_before_square(x, y, critic):
    t = torch.rand(len(x), 1)
    z = (t * x + (1 - t) * y).requires_grad_()
    return torch.clamp(_gradient(critic, z).norm(dim=1) - 1, 0).mean() ** 2


def lp_reg__gradient_of_the_mean(x, y, critic):
    t = torch.rand(len(x), 1)
    z = (t * x + (1 - t) * y).requires_grad_()
    g = torch.autograd.grad(critic(z).mean(), z, create_graph=True)[0]
    return torch.clamp(g.norm(dim=1) - 1, 0).square().mean()


def lp_reg__not_squared(x, y, critic):
    t = torch.rand(len(x), 1)
    z = (t * x + (1 - t) * y).requires_grad_()
    return torch.clamp(_gradient(critic, z).pow(2).sum(1).sqrt() - 1, 0).mean()


def lp_reg__normal_u(x, y, critic):
    t = torch.randn(len(x), 1)
    z = (x + t * (y - x)).requires_grad_()
    return torch.clamp(_gradient(critic, z).norm(dim=1) - 1, min=0.0).square().mean()


def vf_wasserstein_distance__exchanged(x, y, critic):
    return critic(y).mean() - critic(x).mean()


def vf_wasserstein_distance__absolute(x, y, critic):
    return torch.abs(torch.mean(critic(x)) - torch.mean(critic(y)))


def vf_wasserstein_distance__not_reduced(x, y, critic):
    return critic(x) - critic(y)


def vf_squared_hellinger__no_activation(x, y, critic):
    f = critic(y)
    return torch.mean(critic(x)) - torch.mean(f / (1 - f))


def vf_squared_hellinger__no_conjugate(x, y, critic):
    return torch.mean(1 - torch.exp(-critic(x))) - torch.mean(1 - torch.exp(-critic(y)))


def vf_squared_hellinger__conjugate_added(x, y, critic):
    gx, gy = 1 - torch.exp(-critic(x)), 1 - torch.exp(-critic(y))
    return (gx + gy / (1 - gy)).mean()


def vf_squared_hellinger__exchanged__2(x, y, critic):
    gx, gy = 1 - critic(x).exp(), 1 - critic(y).exp()
    return gx.mean() - (gy / (1 - gy)).mean()


def vf_squared_hellinger__exchanged(x, y, critic):
    gx, gy = 1 - torch.exp(-critic(x)), 1 - torch.exp(-critic(y))
    return gy.mean() - (gx / (1 - gx)).mean()


def vf_squared_hellinger__not_finite(x, y, critic):
    g = 1 - torch.exp(-critic(y))
    return torch.mean(1 - torch.exp(-critic(x))) - torch.mean(g / (1 - g))
