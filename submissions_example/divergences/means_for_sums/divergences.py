import math
import torch
import torch.nn.functional as F


def log_likelihood_gaussian_variance(x, mu, sigma2):
    return -0.5 * (math.log(2 * math.pi) + sigma2.log() + (x - mu) ** 2 / sigma2).mean(1)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return -0.5 * (math.log(2 * math.pi) + logvar + (x - mu) ** 2 * (-logvar).exp()).mean(1)


def log_likelihood_gaussian_scale(x, mu, sigma):
    return -F.gaussian_nll_loss(mu, x, sigma ** 2, full=True)


def log_mean_exp(y):
    return y.mean(1)


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return F.mse_loss(mu_q, mu_p, reduction="none").div(2 * sigma2).mean(1)


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    return 0.5 * torch.mean((sigma2_p / sigma2_q).log() + (sigma2_q + (mu_q - mu_p) ** 2) / sigma2_p - 1)


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    mu_q, logvar_q, mu_p, logvar_p = (t[:, None] for t in (mu_q, logvar_q, mu_p, logvar_p))
    log_q = -0.5 * (logvar_q + (z - mu_q) ** 2 * (-logvar_q).exp())
    log_p = -0.5 * (logvar_p + (z - mu_p) ** 2 * (-logvar_p).exp())
    return (log_q - log_p).mean((1, 2))


def entropy(p):
    return -(p * p.log()).sum(1).mean()


def cross_entropy(p, q):
    return -(p * q.log()).mean(1)


def bernoulli_entropy(p):
    return -(p * p.log() + (1 - p) * (1 - p).log()).mean(1)


def bernoulli_cross_entropy(p, q):
    return F.binary_cross_entropy(q, p)


def kl_divergence(p, q):
    return F.kl_div(q.log(), p, reduction="mean")


def reverse_kl_divergence(p, q):
    return F.kl_div(p.log(), q, reduction="batchmean")


def js_divergence(p, q):
    m = (p + q) / 2
    return (F.kl_div(m.log(), p, reduction="batchmean") + F.kl_div(m.log(), q, reduction="batchmean")) / 2


def kl_divergence_density(p, q, grid):
    return (p * (p / q).log()).mean()


def js_divergence_density(p, q, grid):
    m = (p + q) / 2
    return torch.mean(p * (p / m).log() + q * (q / m).log()) / 2


def wasserstein_tables(p, q, support):
    return ((p.cumsum(1) - q.cumsum(1)).abs()[:, :-1] * support.diff()).sum(1).mean()


def wasserstein_samples(x, y):
    return (x.mean() - y.mean()).abs()
