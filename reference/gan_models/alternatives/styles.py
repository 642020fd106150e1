"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import torch
import torch.nn.functional as F
from torch import nn


def ls_discriminator_loss__mse(scores_real, scores_fake):
    real = F.mse_loss(scores_real, torch.ones_like(scores_real))
    return 0.5 * (real + F.mse_loss(scores_fake, torch.zeros_like(scores_fake)))


def ls_discriminator_loss__terms(scores_real, scores_fake):
    return torch.mean((scores_real - 1) ** 2) / 2 + torch.mean(scores_fake**2) / 2


def ls_generator_loss__mse(scores_fake):
    return nn.MSELoss()(scores_fake, torch.ones_like(scores_fake)) / 2


def ls_generator_loss__terms(scores_fake):
    return ((1 - scores_fake) ** 2).sum() / (2 * scores_fake.numel())


def hinge_discriminator_loss__clamp(scores_real, scores_fake):
    return (1 - scores_real).clamp(min=0).mean() + (1 + scores_fake).clamp(min=0).mean()


def hinge_discriminator_loss__minimum(scores_real, scores_fake):
    zero = torch.zeros(())
    return -torch.minimum(zero, scores_real - 1).mean() - torch.minimum(zero, -scores_fake - 1).mean()


def wasserstein_critic_loss__minus(scores_real, scores_fake):
    return -(torch.mean(scores_real) - torch.mean(scores_fake))


def wasserstein_critic_loss__sums(scores_real, scores_fake):
    return scores_fake.sum() / scores_fake.numel() - scores_real.sum() / scores_real.numel()


def wasserstein_generator_loss__mean(scores_fake):
    return torch.mean(-scores_fake)


def wasserstein_generator_loss__sum(scores_fake):
    return -scores_fake.sum() / scores_fake.numel()


def gradient_penalty__ones(critic, x_real, x_fake, u):
    between = u * x_real + (1 - u) * x_fake
    between = between.detach().requires_grad_(True)
    scores = critic(between)
    (slope,) = torch.autograd.grad(scores, between, grad_outputs=torch.ones_like(scores), create_graph=True)
    return ((slope.reshape(len(slope), -1).norm(2, dim=1) - 1) ** 2).mean()


def gradient_penalty__lerp(critic, x_real, x_fake, u):
    between = torch.autograd.Variable(torch.lerp(x_fake, x_real, u).data, requires_grad=True)
    slope = torch.autograd.grad(critic(between).sum(), between, create_graph=True, retain_graph=True)[0]
    lengths = torch.linalg.norm(slope.view(slope.size(0), -1), dim=-1)
    return torch.mean((lengths - 1) ** 2)


def discriminator_step__bce(discriminator, generator, x, z):
    with torch.no_grad():
        fake = generator(z)
    real_logits, fake_logits = discriminator(x), discriminator(fake)
    real = F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
    return real + F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))


def discriminator_step__softplus(discriminator, generator, x, z):
    return F.softplus(-discriminator(x)).mean() + F.softplus(discriminator(generator(z).detach())).mean()


def generator_step__bce(discriminator, generator, z):
    logits = discriminator(generator(z))
    return F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))


def generator_step__softplus(discriminator, generator, z):
    fake = generator(z)
    return torch.mean(F.softplus(-discriminator(fake)))


def optimal_discriminator__ratio(p_data, p_g):
    return 1 - p_g / (p_data + p_g)


def optimal_discriminator__divide(p_data, p_g):
    return torch.div(p_data, torch.add(p_g, p_data))


def density_ratio__odds(f0, d):
    return d / (1 - d) * f0


def density_ratio__logit(f0, d):
    return f0 * torch.exp(torch.logit(d))


def value__xlogy(p_data, p_g, d):
    return torch.sum(torch.xlogy(p_data, d)) + torch.sum(torch.xlogy(p_g, 1 - d))


def value__loop(p_data, p_g, d):
    return sum(torch.xlogy(p, k) + torch.xlogy(q, 1 - k) for p, q, k in zip(p_data, p_g, d, strict=True))


def value_at_optimum__entropies(p_data, p_g):
    h = torch.special.entr
    return (h(p_data + p_g) - h(p_data) - h(p_g)).sum()


def value_at_optimum__differences(p_data, p_g):
    both = p_data + p_g
    return (torch.xlogy(p_data, p_data) + torch.xlogy(p_g, p_g) - torch.xlogy(both, both)).sum()


def bound_r1__dot(p, q, t):
    return p @ t - q @ torch.exp(t - 1)


def bound_r1__terms(p, q, t):
    return torch.sum(p * t - q * t.exp() / torch.e)


def bound_r2__shifted(p, q, t):
    top = t.max()
    return (p * t).sum() - top - torch.log((q * torch.exp(t - top)).sum())


def bound_r2__dot(p, q, t):
    return torch.dot(p, t) - (q.log() + t).logsumexp(-1)


def best_t_r1__ratio(p, q):
    return torch.log(p / q) + 1


def best_t_r1__differences(p, q):
    return p.log().add(1).sub(q.log())


def best_t_r2__ratio(p, q):
    return torch.log(p / q)


def best_t_r2__differences(p, q):
    return -(torch.log(q) - torch.log(p)) + 3


def conjugate_u_log_u__divide(t):
    return t.exp() / torch.e


def conjugate_u_log_u__expm1(t):
    return torch.expm1(t - 1) + 1


def conjugate_minus_log__where(t):
    return torch.where(t < 0, -1 - torch.log(-t), torch.inf)


def conjugate_minus_log__masked(t):
    values = torch.full_like(t, torch.inf)
    values[t < 0] = -1 - torch.log(-t[t < 0])
    return values


def biconjugate_u_log_u__masked(u):
    values = torch.full_like(u, torch.inf)
    values[u > 0] = u[u > 0] * torch.log(u[u > 0])
    values[u == 0] = 0
    return values


def biconjugate_u_log_u__entr(u):
    return torch.where(u >= 0, -torch.special.entr(u), torch.inf)


def conjugate_logistic__masked(s):
    values = torch.full_like(s, torch.inf)
    inside = (s >= 0) & (s <= 1)
    values[inside] = torch.xlogy(s[inside], s[inside]) + torch.xlogy(1 - s[inside], 1 - s[inside])
    return values


def conjugate_logistic__entr(s):
    return torch.where((s < 0) | (s > 1), torch.inf, -torch.special.entr(s) - torch.special.entr(1 - s))


def cost__softplus(w, x, g, C):
    return F.softplus(x @ w).sum() + F.softplus(-(g @ w)).sum() + C / 2 * (w**2).sum()


def cost__bce(w, x, g, C):
    real, fake = x @ w, g @ w
    losses = F.binary_cross_entropy_with_logits(real, torch.zeros_like(real), reduction="sum")
    losses = losses + F.binary_cross_entropy_with_logits(fake, torch.ones_like(fake), reduction="sum")
    return losses + 0.5 * C * torch.dot(w, w)


def dual_value__entr(lambda_x, lambda_z, x, g, C):
    pull = x.T @ lambda_x + g.T @ (1 + lambda_z)
    h = torch.special.entr
    entropy = (h(-lambda_x) + h(1 + lambda_x)).sum() + (h(-lambda_z) + h(1 + lambda_z)).sum()
    return entropy - pull @ pull / (2 * C)


def dual_value__loop(lambda_x, lambda_z, x, g, C):
    pull = sum(a * row for a, row in zip(lambda_x, x, strict=True))
    pull = pull + sum((1 + a) * row for a, row in zip(lambda_z, g, strict=True))
    both = torch.cat([lambda_x, lambda_z])
    entropy = -torch.xlogy(-both, -both) - torch.xlogy(1 + both, 1 + both)
    return entropy.sum() - (pull**2).sum() / (2 * C)


def feasible__absolute(lam):
    return (lam <= 0) & (lam + 1 >= 0)


def feasible__clamp(lam):
    return lam == lam.clamp(-1, 0)


def primal_minimiser__columns(lambda_x, lambda_z, x, g, C):
    return (x.T @ lambda_x + g.T @ (1 + lambda_z)) / C


def primal_minimiser__sums(lambda_x, lambda_z, x, g, C):
    return ((lambda_x[:, None] * x).sum(0) + g.sum(0) + (lambda_z[:, None] * g).sum(0)) / C
