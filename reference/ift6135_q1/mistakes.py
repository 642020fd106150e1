"""The commonest wrong answers to `q1_solution.py`, each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; of a Monte Carlo estimate, what it tends to. The docstring's first paragraph is the sentence that he reads.
"""

import math

import torch

LOG_TWO_PI = math.log(2 * math.pi)


def log_likelihood_bernoulli__mean_for_sum(mu, target):
    """your log-likelihood averages over the entries of an example; it is the sum over them"""
    return _bernoulli(mu, target).flatten(1).mean(dim=1)


def log_likelihood_bernoulli__sign(mu, target):
    """your function returns the cross-entropy, which is minus the log-likelihood: the sign is wrong"""
    return -_bernoulli(mu, target).flatten(1).sum(dim=1)


def log_likelihood_bernoulli__summed_over_batch(mu, target):
    """your log-likelihood is one number for the whole batch; one value per example, of shape (B,), is asked for"""
    return _bernoulli(mu, target).sum()


def log_likelihood_bernoulli__zeros_left_out(mu, target):
    """your log-likelihood counts only the entries that are 1; the term (1 − x) log(1 − mu) is missing"""
    return (target * torch.log(mu)).flatten(1).sum(dim=1)


def log_likelihood_bernoulli__not_flattened(mu, target):
    """your log-likelihood sums over one dimension only; all dimensions after the first belong to the sum"""
    return _bernoulli(mu, target).sum(dim=1)


def log_likelihood_bernoulli__logits_for_probabilities(mu, target):
    """your log-likelihood applies a sigmoid to mu, which is already a probability"""
    return _bernoulli(torch.sigmoid(mu), target).flatten(1).sum(dim=1)


def log_likelihood_normal__forgot_constant(mu, logvar, z):
    """your Gaussian log-likelihood lacks the constant −½ log 2π of every entry"""
    return _normal(mu, logvar, z, constant=0.0).flatten(1).sum(dim=1)


def log_likelihood_normal__log_std(mu, logvar, z):
    """your Gaussian log-likelihood reads logvar as log σ; it is log σ², the logarithm of the variance"""
    return _normal(mu, 2 * logvar, z).flatten(1).sum(dim=1)


def log_likelihood_normal__variance(mu, logvar, z):
    """your Gaussian log-likelihood reads logvar as the variance itself; it is the logarithm of the variance"""
    return _normal(mu, torch.log(logvar), z).flatten(1).sum(dim=1)


def log_likelihood_normal__forgot_half(mu, logvar, z):
    """your Gaussian log-likelihood lacks the factor ½ before the squared distance"""
    return (_normal(mu, logvar, z) - 0.5 * (z - mu).square() / logvar.exp()).flatten(1).sum(dim=1)


def log_likelihood_normal__forgot_half_of_logvar(mu, logvar, z):
    """your Gaussian log-likelihood subtracts logvar; half of it is right, for log σ = ½ log σ²"""
    return (_normal(mu, logvar, z) - 0.5 * logvar).flatten(1).sum(dim=1)


def log_likelihood_normal__without_logvar(mu, logvar, z):
    """your Gaussian log-likelihood lacks the normalising term −½ logvar"""
    return (_normal(mu, logvar, z) + 0.5 * logvar).flatten(1).sum(dim=1)


def log_likelihood_normal__divided_by_std(mu, logvar, z):
    """your Gaussian log-likelihood divides the squared distance by the standard deviation instead of the variance"""
    terms = math.log(2 * math.pi) + logvar + (z - mu).square() * torch.exp(-0.5 * logvar)
    return -0.5 * terms.flatten(1).sum(dim=1)


def log_likelihood_normal__constant_once(mu, logvar, z):
    """your Gaussian log-likelihood counts ½ log 2π once per example; every entry has one"""
    summed = _normal(mu, logvar, z, constant=0.0).flatten(1).sum(dim=1)
    return summed - 0.5 * math.log(2 * math.pi)


def log_likelihood_normal__sign(mu, logvar, z):
    """your function returns minus the log-likelihood: the sign is wrong"""
    return -_normal(mu, logvar, z).flatten(1).sum(dim=1)


def log_likelihood_normal__mean_for_sum(mu, logvar, z):
    """your Gaussian log-likelihood averages over the entries of an example; it is the sum over them"""
    return _normal(mu, logvar, z).flatten(1).mean(dim=1)


def log_likelihood_normal__summed_over_batch(mu, logvar, z):
    """your log-likelihood is one number for the whole batch; one value per example, of shape (B,), is asked for"""
    return _normal(mu, logvar, z).sum()


def log_mean_exp__sum_for_mean(y):
    """your log_mean_exp is log Σ exp(y): the division by the number of samples is missing"""
    return torch.logsumexp(y, dim=1)


def log_mean_exp__mean(y):
    """your log_mean_exp is the plain mean of y; the mean is taken of the exponentials, before the logarithm"""
    return y.mean(dim=1)


def log_mean_exp__max_not_added(y):
    """your log_mean_exp does not add the largest entry back after it was subtracted"""
    return torch.logsumexp(y - y.amax(dim=1, keepdim=True), dim=1) - math.log(y.shape[1])


def log_mean_exp__over_batch(y):
    """your log_mean_exp runs over the batch; the mean is over the samples, the second dimension"""
    return torch.logsumexp(y, dim=0) - math.log(y.shape[0])


def log_mean_exp__divided_after_log(y):
    """your log_mean_exp divides the logarithm by the number of samples; the sum of exponentials must be divided"""
    return torch.logsumexp(y, dim=1) / y.shape[1]


def log_mean_exp__over_all(y):
    """your log_mean_exp is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return torch.logsumexp(y.flatten(), dim=0) - math.log(y.numel())


def kl_gaussian_gaussian_analytic__exchanged(mu_q, logvar_q, mu_p, logvar_p):
    """your KL is KL(p ‖ q): q and p are exchanged"""
    return _kl(mu_p, logvar_p, mu_q, logvar_q)


def kl_gaussian_gaussian_analytic__sign(mu_q, logvar_q, mu_p, logvar_p):
    """the sign of your KL is wrong: a divergence is never negative"""
    return -_kl(mu_q, logvar_q, mu_p, logvar_p)


def kl_gaussian_gaussian_analytic__forgot_half(mu_q, logvar_q, mu_p, logvar_p):
    """your KL is twice too large: the factor ½ is missing"""
    return 2 * _kl(mu_q, logvar_q, mu_p, logvar_p)


def kl_gaussian_gaussian_analytic__log_std(mu_q, logvar_q, mu_p, logvar_p):
    """your KL reads the logvar as logarithms of standard deviations; they are logarithms of variances"""
    return _kl(mu_q, 2 * logvar_q, mu_p, 2 * logvar_p)


def kl_gaussian_gaussian_analytic__mean_for_sum(mu_q, logvar_q, mu_p, logvar_p):
    """your KL averages over the entries of an example; they must be summed"""
    return _kl(mu_q, logvar_q, mu_p, logvar_p) / mu_q[0].numel()


def kl_gaussian_gaussian_analytic__summed_over_batch(mu_q, logvar_q, mu_p, logvar_p):
    """your KL is one number for the whole batch; one value per example, of shape (B,), is asked for"""
    return _kl(mu_q, logvar_q, mu_p, logvar_p).sum()


def kl_gaussian_gaussian_analytic__forgot_one(mu_q, logvar_q, mu_p, logvar_p):
    """your KL lacks the −1 of every entry: it is not 0 for equal Gaussians"""
    return _kl(mu_q, logvar_q, mu_p, logvar_p) + 0.5 * mu_q[0].numel()


def kl_gaussian_gaussian_analytic__one_once(mu_q, logvar_q, mu_p, logvar_p):
    """your KL subtracts the ½ once per example; every entry has one"""
    return _kl(mu_q, logvar_q, mu_p, logvar_p) + 0.5 * (mu_q[0].numel() - 1)


def kl_gaussian_gaussian_analytic__log_ratio_inverted(mu_q, logvar_q, mu_p, logvar_p):
    """your KL has logvar_q − logvar_p where logvar_p − logvar_q belongs"""
    return _kl(mu_q, logvar_q, mu_p, logvar_p) + (logvar_q - logvar_p).flatten(1).sum(dim=1)


def kl_gaussian_gaussian_analytic__distance_not_scaled(mu_q, logvar_q, mu_p, logvar_p):
    """your KL does not divide the squared distance of the means by the variance of p"""
    ratio = logvar_q - logvar_p
    return 0.5 * (torch.expm1(ratio) - ratio + (mu_q - mu_p).square()).flatten(1).sum(dim=1)


def kl_gaussian_gaussian_analytic__distance_over_q(mu_q, logvar_q, mu_p, logvar_p):
    """your KL divides the squared distance of the means by the variance of q; it belongs to p"""
    ratio = logvar_q - logvar_p
    return 0.5 * (torch.expm1(ratio) - ratio + (mu_q - mu_p).square() / logvar_q.exp()).flatten(1).sum(dim=1)


def kl_gaussian_gaussian_analytic__standard_normal(mu_q, logvar_q, mu_p, logvar_p):
    """your KL is the one to the standard normal: mu_p and logvar_p are not used"""
    return _kl(mu_q, logvar_q, torch.zeros_like(mu_p), torch.zeros_like(logvar_p))


def kl_gaussian_gaussian_mc__exchanged(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate tends to KL(p ‖ q): q and p are exchanged"""
    return _estimate(_kl(mu_p, logvar_p, mu_q, logvar_q), num_samples)


def kl_gaussian_gaussian_mc__sign(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate tends to minus the KL: it is log q(z) − log p(z), with q first"""
    return _estimate(-_kl(mu_q, logvar_q, mu_p, logvar_p), num_samples)


def kl_gaussian_gaussian_mc__drawn_from_p(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate draws z from p; the expectation in KL(q ‖ p) is over q, so z must be drawn from q"""
    return _estimate(-_kl(mu_p, logvar_p, mu_q, logvar_q), num_samples)


def kl_gaussian_gaussian_mc__std_from_logvar(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate draws z with the standard deviation exp(logvar_q), which is the variance; it is exp(½ logvar_q)"""
    spread = torch.exp(2 * logvar_q)
    inner = logvar_p - logvar_q - torch.exp(logvar_q) + ((mu_q - mu_p).square() + spread) / logvar_p.exp()
    return _estimate(0.5 * inner.flatten(1).sum(dim=1), num_samples)


def kl_gaussian_gaussian_mc__log_std(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate reads the logvar as logarithms of standard deviations; they are logarithms of variances"""
    return _estimate(_kl(mu_q, 2 * logvar_q, mu_p, 2 * logvar_p), num_samples)


def kl_gaussian_gaussian_mc__mean_for_sum(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate averages over the entries of an example; the log densities are sums over them"""
    return _estimate(_kl(mu_q, logvar_q, mu_p, logvar_p) / mu_q[0].numel(), num_samples)


def kl_gaussian_gaussian_mc__sum_over_samples(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate is summed over the samples; the mean over them is asked for"""
    return _estimate(_kl(mu_q, logvar_q, mu_p, logvar_p) * num_samples, num_samples)


def kl_gaussian_gaussian_mc__summed_over_batch(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate is one number for the whole batch; one value per example, of shape (B,), is asked for"""
    return _estimate(_kl(mu_q, logvar_q, mu_p, logvar_p).sum(), num_samples)


def kl_gaussian_gaussian_mc__at_the_mean(mu_q, logvar_q, mu_p, logvar_p, num_samples=0):
    """your estimate takes z = mu_q: no sample is drawn"""
    return _estimate(
        0.5 * (logvar_p - logvar_q + (mu_q - mu_p).square() / logvar_p.exp()).flatten(1).sum(dim=1), num_samples
    )


def _bernoulli(mu, target):
    return target * torch.log(mu) + (1 - target) * torch.log1p(-mu)


def _normal(mu, logvar, z, constant=LOG_TWO_PI):
    return -0.5 * (constant + logvar + (z - mu).square() / logvar.exp())


def _kl(mu_q, logvar_q, mu_p, logvar_p):
    ratio = logvar_q - logvar_p
    return 0.5 * (ratio.exp() - 1 - ratio + (mu_q - mu_p).square() / logvar_p.exp()).flatten(1).sum(dim=1)


def _estimate(mean, num_samples):
    """What an estimate tends to; without a number of samples a law is asked for, which is a pair."""
    return mean if num_samples else (mean, torch.ones_like(mean))
