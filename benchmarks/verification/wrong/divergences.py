"""Wrong answers to "Densities and divergences", as students write them: `<function>__<note that it must get>`."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Categorical, Independent, MultivariateNormal, Normal
from torch.distributions import kl_divergence as torch_kl

_C = math.log(2 * math.pi)


def _diag(mean, std):
    return Independent(Normal(mean, std), 1)


def _safe(p, q):
    return torch.where(p > 0, p * torch.log(p / q), torch.zeros_like(p))


# --- Gaussian log-likelihood ----------------------------------------------------------------------------------------


def log_likelihood_gaussian_variance__variance_as_scale(x, mu, sigma2):
    return _diag(mu, sigma2).log_prob(x)


def log_likelihood_gaussian_variance__variance_as_scale__2(x, mu, sigma2):
    standard = (x - mu) / sigma2
    return (-0.5 * standard * standard - sigma2.log() - 0.5 * _C).sum(-1)


def log_likelihood_gaussian_variance__variance_as_logvar(x, mu, sigma2):
    var = sigma2.exp()
    return -0.5 * (_C + sigma2 + (x - mu) ** 2 / var).sum(-1)


def log_likelihood_gaussian_variance__variance_as_logvar__2(x, mu, sigma2):
    return MultivariateNormal(mu, torch.diag_embed(torch.exp(sigma2))).log_prob(x)


def log_likelihood_gaussian_variance__squared_in_the_exponent(x, mu, sigma2):
    normaliser = 1 / torch.sqrt(2 * math.pi * sigma2)
    return (normaliser.log() - (x - mu) ** 2 / (2 * sigma2**2)).sum(1)


def log_likelihood_gaussian_variance__log_not_halved(x, mu, sigma2):
    return -(0.5 * _C + torch.log(sigma2) + (x - mu) ** 2 / (2 * sigma2)).sum(1)


def log_likelihood_gaussian_variance__forgot_constant(x, mu, sigma2):
    return -F.gaussian_nll_loss(mu, x, sigma2, reduction="none").sum(1)


def log_likelihood_gaussian_variance__constant_once(x, mu, sigma2):
    exponent = ((x - mu) ** 2 / sigma2).sum(1)
    return -0.5 * (_C + torch.log(sigma2.prod(1)) + exponent)


def log_likelihood_gaussian_variance__density(x, mu, sigma2):
    return torch.prod(torch.exp(-((x - mu) ** 2) / (2 * sigma2)) / torch.sqrt(2 * math.pi * sigma2), dim=1)


def log_likelihood_gaussian_variance__not_reduced(x, mu, sigma2):
    return Normal(mu, sigma2.sqrt()).log_prob(x)


def log_likelihood_gaussian_variance__extra_dimension(x, mu, sigma2):
    return Normal(mu, sigma2**0.5).log_prob(x).sum(dim=1, keepdim=True)


def log_likelihood_gaussian_logvar__log_std(x, mu, logvar):
    return Normal(mu, logvar.exp()).log_prob(x).sum(1)


def log_likelihood_gaussian_logvar__log_std__2(x, mu, logvar):
    std = torch.exp(logvar)
    return torch.sum(-0.5 * ((x - mu) / std) ** 2 - logvar - np.log(np.sqrt(2 * np.pi)), dim=1)


def log_likelihood_gaussian_logvar__logvar_as_variance(x, mu, logvar):
    return -0.5 * torch.sum(_C + torch.log(logvar) + (x - mu).pow(2) / logvar, -1)


def log_likelihood_gaussian_logvar__forgot_exp(x, mu, logvar):
    return torch.sum(-0.5 * _C - 0.5 * logvar - (x - mu) ** 2 / (2.0 * logvar), dim=1)


def log_likelihood_gaussian_logvar__exp_sign(x, mu, logvar):
    precision = torch.exp(logvar)
    return (0.5 * (-logvar - _C - precision * (x - mu) ** 2)).sum(1)


def log_likelihood_gaussian_logvar__divided_by_scale(x, mu, logvar):
    std = (logvar / 2).exp()
    return -(_C / 2 + std.log() + (x - mu) ** 2 / (2 * std)).sum(1)


def log_likelihood_gaussian_logvar__log_not_halved(x, mu, logvar):
    return (-logvar - 0.5 * _C - 0.5 * (x - mu) ** 2 / logvar.exp()).sum(1)


def log_likelihood_gaussian_logvar__sign(x, mu, logvar):
    return F.gaussian_nll_loss(mu, x, logvar.exp(), full=True, reduction="none").sum(1)


def log_likelihood_gaussian_logvar__mean_for_sum(x, mu, logvar):
    return Normal(mu, (0.5 * logvar).exp()).log_prob(x).mean(-1)


def log_likelihood_gaussian_logvar__no_gradient(x, mu, logvar):
    from scipy import stats

    law = stats.norm(mu.detach().numpy(), np.exp(logvar.detach().numpy() / 2))
    return torch.from_numpy(law.logpdf(x.detach().numpy()).sum(1)).float()


def log_likelihood_gaussian_logvar__not_finite(x, mu, logvar):
    std = torch.exp(0.5 * logvar)
    pdf = torch.exp(-0.5 * ((x - mu) / std) ** 2) / (math.sqrt(2 * math.pi) * std)
    return torch.log(pdf).sum(1)


def log_likelihood_gaussian_logvar__changes_input(x, mu, logvar):
    logvar.mul_(0.5)
    return Normal(mu, logvar.exp()).log_prob(x).sum(1)


def log_likelihood_gaussian_scale__scale_as_variance(x, mu, sigma):
    return -0.5 * (torch.log(2 * math.pi * sigma) + (x - mu) ** 2 / sigma).sum(1)


def log_likelihood_gaussian_scale__scale_as_logvar(x, mu, sigma):
    return _diag(mu, torch.exp(0.5 * sigma)).log_prob(x)


def log_likelihood_gaussian_scale__not_squared(x, mu, sigma):
    return (-torch.log(sigma * math.sqrt(2 * math.pi)) - (x - mu) ** 2 / (2 * sigma)).sum(1)


def log_likelihood_gaussian_scale__log_halved(x, mu, sigma):
    d = x.shape[1]
    return -0.5 * d * _C - 0.5 * sigma.log().sum(1) - 0.5 * (((x - mu) / sigma) ** 2).sum(1)


def log_likelihood_gaussian_scale__forgot_log(x, mu, sigma):
    return -0.5 * (((x - mu) / sigma) ** 2).sum(1) - 0.5 * x.size(1) * math.log(2 * math.pi)


def log_likelihood_gaussian_scale__forgot_half(x, mu, sigma):
    log_pdf = -(((x - mu) / sigma) ** 2) - torch.log(sigma * (2 * torch.pi) ** 0.5)
    return log_pdf.sum(1)


def log_likelihood_gaussian_scale__summed_over_batch(x, mu, sigma):
    return Normal(mu, sigma).log_prob(x).sum()


# --- log-mean-exp ---------------------------------------------------------------------------------------------------


def log_mean_exp__sum_for_mean(y):
    top = y.max(dim=1, keepdim=True).values
    return torch.log(torch.sum(torch.exp(y - top), dim=1)) + top.squeeze(1)


def log_mean_exp__mean_of_logs(y):
    return torch.log(torch.exp(y)).mean(dim=1)


def log_mean_exp__divided_by_k(y):
    return y.logsumexp(1).div(y.size(1))


def log_mean_exp__forgot_log(y):
    top = y.amax(1, keepdim=True)
    return ((y - top).exp().mean(1, keepdim=True) * top.exp()).squeeze(1)


def log_mean_exp__max_not_added(y):
    shifted = y - y.max(1, keepdim=True)[0]
    return shifted.exp().mean(1).log()


def log_mean_exp__wrong_dim(y):
    return torch.logsumexp(y, 0) - math.log(len(y))


def log_mean_exp__mean_over_all(y):
    top = y.max()
    return top + torch.log(torch.mean(torch.exp(y - top)))


def log_mean_exp__log_k_of_the_batch(y):
    return torch.logsumexp(y, dim=1) - np.log(len(y))


def log_mean_exp__not_finite(y):
    return torch.log(torch.exp(y).sum(1) / y.shape[1])


def log_mean_exp__not_finite__2(y):
    # One maximum for the whole batch: rows far below it underflow.
    top = y.max()
    return torch.log(torch.exp(y - top).mean(1)) + top


def log_mean_exp__extra_dimension(y):
    a = y.max(1, keepdim=True)[0]
    return a + (y - a).exp().mean(1, keepdim=True).log()


# --- KL of Gaussians ------------------------------------------------------------------------------------------------


def kl_gaussian_equal_variance__forgot_half(mu_q, mu_p, sigma2):
    return torch.einsum("bz,bz->b", (mu_q - mu_p) ** 2, 1 / sigma2)


def kl_gaussian_equal_variance__variance_squared(mu_q, mu_p, sigma2):
    return torch_kl(_diag(mu_q, sigma2), _diag(mu_p, sigma2))


def kl_gaussian_equal_variance__divided_by_scale(mu_q, mu_p, sigma2):
    sigma = sigma2.sqrt()
    return ((mu_p - mu_q) ** 2 / (2 * sigma)).sum(1)


def kl_gaussian_equal_variance__not_divided(mu_q, mu_p, sigma2):
    return 0.5 * F.mse_loss(mu_q, mu_p, reduction="none").sum(1)


def kl_gaussian_equal_variance__squares_for_distance(mu_q, mu_p, sigma2):
    return ((mu_q**2 - mu_p**2) / (2 * sigma2)).sum(1)


def kl_gaussian_equal_variance__mean_for_sum(mu_q, mu_p, sigma2):
    return torch.mean((mu_q - mu_p) ** 2 / (2 * sigma2), dim=-1)


def kl_gaussian_variance__variance_as_scale(mu_q, sigma2_q, mu_p, sigma2_p):
    first = torch.log(sigma2_p) - torch.log(sigma2_q)
    second = (sigma2_q**2 + (mu_q - mu_p) ** 2) / (2 * sigma2_p**2)
    return (first + second - 0.5).sum(1)


def kl_gaussian_variance__variance_as_logvar(mu_q, sigma2_q, mu_p, sigma2_p):
    inside = 1 + sigma2_q - sigma2_p - ((mu_q - mu_p) ** 2 + sigma2_q.exp()) / sigma2_p.exp()
    return -0.5 * inside.sum(1)


def kl_gaussian_variance__exchanged(mu_q, sigma2_q, mu_p, sigma2_p):
    return torch_kl(_diag(mu_p, sigma2_p.sqrt()), _diag(mu_q, sigma2_q.sqrt()))


def kl_gaussian_variance__log_not_halved(mu_q, sigma2_q, mu_p, sigma2_p):
    # The formula of the books for sigma, with sigma2 put in.
    return (torch.log(sigma2_p / sigma2_q) + (sigma2_q + (mu_q - mu_p) ** 2) / (2 * sigma2_p) - 0.5).sum(1)


def kl_gaussian_variance__log_ratio_inverted(mu_q, sigma2_q, mu_p, sigma2_p):
    t = sigma2_q / sigma2_p + (mu_p - mu_q) ** 2 / sigma2_p
    return 0.5 * (torch.log(sigma2_q / sigma2_p) - 1 + t).sum(1)


def kl_gaussian_variance__distance_over_q(mu_q, sigma2_q, mu_p, sigma2_p):
    ratio = sigma2_q / sigma2_p
    return 0.5 * torch.sum(ratio - ratio.log() - 1 + (mu_q - mu_p) ** 2 / sigma2_q, dim=1)


def kl_gaussian_variance__one_once(mu_q, sigma2_q, mu_p, sigma2_p):
    trace = (sigma2_q / sigma2_p).sum(1)
    maha = ((mu_q - mu_p) ** 2 / sigma2_p).sum(1)
    return 0.5 * (trace + maha - 1 + (sigma2_p.log() - sigma2_q.log()).sum(1))


def kl_gaussian_variance__standard_prior(mu_q, sigma2_q, mu_p, sigma2_p):
    return -0.5 * torch.sum(1 + torch.log(sigma2_q) - mu_q**2 - sigma2_q, dim=1)


def kl_gaussian_variance__summed_over_batch(mu_q, sigma2_q, mu_p, sigma2_p):
    return torch_kl(Normal(mu_q, sigma2_q**0.5), Normal(mu_p, sigma2_p**0.5)).sum()


def kl_gaussian_mc_from_samples__log_std(z, mu_q, logvar_q, mu_p, logvar_p):
    q, p = _diag(mu_q, logvar_q.exp()), _diag(mu_p, logvar_p.exp())
    z = z.permute(1, 0, 2)
    return (q.log_prob(z) - p.log_prob(z)).mean(0)


def kl_gaussian_mc_from_samples__sign(z, mu_q, logvar_q, mu_p, logvar_p):
    q, p = _diag(mu_q, (logvar_q / 2).exp()), _diag(mu_p, (logvar_p / 2).exp())
    ratios = [p.log_prob(z[:, k]) - q.log_prob(z[:, k]) for k in range(z.shape[1])]
    return torch.stack(ratios).mean(0)


def kl_gaussian_mc_from_samples__sum_for_mean(z, mu_q, logvar_q, mu_p, logvar_p):
    q, p = _diag(mu_q, (logvar_q / 2).exp()), _diag(mu_p, (logvar_p / 2).exp())
    return sum(q.log_prob(z[:, k]) - p.log_prob(z[:, k]) for k in range(z.shape[1]))


def kl_gaussian_mc_from_samples__mean_over_dimensions(z, mu_q, logvar_q, mu_p, logvar_p):
    q = Normal(mu_q[:, None], (logvar_q[:, None] / 2).exp())
    p = Normal(mu_p[:, None], (logvar_p[:, None] / 2).exp())
    return torch.mean(q.log_prob(z) - p.log_prob(z), dim=(1, 2))


def kl_gaussian_mc_from_samples__mean_over_batch(z, mu_q, logvar_q, mu_p, logvar_p):
    q = _diag(mu_q[:, None], (logvar_q[:, None] / 2).exp())
    p = _diag(mu_p[:, None], (logvar_p[:, None] / 2).exp())
    return (q.log_prob(z) - p.log_prob(z)).mean()


def kl_gaussian_mc_from_samples__forgot_log_terms(z, mu_q, logvar_q, mu_p, logvar_p):
    a = ((z - mu_p[:, None]) ** 2 / logvar_p[:, None].exp()).sum(2)
    b = ((z - mu_q[:, None]) ** 2 / logvar_q[:, None].exp()).sum(2)
    return 0.5 * (a - b).mean(1)


def kl_gaussian_mc_from_samples__weighted_by_q(z, mu_q, logvar_q, mu_p, logvar_p):
    log_q = _diag(mu_q[:, None], (logvar_q[:, None] / 2).exp()).log_prob(z)
    log_p = _diag(mu_p[:, None], (logvar_p[:, None] / 2).exp()).log_prob(z)
    return (log_q.exp() * (log_q - log_p)).mean(1)


def kl_gaussian_mc_from_samples__analytic(z, mu_q, logvar_q, mu_p, logvar_p):
    q, p = _diag(mu_q, torch.exp(logvar_q / 2)), _diag(mu_p, torch.exp(logvar_p / 2))
    return torch_kl(q, p)


def kl_gaussian_mc_from_samples__always_positive(z, mu_q, logvar_q, mu_p, logvar_p):
    log_q = _diag(mu_q[:, None], (logvar_q[:, None] / 2).exp()).log_prob(z)
    log_p = _diag(mu_p[:, None], (logvar_p[:, None] / 2).exp()).log_prob(z)
    r = torch.exp(log_p - log_q)
    return (r - 1 - r.log()).mean(1)


def kl_gaussian_mc_from_samples__forgot_p(z, mu_q, logvar_q, mu_p, logvar_p):
    return _diag(mu_q.unsqueeze(1), (logvar_q / 2).exp().unsqueeze(1)).log_prob(z).mean(1)


# --- entropy and cross-entropy --------------------------------------------------------------------------------------


def entropy__bits(p):
    from scipy import stats

    return torch.from_numpy(stats.entropy(p.numpy(), base=2, axis=1))


def entropy__sign(p):
    return torch.sum(torch.xlogy(p, p), -1)


def entropy__not_finite(p):
    return -torch.einsum("bk,bk->b", p, p.log())


def entropy__of_logits(p):
    return Categorical(logits=p).entropy()


def entropy__mean_over_batch(p):
    return Categorical(probs=p).entropy().mean()


def entropy__of_coins(p):
    return Bernoulli(p).entropy().sum(1)


def cross_entropy__softmax_applied(p, q):
    return F.cross_entropy(q, p, reduction="none")


def cross_entropy__softmax_and_mean(p, q):
    return F.cross_entropy(q, p)


def cross_entropy__exchanged(p, q):
    return torch.sum(-q * torch.log(p), dim=1)


def cross_entropy__kl(p, q):
    return F.kl_div(q.log(), p, reduction="none").sum(1)


def cross_entropy__bits(p, q):
    return -(p * (q.log() / math.log(2.0))).sum(1)


def cross_entropy__of_coins(p, q):
    return F.binary_cross_entropy(q, p, reduction="none").sum(1)


def bernoulli_entropy__half_missing(p):
    return torch.special.entr(p).sum(1)


def bernoulli_entropy__bits(p):
    return -(p * p.log2() + (1 - p) * (1 - p).log2()).sum(1)


def bernoulli_entropy__mean_for_sum(p):
    return Bernoulli(probs=p).entropy().mean(1)


def bernoulli_cross_entropy__mean_over_all(p, q):
    return F.binary_cross_entropy(q, p)


def bernoulli_cross_entropy__exchanged(p, q):
    return F.binary_cross_entropy(p, q, reduction="none").sum(1)


def bernoulli_cross_entropy__sigmoid_applied(p, q):
    return F.binary_cross_entropy_with_logits(q, p, reduction="none").sum(1)


def bernoulli_cross_entropy__sign(p, q):
    return (p * q.log() + (1 - p) * torch.log1p(-q)).sum(1)


# --- divergences of tables ------------------------------------------------------------------------------------------


def kl_divergence__exchanged(p, q):
    return F.kl_div(p.log(), q, reduction="none").sum(1)


def kl_divergence__log_left_out(p, q):
    return F.kl_div(q, p, reduction="none").sum(1)


def kl_divergence__mean_over_all(p, q):
    return F.kl_div(q.log(), p, reduction="mean")


def kl_divergence__mean_over_batch(p, q):
    return F.kl_div(q.log(), p, reduction="batchmean")


def kl_divergence__bits(p, q):
    from scipy import stats

    return torch.tensor(stats.entropy(p.numpy(), q.numpy(), base=2, axis=1))


def kl_divergence__sign(p, q):
    return torch.sum(p * torch.log(q / p), dim=1)


def kl_divergence__forgot_p(p, q):
    return (p / q).log().sum(1)


def kl_divergence__difference_of_entropies(p, q):
    return Categorical(q).entropy() - Categorical(p).entropy()


def kl_divergence__infinity_left_out(p, q):
    both = (p > 0) & (q > 0)
    ratio = torch.where(both, p, 1.0) / torch.where(both, q, 1.0)
    return (p * ratio.log()).sum(1)


def kl_divergence__not_finite(p, q):
    return (p * (p.log() - q.log())).sum(1)


def kl_divergence__not_infinite(p, q):
    return (p * torch.log((p + 1e-8) / (q + 1e-8))).sum(1)


def kl_divergence__not_infinite__2(p, q):
    return F.kl_div(q.clamp(min=1e-6).log(), p, reduction="none").sum(1)


def reverse_kl_divergence__forward(p, q):
    return torch_kl(Categorical(p), Categorical(q))


def reverse_kl_divergence__ratio_only(p, q):
    return (p * torch.log(q / p)).sum(1)


def reverse_kl_divergence__sign(p, q):
    return torch.sum(q * (p.log() - q.log()), 1)


def js_divergence__symmetrised_kl(p, q):
    return (torch_kl(Categorical(p), Categorical(q)) + torch_kl(Categorical(q), Categorical(p))) / 2


def js_divergence__distance(p, q):
    from scipy.spatial.distance import jensenshannon

    found = [jensenshannon(a, b) for a, b in zip(p.double().numpy(), q.double().numpy(), strict=True)]
    return torch.tensor(np.array(found))


def js_divergence__forgot_half(p, q):
    m = 0.5 * (p + q)
    return _safe(p, m).sum(1) + _safe(q, m).sum(1)


def js_divergence__middle_not_halved(p, q):
    m = p + q
    return 0.5 * (_safe(p, m) + _safe(q, m)).sum(1)


def js_divergence__from_the_middle(p, q):
    m = (p + q) / 2
    return 0.5 * (m * (m / p).log() + m * (m / q).log()).sum(1)


def js_divergence__one_side(p, q):
    return _safe(p, (p + q) / 2).sum(-1)


def js_divergence__bits(p, q):
    m = (p + q) / 2
    return (_safe(p, m) + _safe(q, m)).sum(1) / 2 / np.log(2)


def js_divergence__not_finite(p, q):
    m = (p + q) / 2
    return 0.5 * (p * (p / m).log() + q * (q / m).log()).sum(1)


def js_divergence__common_points_only(p, q):
    m = (p + q) / 2
    terms = p * (p / m).log() + q * (q / m).log()
    return 0.5 * torch.nan_to_num(terms, nan=0.0).sum(1)


# --- divergences of densities ---------------------------------------------------------------------------------------


def kl_divergence_density__without_spacing(p, q, grid):
    return torch.dot(p, torch.log(p / q))


def kl_divergence_density__equal_spacing(p, q, grid):
    dx = float(grid[1] - grid[0])
    return torch.trapezoid(p * (p / q).log(), dx=dx)


def kl_divergence_density__sum_times_first_gap(p, q, grid):
    dx = grid[1] - grid[0]
    return torch.sum(p * torch.log(p / q)) * dx


def kl_divergence_density__left_sum(p, q, grid):
    total = torch.tensor(0.0)
    for i in range(len(grid) - 1):
        total = total + p[i] * torch.log(p[i] / q[i]) * (grid[i + 1] - grid[i])
    return total


def kl_divergence_density__normalised(p, q, grid):
    p = p / torch.trapezoid(p, grid)
    q = q / torch.trapezoid(q, grid)
    return torch.trapezoid(p * torch.log(p / q), grid)


def kl_divergence_density__exchanged(p, q, grid):
    return torch.trapezoid(q * (q.log() - p.log()), grid)


def js_divergence_density__without_spacing(p, q, grid):
    m = (p + q) / 2
    return 0.5 * torch.sum(p * torch.log(p / m) + q * torch.log(q / m))


def js_divergence_density__unit_spacing(p, q, grid):
    m = (p + q) / 2
    return torch.tensor(np.trapezoid((p * (p / m).log() + q * (q / m).log()).numpy())) / 2


def js_divergence_density__forgot_half(p, q, grid):
    m = (p + q) / 2
    return torch.trapezoid(p * (p / m).log(), grid) + torch.trapezoid(q * (q / m).log(), grid)


def js_divergence_density__distance(p, q, grid):
    m = (p + q) / 2
    both = torch.trapezoid(p * (p / m).log(), grid) + torch.trapezoid(q * (q / m).log(), grid)
    return torch.sqrt(both / 2)


def js_divergence_density__not_reduced(p, q, grid):
    m = (p + q) / 2
    return 0.5 * torch.cumulative_trapezoid(p * (p / m).log() + q * (q / m).log(), grid)


# --- Wasserstein distance -------------------------------------------------------------------------------------------


def wasserstein_tables__unit_spacing(p, q, support):
    from scipy import stats

    k = np.arange(len(support))
    found = [stats.wasserstein_distance(k, k, a, b) for a, b in zip(p.numpy(), q.numpy(), strict=True)]
    return torch.tensor(np.array(found))


def wasserstein_tables__without_absolute(p, q, support):
    return ((p.cumsum(1) - q.cumsum(1))[:, :-1] * support.diff()).sum(1)


def wasserstein_tables__difference_of_means(p, q, support):
    return torch.abs(p @ support - q @ support)


def wasserstein_tables__total_variation(p, q, support):
    return 1 - torch.minimum(p, q).sum(1)


def wasserstein_tables__probabilities_for_distribution(p, q, support):
    return ((p - q)[:, :-1].abs() * (support[1:] - support[:-1])).sum(1)


def wasserstein_tables__gap_before(p, q, support):
    d = (p - q).cumsum(1).abs()
    return sum((d[:, k] * (support[k] - support[k - 1]) for k in range(1, len(support))), torch.zeros(len(p)))


def wasserstein_tables__squared(p, q, support):
    # The distance of Cramér.
    between = (p.cumsum(1) - q.cumsum(1))[:, :-1]
    return (between**2) @ support.diff()


def wasserstein_samples__not_sorted(x, y):
    return F.l1_loss(x, y)


def wasserstein_samples__difference_of_means(x, y):
    return torch.abs(torch.mean(x) - torch.mean(y))


def wasserstein_samples__sum_for_mean(x, y):
    return torch.dist(torch.sort(x)[0], torch.sort(y)[0], p=1)


def wasserstein_samples__second(x, y):
    return torch.dist(torch.sort(x)[0], torch.sort(y)[0]) / math.sqrt(len(x))


def wasserstein_samples__all_pairs(x, y):
    return torch.cdist(x[:, None], y[:, None], p=1).mean()


def wasserstein_samples__nearest(x, y):
    return torch.cdist(x[:, None], y[:, None], p=1).min(1).values.mean()


def wasserstein_samples__not_reduced(x, y):
    return (x.sort().values - y.sort().values).abs()
