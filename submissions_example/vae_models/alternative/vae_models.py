"""Everything that torch.distributions can do is done by torch.distributions."""
from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Independent, MultivariateNormal, Normal, kl_divergence


def diagonal(mean: Tensor, std: Tensor) -> Independent:
    return Independent(Normal(mean, std), 1)


def standard(like: Tensor) -> Independent:
    return diagonal(torch.zeros_like(like), torch.ones_like(like))


# 1. samplers, scale first in mine

def location_scale(s, m):
    return diagonal(m, s).rsample()


def sample_gaussian(m, v):
    """(mean, variance)"""
    return diagonal(m, v.sqrt()).rsample()


def sample_full(m, S):
    # any factor of the covariance will do; rsample takes the Cholesky factor
    return MultivariateNormal(m, S @ S.mT).rsample()


# 2. densities

def log_density_diagonal(g, mu, sigma):
    return diagonal(mu, sigma.abs()).log_prob(g)


def log_density_full(g, mu, S):
    # S = QR, so |det S| is the product of the diagonal of R, and S^-1 v = R^-1 Q^T v
    Q, R = torch.linalg.qr(S)
    z = torch.linalg.solve_triangular(R, Q.mT @ (g - mu).mT, upper=True).mT
    return standard(z).log_prob(z) - R.diagonal().abs().log().sum()


# 3. networks

class GaussianEncoder(nn.Module):
    def __init__(self, pixels: int, hidden: int, latent: int):
        super().__init__()
        self.features = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU())
        self.heads = nn.ModuleDict({name: nn.Linear(hidden, latent) for name in ("mean", "log_var")})

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = self.features(x)
        return self.heads["mean"](h), self.heads["log_var"](h)


class BernoulliDecoder(nn.Sequential):
    def __init__(self, latent: int, hidden: int, pixels: int):
        super().__init__(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels))


# 4. and 5. losses

def kl(mean, log_var):
    return kl_divergence(diagonal(mean, (log_var / 2).exp()), standard(mean))


def vae_loss(x, logits, mean, log_var):
    return (kl(mean, log_var) - Independent(Bernoulli(logits=logits), 1).log_prob(x)).mean()


def vae_loss_gaussian(x, recon, mean, log_var, var):
    elbo = Independent(Normal(recon, var.sqrt()), 1).log_prob(x) - kl(mean, log_var)
    return -elbo.mean()


def mse_loss_vae(x, recon, mean, log_var, var):
    per_image = torch.cdist(x[:, None], recon[:, None]).flatten() ** 2 / (2 * var) + kl(mean, log_var)
    return per_image.sum()


def beta_vae_loss(x, logits, mean, log_var, beta):
    return vae_loss(x, logits, mean, log_var) + (beta - 1) * kl(mean, log_var).mean()


# 6. importance weighted bound

def iwae(log_weights):
    uniform = torch.full_like(log_weights, 1 / log_weights.shape[1])
    return torch.logsumexp(log_weights + uniform.log(), dim=1)


def iwae_linear_gaussian(x, W, b, sigma2, mean, log_var, noise):
    columns = []
    q = diagonal(mean, (log_var / 2).exp())
    for k in range(noise.shape[1]):
        z = mean + (log_var / 2).exp() * noise[:, k]
        decoder = diagonal(torch.nn.functional.linear(z, W, b), sigma2.sqrt().expand(len(b)))
        columns.append(decoder.log_prob(x) + standard(z).log_prob(z) - q.log_prob(z))
    return iwae(torch.stack(columns, dim=1))


# 7. gaps, in double precision because the bounds are large and their differences small

def _double(function):
    def inner(*tensors):
        return function(*(t.double() for t in tensors)).to(tensors[0].dtype)

    return inner


def _marginal(W, b, sigma2):
    return MultivariateNormal(b, W @ W.mT + sigma2 * torch.eye(len(b), dtype=W.dtype))


def _posterior(x, W, b, sigma2):
    precision = torch.eye(W.shape[1], dtype=W.dtype) + W.mT @ W / sigma2
    mean = torch.cholesky_solve(W.mT @ (x - b).mT / sigma2, torch.linalg.cholesky(precision)).mT
    return MultivariateNormal(mean, precision_matrix=precision)


@_double
def log_marginal_likelihood(x, W, b, sigma2):
    return _marginal(W, b, sigma2).log_prob(x)


@_double
def kl_to_posterior(x, W, b, sigma2, mean, log_var):
    q = MultivariateNormal(mean, scale_tril=torch.diag_embed((log_var / 2).exp()))
    return kl_divergence(q, _posterior(x, W, b, sigma2))


@_double
def elbo_gap(x, W, b, sigma2, mean, log_var):
    return kl_to_posterior(x, W, b, sigma2, mean, log_var)


@_double
def amortization_gap(x, W, b, sigma2, mean, log_var):
    p = _posterior(x, W, b, sigma2)
    best = -torch.diagonal(p.precision_matrix, dim1=-2, dim2=-1).log()
    own = kl_to_posterior(x, W, b, sigma2, mean, log_var)
    return own - kl_to_posterior(x, W, b, sigma2, p.mean, best)
