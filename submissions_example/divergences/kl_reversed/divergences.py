import torch
import torch.nn.functional as F
from torch.distributions import Independent, Normal
from torch.distributions import kl_divergence as kl_of


def diag(mu, std):
    return Independent(Normal(mu, std), 1)


def log_likelihood_gaussian_variance(x, mu, sigma2):
    return diag(mu, sigma2.sqrt()).log_prob(x)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return diag(mu, (0.5 * logvar).exp()).log_prob(x)


def log_likelihood_gaussian_scale(x, mu, sigma):
    return diag(mu, sigma).log_prob(x)


def log_mean_exp(y):
    return torch.logsumexp(y, 1) - torch.logsumexp(torch.zeros_like(y), 1)


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return kl_of(diag(mu_p, sigma2.sqrt()), diag(mu_q, sigma2.sqrt()))


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    # how far is the posterior from the prior
    return kl_of(diag(mu_p, sigma2_p.sqrt()), diag(mu_q, sigma2_q.sqrt()))


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    q = diag(mu_q.unsqueeze(1), (0.5 * logvar_q).exp().unsqueeze(1))
    p = diag(mu_p.unsqueeze(1), (0.5 * logvar_p).exp().unsqueeze(1))
    return torch.mean(p.log_prob(z) - q.log_prob(z), dim=1)


def entropy(p):
    return torch.special.entr(p).sum(1)


def cross_entropy(p, q):
    return -torch.xlogy(q, p).sum(1)


def bernoulli_entropy(p):
    return F.binary_cross_entropy(p, p, reduction="none").sum(1)


def bernoulli_cross_entropy(p, q):
    return F.binary_cross_entropy(p, q, reduction="none").sum(1)


def kl_divergence(p, q):
    # input first, target second
    return F.kl_div(p.log(), q, reduction="none").sum(1)


def reverse_kl_divergence(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(1)


def js_divergence(p, q):
    m = ((p + q) / 2).log()
    return 0.5 * (F.kl_div(m, p, reduction="none") + F.kl_div(m, q, reduction="none")).sum(1)


def kl_divergence_density(p, q, grid):
    return torch.trapezoid(F.kl_div(p.log(), q, reduction="none"), grid)


def js_divergence_density(p, q, grid):
    return (kl_divergence_density(p, q, grid) + kl_divergence_density(q, p, grid)) / 2


def wasserstein_tables(p, q, support):
    moved = torch.cumsum(q - p, dim=1)[:, :-1].abs()
    return torch.einsum("bk,k->b", moved, torch.diff(support))


def wasserstein_samples(x, y):
    return (torch.sort(x).values - torch.sort(y, descending=True).values).abs().mean()
