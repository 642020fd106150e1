import math

import torch
import torch.nn as nn
import torch.nn.functional as F


# ---------- Question 1 ----------
def sample_scale(mu, sigma):
    eps = torch.randn_like(sigma)
    return mu + sigma * eps


def sample_variance(mu, variance):
    std = torch.sqrt(variance)
    eps = torch.randn_like(std)
    return mu + std * eps


def sample_matrix(mu, S):
    eps = torch.randn_like(mu)
    return mu + eps @ S.T


# ---------- Question 2 ----------
def log_density_scale(g, mu, sigma):
    z0 = (g - mu) / sigma
    log_q0 = -0.5 * z0 ** 2 - 0.5 * math.log(2 * math.pi)
    return (log_q0 - torch.log(sigma)).sum(dim=1)


def log_density_matrix(g, mu, S):
    z0 = torch.linalg.solve(S, (g - mu).T).T
    log_q0 = (-0.5 * z0 ** 2 - 0.5 * math.log(2 * math.pi)).sum(dim=1)
    return log_q0 - torch.log(torch.det(S))


# ---------- Question 3 ----------
class Encoder(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.fc1 = nn.Linear(data_dimension, hidden_units)
        self.fc_mu = nn.Linear(hidden_units, latent_dimension)
        self.fc_logvar = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = F.relu(self.fc1(x))
        return self.fc_mu(h), self.fc_logvar(h)


class Decoder(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        h = F.relu(self.fc1(z))
        return self.fc2(h)


# ---------- Question 4 ----------
def kl_to_prior(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu ** 2 - logvar.exp(), dim=1)


def negative_elbo_bernoulli(logits, x, mu, logvar):
    p = torch.sigmoid(logits)
    recon = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    return (recon + kl_to_prior(mu, logvar)).mean()


def negative_elbo_gaussian(x_hat, x, mu, logvar, sigma2):
    D = x.shape[1]
    recon = ((x - x_hat) ** 2).sum(dim=1) / (2 * sigma2) + D / 2 * torch.log(2 * math.pi * sigma2)
    return (recon + kl_to_prior(mu, logvar)).mean()


def squared_error_loss(x_hat, x, mu, logvar, sigma2):
    error = F.mse_loss(x_hat, x, reduction="sum") / (2 * sigma2)
    return error + kl_to_prior(mu, logvar).sum()


# ---------- Question 5 ----------
def alpha_loss(logits, x, mu, logvar, alpha):
    recon = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)
    return (recon + alpha * kl_to_prior(mu, logvar)).mean()


# ---------- Question 6 ----------
def log_normal(value, mean, variance):
    return -0.5 * (math.log(2 * math.pi) + torch.log(variance) + (value - mean) ** 2 / variance)


def iwae_bound(log_w):
    w = torch.exp(log_w)
    return torch.log(w.mean(dim=1))


def iwae_linear(x, W, b, sigma2, mu, logvar, eps):
    mu, logvar = mu.unsqueeze(1), logvar.unsqueeze(1)
    z = mu + torch.exp(0.5 * logvar) * eps
    log_px = log_normal(x.unsqueeze(1), z @ W.T + b, sigma2).sum(dim=2)
    log_pz = log_normal(z, 0.0, torch.ones_like(z)).sum(dim=2)
    log_qz = log_normal(z, mu, logvar.exp()).sum(dim=2)
    return torch.logsumexp(log_px + log_pz - log_qz, dim=1) - math.log(eps.shape[1])


# ---------- Question 7 ----------
def log_evidence(x, W, b, sigma2):
    C = W @ W.T + sigma2 * torch.eye(W.shape[0])
    d = x - b
    quadratic = (d * torch.linalg.solve(C, d.T).T).sum(dim=1)
    return -0.5 * (quadratic + torch.logdet(C) + W.shape[0] * math.log(2 * math.pi))


def posterior(x, W, b, sigma2):
    precision = torch.eye(W.shape[1]) + W.T @ W / sigma2
    mean = torch.linalg.solve(precision, W.T @ (x - b).T / sigma2).T
    return mean, precision


def posterior_kl(x, W, b, sigma2, mu, logvar):
    mean, precision = posterior(x, W, b, sigma2)
    d = mean - mu
    trace = (torch.diagonal(precision) * logvar.exp()).sum(dim=1)
    distance = torch.einsum("bi,ij,bj->b", d, precision, d)
    return 0.5 * (trace + distance - mu.shape[1] - torch.logdet(precision) - logvar.sum(dim=1))


def inference_gap(x, W, b, sigma2, mu, logvar):
    log_px = log_normal(x, mu @ W.T + b, sigma2).sum(dim=1)
    spread = (logvar.exp() * (W ** 2).sum(dim=0)).sum(dim=1) / (2 * sigma2)
    elbo = log_px - spread - kl_to_prior(mu, logvar)
    return log_evidence(x, W, b, sigma2) - elbo


def amortisation_gap(x, W, b, sigma2, mu, logvar):
    mean, precision = posterior(x, W, b, sigma2)
    best_logvar = -torch.log(torch.diagonal(precision)).expand_as(logvar)
    best = posterior_kl(x, W, b, sigma2, mean, best_logvar)
    return posterior_kl(x, W, b, sigma2, mu, logvar) - best
