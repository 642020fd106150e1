import math

import torch
import torch.nn.functional as F

bce = F.binary_cross_entropy_with_logits


# ---------- Question 1 ----------
def ls_discriminator_loss(scores_real, scores_fake):
    loss_real = ((scores_real - 1) ** 2).mean()
    loss_fake = (scores_fake ** 2).mean()
    return 0.5 * (loss_real + loss_fake)


def ls_generator_loss(scores_fake):
    return 0.5 * ((scores_fake - 1) ** 2).mean()


def hinge_discriminator_loss(scores_real, scores_fake):
    return F.relu(1 - scores_real).mean() + F.relu(1 + scores_fake).mean()


def wasserstein_critic_loss(scores_real, scores_fake):
    return scores_fake.detach().mean() - scores_real.mean()


def wasserstein_generator_loss(scores_fake):
    return -scores_fake.mean()


# ---------- Question 2 ----------
def gradient_penalty(critic, x_real, x_fake, u):
    x_hat = (u * x_real + (1 - u) * x_fake).requires_grad_(True)
    scores = critic(x_hat)
    # one graph is enough
    grads = torch.autograd.grad(scores, x_hat, grad_outputs=torch.ones_like(scores))[0]
    return ((grads.flatten(1).norm(2, dim=1) - 1) ** 2).mean()


# ---------- Question 3 ----------
def discriminator_step(discriminator, generator, x, z):
    logits_real = discriminator(x)
    logits_fake = discriminator(generator(z).detach())
    return bce(logits_real, torch.ones_like(logits_real)) + bce(logits_fake, torch.zeros_like(logits_fake))


def generator_step(discriminator, generator, z):
    fake = generator(z).detach()
    logits_fake = discriminator(fake)
    return bce(logits_fake, torch.ones_like(logits_fake))


# ---------- Question 4 ----------
def optimal_discriminator(p_data, p_g):
    return p_data / (p_data + p_g)


def density_ratio(f0, d):
    return f0 * d / (1 - d)


def value(p_data, p_g, d):
    return (p_data * torch.log(d) + p_g * torch.log(1 - d)).sum()


def value_at_optimum(p_data, p_g):
    m = 0.5 * (p_data + p_g)
    kl_data = torch.where(p_data > 0, p_data * torch.log(p_data / m), torch.zeros_like(m)).sum()
    kl_g = torch.where(p_g > 0, p_g * torch.log(p_g / m), torch.zeros_like(m)).sum()
    return -math.log(4) + kl_data + kl_g


# ---------- Question 5 ----------
def bound_r1(p, q, t):
    return (p * t).sum() - (q * torch.exp(t - 1)).sum()


def bound_r2(p, q, t):
    largest = t.max().item()
    return (p * t).sum() - largest - math.log((q * torch.exp(t - largest)).sum().item())


def best_t_r1(p, q):
    return 1 + torch.log(p / q)


def best_t_r2(p, q):
    return torch.log(p / q)


# ---------- Question 6 ----------
def conjugate_u_log_u(t):
    return torch.exp(t - 1)


def biconjugate_u_log_u(u):
    return torch.where(u >= 0, torch.xlogy(u, u), torch.full_like(u, math.inf))


def conjugate_minus_log(t):
    return torch.where(t < 0, -1 - torch.log(-t), torch.full_like(t, math.inf))


def conjugate_logistic(s):
    inside = (s >= 0) & (s <= 1)
    return torch.where(inside, torch.xlogy(s, s) + torch.xlogy(1 - s, 1 - s), torch.full_like(s, math.inf))


# ---------- Question 7 ----------
def cost(w, x, g, C):
    return F.softplus(x @ w).sum() + (F.softplus(g @ w) - g @ w).sum() + C / 2 * (w ** 2).sum()


def h(lam):
    return torch.xlogy(lam, -lam) - torch.xlogy(1 + lam, 1 + lam)


def dual_value(lambda_x, lambda_z, x, g, C):
    b = lambda_x @ x + (1 + lambda_z) @ g
    return -(b ** 2).sum() / (2 * C) + h(lambda_x).sum() + h(lambda_z).sum()


def feasible(lam):
    return (-1 <= lam) & (lam <= 0)


def primal_minimiser(lambda_x, lambda_z, x, g, C):
    return (lambda_x @ x + (1 + lambda_z) @ g) / C


def dual_maximiser(x, g, C):
    w = torch.zeros(x.shape[1], requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = cost(w, x, g, C)
        loss.backward()
        return loss

    optimizer.step(closure)
    w = w.detach()
    return -torch.sigmoid(x @ w), -torch.sigmoid(g @ w)
