"""Wrong answers to "Variational autoencoders", as students write them: `<function>__<note that it must get>`."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Independent, MultivariateNormal, Normal, kl_divergence


def _log_normal(value, mean, std):
    return -0.5 * ((value - mean) / std) ** 2 - torch.log(std) - 0.5 * np.log(2 * np.pi)


def _kl(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu**2 - torch.exp(logvar), dim=1)


def _bce(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none")


def _q(mu, logvar):
    return Independent(Normal(mu, torch.exp(logvar / 2)), 1)


def _marginal(W, b, sigma2):
    return MultivariateNormal(b, W @ W.T + sigma2 * torch.eye(W.shape[0]))


def _posterior(x, W, b, sigma2):
    covariance = torch.inverse(torch.eye(W.shape[1]) + W.T @ W / sigma2)
    return MultivariateNormal((x - b) @ W @ covariance / sigma2, covariance)


_NOISE = torch.randn(1024, 512)


# --- draws ----------------------------------------------------------------------------------------------------------


def sample_scale__wrong_scale(mu, sigma):
    eps = torch.randn_like(sigma)
    return mu + torch.exp(0.5 * sigma) * eps


def sample_scale__variance_for_std(mu, sigma):
    return mu + sigma.pow(2) * torch.randn_like(mu)


def sample_scale__wrong_scale__2(mu, sigma):
    return mu + torch.sqrt(sigma) * torch.randn(mu.shape)


def sample_scale__not_normal(mu, sigma):
    eps = torch.rand_like(sigma)
    return eps * sigma + mu


def sample_scale__not_normal__2(mu, sigma):
    eps = (torch.rand(mu.size()) - 0.5) * math.sqrt(12)
    return eps * sigma + mu


def sample_scale__noise_shared_batch(mu, sigma):
    eps = torch.randn(mu.shape[1])
    return mu + sigma * eps


def sample_scale__noise_shared_dimensions(mu, sigma):
    eps = torch.randn(mu.shape[0], 1)
    return mu + sigma * eps


def sample_scale__noise_shared_all(mu, sigma):
    return mu + sigma * torch.randn(1)


def sample_scale__reseeds(mu, sigma):
    torch.manual_seed(42)
    return mu + sigma * torch.randn_like(sigma)


def sample_scale__noise_fixed(mu, sigma):
    eps = _NOISE[: mu.shape[0], : mu.shape[1]]
    return mu + sigma * eps


def sample_scale__ignores_seed(mu, sigma):
    eps = np.random.default_rng().standard_normal(tuple(mu.shape))
    return mu + sigma * torch.from_numpy(eps).float()


def sample_scale__detached(mu, sigma):
    return Normal(mu, sigma).sample()


def sample_scale__detached__2(mu, sigma):
    eps = torch.randn_like(mu)
    return mu + sigma.data * eps


def sample_scale__wrong_mean(mu, sigma):
    return sigma * (mu + torch.randn_like(mu))


def sample_scale__exchanged_arguments(mu, sigma):
    return sigma + mu * torch.randn_like(mu)


def sample_scale__no_noise(mu, sigma):
    return mu + sigma


def sample_scale__wrong_shape(mu, sigma):
    q = Normal(mu, sigma)
    return q.rsample((1,))


def sample_variance__variance_for_std(mu, variance):
    return Normal(mu, variance).rsample()


def sample_variance__wrong_scale(mu, variance):
    std = torch.exp(0.5 * variance)
    return mu + std * torch.randn_like(std)


def sample_variance__not_normal(mu, variance):
    u = torch.rand_like(mu)
    return mu + variance.sqrt() * (2 * u - 1)


def sample_variance__noise_fixed(mu, variance):
    g = torch.Generator().manual_seed(0)
    return mu + variance.sqrt() * torch.randn(mu.shape, generator=g)


def sample_variance__wrong_scale__2(mu, variance):
    return mu + variance / 2 * torch.randn_like(mu)


def sample_matrix__detached(mu, S):
    covariance = S @ S.T
    return MultivariateNormal(mu, covariance).sample()


def sample_matrix__covariance_for_factor(mu, S):
    eps = torch.randn_like(mu)
    return mu + eps @ (S @ S.T)


def sample_matrix__diagonal_only(mu, S):
    eps = torch.randn_like(mu)
    return mu + torch.diag(S) * eps


def sample_matrix__noise_shared_batch(mu, S):
    eps = torch.randn(S.shape[0])
    return mu + S @ eps


def sample_matrix__not_normal(mu, S):
    eps = torch.rand_like(mu)
    return mu + torch.einsum("ij,bj->bi", S, eps)


def sample_matrix__transposed(mu, S):
    return mu + torch.randn_like(mu) @ S


def sample_matrix__wrong_values(mu, S):
    # row norms: the right variances, and no covariances
    return mu + torch.randn_like(mu) * S.pow(2).sum(1).sqrt()


def sample_matrix__crashed(mu, S):
    return mu + S @ torch.randn_like(mu)


# --- densities ------------------------------------------------------------------------------------------------------


def log_density_scale__no_log_det(g, mu, sigma):
    z0 = (g - mu) / sigma
    return Normal(0.0, 1.0).log_prob(z0).sum(-1)


def log_density_scale__log_det_sign(g, mu, sigma):
    z0 = (g - mu) / sigma
    log_q0 = Normal(torch.zeros_like(z0), torch.ones_like(z0)).log_prob(z0).sum(-1)
    return log_q0 + torch.log(torch.prod(sigma, dim=-1))


def log_density_scale__variance(g, mu, sigma):
    return Normal(mu, torch.sqrt(sigma)).log_prob(g).sum(dim=1)


def log_density_scale__sigma_squared_as_std(g, mu, sigma):
    return Normal(mu, sigma**2).log_prob(g).sum(dim=1)


def log_density_scale__no_constant(g, mu, sigma):
    return torch.sum(-torch.log(sigma) - (g - mu) ** 2 / (2 * sigma**2), dim=1)


def log_density_scale__constant_once(g, mu, sigma):
    quadratic = (((g - mu) / sigma) ** 2).sum(1)
    return -0.5 * quadratic - torch.log(sigma).sum(1) - 0.5 * math.log(2 * math.pi)


def log_density_scale__not_reduced(g, mu, sigma):
    return _log_normal(g, mu, sigma)


def log_density_scale__not_log(g, mu, sigma):
    density = torch.exp(-0.5 * ((g - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
    return density.prod(dim=1)


def log_density_scale__forgot_half(g, mu, sigma):
    terms = -(((g - mu) / sigma) ** 2) - sigma.log() - 0.5 * math.log(2 * math.pi)
    return terms.sum(dim=1)


def log_density_scale__sigma_not_squared(g, mu, sigma):
    terms = -((g - mu) ** 2) / (2 * sigma) - sigma.log() - 0.5 * math.log(2 * math.pi)
    return terms.sum(dim=1)


def log_density_matrix__no_log_det(g, mu, S):
    z0 = (g - mu) @ torch.inverse(S).T
    return Normal(0.0, 1.0).log_prob(z0).sum(1)


def log_density_matrix__log_det_sign(g, mu, S):
    z0 = (g - mu) @ torch.linalg.inv(S).T
    return Normal(0.0, 1.0).log_prob(z0).sum(1) + torch.logdet(S).abs() * torch.sign(torch.logdet(S))


def log_density_matrix__transposed(g, mu, S):
    z0 = (g - mu) @ torch.inverse(S)
    return Normal(0.0, 1.0).log_prob(z0).sum(1) - torch.slogdet(S)[1]


def log_density_matrix__s_for_covariance(g, mu, S):
    d = g - mu
    quadratic = torch.einsum("bi,ij,bj->b", d, torch.inverse(S), d)
    return -0.5 * (quadratic + torch.logdet(S) + S.shape[0] * math.log(2 * math.pi))


def log_density_matrix__log_det_doubled(g, mu, S):
    C = S @ S.T
    d = g - mu
    quadratic = (d @ torch.inverse(C) * d).sum(1)
    return -0.5 * quadratic - torch.logdet(C) - S.shape[0] / 2 * math.log(2 * math.pi)


def log_density_matrix__not_finite(g, mu, S):
    z0 = torch.linalg.solve(S, (g - mu).T).T
    return Normal(0.0, 1.0).log_prob(z0).sum(1) - torch.log(torch.det(S))


def log_density_matrix__no_constant(g, mu, S):
    C = S @ S.T
    d = (g - mu).unsqueeze(-1)
    quadratic = (d.transpose(1, 2) @ torch.linalg.solve(C, d)).reshape(-1)
    return -0.5 * (quadratic + torch.logdet(C))


def log_density_matrix__not_inverted(g, mu, S):
    C = S @ S.T
    d = g - mu
    quadratic = torch.sum(d @ C * d, dim=1)
    return -0.5 * (quadratic + torch.logdet(C) + g.shape[1] * np.log(2 * np.pi))


def log_density_matrix__diagonal_only(g, mu, S):
    return Normal(mu, torch.diagonal(S).abs()).log_prob(g).sum(1)


# --- networks -------------------------------------------------------------------------------------------------------


class Encoder__wrong_type(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.fc1 = nn.Linear(data_dimension, hidden_units)
        self.fc21 = nn.Linear(hidden_units, latent_dimension)
        self.fc22 = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = torch.relu(self.fc1(x))
        return torch.cat([self.fc21(h), self.fc22(h)], dim=1)


class Encoder__wrong_parameter_shape(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(data_dimension, hidden_units), nn.ReLU(), nn.Linear(hidden_units, 2 * latent_dimension)
        )

    def forward(self, x):
        return self.net(x).chunk(2, dim=-1)


class Encoder__std_for_logvar(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.linear1 = nn.Linear(data_dimension, hidden_units)
        self.linear2 = nn.Linear(hidden_units, latent_dimension)
        self.linear3 = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = self.linear1(x).relu()
        return self.linear2(h), torch.exp(self.linear3(h))


class Encoder__heads_exchanged(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(data_dimension, hidden_units), nn.ReLU(inplace=True))
        self.logvar = nn.Linear(hidden_units, latent_dimension)
        self.mean = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = self.body(x)
        return self.mean(h), self.logvar(h)


class Encoder__no_activation(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.fc = nn.Linear(data_dimension, hidden_units)
        self.fc_mu = nn.Linear(hidden_units, latent_dimension)
        self.fc_logvar = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        x = self.fc(x)
        return self.fc_mu(x), self.fc_logvar(x)


class Encoder__extra_parameter(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.one = nn.Linear(data_dimension, hidden_units)
        self.two = nn.Linear(hidden_units, hidden_units)
        self.mu = nn.Linear(hidden_units, latent_dimension)
        self.logvar = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = F.relu(self.two(F.relu(self.one(x))))
        return self.mu(h), self.logvar(h)


class Encoder__relu_on_heads(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.fc = nn.Linear(data_dimension, hidden_units)
        self.mu = nn.Sequential(nn.Linear(hidden_units, latent_dimension), nn.ReLU())
        self.logvar = nn.Sequential(nn.Linear(hidden_units, latent_dimension), nn.ReLU())

    def forward(self, x):
        h = F.relu(self.fc(x))
        return self.mu(h), self.logvar(h)


class Decoder__sigmoid(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc3 = nn.Linear(latent_dimension, hidden_units)
        self.fc4 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))


class Decoder__relu_on_logits(nn.Sequential):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__(
            nn.Linear(latent_dimension, hidden_units), nn.ReLU(), nn.Linear(hidden_units, data_dimension), nn.ReLU()
        )


class Decoder__tanh_for_relu(nn.Sequential):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__(nn.Linear(latent_dimension, hidden_units), nn.Tanh(), nn.Linear(hidden_units, data_dimension))


class Decoder__missing_parameter(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.first = nn.Linear(latent_dimension, hidden_units)
        self.last = nn.Linear(hidden_units, data_dimension, bias=False)

    def forward(self, z):
        return self.last(torch.relu(self.first(z)))


class Decoder__wrong_parameter_shape(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.first = nn.Linear(latent_dimension, hidden_units)
        self.last = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return self.last(torch.relu(self.first(z)))


class Decoder__wrong_parameter_shape__2(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.first = nn.Linear(latent_dimension, 2 * hidden_units)
        self.last = nn.Linear(2 * hidden_units, data_dimension)

    def forward(self, z):
        return self.last(torch.relu(self.first(z)))


# --- negative ELBO --------------------------------------------------------------------------------------------------


def negative_elbo_bernoulli__mean_reconstruction(logits, x, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(logits, x)
    return bce + _kl(mu, logvar).mean()


def negative_elbo_bernoulli__sum_over_batch(logits, x, mu, logvar):
    BCE = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def negative_elbo_bernoulli__mean_reconstruction_sum_kl(logits, x, mu, logvar):
    BCE = nn.BCEWithLogitsLoss()(logits, x)
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


def negative_elbo_bernoulli__kl_sign(logits, x, mu, logvar):
    recon = _bce(logits, x).sum(1)
    kld = 0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), 1)
    return (recon + kld).mean()


def negative_elbo_bernoulli__sign(logits, x, mu, logvar):
    log_px = Independent(Bernoulli(logits=logits), 1).log_prob(x)
    return (log_px - _kl(mu, logvar)).mean()


def negative_elbo_bernoulli__sigmoid_twice(logits, x, mu, logvar):
    p = torch.sigmoid(logits)
    recon = F.binary_cross_entropy_with_logits(p, x, reduction="sum") / x.size(0)
    return recon + _kl(mu, logvar).mean()


def negative_elbo_bernoulli__cut_at_100(logits, x, mu, logvar):
    recon = F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="sum")
    return (recon + _kl(mu, logvar).sum()) / x.shape[0]


def negative_elbo_bernoulli__not_finite(logits, x, mu, logvar):
    p = 1 / (1 + torch.exp(-logits))
    recon = -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)
    return (recon + _kl(mu, logvar)).mean()


def negative_elbo_bernoulli__log_std(logits, x, mu, logvar):
    std = logvar.exp()
    prior = Normal(torch.zeros_like(mu), torch.ones_like(std))
    kl = kl_divergence(Normal(mu, std), prior).sum(1)
    return torch.mean(_bce(logits, x).sum(1) + kl)


def negative_elbo_bernoulli__forgot_half(logits, x, mu, logvar):
    kl = torch.sum(logvar.exp() + mu**2 - 1 - logvar, dim=1)
    return (_bce(logits, x).sum(1) + kl).mean()


def negative_elbo_bernoulli__mean_kl(logits, x, mu, logvar):
    kl = -0.5 * torch.mean(1 + logvar - mu**2 - logvar.exp())
    return _bce(logits, x).sum(1).mean() + kl


def negative_elbo_bernoulli__no_gradient(logits, x, mu, logvar):
    recon = _bce(logits, x).sum(1).mean()
    return recon + _kl(mu, logvar).mean().item()


def negative_elbo_bernoulli__exchanged_arguments(logits, x, mu, logvar):
    kl = -0.5 * torch.sum(1 + mu - logvar**2 - mu.exp(), dim=1)
    return (_bce(logits, x).sum(1) + kl).mean()


def negative_elbo_bernoulli__squared_error(logits, x, mu, logvar):
    recon = F.mse_loss(logits.sigmoid(), x, reduction="sum") / len(x)
    return recon + _kl(mu, logvar).mean()


def negative_elbo_gaussian__no_constant(x_hat, x, mu, logvar, sigma2):
    recon = ((x - x_hat) ** 2).sum(1) / (2 * sigma2)
    return (recon + _kl(mu, logvar)).mean()


def negative_elbo_gaussian__sigma_for_variance(x_hat, x, mu, logvar, sigma2):
    log_px = Normal(x_hat, sigma2).log_prob(x).sum(1)
    return (_kl(mu, logvar) - log_px).mean()


def negative_elbo_gaussian__constant_once(x_hat, x, mu, logvar, sigma2):
    sse = torch.sum((x - x_hat) ** 2, dim=1)
    recon = sse / (2 * sigma2) + 0.5 * torch.log(2 * math.pi * sigma2)
    return torch.mean(recon + _kl(mu, logvar))


def negative_elbo_gaussian__mean_reconstruction(x_hat, x, mu, logvar, sigma2):
    recon = F.gaussian_nll_loss(x_hat, x, sigma2.expand_as(x), full=True)
    return recon + _kl(mu, logvar).mean()


def negative_elbo_gaussian__no_two_pi(x_hat, x, mu, logvar, sigma2):
    recon = F.gaussian_nll_loss(x_hat, x, sigma2.expand_as(x), reduction="none").sum(1)
    return (recon + _kl(mu, logvar)).mean()


def negative_elbo_gaussian__log_not_halved(x_hat, x, mu, logvar, sigma2):
    D = x.shape[1]
    recon = (x - x_hat).pow(2).sum(1) / 2 / sigma2 + D * torch.log(sigma2) + D / 2 * np.log(2 * np.pi)
    return (recon + _kl(mu, logvar)).mean()


def negative_elbo_gaussian__error_not_halved(x_hat, x, mu, logvar, sigma2):
    D = x.shape[1]
    recon = F.mse_loss(x_hat, x, reduction="sum") / len(x) / sigma2 + D / 2 * torch.log(2 * np.pi * sigma2)
    return recon + _kl(mu, logvar).mean()


def negative_elbo_gaussian__sum_over_batch(x_hat, x, mu, logvar, sigma2):
    log_px = Normal(x_hat, sigma2.sqrt()).log_prob(x)
    return -log_px.sum() + _kl(mu, logvar).sum()


def negative_elbo_gaussian__kl_sign(x_hat, x, mu, logvar, sigma2):
    log_px = Normal(x_hat, sigma2.sqrt()).log_prob(x).sum(1)
    return torch.mean(-log_px - _kl(mu, logvar))


def negative_elbo_gaussian__variance_ignored(x_hat, x, mu, logvar, sigma2):
    log_px = Normal(x_hat, 1.0).log_prob(x).sum(1)
    return torch.mean(_kl(mu, logvar) - log_px)


def negative_elbo_gaussian__mean_squared_error(x_hat, x, mu, logvar, sigma2):
    constant = x.size(1) / 2 * torch.log(2 * math.pi * sigma2)
    return nn.MSELoss()(x_hat, x) / (2 * sigma2) + constant + _kl(mu, logvar).mean()


def squared_error_loss__mean_over_batch(x_hat, x, mu, logvar, sigma2):
    error = torch.sum((x_hat - x) ** 2, dim=1) / (2 * sigma2)
    return torch.mean(error + _kl(mu, logvar))


def squared_error_loss__mean_reconstruction(x_hat, x, mu, logvar, sigma2):
    return F.mse_loss(x_hat, x) / (2 * sigma2) + _kl(mu, logvar).sum()


def squared_error_loss__not_scaled(x_hat, x, mu, logvar, sigma2):
    return F.mse_loss(x_hat, x, reduction="sum") + _kl(mu, logvar).sum()


def squared_error_loss__error_not_halved(x_hat, x, mu, logvar, sigma2):
    return F.mse_loss(x_hat, x, reduction="sum") / sigma2 + _kl(mu, logvar).sum()


def squared_error_loss__constant_kept(x_hat, x, mu, logvar, sigma2):
    return -Normal(x_hat, sigma2**0.5).log_prob(x).sum() + _kl(mu, logvar).sum()


def squared_error_loss__kl_scaled(x_hat, x, mu, logvar, sigma2):
    return (0.5 * torch.sum((x - x_hat) ** 2) + torch.sum(_kl(mu, logvar))) / sigma2


def squared_error_loss__sigma_for_variance(x_hat, x, mu, logvar, sigma2):
    error = 0.5 * (((x - x_hat) / sigma2) ** 2).sum()
    return error + _kl(mu, logvar).sum()


def squared_error_loss__not_reduced(x_hat, x, mu, logvar, sigma2):
    return ((x - x_hat) ** 2).sum(1) / (2 * sigma2) + _kl(mu, logvar)


def squared_error_loss__changes_input(x_hat, x, mu, logvar, sigma2):
    x_hat -= x
    return (x_hat**2).sum() / (2 * sigma2) + _kl(mu, logvar).sum()


# --- weighted loss --------------------------------------------------------------------------------------------------


def alpha_loss__alpha_on_reconstruction(logits, x, mu, logvar, alpha):
    recon = _bce(logits, x).sum(-1)
    return torch.mean(alpha * recon + _kl(mu, logvar))


def alpha_loss__alpha_ignored(logits, x, mu, logvar, alpha):
    recon = _bce(logits, x).sum(-1)
    return torch.mean(recon + _kl(mu, logvar))


def alpha_loss__alpha_on_both(logits, x, mu, logvar, alpha):
    elbo = -_bce(logits, x).sum(-1) - _kl(mu, logvar)
    return -(alpha * elbo).mean()


def alpha_loss__convex(logits, x, mu, logvar, alpha):
    recon = _bce(logits, x).sum(-1).mean()
    return (1 - alpha) * recon + alpha * _kl(mu, logvar).mean()


def alpha_loss__kl_sign(logits, x, mu, logvar, alpha):
    recon = _bce(logits, x).sum(-1).mean()
    return recon + alpha * 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1).mean()


def alpha_loss__mean_reconstruction(logits, x, mu, logvar, alpha):
    return F.binary_cross_entropy_with_logits(logits, x) + alpha * _kl(mu, logvar).mean()


def alpha_loss__mean_for_sum(logits, x, mu, logvar, alpha):
    kl = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
    return F.binary_cross_entropy_with_logits(logits, x) + alpha * kl


def alpha_loss__one_plus_alpha(logits, x, mu, logvar, alpha):
    negative_elbo = (_bce(logits, x).sum(1) + _kl(mu, logvar)).mean()
    return negative_elbo + alpha * _kl(mu, logvar).mean()


def alpha_loss__no_gradient(logits, x, mu, logvar, alpha):
    with torch.no_grad():
        kl = _kl(mu, logvar).mean()
    return _bce(logits, x).sum(1).mean() + alpha * kl


# --- IWAE -----------------------------------------------------------------------------------------------------------


def iwae_bound__mean_of_logs(log_w):
    return torch.log(torch.exp(log_w)).mean(1)


def iwae_bound__forgot_log_k(log_w):
    m = log_w.max(dim=1, keepdim=True).values
    return (m + torch.log(torch.exp(log_w - m).sum(1, keepdim=True))).squeeze(1)


def iwae_bound__mean_of_weights(log_w):
    return torch.mean(torch.exp(log_w), dim=-1)


def iwae_bound__wrong_axis(log_w):
    return torch.exp(log_w).mean(0).log()


def iwae_bound__mean_over_batch(log_w):
    return (torch.logsumexp(log_w, 1) - np.log(log_w.shape[1])).mean()


def iwae_bound__not_finite(log_w):
    return torch.log(torch.mean(torch.exp(log_w), dim=1))


def iwae_bound__largest_left_out(log_w):
    m, _ = log_w.max(1, keepdim=True)
    return torch.log(torch.mean(torch.exp(log_w - m), 1))


def iwae_bound__divided_by_k(log_w):
    K = log_w.shape[1]
    return 1 / K * torch.logsumexp(log_w, dim=1)


def iwae_bound__sign(log_w):
    # as a loss
    return math.log(log_w.size(1)) - torch.logsumexp(log_w, dim=1)


def iwae_bound__extra_dimension(log_w):
    return torch.logsumexp(log_w, dim=1, keepdim=True) - math.log(log_w.size(1))


def iwae_bound__no_gradient(log_w):
    w = np.exp(log_w.detach().numpy())
    return torch.from_numpy(np.log(w.mean(axis=1)))


def iwae_bound__log_k_added(log_w):
    return torch.logsumexp(log_w, 1) + torch.log(torch.tensor(float(log_w.shape[1])))


def iwae_bound__over_everything(log_w):
    return torch.log(torch.mean(torch.exp(log_w)))


def iwae_linear__one_sample(x, W, b, sigma2, mu, logvar, eps):
    z = mu.unsqueeze(1) + torch.exp(logvar / 2).unsqueeze(1) * eps
    log_px = Normal(z @ W.T + b, sigma2.sqrt()).log_prob(x.unsqueeze(1)).sum(-1)
    log_pz = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_qz = Normal(mu.unsqueeze(1), torch.exp(logvar / 2).unsqueeze(1)).log_prob(z).sum(-1)
    return (log_px + log_pz - log_qz).mean(1)


def iwae_linear__forgot_log_k(x, W, b, sigma2, mu, logvar, eps):
    total = 0
    std = torch.exp(0.5 * logvar)
    for k in range(eps.shape[1]):
        z = mu + std * eps[:, k]
        log_w = _log_normal(x, z @ W.T + b, sigma2.sqrt()).sum(1)
        log_w = log_w + _log_normal(z, torch.zeros_like(z), torch.ones_like(z)).sum(1)
        log_w = log_w - _log_normal(z, mu, std).sum(1)
        total = total + log_w.double().exp()
    return total.log().float()


def iwae_linear__analytic_kl(x, W, b, sigma2, mu, logvar, eps):
    z = mu[:, None, :] + (0.5 * logvar).exp()[:, None, :] * eps
    log_px = Normal(torch.matmul(z, W.t()) + b, sigma2.sqrt()).log_prob(x[:, None, :]).sum(2)
    return torch.logsumexp(log_px, 1) - math.log(eps.shape[1]) - _kl(mu, logvar)


def iwae_linear__no_prior(x, W, b, sigma2, mu, logvar, eps):
    std = (0.5 * logvar).exp()[:, None, :]
    z = mu[:, None, :] + std * eps
    log_px = Normal(torch.matmul(z, W.t()) + b, sigma2.sqrt()).log_prob(x[:, None, :]).sum(2)
    log_q = Normal(mu[:, None, :], std).log_prob(z).sum(2)
    return torch.logsumexp(log_px - log_q, 1) - math.log(eps.shape[1])


def iwae_linear__sigma_for_variance(x, W, b, sigma2, mu, logvar, eps):
    std = (0.5 * logvar).exp()[:, None, :]
    z = mu[:, None, :] + std * eps
    log_px = Normal(torch.matmul(z, W.t()) + b, sigma2).log_prob(x[:, None, :]).sum(2)
    log_p = Normal(0.0, 1.0).log_prob(z).sum(2)
    log_q = Normal(mu[:, None, :], std).log_prob(z).sum(2)
    return torch.logsumexp(log_px + log_p - log_q, 1) - math.log(eps.shape[1])


def iwae_linear__no_constant(x, W, b, sigma2, mu, logvar, eps):
    std = (0.5 * logvar).exp()[:, None, :]
    z = mu[:, None, :] + std * eps
    log_px = -((x[:, None] - z @ W.T - b) ** 2).sum(2) / (2 * sigma2)
    log_p_minus_q = 0.5 * (eps**2 - z**2 + logvar[:, None]).sum(2)
    return torch.logsumexp(log_px + log_p_minus_q, 1) - math.log(eps.shape[1])


def iwae_linear__std_from_logvar(x, W, b, sigma2, mu, logvar, eps):
    std = logvar.exp()[:, None, :]
    z = mu[:, None, :] + std * eps
    log_px = Normal(z @ W.T + b, sigma2.sqrt()).log_prob(x[:, None, :]).sum(2)
    log_p = Normal(0.0, 1.0).log_prob(z).sum(2)
    log_q = Normal(mu[:, None, :], std).log_prob(z).sum(2)
    return torch.logsumexp(log_px + log_p - log_q, 1) - math.log(eps.shape[1])


def iwae_linear__q_sign(x, W, b, sigma2, mu, logvar, eps):
    std = (0.5 * logvar).exp()[:, None, :]
    z = mu[:, None, :] + std * eps
    log_px = Normal(z @ W.T + b, sigma2.sqrt()).log_prob(x[:, None, :]).sum(2)
    log_p = Normal(0.0, 1.0).log_prob(z).sum(2)
    log_q = Normal(mu[:, None, :], std).log_prob(z).sum(2)
    return torch.logsumexp(log_px + log_p + log_q, 1) - math.log(eps.shape[1])


# --- gaps -----------------------------------------------------------------------------------------------------------


def log_evidence__sigma_for_variance(x, W, b, sigma2):
    C = W @ W.T + sigma2**2 * torch.eye(len(b))
    return MultivariateNormal(b, C).log_prob(x)


def log_evidence__no_offset(x, W, b, sigma2):
    D = x.shape[1]
    return MultivariateNormal(torch.zeros(D), W @ W.T + sigma2 * torch.eye(D)).log_prob(x)


def log_evidence__diagonal_only(x, W, b, sigma2):
    std = torch.sqrt((W**2).sum(1) + sigma2)
    return Normal(b, std).log_prob(x).sum(1)


def log_evidence__log_det_doubled(x, W, b, sigma2):
    C = W @ W.T + sigma2 * torch.eye(W.shape[0])
    d = x - b
    q = torch.einsum("bi,ij,bj->b", d, torch.linalg.inv(C), d)
    return -0.5 * q - torch.logdet(C) - 0.5 * len(b) * math.log(2 * math.pi)


def log_evidence__no_log_det(x, W, b, sigma2):
    C = W @ W.T + sigma2 * torch.eye(W.shape[0])
    d = x - b
    q = torch.sum(d * torch.linalg.solve(C, d.T).T, 1)
    return -0.5 * q - 0.5 * len(b) * math.log(2 * math.pi)


def log_evidence__noise_only(x, W, b, sigma2):
    return Normal(b, sigma2.sqrt()).log_prob(x).sum(-1)


def log_evidence__no_constant(x, W, b, sigma2):
    C = W @ W.T + sigma2 * torch.eye(W.shape[0])
    d = x - b
    return -0.5 * (torch.sum(d @ torch.linalg.inv(C) * d, 1) + torch.logdet(C))


def posterior_kl__exchanged(x, W, b, sigma2, mu, logvar):
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return kl_divergence(_posterior(x, W, b, sigma2), q)


def posterior_kl__to_prior(x, W, b, sigma2, mu, logvar):
    return kl_divergence(Normal(mu, torch.exp(logvar / 2)), Normal(0.0, 1.0)).sum(1)


def posterior_kl__no_offset(x, W, b, sigma2, mu, logvar):
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return kl_divergence(q, _posterior(x, W, 0 * b, sigma2))


def posterior_kl__sigma_for_variance(x, W, b, sigma2, mu, logvar):
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return kl_divergence(q, _posterior(x, W, b, sigma2**2))


def posterior_kl__diagonal_posterior(x, W, b, sigma2, mu, logvar):
    p = _posterior(x, W, b, sigma2)
    return kl_divergence(Normal(mu, torch.exp(logvar / 2)), Normal(p.mean, p.variance.sqrt())).sum(1)


def posterior_kl__mean_not_scaled(x, W, b, sigma2, mu, logvar):
    C = torch.inverse(torch.eye(W.shape[1]) + W.T @ W / sigma2)
    p = MultivariateNormal((x - b) @ W @ C, C)
    return kl_divergence(MultivariateNormal(mu, torch.diag_embed(logvar.exp())), p)


def posterior_kl__log_std(x, W, b, sigma2, mu, logvar):
    q = MultivariateNormal(mu, scale_tril=torch.diag_embed(logvar.exp()))
    return kl_divergence(q, _posterior(x, W, b, sigma2))


def posterior_kl__forgot_dimension(x, W, b, sigma2, mu, logvar):
    p = _posterior(x, W, b, sigma2)
    P = torch.inverse(p.covariance_matrix[0])
    d = p.mean - mu
    trace = (torch.diagonal(P) * logvar.exp()).sum(1)
    return 0.5 * (trace + (d @ P * d).sum(1) - torch.logdet(P) - logvar.sum(1))


def posterior_kl__summed_over_batch(x, W, b, sigma2, mu, logvar):
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return kl_divergence(q, _posterior(x, W, b, sigma2)).sum()


def inference_gap__elbo_at_mean(x, W, b, sigma2, mu, logvar):
    log_px = Normal(mu @ W.T + b, sigma2.sqrt()).log_prob(x).sum(1)
    elbo = log_px - _kl(mu, logvar)
    return _marginal(W, b, sigma2).log_prob(x) - elbo


def inference_gap__sign(x, W, b, sigma2, mu, logvar):
    log_px = Normal(mu @ W.T + b, sigma2.sqrt()).log_prob(x).sum(1)
    trace = (logvar.exp() @ (W**2).sum(0)) / (2 * sigma2)
    return log_px - trace - _kl(mu, logvar) - _marginal(W, b, sigma2).log_prob(x)


def inference_gap__no_constant(x, W, b, sigma2, mu, logvar):
    error = ((x - mu @ W.T - b) ** 2).sum(1) + logvar.exp() @ (W**2).sum(0)
    elbo = -error / (2 * sigma2) - _kl(mu, logvar)
    return _marginal(W, b, sigma2).log_prob(x) - elbo


def inference_gap__without_kl(x, W, b, sigma2, mu, logvar):
    log_px = Normal(mu @ W.T + b, sigma2.sqrt()).log_prob(x).sum(1)
    trace = torch.diagonal(W.T @ W) * logvar.exp()
    expected = log_px - trace.sum(1) / (2 * sigma2)
    return _marginal(W, b, sigma2).log_prob(x) - expected


def inference_gap__trace_not_halved(x, W, b, sigma2, mu, logvar):
    log_px = Normal(mu @ W.T + b, sigma2.sqrt()).log_prob(x).sum(1)
    trace = (torch.diagonal(W.T @ W) * logvar.exp()).sum(1) / sigma2
    return _marginal(W, b, sigma2).log_prob(x) - (log_px - trace - _kl(mu, logvar))


def inference_gap__log_std(x, W, b, sigma2, mu, logvar):
    var = torch.exp(logvar) ** 2
    log_px = Normal(mu @ W.T + b, sigma2.sqrt()).log_prob(x).sum(1)
    trace = (torch.diagonal(W.T @ W) * var).sum(1) / (2 * sigma2)
    kl = kl_divergence(Normal(mu, var.sqrt()), Normal(0.0, 1.0)).sum(1)
    return _marginal(W, b, sigma2).log_prob(x) - (log_px - trace - kl)


def amortisation_gap__whole_gap(x, W, b, sigma2, mu, logvar):
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    return kl_divergence(q, _posterior(x, W, b, sigma2))


def amortisation_gap__marginal_variances(x, W, b, sigma2, mu, logvar):
    p = _posterior(x, W, b, sigma2)
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    best = MultivariateNormal(p.mean, torch.diag_embed(p.variance))
    return kl_divergence(q, p) - kl_divergence(best, p)


def amortisation_gap__sign(x, W, b, sigma2, mu, logvar):
    p = _posterior(x, W, b, sigma2)
    q = MultivariateNormal(mu, torch.diag_embed(logvar.exp()))
    best = MultivariateNormal(p.mean, torch.diag_embed(1 / torch.diagonal(p.precision_matrix, dim1=1, dim2=2)))
    return kl_divergence(best, p) - kl_divergence(q, p)


def amortisation_gap__kl_to_best(x, W, b, sigma2, mu, logvar):
    p = _posterior(x, W, b, sigma2)
    best = Independent(Normal(p.mean, torch.diagonal(p.precision_matrix, dim1=1, dim2=2) ** -0.5), 1)
    return kl_divergence(best, _q(mu, logvar))


def amortisation_gap__approximation_gap(x, W, b, sigma2, mu, logvar):
    p = _posterior(x, W, b, sigma2)
    best = MultivariateNormal(p.mean, torch.diag_embed(1 / torch.diagonal(p.precision_matrix, dim1=1, dim2=2)))
    return kl_divergence(best, p)
