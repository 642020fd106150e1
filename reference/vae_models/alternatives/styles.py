"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence


def _kl(mu, logvar):
    return kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(1)


def sample_scale__rsample(mu, sigma):
    return Normal(mu, sigma).rsample()


def sample_scale__normal(mu, sigma):
    return torch.normal(torch.zeros_like(mu), torch.ones_like(sigma)) * sigma + mu


def sample_variance__rsample(mu, variance):
    return Normal(mu, variance**0.5).rsample()


def sample_variance__randn(mu, variance):
    return torch.sqrt(variance).mul(torch.randn(*mu.shape, dtype=mu.dtype)).add(mu)


def sample_matrix__columns(mu, S):
    return (mu.T + S @ torch.randn_like(mu.T)).T


def sample_matrix__einsum(mu, S):
    return mu + torch.einsum("ij,bj->bi", S, torch.randn_like(mu))


def log_density_scale__distributions(g, mu, sigma):
    return Normal(mu, sigma.abs()).log_prob(g).sum(-1)


def log_density_scale__change_of_variables(g, mu, sigma):
    z = (g - mu) / sigma
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.log(sigma.abs()).sum(1)


def log_density_matrix__inverse(g, mu, S):
    z = torch.linalg.solve(S, (g - mu).unsqueeze(-1)).squeeze(-1)
    return Normal(0.0, 1.0).log_prob(z).sum(1) - torch.linalg.slogdet(S)[1]


def log_density_matrix__lu(g, mu, S):
    factors, pivots = torch.linalg.lu_factor(S)
    z = torch.linalg.lu_solve(factors, pivots, (g - mu).T)
    constant = 0.5 * S.shape[0] * math.log(2 * math.pi)
    return -0.5 * (z**2).sum(0) - constant - factors.diagonal().abs().log().sum()


class Encoder__sequential(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(data_dimension, hidden_units), nn.ReLU())
        self.mean = nn.Linear(hidden_units, latent_dimension)
        self.log_variance = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), self.log_variance(h)


class Encoder__torch_relu(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.fc1 = nn.Linear(data_dimension, hidden_units)
        self.fc21 = nn.Linear(hidden_units, latent_dimension)
        self.fc22 = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        mu = self.fc21(h)
        logvar = self.fc22(h)
        return mu, logvar


class Decoder__layers(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc3 = nn.Linear(latent_dimension, hidden_units)
        self.fc4 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return self.fc4(F.relu(self.fc3(z)))


class Decoder__list(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.layers = nn.ModuleList(
            [nn.Linear(latent_dimension, hidden_units), nn.Linear(hidden_units, data_dimension)]
        )

    def forward(self, z):
        return self.layers[1](self.layers[0](z).clamp(min=0))


def negative_elbo_bernoulli__bce(logits, x, mu, logvar):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (pixels + kl) / len(x)


def negative_elbo_bernoulli__distributions(logits, x, mu, logvar):
    return (_kl(mu, logvar) - Bernoulli(logits=logits).log_prob(x).sum(1)).mean()


def negative_elbo_gaussian__distributions(x_hat, x, mu, logvar, sigma2):
    return (_kl(mu, logvar) - Normal(x_hat, sigma2.sqrt()).log_prob(x).sum(1)).mean()


def negative_elbo_gaussian__terms(x_hat, x, mu, logvar, sigma2):
    squares = ((x - x_hat) ** 2).sum(1) / (2 * sigma2)
    constant = x.shape[1] / 2 * torch.log(2 * math.pi * sigma2)
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return torch.mean(squares + constant + kl)


def squared_error_loss__mse(x_hat, x, mu, logvar, sigma2):
    return F.mse_loss(x_hat, x, reduction="sum") / (2 * sigma2) + _kl(mu, logvar).sum()


def squared_error_loss__rows(x_hat, x, mu, logvar, sigma2):
    rows = 0.5 * ((x_hat - x).pow(2) / sigma2).sum(1) - 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1)
    return rows.sum()


def alpha_loss__bce(logits, x, mu, logvar, alpha):
    pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()
    return pixels + alpha * _kl(mu, logvar).mean()


def alpha_loss__distributions(logits, x, mu, logvar, alpha):
    log_p = Bernoulli(logits=logits).log_prob(x).sum(1)
    kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1)
    return -(log_p - alpha * kl).mean()


def iwae_bound__largest(log_w):
    largest = log_w.max(1).values
    return largest + torch.log(torch.exp(log_w - largest[:, None]).mean(1))


def iwae_bound__minus_log_k(log_w):
    return torch.logsumexp(log_w - math.log(log_w.size(1)), 1)


def iwae_linear__distributions(x, W, b, sigma2, mu, logvar, eps):
    q = Normal(mu[:, None], torch.exp(0.5 * logvar)[:, None])
    z = q.loc + q.scale * eps
    log_p = Normal(z @ W.T + b, sigma2.sqrt()).log_prob(x[:, None]).sum(-1) + Normal(0.0, 1.0).log_prob(z).sum(-1)
    return torch.logsumexp(log_p - q.log_prob(z).sum(-1), 1) - math.log(eps.shape[1])


def iwae_linear__loop(x, W, b, sigma2, mu, logvar, eps):
    weights = []
    for k in range(eps.shape[1]):
        z = mu + torch.exp(logvar / 2) * eps[:, k]
        likelihood = Normal(z @ W.T + b, torch.sqrt(sigma2)).log_prob(x).sum(1)
        prior = Normal(0.0, 1.0).log_prob(z).sum(1)
        encoder = Normal(0.0, 1.0).log_prob(eps[:, k]).sum(1) - logvar.sum(1) / 2
        weights.append(likelihood + prior - encoder)
    return torch.logsumexp(torch.stack(weights), 0) - math.log(len(weights))


def log_evidence__distributions(x, W, b, sigma2):
    covariance = W @ W.T + sigma2 * torch.eye(W.shape[0], dtype=W.dtype)
    return MultivariateNormal(b, covariance).log_prob(x)


def log_evidence__solve(x, W, b, sigma2):
    covariance = W @ W.T + sigma2 * torch.eye(W.shape[0], dtype=W.dtype)
    d = x - b
    squares = (d * torch.linalg.solve(covariance, d.T).T).sum(1)
    return -0.5 * (squares + torch.linalg.slogdet(covariance)[1] + W.shape[0] * math.log(2 * math.pi))
