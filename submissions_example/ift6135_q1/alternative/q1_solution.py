"""Everything by torch.distributions, and the samples first."""
import torch
import torch.nn.functional as F
from torch.distributions import Independent, Normal, kl_divergence


def _gauss(mu, logvar):
    return Independent(Normal(mu.flatten(1), torch.exp(logvar.flatten(1) / 2)), 1)


def log_likelihood_bernoulli(mu, target):
    return -F.binary_cross_entropy(mu, target, reduction='none').flatten(1).sum(1)


def log_likelihood_normal(mu, logvar, z):
    return _gauss(mu, logvar).log_prob(z.flatten(1))


def log_mean_exp(y):
    K = torch.tensor(float(y.shape[-1]))
    return y.logsumexp(-1) - K.log()


def kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p):
    return kl_divergence(_gauss(mu_q, logvar_q), _gauss(mu_p, logvar_p))


def kl_gaussian_gaussian_mc(mu_q, logvar_q, mu_p, logvar_p, num_samples=1):
    q, p = _gauss(mu_q, logvar_q), _gauss(mu_p, logvar_p)
    z = q.sample((num_samples,))
    return torch.mean(q.log_prob(z) - p.log_prob(z), dim=0)
