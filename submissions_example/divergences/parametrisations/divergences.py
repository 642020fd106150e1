import torch
from torch.distributions import Normal, kl_divergence as torch_kl


def log_likelihood_gaussian_variance(x, mu, sigma2):
    # Normal takes the spread
    return Normal(mu, sigma2).log_prob(x).sum(1)


def log_likelihood_gaussian_logvar(x, mu, logvar):
    return Normal(mu, logvar.exp()).log_prob(x).sum(1)


def log_likelihood_gaussian_scale(x, mu, sigma):
    return Normal(mu, sigma.sqrt()).log_prob(x).sum(1)


def log_mean_exp(y):
    return torch.logsumexp(y - torch.log(torch.tensor(float(y.shape[1]))), 1)


def kl_gaussian_equal_variance(mu_q, mu_p, sigma2):
    return torch_kl(Normal(mu_q, sigma2), Normal(mu_p, sigma2)).sum(1)


def kl_gaussian_variance(mu_q, sigma2_q, mu_p, sigma2_p):
    return torch_kl(Normal(mu_q, sigma2_q), Normal(mu_p, sigma2_p)).sum(1)


def kl_gaussian_mc_from_samples(z, mu_q, logvar_q, mu_p, logvar_p):
    q = Normal(mu_q[:, None], logvar_q[:, None].exp())
    p = Normal(mu_p[:, None], logvar_p[:, None].exp())
    return (q.log_prob(z) - p.log_prob(z)).sum(2).mean(1)


def entropy(p):
    return -torch.special.xlogy(p, p).sum(1)


def cross_entropy(p, q):
    return -torch.special.xlogy(p, q).sum(1)


def bernoulli_entropy(p):
    return bernoulli_cross_entropy(p, p)


def bernoulli_cross_entropy(p, q):
    both = torch.stack([p, 1 - p], 2), torch.stack([q, 1 - q], 2)
    return -(both[0] * both[1].log()).sum((1, 2))


def kl_divergence(p, q):
    return cross_entropy(p, q) - entropy(p)


def reverse_kl_divergence(p, q):
    return cross_entropy(q, p) - entropy(q)


def js_divergence(p, q):
    m = (p + q) / 2
    return kl_divergence(p, m) / 2 + kl_divergence(q, m) / 2


def kl_divergence_density(p, q, grid):
    return torch.trapz(p * (p / q).log(), grid)


def js_divergence_density(p, q, grid):
    m = (p + q) / 2
    return kl_divergence_density(p, m, grid) / 2 + kl_divergence_density(q, m, grid) / 2


def wasserstein_tables(p, q, support):
    return ((p - q).cumsum(1)[:, :-1].abs() * support.diff()).sum(1)


def wasserstein_samples(x, y):
    return (x.sort().values - y.sort().values).abs().mean()
