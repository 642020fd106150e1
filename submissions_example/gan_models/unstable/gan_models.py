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
    return scores_fake.mean() - scores_real.mean()


def wasserstein_generator_loss(scores_fake):
    return -scores_fake.mean()


# ---------- Question 2 ----------
def gradient_penalty(critic, x_real, x_fake, u):
    x_hat = (u * x_real + (1 - u) * x_fake).requires_grad_(True)
    grads = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)[0]
    norm = torch.sqrt((grads ** 2).sum(dim=[1, 2, 3]))
    return ((norm - 1) ** 2).mean()


# ---------- Question 3 ----------
def discriminator_step(discriminator, generator, x, z):
    d_real = torch.sigmoid(discriminator(x))
    d_fake = torch.sigmoid(discriminator(generator(z).detach()))
    return -torch.log(d_real).mean() - torch.log(1 - d_fake).mean()


def generator_step(discriminator, generator, z):
    return -torch.log(torch.sigmoid(discriminator(generator(z)))).mean()


# ---------- Question 4 ----------
def optimal_discriminator(p_data, p_g):
    return p_data / (p_data + p_g)


def density_ratio(f0, d):
    return f0 * d / (1 - d)


def value(p_data, p_g, d):
    return (p_data * torch.log(d) + p_g * torch.log(1 - d)).sum()


def value_at_optimum(p_data, p_g):
    return value(p_data, p_g, optimal_discriminator(p_data, p_g))


# ---------- Question 5 ----------
def bound_r1(p, q, t):
    return (p * t).sum() - (q * torch.exp(t - 1)).sum()


def bound_r2(p, q, t):
    return (p * t).sum() - torch.log((q * torch.exp(t)).sum())


def best_t_r1(p, q):
    return 1 + torch.log(p / q)


def best_t_r2(p, q):
    return torch.log(p / q)


# ---------- Question 6 ----------
def conjugate_u_log_u(t):
    return torch.exp(t - 1)


def biconjugate_u_log_u(u):
    return u * torch.log(u)


def conjugate_minus_log(t):
    return -1 - torch.log(-t)


def conjugate_logistic(s):
    return s * torch.log(s) + (1 - s) * torch.log(1 - s)


# ---------- Question 7 ----------
def cost(w, x, g, C):
    real = torch.log(1 + torch.exp(x @ w)).sum()
    fake = torch.log(1 + torch.exp(g @ w)).sum() - (g @ w).sum()
    return real + fake + C / 2 * (w ** 2).sum()


def h(lam):
    return lam * torch.log(-lam) - (1 + lam) * torch.log(1 + lam)


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
