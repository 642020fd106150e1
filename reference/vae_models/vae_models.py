"""Solution of the homework "Variational autoencoders: sampling, bounds, losses".

Shapes: B images of D pixels, latent codes of Z dimensions, K samples per image, H hidden units. Likelihoods,
divergences and losses are in nats. Every function works in float32 and in float64 and keeps the dtype that it is given.

The linear Gaussian model of the last two questions has p(z) = N(0, I) and p(x|z) = N(W z + b, sigma2·I), and an encoder
q(z|x) = N(mu, diag(exp(logvar))): the one VAE whose evidence and posterior are known in closed form.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

LOG_2PI = math.log(2 * math.pi)


# --- draws ----------------------------------------------------------------------------------------------------------


def sample_scale(mu, sigma):
    """A draw of z ~ N(mu, diag(sigma²)) through which gradients reach mu and sigma.

    mu, sigma: (B, Z), sigma the standard deviation, positive. Returns (B, Z), fresh noise on every call.
    Source: Kingma & Welling (2014), section 2.4, location-scale family: z = mu + sigma * eps with eps ~ N(0, I).
    """
    return mu + sigma * torch.randn_like(mu)


def sample_scale_law(mu, sigma):
    """The mean and the standard deviation of every entry that `sample_scale` draws, each (B, Z)."""
    return mu, sigma


def sample_variance(mu, variance):
    """A draw of z ~ N(mu, diag(variance)) through which gradients reach mu and variance.

    mu, variance: (B, Z), variance positive. Returns (B, Z), fresh noise on every call.
    Source: as `sample_scale`, with sigma the root of the variance.
    """
    return mu + variance.sqrt() * torch.randn_like(mu)


def sample_variance_law(mu, variance):
    """The mean and the standard deviation of every entry that `sample_variance` draws, each (B, Z)."""
    return mu, variance.sqrt()


def sample_matrix(mu, S):
    """A draw of z = mu + S·eps with eps ~ N(0, I), so z ~ N(mu, S·Sᵀ); gradients reach mu and S.

    mu: (B, Z), one row per draw; S: (Z, Z), not singular, the same for all rows. Returns (B, Z), fresh noise on every
    call. A row of noise is multiplied as eps·Sᵀ.
    Source: Rezende, Mohamed & Wierstra (2014), section 3, with a full factor of the covariance.
    """
    return mu + torch.randn_like(mu) @ S.T


def sample_matrix_law(mu, diagonal_of_S):
    """The mean and the standard deviation of every entry of `sample_matrix` with a diagonal S, each (B, Z)."""
    return mu, diagonal_of_S.expand_as(mu)


# --- change of variables --------------------------------------------------------------------------------------------


def log_density_scale(g, mu, sigma):
    """log q(g) of g = mu + sigma·z0 with z0 ~ N(0, I), in nats, shape (B,).

    g, mu, sigma: (B, Z), sigma not 0, of either sign. Summed over the Z dimensions.
    Safe form: log|sigma| is summed; the product of the sigma would under- or overflow.
    Source: change of variables, q(g) = N(z0; 0, I)·|∏ sigma|⁻¹ at z0 = (g − mu) / sigma.
    """
    z = (g - mu) / sigma
    return -(0.5 * (z.square() + LOG_2PI) + sigma.abs().log()).sum(dim=1)


def log_density_matrix(g, mu, S):
    """log q(g) of g = mu + S·z0 with z0 ~ N(0, I), in nats, shape (B,).

    g, mu: (B, Z); S: (Z, Z), not singular, its determinant of either sign. Summed over the Z dimensions.
    Safe form: a solve with S, which is better conditioned than S·Sᵀ, and log|det S| from its factors, never the
    logarithm of a determinant, which under- or overflows.
    Source: change of variables, q(g) = N(z0; 0, I)·|det S|⁻¹ at z0 = S⁻¹(g − mu), which is N(g; mu, S·Sᵀ).
    """
    z = torch.linalg.solve(S, (g - mu).T).T
    return -0.5 * (z.square() + LOG_2PI).sum(dim=1) - torch.linalg.slogdet(S).logabsdet


# --- networks -------------------------------------------------------------------------------------------------------


class Encoder(nn.Module):
    """A perceptron x ↦ (mu, logvar) of q(z|x) = N(mu, diag(exp(logvar))).

    (B, D) → two of (B, Z). A linear layer and ReLU, then two linear heads on the same hidden units, mu before logvar.
    The heads are unbounded: logvar is any real number.
    Source: Kingma & Welling (2014), appendix C.2.
    """

    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.hidden = nn.Linear(data_dimension, hidden_units)
        self.mu = nn.Linear(hidden_units, latent_dimension)
        self.logvar = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        """The mean and the logarithm of the variance, each (B, Z)."""
        h = F.relu(self.hidden(x))
        return self.mu(h), self.logvar(h)


class Decoder(nn.Module):
    """A perceptron z ↦ logits of the Bernoulli pixels of p(x|z).

    (B, Z) → (B, D). Linear, ReLU, linear; no sigmoid, so that the losses can stay with logits.
    Source: Kingma & Welling (2014), appendix C.1.
    """

    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.network = nn.Sequential(
            nn.Linear(latent_dimension, hidden_units),
            nn.ReLU(),
            nn.Linear(hidden_units, data_dimension),
        )

    def forward(self, z):
        """The logits, (B, D)."""
        return self.network(z)


# --- negative ELBO --------------------------------------------------------------------------------------------------


def negative_elbo_bernoulli(logits, x, mu, logvar):
    """−ELBO in nats per image, a scalar: summed over pixels and dimensions, averaged over the batch.

    logits, x: (B, D), x in {0, 1}; mu, logvar: (B, Z). One sample of z per image lies behind the logits.
    Safe form: −log p(x|z) = softplus((1 − 2x)·logit), finite for logits of any size.
    Source: Kingma & Welling (2014), equations (3) and (10), with the sign turned for a minimiser.
    """
    return (_cross_entropy(logits, x) + _kl_prior(mu, logvar)).mean()


def negative_elbo_gaussian(x_hat, x, mu, logvar, sigma2):
    """−ELBO in nats per image for p(x|z) = N(x_hat, sigma2·I), a scalar with all constants, averaged over the batch.

    x_hat, x: (B, D); mu, logvar: (B, Z); sigma2: (), the fixed variance of a pixel. Summed over pixels and dimensions:
    ‖x − x_hat‖² / (2·sigma2) + D/2·log(2π·sigma2) + KL.
    Source: Kingma & Welling (2014), appendix C.2, with a fixed variance.
    """
    error = 0.5 * ((x - x_hat).square() / sigma2 + LOG_2PI + torch.log(sigma2)).sum(dim=1)
    return (error + _kl_prior(mu, logvar)).mean()


def squared_error_loss(x_hat, x, mu, logvar, sigma2):
    """−ELBO in nats for p(x|z) = N(x_hat, sigma2·I) without the constant of the decoder, summed over the batch.

    Shapes as in `negative_elbo_gaussian`; a scalar. What is dropped is D/2·log(2π·sigma2) of every image, on which no
    gradient depends while sigma2 is fixed: ‖x − x_hat‖² / (2·sigma2) + KL stays.
    """
    error = (x - x_hat).square().sum(dim=1) / (2 * sigma2)
    return (error + _kl_prior(mu, logvar)).sum()


def alpha_loss(logits, x, mu, logvar, alpha):
    """Reconstruction error plus alpha times the KL, in nats per image, a scalar, averaged over the batch.

    Shapes as in `negative_elbo_bernoulli`; alpha: (), not negative. For alpha = 1 it is the negative ELBO.
    Source: Higgins et al. (2017), equation (4), where alpha is called beta.
    """
    return (_cross_entropy(logits, x) + alpha * _kl_prior(mu, logvar)).mean()


# --- importance weighted bound --------------------------------------------------------------------------------------


def iwae_bound(log_w):
    """The estimate of L_K, log (1/K)·Σ_k exp(log_w[:, k]), in nats, shape (B,).

    log_w: (B, K), the logarithms log p(x, h_k) − log q(h_k|x) of the importance weights. Never below their mean, which
    estimates L_1, the ELBO.
    Safe form: logsumexp subtracts the largest logarithm of each row before exp, then − log K.
    Source: Burda, Grosse & Salakhutdinov (2016), equation (8).
    """
    return torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])


def iwae_linear(x, W, b, sigma2, mu, logvar, eps):
    """The estimate of L_K of the linear Gaussian model with the given noise, in nats, shape (B,).

    x: (B, D), W: (D, Z), b: (D,), sigma2: (), mu, logvar: (B, Z), eps: (B, K, Z). The K samples of image i are
    mu_i + exp(logvar_i / 2)·eps[i, k]; the weights are p(x|z)·p(z) / q(z|x), with all constants.
    Safe form: sums of logarithms, then logsumexp. log q is taken from eps, with no division by a small variance.
    Source: Burda, Grosse & Salakhutdinov (2016), equation (8).
    """
    z = mu[:, None] + torch.exp(0.5 * logvar)[:, None] * eps
    error = x[:, None] - z @ W.T - b
    log_likelihood = -0.5 * (error.square() / sigma2 + LOG_2PI + torch.log(sigma2)).sum(dim=2)
    log_prior = -0.5 * (z.square() + LOG_2PI).sum(dim=2)
    log_q = -0.5 * (eps.square() + LOG_2PI + logvar[:, None]).sum(dim=2)
    return iwae_bound(log_likelihood + log_prior - log_q)


# --- gaps of the linear Gaussian model ------------------------------------------------------------------------------


def log_evidence(x, W, b, sigma2):
    """log p(x) of the linear Gaussian model, in nats, shape (B,): x ~ N(b, W·Wᵀ + sigma2·I).

    x: (B, D), W: (D, Z), b: (D,), sigma2: ().
    Safe form: the Cholesky factor L of the covariance gives the quadratic form by a triangular solve and the
    determinant as a sum of logarithms.
    Source: Tipping & Bishop (1999), "Probabilistic principal component analysis", equations (4) and (5).
    """
    L = torch.linalg.cholesky(W @ W.T + sigma2 * torch.eye(len(W), dtype=W.dtype))
    z = torch.linalg.solve_triangular(L, (x - b).T, upper=False)
    return -0.5 * (z.square() + LOG_2PI).sum(dim=0) - L.diagonal().log().sum()


def posterior_kl(x, W, b, sigma2, mu, logvar):
    """KL(q(z|x) ‖ p(z|x)) of the linear Gaussian model, in nats, shape (B,).

    Shapes as in `iwae_linear`. The posterior is N(m, Λ⁻¹) with precision Λ = I + Wᵀ·W / sigma2 and mean
    m = Λ⁻¹·Wᵀ·(x − b) / sigma2. Never negative.
    Safe form: only the precision occurs, whose eigenvalues are 1 at least; log det Λ from its Cholesky factor.
    Source: Bishop (2006), equations (2.113) to (2.117), and the KL of two Gaussians.
    """
    precision, mean = _posterior(x, W, b, sigma2)
    log_det = 2 * torch.linalg.cholesky(precision).diagonal().log().sum()
    scale = (precision.diagonal() * logvar.exp() - 1 - logvar).sum(dim=1)
    return 0.5 * (scale + _quadratic(mean - mu, precision) - log_det)


def inference_gap(x, W, b, sigma2, mu, logvar):
    """log p(x) − ELBO of the linear Gaussian model, in nats, shape (B,), with the expectation in closed form.

    Shapes as in `iwae_linear`. Equal to KL(q(z|x) ‖ p(z|x)), and computed as the difference that it is: that of two
    large numbers in float32, so its error is theirs.
    Source: Cremer, Li & Duvenaud (2018), equation (2); E_q‖x − Wz − b‖² = ‖x − W·mu − b‖² + Σ_d ‖W[:, d]‖²·var_d.
    """
    error = (x - mu @ W.T - b).square().sum(dim=1) + (W.square().sum(dim=0) * logvar.exp()).sum(dim=1)
    constants = W.shape[0] * (LOG_2PI + torch.log(sigma2))
    elbo = -0.5 * (error / sigma2 + constants) - _kl_prior(mu, logvar)
    return log_evidence(x, W, b, sigma2) - elbo


def amortisation_gap(x, W, b, sigma2, mu, logvar):
    """KL(q ‖ p(z|x)) − KL(q* ‖ p(z|x)) of the linear Gaussian model, in nats, shape (B,).

    Shapes as in `iwae_linear`. q* is the best diagonal Gaussian for this one x: it has the posterior's mean and the
    variances 1 / Λ_dd. Never negative; what is left over, KL(q* ‖ p(z|x)), is the approximation gap.
    Safe form: log det Λ cancels; with the log ratio r = logvar + log Λ_dd only expm1(r) − r occurs.
    Source: Cremer, Li & Duvenaud (2018), section 3; the q* of a Gaussian: Bishop (2006), section 10.1.2.
    """
    precision, mean = _posterior(x, W, b, sigma2)
    log_ratio = logvar + precision.diagonal().log()
    return 0.5 * ((torch.expm1(log_ratio) - log_ratio).sum(dim=1) + _quadratic(mean - mu, precision))


def _cross_entropy(logits, x):
    return F.softplus((1 - 2 * x) * logits).sum(dim=1)


def _kl_prior(mu, logvar):
    return 0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(dim=1)


def _posterior(x, W, b, sigma2):
    precision = torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / sigma2
    mean = torch.linalg.solve(precision, W.T @ (x - b).T / sigma2).T
    return precision, mean


def _quadratic(v, matrix):
    return (v @ matrix * v).sum(dim=1)
