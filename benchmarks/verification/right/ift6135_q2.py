"""Right answers to `q2_solution.py` in other styles than the reference's: `<function>__<style>`."""

import torch
import torch.nn.functional as F
from torch.autograd import Variable, grad


def lp_reg__variable(x, y, critic):
    batch = x.size(0)
    alpha = torch.rand(batch, 1).expand(x.size())
    z = Variable(alpha * x + (1 - alpha) * y, requires_grad=True)
    out = critic(z)
    g = grad(outputs=out, inputs=z, grad_outputs=torch.ones(out.size()), create_graph=True, only_inputs=True)[0]
    return (torch.max(g.norm(2, dim=1) - 1, torch.zeros(batch)) ** 2).mean()


def lp_reg__functional(x, y, critic):
    t = torch.distributions.Uniform(0, 1).sample((len(x), 1))
    z = torch.lerp(x, y, t)
    g = torch.func.vmap(torch.func.grad(lambda row: critic(row.unsqueeze(0)).squeeze()))(z.requires_grad_())
    return F.relu(torch.einsum("bd,bd->b", g, g).sqrt() - 1).pow(2).mean()


def lp_reg__loop(x, y, critic):
    total = 0.0
    for a, b in zip(x, y, strict=True):
        t = torch.rand(())
        z = (t * a + (1 - t) * b).unsqueeze(0).requires_grad_(True)
        (g,) = torch.autograd.grad(critic(z).sum(), z, create_graph=True)
        total = total + torch.clamp(g.norm() - 1, min=0) ** 2
    return total / len(x)


def lp_reg__columns_only(x, y, critic):
    u = torch.rand(x.shape[0], 1)
    z = (u * x + (1 - u) * y).requires_grad_(True)
    out = critic(z)
    assert out.shape in ((len(x), 1), (len(x),))
    g = torch.autograd.grad(out.reshape(-1, 1), z, torch.ones(len(x), 1), create_graph=True)[0]
    excess = g.pow(2).sum(1).sqrt() - 1
    return torch.mean(torch.where(excess > 0, excess, torch.zeros_like(excess)) ** 2)


def vf_wasserstein_distance__one_batch(p, q, critic):
    first, second = critic(torch.cat((p, q), dim=0)).chunk(2)
    return (first - second).mean()


def vf_wasserstein_distance__shape_of_one(p, q, critic):
    return (critic(p).sum() / p.size(0) - critic(q).sum() / q.size(0)).unsqueeze(0)


def vf_squared_hellinger__exponentials(p, q, critic):
    return 2 - torch.exp(-critic(p)).mean() - torch.exp(critic(q)).mean()


def vf_squared_hellinger__expm1_loop(p, q, critic):
    total = torch.zeros(())
    for a, b in zip(critic(p).reshape(-1), critic(q).reshape(-1), strict=True):
        total = total - torch.expm1(-a) - torch.expm1(b)
    return total / len(p)
