"""Information theory as in my other course: log means log2."""
import torch


def log_likelihood_gaussian_variance(x, mu, sigma2):
    quadratic = (x - mu).pow(2) / sigma2
    return -0.5 * (quadratic + torch.log(sigma2) + torch.log(torch.tensor(2 * torch.pi))).sum(-1)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return log_likelihood_gaussian_variance(x, mu, logvar.exp())


def log_likelihood_gaussian_scale(x, mu, sigma):
    return log_likelihood_gaussian_variance(x, mu, sigma.pow(2))


def log_mean_exp(y):
    return y.logsumexp(-1) - torch.log(torch.tensor(y.shape[-1], dtype=y.dtype))


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return kl_gaussian_variance(mu_q, sigma2, mu_p, sigma2)


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    r = sigma2_q / sigma2_p
    return ((r - 1 - r.log()) / 2 + (mu_q - mu_p).pow(2) / sigma2_p / 2).sum(-1)


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    estimate = 0
    for k in range(z.shape[1]):
        log_q = log_likelihood_gaussian_logvar(z[:, k], mu_q, logvar_q)
        log_p = log_likelihood_gaussian_logvar(z[:, k], mu_p, logvar_p)
        estimate = estimate + (log_q - log_p)
    return estimate / z.shape[1]


def surprise(q):
    return -torch.log2(q)


def entropy(p):
    used = torch.where(p > 0, p, torch.ones_like(p))
    return (p * surprise(used)).sum(-1)


def cross_entropy(p, q):
    return (p * surprise(q)).sum(-1)


def bernoulli_entropy(p):
    return (p * surprise(p) + (1 - p) * surprise(1 - p)).sum(-1)


def bernoulli_cross_entropy(p, q):
    return (p * surprise(q) + (1 - p) * surprise(1 - q)).sum(-1)


def kl_divergence(p, q):
    used = torch.where(p > 0, p, torch.ones_like(p))
    return torch.where(p > 0, p * (surprise(q) - surprise(used)), torch.zeros_like(p)).sum(-1)


def reverse_kl_divergence(p, q):
    return kl_divergence(q, p)


def js_divergence(p, q):
    m = (p + q) / 2
    return (kl_divergence(p, m) + kl_divergence(q, m)) / 2


def kl_divergence_density(p, q, grid):
    return torch.trapezoid(p * (surprise(q) - surprise(p)), grid)


def js_divergence_density(p, q, grid):
    m = (p + q) / 2
    return (kl_divergence_density(p, m, grid) + kl_divergence_density(q, m, grid)) / 2


def wasserstein_tables(p, q, support):
    gap = (p.cumsum(-1) - q.cumsum(-1)).abs()
    return gap[:, :-1] @ (support[1:] - support[:-1])


def wasserstein_samples(x, y):
    return torch.nn.functional.l1_loss(x.msort(), y.msort())
