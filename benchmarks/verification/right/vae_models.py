"""Right answers to "Variational autoencoders", in the styles in which students write them: `<function>__<style>`."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import (
    Bernoulli,
    Independent,
    LowRankMultivariateNormal,
    MultivariateNormal,
    Normal,
    kl_divergence,
)


def _gaussian(mu, logvar):
    return Independent(Normal(mu, torch.exp(logvar / 2)), 1)


def _standard(mu):
    return Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)


def _kl(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def _log_normal(value, mean, variance):
    return -0.5 * (math.log(2 * math.pi) + torch.log(variance) + (value - mean) ** 2 / variance)


# --- draws ----------------------------------------------------------------------------------------------------------


def sample_scale__textbook(mu, sigma):
    eps = torch.randn_like(sigma)
    return mu + eps * sigma


def sample_scale__distributions(mu, sigma):
    return Normal(mu, sigma).rsample()


def sample_scale__in_place(mu, sigma):
    z = torch.empty_like(mu).normal_()
    z = z.mul(sigma)
    z.add_(mu)
    return z


def sample_scale__minus(mu, sigma):
    # the noise is symmetric
    return mu - sigma * torch.randn(mu.shape[0], mu.shape[1], dtype=mu.dtype, device=mu.device)


def sample_scale__box_muller(mu, sigma):
    u = 1 - torch.rand(mu.shape, dtype=torch.float64)
    v = torch.rand(mu.shape, dtype=torch.float64)
    eps = torch.sqrt(-2 * torch.log(u)) * torch.cos(2 * math.pi * v)
    return mu + sigma * eps.to(mu.dtype)


def sample_variance__root(mu, variance):
    return mu + torch.sqrt(variance) * torch.randn(mu.size()).to(mu)


def sample_variance__power(mu, variance):
    return torch.normal(torch.zeros_like(mu), torch.ones_like(mu)) * variance**0.5 + mu


def sample_variance__by_logarithm(mu, variance):
    logvar = variance.log()
    return Independent(Normal(mu, (logvar / 2).exp()), 1).rsample()


def sample_matrix__einsum(mu, S):
    eps = torch.randn_like(mu)
    return mu + torch.einsum("ij,bj->bi", S, eps)


def sample_matrix__columns(mu, S):
    eps = torch.randn(mu.shape[1], mu.shape[0], dtype=mu.dtype)
    return (mu.T + S @ eps).T


def sample_matrix__distributions(mu, S):
    # the same law with another factor of the covariance
    return MultivariateNormal(mu, covariance_matrix=S @ S.T).rsample()


def sample_matrix__loop(mu, S):
    rows = []
    for row in mu:
        eps = torch.randn(S.shape[1], dtype=mu.dtype)
        rows.append(row + S.mv(eps))
    return torch.stack(rows)


# --- densities ------------------------------------------------------------------------------------------------------


def log_density_scale__distributions(g, mu, sigma):
    return Independent(Normal(mu, sigma), 1).log_prob(g)


def log_density_scale__sum_of_logs(g, mu, sigma):
    D = g.shape[1]
    log_det = torch.log(sigma).sum(dim=1)
    quadratic = torch.sum((g - mu) ** 2 / sigma**2, dim=1)
    return -0.5 * quadratic - 0.5 * D * math.log(2 * math.pi) - log_det


def log_density_scale__loop(g, mu, sigma):
    total = torch.zeros(g.shape[0], dtype=g.dtype)
    for d in range(g.shape[1]):
        z0 = (g[:, d] - mu[:, d]) / sigma[:, d]
        total = total - 0.5 * z0 * z0 - math.log(math.sqrt(2 * math.pi)) - torch.log(torch.abs(sigma[:, d]))
    return total


def log_density_scale__multivariate(g, mu, sigma):
    return MultivariateNormal(mu, scale_tril=torch.diag_embed(sigma)).log_prob(g)


def log_density_matrix__inverse(g, mu, S):
    z0 = (g - mu) @ torch.linalg.inv(S).T
    return _standard(z0).log_prob(z0) - torch.linalg.slogdet(S)[1]


def log_density_matrix__covariance(g, mu, S):
    C = S @ S.T
    d = g - mu
    quadratic = torch.einsum("bi,bi->b", d, torch.linalg.solve(C, d.T).T)
    return -0.5 * (quadratic + torch.logdet(C) + len(C) * math.log(2 * math.pi))


def log_density_matrix__distributions(g, mu, S):
    return MultivariateNormal(mu, covariance_matrix=S @ S.mT).log_prob(g)


def log_density_matrix__numpy(g, mu, S):
    s = S.detach().numpy().astype(np.float64)
    z0 = np.linalg.solve(s, (g - mu).detach().numpy().astype(np.float64).T)
    _, log_det = np.linalg.slogdet(s)
    log_q = -0.5 * (z0**2).sum(axis=0) - 0.5 * len(s) * np.log(2 * np.pi) - log_det
    return torch.from_numpy(log_q).to(g.dtype)


def log_density_matrix__singular_values(g, mu, S):
    U, s, Vh = torch.linalg.svd(S)
    z0 = ((g - mu) @ U) / s @ Vh
    return torch.sum(-0.5 * z0**2 - 0.5 * np.log(2 * np.pi), dim=1) - torch.log(s).sum()


# --- networks -------------------------------------------------------------------------------------------------------


class Encoder__functional(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super(Encoder, self).__init__()  # noqa: F821
        self.fc1 = nn.Linear(data_dimension, hidden_units)
        self.fc21 = nn.Linear(hidden_units, latent_dimension)
        self.fc22 = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)


class Encoder__sequential(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(data_dimension, hidden_units), nn.ReLU(inplace=True))
        self.heads = nn.ModuleList(nn.Linear(hidden_units, latent_dimension) for _ in range(2))

    def forward(self, x):
        h = self.body(x)
        return [head(h) for head in self.heads]


class Encoder__by_hand(nn.Module):
    def __init__(self, data_dimension, hidden_units, latent_dimension):
        super().__init__()
        self.hidden = nn.Linear(data_dimension, hidden_units)
        self.mean = nn.Linear(hidden_units, latent_dimension)
        self.log_variance = nn.Linear(hidden_units, latent_dimension)
        for layer in (self.hidden, self.mean, self.log_variance):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        h = (x @ self.hidden.weight.T + self.hidden.bias).clamp(min=0)
        mean = self.mean(h)
        log_variance = self.log_variance(h)
        return mean, log_variance


class Decoder__sequential(nn.Sequential):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__(
            nn.Linear(latent_dimension, hidden_units),
            nn.ReLU(),
            nn.Linear(hidden_units, data_dimension),
        )


class Decoder__functional(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc3 = nn.Linear(latent_dimension, hidden_units)
        self.fc4 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return self.fc4(torch.relu(self.fc3(z)))


# --- negative ELBO --------------------------------------------------------------------------------------------------


def negative_elbo_bernoulli__textbook(logits, x, mu, logvar):
    BCE = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (BCE + KLD) / x.shape[0]


def negative_elbo_bernoulli__distributions(logits, x, mu, logvar):
    log_px = Independent(Bernoulli(logits=logits), 1).log_prob(x)
    return -(log_px - kl_divergence(_gaussian(mu, logvar), _standard(mu))).mean()


def negative_elbo_bernoulli__einsum(logits, x, mu, logvar):
    log_px = torch.einsum("bd,bd->b", x, logits) - F.softplus(logits).sum(-1)
    neg_entropy = -0.5 * (1 + logvar).sum(-1)
    cross = 0.5 * (mu**2 + logvar.exp()).sum(-1)
    return torch.mean(neg_entropy + cross - log_px)


def negative_elbo_bernoulli__loop(logits, x, mu, logvar):
    losses = []
    for i in range(x.size(0)):
        recon = nn.BCEWithLogitsLoss(reduction="sum")(logits[i], x[i])
        kl = 0.5 * (mu[i] @ mu[i] + torch.exp(logvar[i]).sum() - logvar[i].sum() - mu.size(1))
        losses.append(recon + kl)
    return sum(losses) / len(losses)


def negative_elbo_bernoulli__mean_times_size(logits, x, mu, logvar):
    # what is averaged over too much is multiplied again
    recon = F.binary_cross_entropy_with_logits(logits, x) * x.size(1)
    return recon - 0.5 * (1 + logvar - mu**2 - logvar.exp()).mean() * mu.size(1)


def negative_elbo_bernoulli__two_classes(logits, x, mu, logvar):
    both = torch.stack([torch.zeros_like(logits), logits], dim=-1).log_softmax(-1)
    log_px = both.gather(-1, x.long().unsqueeze(-1)).squeeze(-1).sum(1)
    return (_kl(mu, logvar) - log_px).mean()


def negative_elbo_gaussian__distributions(x_hat, x, mu, logvar, sigma2):
    log_px = Normal(x_hat, sigma2.sqrt()).log_prob(x).sum(dim=1)
    return torch.mean(_kl(mu, logvar) - log_px)


def negative_elbo_gaussian__gaussian_nll(x_hat, x, mu, logvar, sigma2):
    recon = F.gaussian_nll_loss(x_hat, x, sigma2.expand_as(x), full=True, reduction="sum") / len(x)
    return recon + _kl(mu, logvar).mean()


def negative_elbo_gaussian__float(x_hat, x, mu, logvar, sigma2):
    s2 = float(sigma2)
    B, D = x.shape
    recon = F.mse_loss(x_hat, x, reduction="sum") / (2 * s2) / B + D / 2 * np.log(2 * np.pi * s2)
    return recon + torch.sum(_kl(mu, logvar)) / B


def negative_elbo_gaussian__precision(x_hat, x, mu, logvar, sigma2):
    tau = 1.0 / sigma2
    log_px = 0.5 * x.size(1) * (tau.log() - math.log(math.tau)) - 0.5 * tau * torch.norm(x - x_hat, dim=1) ** 2
    return -(log_px - _kl(mu, logvar)).mean(0)


def squared_error_loss__textbook(x_hat, x, mu, logvar, sigma2):
    mse = F.mse_loss(x_hat, x, reduction="sum")
    return mse / (2 * sigma2) - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def squared_error_loss__double(x_hat, x, mu, logvar, sigma2):
    x_hat, x, mu, logvar = x_hat.double(), x.double(), mu.double(), logvar.double()
    error = ((x - x_hat) / torch.sqrt(2 * sigma2.double())).square().sum()
    return (error + _kl(mu, logvar).sum()).float()


def squared_error_loss__in_place_on_copies(x_hat, x, mu, logvar, sigma2):
    gap = x_hat.clone()
    gap -= x
    gap *= gap
    return 0.5 * gap.sum() / sigma2 + kl_divergence(_gaussian(mu, logvar), _standard(mu)).sum()


# --- weighted loss --------------------------------------------------------------------------------------------------


def alpha_loss__textbook(logits, x, mu, logvar, alpha):
    recon = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
    return (recon + alpha * _kl(mu, logvar)).mean()


def alpha_loss__distributions(logits, x, mu, logvar, alpha):
    q, p = _gaussian(mu, logvar), _standard(mu)
    log_px = Bernoulli(logits=logits).log_prob(x).sum(-1).mean()
    return alpha * kl_divergence(q, p).mean() - log_px


def alpha_loss__elbo_and_rest(logits, x, mu, logvar, alpha):
    recon = -(x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum() / len(x)
    kl = _kl(mu, logvar).sum() / len(x)
    return recon + kl + (alpha - 1) * kl


# --- IWAE -----------------------------------------------------------------------------------------------------------


def iwae_bound__textbook(log_w):
    return torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])


def iwae_bound__largest_first(log_w):
    m = log_w.max(dim=1, keepdim=True)[0]
    return (m + torch.log(torch.mean(torch.exp(log_w - m), dim=1, keepdim=True))).squeeze(1)


def iwae_bound__uniform_weights(log_w):
    K = log_w.size(-1)
    return torch.logsumexp(log_w + torch.log(torch.tensor(1.0 / K)), dim=-1)


def iwae_bound__pairwise(log_w):
    total = log_w[:, 0]
    for k in range(1, log_w.shape[1]):
        total = torch.logaddexp(total, log_w[:, k])
    return total - np.log(log_w.shape[1])


def iwae_bound__from_softmax(log_w):
    # log of the sum is a logarithm minus its log-softmax, at whichever entry; the largest is the safest
    best = log_w.argmax(dim=1, keepdim=True)
    log_sum = log_w.gather(1, best) - F.log_softmax(log_w, dim=1).gather(1, best)
    return log_sum[:, 0] - math.log(log_w.shape[1])


def iwae_linear__distributions(x, W, b, sigma2, mu, logvar, eps):
    std = torch.exp(0.5 * logvar).unsqueeze(1)
    z = mu.unsqueeze(1) + std * eps
    log_px = Normal(z @ W.T + b, sigma2.sqrt()).log_prob(x.unsqueeze(1)).sum(-1)
    log_pz = Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_qz = Normal(mu.unsqueeze(1), std).log_prob(z).sum(-1)
    return torch.logsumexp(log_px + log_pz - log_qz, dim=1) - math.log(eps.size(1))


def iwae_linear__loop(x, W, b, sigma2, mu, logvar, eps):
    columns = []
    for k in range(eps.shape[1]):
        z = mu + logvar.exp().sqrt() * eps[:, k, :]
        log_px = _log_normal(x, F.linear(z, W, b), sigma2).sum(1)
        log_pz = _log_normal(z, 0.0, torch.ones_like(z)).sum(1)
        log_qz = _log_normal(z, mu, logvar.exp()).sum(1)
        columns.append(log_px + log_pz - log_qz)
    log_w = torch.stack(columns, dim=1)
    return torch.logsumexp(log_w, 1) - np.log(log_w.shape[1])


def iwae_linear__flat_batch(x, W, b, sigma2, mu, logvar, eps):
    B, K, Z = eps.shape
    mu, logvar, x = (t.repeat_interleave(K, dim=0) for t in (mu, logvar, x))
    z = mu + torch.exp(logvar / 2) * eps.reshape(B * K, Z)
    log_w = _log_normal(x, z @ W.t() + b, sigma2).sum(1) + _standard(z).log_prob(z) - _gaussian(mu, logvar).log_prob(z)
    return log_w.view(B, K).logsumexp(1) - math.log(K)


# --- gaps -----------------------------------------------------------------------------------------------------------


def log_evidence__distributions(x, W, b, sigma2):
    C = W @ W.T + sigma2 * torch.eye(W.shape[0])
    return MultivariateNormal(b, C).log_prob(x)


def log_evidence__low_rank(x, W, b, sigma2):
    return LowRankMultivariateNormal(b, W, sigma2.expand(len(b))).log_prob(x)


def log_evidence__by_hand(x, W, b, sigma2):
    C = W @ W.T + sigma2 * torch.eye(W.shape[0], dtype=x.dtype)
    d = x - b
    quadratic = torch.einsum("bi,ij,bj->b", d, torch.inverse(C), d)
    return -0.5 * (quadratic + torch.slogdet(C)[1] + len(b) * np.log(2 * np.pi))


def posterior_kl__distributions(x, W, b, sigma2, mu, logvar):
    C = torch.inverse(torch.eye(W.shape[1]) + W.T @ W / sigma2)
    p = MultivariateNormal((x - b) @ W @ C / sigma2, (C + C.T) / 2)
    return kl_divergence(MultivariateNormal(mu, scale_tril=torch.diag_embed(torch.exp(logvar / 2))), p)


def posterior_kl__gap(x, W, b, sigma2, mu, logvar):
    # log p(x) - ELBO, which is the same
    log_px = MultivariateNormal(b, W @ W.T + sigma2 * torch.eye(W.shape[0])).log_prob(x)
    recon = Normal(mu @ W.T + b, sigma2.sqrt()).log_prob(x).sum(1) - (logvar.exp() @ (W**2).sum(0)) / (2 * sigma2)
    return log_px - recon + _kl(mu, logvar)


def posterior_kl__gain(x, W, b, sigma2, mu, logvar):
    # the posterior as a Kalman filter has it
    G = W.T @ torch.inverse(W @ W.T + sigma2 * torch.eye(W.shape[0]))
    mean, C = (x - b) @ G.T, torch.eye(W.shape[1]) - G @ W
    P = torch.inverse(C)
    d = mean - mu
    trace = (torch.diagonal(P) * logvar.exp()).sum(1)
    return 0.5 * (trace + (d @ P * d).sum(1) - mu.shape[1] + torch.logdet(C) - logvar.sum(1))


def inference_gap__distributions(x, W, b, sigma2, mu, logvar):
    log_px = MultivariateNormal(b, W @ W.T + sigma2 * torch.eye(W.shape[0])).log_prob(x)
    recon = Normal(mu @ W.T + b, sigma2.sqrt()).log_prob(x).sum(1)
    recon = recon - torch.einsum("dz,bz->b", W**2, logvar.exp()) / (2 * sigma2)
    return log_px - (recon - kl_divergence(_gaussian(mu, logvar), _standard(mu)))


def inference_gap__double(x, W, b, sigma2, mu, logvar):
    x, W, b, sigma2, mu, logvar = (t.double() for t in (x, W, b, sigma2, mu, logvar))
    P = torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / sigma2
    d = torch.linalg.solve(P, (W.T @ (x - b).T) / sigma2).T - mu
    kl = 0.5 * ((logvar.exp() @ P.diagonal()) + (d @ P * d).sum(1) - mu.shape[1] - torch.logdet(P) - logvar.sum(1))
    return kl.float()


def amortisation_gap__difference(x, W, b, sigma2, mu, logvar):
    P = torch.eye(W.shape[1]) + W.T @ W / sigma2
    C = torch.inverse(P)
    p = MultivariateNormal((x - b) @ W @ C / sigma2, precision_matrix=P)
    best = MultivariateNormal(p.mean, torch.diag(1 / torch.diagonal(P)))
    return kl_divergence(MultivariateNormal(mu, torch.diag_embed(logvar.exp())), p) - kl_divergence(best, p)


def amortisation_gap__closed_form(x, W, b, sigma2, mu, logvar):
    P = torch.eye(W.shape[1]) + W.T @ W / sigma2
    d = (x - b) @ W @ torch.linalg.inv(P) / sigma2 - mu
    ratio = torch.diagonal(P) * logvar.exp()
    return 0.5 * ((ratio - 1 - torch.log(ratio)).sum(1) + torch.einsum("bi,ij,bj->b", d, P, d))
