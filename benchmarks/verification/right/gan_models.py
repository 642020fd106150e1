"""Right answers to "Adversarial objectives and variational bounds", in other styles than the reference's."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Categorical, kl_divergence

criterion = nn.BCEWithLogitsLoss()


def _label(logits, target):
    return torch.full(logits.shape, float(target))


# --- scores ----------------------------------------------------------------------------------------------------------


def ls_discriminator_loss__mse_loss(scores_real, scores_fake):
    return F.mse_loss(scores_real, _label(scores_real, 1)) + F.mse_loss(scores_fake, _label(scores_fake, 0))


def ls_discriminator_loss__loop(scores_real, scores_fake):
    total = torch.zeros(())
    for real, fake in zip(scores_real, scores_fake, strict=True):
        total = total + 0.5 * (real - 1).pow(2).sum() + 0.5 * fake.pow(2).sum()
    return total / scores_real.numel()


def ls_discriminator_loss__one_batch(d_fake, d_real):
    scores = torch.cat([d_real, d_fake])
    targets = torch.cat([torch.ones_like(d_real), torch.zeros_like(d_fake)])
    return nn.MSELoss()(scores, targets)


def ls_generator_loss__expanded(fake):
    return 0.5 * torch.mean(fake**2 - 2 * fake + 1)


def ls_generator_loss__in_place_on_a_copy(scores_fake):
    gap = scores_fake.clone()
    gap -= 1
    gap *= gap.clone()
    return gap.mean()


def hinge_discriminator_loss__maximum(scores_real, scores_fake):
    zero = torch.zeros_like(scores_real)
    return torch.maximum(zero, 1 - scores_real).mean() + torch.maximum(zero, 1 + scores_fake).mean()


def hinge_discriminator_loss__minimum(scores_real, scores_fake):
    zero = torch.tensor(0.0)
    return -torch.min(scores_real - 1, zero).mean() - torch.min(-scores_fake - 1, zero).mean()


def wasserstein_critic_loss__sum_over_length(scores_real, scores_fake):
    return scores_fake.sum() / len(scores_fake) - scores_real.sum() / len(scores_real)


def wasserstein_critic_loss__signs_as_labels(f_real, f_fake):
    signs = torch.cat([-torch.ones_like(f_real), torch.ones_like(f_fake)])
    return 2 * (signs * torch.cat([f_real, f_fake])).mean()


def wasserstein_generator_loss__numpy_scale(scores_fake):
    return (scores_fake * (-1.0 / np.prod(scores_fake.shape))).sum()


# --- gradient penalty ------------------------------------------------------------------------------------------------


def gradient_penalty__grad_outputs(critic, x_real, x_fake, u):
    x_hat = torch.lerp(x_fake, x_real, u).requires_grad_(True)
    scores = critic(x_hat)
    (grads,) = torch.autograd.grad(
        scores, x_hat, grad_outputs=torch.ones_like(scores), create_graph=True, retain_graph=True, only_inputs=True
    )
    grads = grads.view(grads.size(0), -1)
    return ((grads.norm(2, dim=1) - 1) ** 2).mean()


def gradient_penalty__root_of_the_squares(critic, x_real, x_fake, u):
    x_hat = (x_fake + u * (x_real - x_fake)).requires_grad_()
    slope = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)[0]
    norm = torch.sqrt(slope.square().sum(dim=(1, 2, 3)) + 1e-12)
    return F.mse_loss(norm, torch.ones_like(norm))


def gradient_penalty__loop_over_images(critic, x_real, x_fake, u):
    gaps = []
    for k in range(len(x_real)):
        x_hat = (u[k] * x_real[k] + (1 - u[k]) * x_fake[k]).unsqueeze(0).requires_grad_()
        (slope,) = torch.autograd.grad(critic(x_hat).squeeze(), x_hat, create_graph=True)
        gaps.append((slope.norm() - 1) ** 2)
    return torch.stack(gaps).mean()


def gradient_penalty__vmap(critic, x_real, x_fake, u):
    def score(image):
        return critic(image[None])[0, 0]

    slopes = torch.func.vmap(torch.func.grad(score))(u * x_real + (1 - u) * x_fake)
    return (torch.linalg.norm(slopes.flatten(1), dim=1) - 1).pow(2).mean()


# --- steps -----------------------------------------------------------------------------------------------------------


def discriminator_step__no_grad_for_the_fakes(discriminator, generator, x, z):
    with torch.no_grad():
        fakes = generator(z)
    real, fake = discriminator(x), discriminator(fakes)
    return criterion(real, _label(real, 1)) + criterion(fake, _label(fake, 0))


def discriminator_step__one_batch(discriminator, generator, x, z):
    """Fakes not detached, halves averaged, networks put into train mode first."""
    discriminator.train()
    logits = discriminator(torch.cat([x, generator(z)])).squeeze(1)
    labels = torch.zeros(len(logits))
    labels[: len(x)] = 1
    return F.binary_cross_entropy_with_logits(logits, labels)


def discriminator_step__distribution(discriminator, generator, x, z):
    real, fake = discriminator(x), discriminator(generator(z).detach())
    losses = [Bernoulli(logits=real).log_prob(torch.ones_like(real)), Bernoulli(logits=fake).log_prob(_label(fake, 0))]
    return -torch.stack(losses).sum(0).mean()


def discriminator_step__device_of_the_weights(discriminator, generator, x, z):
    device = next(discriminator.parameters()).device
    real = discriminator(x.to(device))
    fake = discriminator(generator(z.to(device)).detach())
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def generator_step__cross_entropy(discriminator, generator, z):
    logits = discriminator(generator(z))
    return criterion(logits, torch.ones_like(logits))


def generator_step__frozen_and_thawed(discriminator, generator, z):
    for p in discriminator.parameters():
        p.requires_grad_(False)
    loss = F.softplus(-discriminator(generator(z))).mean()
    for p in discriminator.parameters():
        p.requires_grad_(True)
    return loss


def generator_step__logaddexp(discriminator, generator, z):
    logits = discriminator(generator(z)).flatten()
    return torch.logaddexp(torch.zeros_like(logits), -logits).sum() / logits.numel()


# --- the game on a table ---------------------------------------------------------------------------------------------


def optimal_discriminator__sigmoid_of_the_log_ratio(p_data, p_g):
    return torch.sigmoid(p_data.log() - p_g.log())


def optimal_discriminator__fakes_first(p_g, p_data):
    return 1 / (1 + p_g / p_data)


def density_ratio__exp_of_the_logit(f0, d):
    return torch.exp(torch.log(f0) + torch.logit(d))


def density_ratio__numpy(f0, d):
    return torch.from_numpy(f0.numpy() / (1 / d.numpy() - 1))


def value__dot(p_data, p_g, d):
    return torch.dot(p_data, d.log()) + torch.dot(p_g, torch.log1p(-d))


def value__loop(p_data, p_g, d):
    total = 0.0
    for k in range(len(d)):
        total += p_data[k] * math.log(d[k]) + p_g[k] * math.log(1 - d[k])
    return torch.as_tensor(total)


def value_at_optimum__two_kls(p_data, p_g):
    m = 0.5 * (p_data + p_g)
    log_m = torch.where(m > 0, m, torch.ones(())).log()
    return F.kl_div(log_m, p_data, reduction="sum") + F.kl_div(log_m, p_g, reduction="sum") - math.log(4)


def value_at_optimum__scipy(p_data, p_g):
    import scipy.special

    p, q = p_data.double().numpy(), p_g.double().numpy()
    m = (p + q) / 2
    jsd = 0.5 * scipy.special.rel_entr(p, m).sum() + 0.5 * scipy.special.rel_entr(q, m).sum()
    return torch.tensor(2 * jsd - np.log(4), dtype=torch.float32)


# --- variational bounds ----------------------------------------------------------------------------------------------


def bound_r1__einsum(p, q, t):
    return torch.einsum("n,n->", p, t) - torch.einsum("n,n->", q, torch.exp(t)) / math.e


def bound_r1__expectation_of_a_distribution(p, q, t):
    return (Categorical(probs=p).probs * t).sum() - (Categorical(probs=q).probs * (t - 1).exp()).sum()


def bound_r2__largest_taken_out(p, q, t):
    top = t.max().detach()
    return (p * t).sum() - top - torch.log((q * torch.exp(t - top)).sum())


def bound_r2__float64(p, q, t):
    p, q, t = p.double(), q.double(), t.double()
    return ((p * t).sum() - torch.logsumexp(q.log() + t, 0)).float()


def best_t_r1__log_of_the_ratio(p, q):
    return torch.log(p / q) + 1


def best_t_r2__with_the_constant_of_r1(p, q):
    return 1 + torch.log(p) - torch.log(q)


def best_t_r2__logit(p, q):
    return torch.logit(p / (p + q))


# --- convex conjugates -----------------------------------------------------------------------------------------------


def conjugate_u_log_u__at_the_best_u(t):
    u = torch.exp(t - 1)
    return u * t - u * u.log()


def biconjugate_u_log_u__cases(u):
    out = torch.full_like(u, float("inf"))
    out[u == 0] = 0
    out[u > 0] = u[u > 0] * torch.log(u[u > 0])
    return out


def biconjugate_u_log_u__scipy(u):
    import scipy.special

    return torch.from_numpy(-scipy.special.entr(u.numpy()))


def conjugate_minus_log__cases(t):
    values = [-1 - math.log(-v) if v < 0 else math.inf for v in t.tolist()]
    return torch.tensor(values)


def conjugate_logistic__cases(s):
    out = torch.full_like(s, math.inf)
    out[(s == 0) | (s == 1)] = 0.0
    inner = (s > 0) & (s < 1)
    v = s[inner]
    out[inner] = v * v.log() + (1 - v) * (1 - v).log()
    return out


def conjugate_logistic__minus_entropy(s):
    import scipy.special

    return torch.from_numpy(-(scipy.special.entr(s.numpy()) + scipy.special.entr(1 - s.numpy())))


# --- the dual of the linear discriminator ----------------------------------------------------------------------------


def cost__cross_entropy(w, x, g, c):
    logits = -torch.cat([x, g]) @ w
    labels = torch.cat([torch.ones(len(x)), torch.zeros(len(g))])
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="sum") + c / 2 * w.pow(2).sum()


def cost__logaddexp(w, x, g, c):
    zero = torch.zeros(())
    y_x, y_z = x.matmul(w), g.matmul(w)
    return torch.logaddexp(y_x, zero).sum() + (torch.logaddexp(y_z, zero) - y_z).sum() + c / 2 * w.norm() ** 2


def dual_value__gram_matrix(lambda_x, lambda_z, x, g, c):
    weights, points = torch.cat([lambda_x, 1 + lambda_z]), torch.cat([x, g])
    coins = torch.cat([lambda_x, lambda_z])
    entropy = -torch.xlogy(-coins, -coins) - torch.xlogy(1 + coins, 1 + coins)
    return entropy.sum() - weights @ (points @ points.T) @ weights / (2 * c)


def dual_value__entropy_of_coins(lambda_x, lambda_z, x, g, c):
    b = (lambda_x[:, None] * x).sum(0) + ((1 + lambda_z)[:, None] * g).sum(0)
    entropy = Bernoulli(probs=-lambda_x).entropy().sum() + Bernoulli(probs=-lambda_z).entropy().sum()
    return entropy - 0.5 / c * b.square().sum()


def feasible__clamped(lam):
    return lam == lam.clamp(-1, 0)


def feasible__numbers(lam):
    return torch.tensor([1.0 if -1 <= v <= 0 else 0.0 for v in lam])


def primal_minimiser__loop(lambda_x, lambda_z, x, g, c):
    b = torch.zeros(x.shape[1])
    for weight, point in zip(lambda_x, x, strict=True):
        b = b + weight * point
    for weight, point in zip(lambda_z, g, strict=True):
        b = b + (1 + weight) * point
    return b / c


def dual_maximiser__lbfgs_on_the_cost(x, g, c):
    import scipy.optimize
    import scipy.special

    def total(w):
        y_x, y_z = x.double().numpy() @ w, g.double().numpy() @ w
        value = np.logaddexp(0, y_x).sum() + np.logaddexp(0, -y_z).sum() + c.item() / 2 * w @ w
        s_x, s_z = scipy.special.expit(y_x), -scipy.special.expit(-y_z)
        return value, x.double().numpy().T @ s_x + g.double().numpy().T @ s_z + c.item() * w

    w = scipy.optimize.minimize(total, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", tol=1e-12).x
    w = torch.from_numpy(w).float()
    return -torch.sigmoid(x @ w), -torch.sigmoid(g @ w)


def dual_maximiser__ascent_within_bounds(x, g, c):
    points = torch.cat([x, g]).double()
    added = torch.cat([torch.zeros(len(x)), torch.ones(len(g))]).double()
    free = torch.zeros(len(points), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([free], max_iter=500, line_search_fn="strong_wolfe", tolerance_change=1e-14)

    def closure():
        optimizer.zero_grad()
        lam = -torch.sigmoid(free)
        entropy = Bernoulli(logits=free).entropy().sum()
        loss = ((lam + added) @ points).square().sum() / (2 * c) - entropy
        loss.backward()
        return loss

    optimizer.step(closure)
    lam = -torch.sigmoid(free.detach()).float()
    return lam[: len(x)], lam[len(x) :]


def value_at_optimum__distributions(p_data, p_g):
    keep = (p_data + p_g) > 0
    p, q = Categorical(probs=p_data[keep]), Categorical(probs=p_g[keep])
    m = Categorical(probs=0.5 * (p_data + p_g)[keep])
    return kl_divergence(p, m) + kl_divergence(q, m) - 2 * math.log(2)
