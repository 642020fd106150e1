"""Right answers to "Densities and divergences", in the styles that students have: `<function>__<style>`."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Categorical, Independent, MultivariateNormal, Normal
from torch.distributions import kl_divergence as torch_kl


def _diag(mean, std):
    return Independent(Normal(mean, std), 1)


def _positive(p, terms):
    return torch.where(p > 0, terms, torch.zeros_like(terms))


# --- Gaussian log-likelihood ----------------------------------------------------------------------------------------


def log_likelihood_gaussian_variance__distributions(x, mu, sigma2):
    return _diag(mu, sigma2.sqrt()).log_prob(x)


def log_likelihood_gaussian_variance__full_covariance(x, mu, sigma2):
    return MultivariateNormal(mu, torch.diag_embed(sigma2)).log_prob(x)


def log_likelihood_gaussian_variance__product_of_densities(x, mu, sigma2):
    density = torch.exp(-((x - mu) ** 2) / (2 * sigma2)) / torch.sqrt(2 * math.pi * sigma2)
    return torch.log(density.prod(dim=1))


def log_likelihood_gaussian_variance__loop(x, mu, sigma2):
    total = torch.zeros(x.shape[0])
    for d in range(x.shape[1]):
        total += -0.5 * torch.log(2 * np.pi * sigma2[:, d]) - (x[:, d] - mu[:, d]) ** 2 / (2 * sigma2[:, d])
    return total


def log_likelihood_gaussian_logvar__einsum(x, mu, logvar):
    d = x - mu
    quadratic = torch.einsum("bz,bz,bz->b", d, d, torch.exp(-logvar))
    return -0.5 * (quadratic + logvar.sum(1) + x.shape[1] * math.log(2 * math.pi))


def log_likelihood_gaussian_logvar__distributions(x, mu, logvar):
    return Normal(mu, torch.exp(logvar / 2)).log_prob(x).sum(dim=-1)


def log_likelihood_gaussian_logvar__in_place(x, mu, logvar):
    result = x.clone()
    result.sub_(mu).square_().mul_(torch.exp(-logvar)).add_(logvar).add_(math.log(2 * math.pi))
    return result.sum(1).mul_(-0.5)


def log_likelihood_gaussian_logvar__nll_loss(x, mu, logvar):
    return -F.gaussian_nll_loss(mu, x, torch.exp(logvar), full=True, eps=1e-12, reduction="none").sum(1)


def log_likelihood_gaussian_scale__double_inside(x, mu, sigma):
    x, mu, sigma = x.double(), mu.double(), sigma.double()
    return (-((x - mu) ** 2) / (2 * sigma**2) - sigma.log() - 0.5 * math.log(2 * math.pi)).sum(1)


def log_likelihood_gaussian_scale__scipy(x, mu, sigma):
    from scipy import stats

    return torch.from_numpy(stats.norm.logpdf(x.numpy(), mu.numpy(), sigma.numpy()).sum(axis=1))


def log_likelihood_gaussian_scale__root_in_the_log(x, mu, sigma):
    return (torch.log(1 / (sigma * math.sqrt(2 * math.pi))) - 0.5 * ((x - mu) / sigma) ** 2).sum(1)


# --- log-mean-exp ---------------------------------------------------------------------------------------------------


def log_mean_exp__shifted(y):
    top, _ = torch.max(y, dim=1, keepdim=True)
    return (top + torch.log(torch.mean(torch.exp(y - top), dim=1, keepdim=True))).squeeze(1)


def log_mean_exp__weights_inside(y):
    return torch.logsumexp(y - math.log(y.shape[1]), dim=1)


def log_mean_exp__scipy(y):
    from scipy import special

    return torch.tensor(special.logsumexp(y.numpy(), axis=1, b=1 / y.shape[1]))


def log_mean_exp__fold(y):
    total = y[:, 0]
    for k in range(1, y.shape[1]):
        total = torch.logaddexp(total, y[:, k])
    return total - np.log(y.shape[1])


# --- KL of Gaussians ------------------------------------------------------------------------------------------------


def kl_gaussian_equal_variance__distributions(mu_q, mu_p, sigma2):
    std = torch.sqrt(sigma2)
    return torch_kl(_diag(mu_q, std), _diag(mu_p, std))


def kl_gaussian_equal_variance__multiplied_out(mu_q, mu_p, sigma2):
    return 0.5 * ((mu_q**2 - 2 * mu_q * mu_p + mu_p**2) / sigma2).sum(1)


def kl_gaussian_equal_variance__loop(mu_q, mu_p, sigma2):
    rows = [((a - b) ** 2 / (2 * s)).sum() for a, b, s in zip(mu_q, mu_p, sigma2, strict=True)]
    return torch.stack(rows)


def kl_gaussian_variance__scales(mu_q, sigma2_q, mu_p, sigma2_p):
    sigma_q, sigma_p = sigma2_q.sqrt(), sigma2_p.sqrt()
    terms = torch.log(sigma_p / sigma_q) + (sigma_q**2 + (mu_q - mu_p) ** 2) / (2 * sigma_p**2) - 0.5
    return terms.sum(dim=1)


def kl_gaussian_variance__logarithms(mu_q, sigma2_q, mu_p, sigma2_p):
    lq, lp = torch.log(sigma2_q), torch.log(sigma2_p)
    return -0.5 * torch.sum(1 + lq - lp - (lq - lp).exp() - (mu_q - mu_p).pow(2) * (-lp).exp(), dim=1)


def kl_gaussian_variance__matrices(mu_q, sigma2_q, mu_p, sigma2_p):
    q = MultivariateNormal(mu_q, torch.diag_embed(sigma2_q))
    return torch_kl(q, MultivariateNormal(mu_p, torch.diag_embed(sigma2_p)))


def kl_gaussian_variance__numpy(mu_q, sigma2_q, mu_p, sigma2_p):
    mq, vq, mp, vp = (t.numpy().astype(np.float64) for t in (mu_q, sigma2_q, mu_p, sigma2_p))
    return torch.from_numpy(0.5 * np.sum(np.log(vp / vq) + (vq + (mq - mp) ** 2) / vp - 1, axis=1))


def kl_gaussian_mc_from_samples__distributions(z, mu_q, logvar_q, mu_p, logvar_p):
    q = _diag(mu_q.unsqueeze(1), torch.exp(0.5 * logvar_q).unsqueeze(1))
    p = _diag(mu_p.unsqueeze(1), torch.exp(0.5 * logvar_p).unsqueeze(1))
    return (q.log_prob(z) - p.log_prob(z)).mean(dim=1)


def kl_gaussian_mc_from_samples__loop(z, mu_q, logvar_q, mu_p, logvar_p):
    total = 0
    for k in range(z.shape[1]):
        log_q = -0.5 * (logvar_q + (z[:, k] - mu_q) ** 2 / logvar_q.exp()).sum(1)
        log_p = -0.5 * (logvar_p + (z[:, k] - mu_p) ** 2 / logvar_p.exp()).sum(1)
        total = total + log_q - log_p
    return total / z.shape[1]


def kl_gaussian_mc_from_samples__difference_of_means(z, mu_q, logvar_q, mu_p, logvar_p):
    def mean_log(mu, logvar):
        mu, logvar = mu[:, None].expand_as(z), logvar[:, None].expand_as(z)
        return (-0.5 * (math.log(2 * math.pi) + logvar + (z - mu) ** 2 * torch.exp(-logvar))).sum(-1).mean(-1)

    return mean_log(mu_q, logvar_q) - mean_log(mu_p, logvar_p)


# --- entropy and cross-entropy --------------------------------------------------------------------------------------


def entropy__distributions(p):
    return Categorical(probs=p).entropy()


def entropy__scipy(p):
    from scipy import stats

    return torch.from_numpy(stats.entropy(p.numpy(), axis=1))


def entropy__where(p):
    return -_positive(p, p * torch.log(p)).sum(1)


def entropy__clamped(p):
    return -(p * torch.log(p.clamp(min=1e-12))).sum(dim=1)


def cross_entropy__from_logits(p, q):
    return F.cross_entropy(torch.log(q), p, reduction="none")


def cross_entropy__batched_product(p, q):
    return -torch.bmm(p[:, None], q.log()[:, :, None]).flatten()


def cross_entropy__kl_and_entropy(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(1) + torch.special.entr(p).sum(1)


def bernoulli_entropy__distributions(p):
    return Independent(Bernoulli(p), 1).entropy()


def bernoulli_entropy__two_columns(p):
    return Categorical(torch.stack([p, 1 - p], dim=-1)).entropy().sum(1)


def bernoulli_cross_entropy__functional(p, q):
    return F.binary_cross_entropy(q, p, reduction="none").sum(dim=1)


def bernoulli_cross_entropy__logits(p, q):
    return F.binary_cross_entropy_with_logits(torch.logit(q), p, reduction="none").sum(dim=1)


def bernoulli_cross_entropy__matrix_products(p, q):
    return -torch.diagonal(p @ q.log().T + (1 - p) @ torch.log(1 - q).T)


# --- divergences of tables ------------------------------------------------------------------------------------------


def kl_divergence__functional(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(dim=1)


def kl_divergence__distributions(p, q):
    return torch_kl(Categorical(probs=p), Categorical(probs=q))


def kl_divergence__scipy(p, q):
    from scipy import special

    return torch.from_numpy(special.rel_entr(p.numpy(), q.numpy()).sum(axis=1))


def kl_divergence__where(p, q):
    return _positive(p, p * (torch.log(p) - torch.log(q))).sum(1)


def kl_divergence__loop(p, q):
    result = torch.zeros(len(p))
    for i in range(len(p)):
        for k in range(p.shape[1]):
            if p[i, k] > 0:
                result[i] += p[i, k] * torch.log(p[i, k] / q[i, k])
    return result


def reverse_kl_divergence__functional(p, q):
    return F.kl_div(p.log(), q, reduction="none").sum(1)


def reverse_kl_divergence__entropies(p, q):
    return (q * q.log()).sum(1) - (q * p.log()).sum(1)


def js_divergence__entropies(p, q):
    def h(t):
        return torch.special.entr(t).sum(-1)

    return h((p + q) / 2) - 0.5 * (h(p) + h(q))


def js_divergence__where(p, q):
    m = (p + q) / 2
    return 0.5 * (_positive(p, p * (p / m).log()) + _positive(q, q * (q / m).log())).sum(1)


def js_divergence__epsilon(p, q):
    m = (p + q) / 2
    log_m = torch.log(m + 1e-12)
    return 0.5 * (p * (torch.log(p + 1e-12) - log_m) + q * (torch.log(q + 1e-12) - log_m)).sum(dim=1)


def js_divergence__scipy(p, q):
    from scipy.spatial.distance import jensenshannon

    found = [jensenshannon(a, b) ** 2 for a, b in zip(p.double().numpy(), q.double().numpy(), strict=True)]
    return torch.tensor(np.array(found))


# --- divergences of densities ---------------------------------------------------------------------------------------


def kl_divergence_density__by_hand(p, q, grid):
    f = p * torch.log(p / q)
    return 0.5 * ((f[1:] + f[:-1]) * (grid[1:] - grid[:-1])).sum()


def kl_divergence_density__weights(p, q, grid):
    # Half of both neighbouring gaps for each point.
    gaps = torch.diff(grid)
    weights = (F.pad(gaps, (0, 1)) + F.pad(gaps, (1, 0))) / 2
    return torch.dot(weights, p * (p.log() - q.log()))


def kl_divergence_density__scipy(p, q, grid):
    from scipy import integrate

    p, q, grid = p.double().numpy(), q.double().numpy(), grid.double().numpy()
    return torch.tensor(integrate.trapezoid(p * np.log(p / q), grid))


def kl_divergence_density__loop(p, q, grid):
    total = torch.tensor(0.0)
    f = p * (p / q).log()
    for i in range(1, len(grid)):
        total += (f[i] + f[i - 1]) / 2 * (grid[i] - grid[i - 1])
    return total


def js_divergence_density__two_integrals(p, q, grid):
    m = 0.5 * (p + q)
    return 0.5 * torch.trapezoid(p * (p / m).log(), grid) + 0.5 * torch.trapezoid(q * (q / m).log(), grid)


def js_divergence_density__numpy(p, q, grid):
    p, q = p.numpy(), q.numpy()
    m = (p + q) / 2
    return torch.as_tensor(np.trapezoid(p * np.log(p / m) + q * np.log(q / m), grid.numpy()) / 2)


# --- Wasserstein distance -------------------------------------------------------------------------------------------


def wasserstein_tables__scipy(p, q, support):
    from scipy import stats

    x = support.numpy()
    return torch.tensor(
        np.array([stats.wasserstein_distance(x, x, a, b) for a, b in zip(p.numpy(), q.numpy(), strict=True)])
    )


def wasserstein_tables__from_the_right(p, q, support):
    # 1 − F of both: what lies to the right of each gap.
    tail = (p - q).flip(1).cumsum(1).flip(1)[:, 1:]
    return (tail.abs() * torch.diff(support)).sum(1)


def wasserstein_tables__carried_earth(p, q, support):
    total, carried = torch.zeros(len(p)), torch.zeros(len(p))
    for k in range(len(support) - 1):
        carried = carried + p[:, k] - q[:, k]
        total = total + carried.abs() * (support[k + 1] - support[k])
    return total


def wasserstein_tables__matrix(p, q, support):
    below = torch.triu(torch.ones(len(support), len(support)))[:, :-1]
    return ((p - q) @ below).abs() @ torch.diff(support)


def wasserstein_samples__scipy(x, y):
    from scipy import stats

    return torch.tensor(stats.wasserstein_distance(x.numpy(), y.numpy()))


def wasserstein_samples__numpy(x, y):
    return torch.tensor(np.mean(np.abs(np.sort(x.numpy()) - np.sort(y.numpy()))))


def wasserstein_samples__norm(x, y):
    return torch.linalg.vector_norm(x.sort().values - y.sort().values, ord=1) / x.numel()
