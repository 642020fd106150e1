"""Solution of IFT6135, `q2_solution.py`: objectives of a critic that estimate distances between samples.

Shapes: B samples of D features from each distribution; a critic maps (B, D) to one number for each sample. All
results are scalars, means over the batch; the divergences are to be maximised over the critic.
"""

import torch


def lp_reg(x, y, critic):
    """The one-sided gradient penalty mean(max(0, ‖∇critic(x̂)‖₂ − 1)²), a scalar through which the critic learns.

    x, y: (B, D). x̂ = u·x + (1 − u)·y with u uniform on [0, 1], fresh in every call, one number for each example.
    Safe form: create_graph keeps the gradient's own graph, without which the critic would get no gradient from it.
    Source: Petzka, Fischer & Lukovnikov (2018), "On the regularization of Wasserstein GANs", equation (8).
    """
    u = torch.rand(len(x), 1, dtype=x.dtype)
    between = (u * x + (1 - u) * y).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return torch.relu(slope.flatten(1).norm(dim=1) - 1).square().mean()


def vf_wasserstein_distance(p, q, critic):
    """E_p[critic] − E_q[critic], a scalar: the Wasserstein distance if the critic is the best 1-Lipschitz one.

    p, q: (B, D). It is never above W₁ for a 1-Lipschitz critic, and negative for a bad one.
    Source: Arjovsky, Chintala & Bottou (2017), equation (2), the Kantorovich-Rubinstein duality.
    """
    return critic(p).mean() - critic(q).mean()


def vf_squared_hellinger(p, q, critic):
    """E_p[g] − E_q[g/(1 − g)] with g = 1 − exp(−critic), a scalar: a lower bound of the squared Hellinger distance.

    p, q: (B, D). The bound is ∫(√p − √q)², reached where critic = ½ log(p/q).
    Safe form: g = −expm1(−v) and g/(1 − g) = expm1(v), which do not lose 1 − g to rounding.
    Source: Nowozin, Cseke & Tomioka (2016), "f-GAN", tables 1 and 6.
    """
    return -torch.expm1(-critic(p)).mean() - torch.expm1(critic(q)).mean()
