"""The commonest wrong answers to "Densities and divergences", each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; the first paragraph of its docstring is the sentence that the student reads.
"""

import math

import torch

LOG_2PI = math.log(2 * math.pi)


def log_likelihood_gaussian_variance__variance_as_scale(x, mu, sigma2):
    """your log-likelihood reads sigma2 as the standard deviation; it is the variance"""
    return _log_normal(x, mu, sigma2.square()).sum(dim=1)


def log_likelihood_gaussian_variance__variance_as_logvar(x, mu, sigma2):
    """your log-likelihood takes the exponential of sigma2: it reads the variance as its logarithm"""
    return _log_normal(x, mu, torch.exp(sigma2)).sum(dim=1)


def log_likelihood_gaussian_variance__variance_as_log_scale(x, mu, sigma2):
    """your log-likelihood reads sigma2 as the logarithm of the standard deviation; it is the variance"""
    return _log_normal(x, mu, torch.exp(2 * sigma2)).sum(dim=1)


def log_likelihood_gaussian_variance__squared_in_the_exponent(x, mu, sigma2):
    """your log-likelihood squares sigma2, which is a square already, where it divides the distance"""
    return -0.5 * (LOG_2PI + torch.log(sigma2) + (x - mu).square() / sigma2.square()).sum(dim=1)


def log_likelihood_gaussian_variance__log_not_halved(x, mu, sigma2):
    """your log-likelihood has log sigma2 where ½ log sigma2 belongs"""
    return (_log_normal(x, mu, sigma2) - 0.5 * torch.log(sigma2)).sum(dim=1)


def log_likelihood_gaussian_variance__forgot_log(x, mu, sigma2):
    """your log-likelihood lacks the term −½ log sigma2 of the normalising constant"""
    return (_log_normal(x, mu, sigma2) + 0.5 * torch.log(sigma2)).sum(dim=1)


def log_likelihood_gaussian_variance__log_sign(x, mu, sigma2):
    """your log-likelihood adds ½ log sigma2 where it is to be subtracted"""
    return (_log_normal(x, mu, sigma2) + torch.log(sigma2)).sum(dim=1)


def log_likelihood_gaussian_variance__forgot_half(x, mu, sigma2):
    """your log-likelihood lacks the factor ½ of the squared distance"""
    return -(0.5 * LOG_2PI + 0.5 * torch.log(sigma2) + (x - mu).square() / sigma2).sum(dim=1)


def log_likelihood_gaussian_variance__not_divided(x, mu, sigma2):
    """your log-likelihood does not divide the squared distance by sigma2"""
    return -0.5 * (LOG_2PI + torch.log(sigma2) + (x - mu).square()).sum(dim=1)


def log_likelihood_gaussian_variance__distance_not_squared(x, mu, sigma2):
    """your log-likelihood has x − mu where its square belongs"""
    return -0.5 * (LOG_2PI + torch.log(sigma2) + (x - mu) / sigma2).sum(dim=1)


def log_likelihood_gaussian_variance__forgot_constant(x, mu, sigma2):
    """your log-likelihood lacks the constant −½ log 2π of every dimension"""
    return (_log_normal(x, mu, sigma2) + 0.5 * LOG_2PI).sum(dim=1)


def log_likelihood_gaussian_variance__constant_once(x, mu, sigma2):
    """your log-likelihood counts the constant −½ log 2π once; it belongs to every dimension"""
    return (_log_normal(x, mu, sigma2) + 0.5 * LOG_2PI).sum(dim=1) - 0.5 * LOG_2PI


def log_likelihood_gaussian_variance__constant_not_halved(x, mu, sigma2):
    """your log-likelihood has log 2π where ½ log 2π belongs"""
    return (_log_normal(x, mu, sigma2) - 0.5 * LOG_2PI).sum(dim=1)


def log_likelihood_gaussian_variance__sign(x, mu, sigma2):
    """your function returns the negative log-likelihood: the sign is wrong"""
    return -_log_normal(x, mu, sigma2).sum(dim=1)


def log_likelihood_gaussian_variance__density(x, mu, sigma2):
    """your function returns the density itself; its logarithm is asked for"""
    return torch.exp(_log_normal(x, mu, sigma2).sum(dim=1))


def log_likelihood_gaussian_variance__mean_for_sum(x, mu, sigma2):
    """your log-likelihood averages over the dimensions; they must be summed"""
    return _log_normal(x, mu, sigma2).mean(dim=1)


def log_likelihood_gaussian_variance__mean_over_all(x, mu, sigma2):
    """your log-likelihood is the mean over all entries; one sum over the dimensions per row is asked for"""
    return _log_normal(x, mu, sigma2).mean()


def log_likelihood_gaussian_variance__summed_over_batch(x, mu, sigma2):
    """your log-likelihood is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _log_normal(x, mu, sigma2).sum()


def log_likelihood_gaussian_logvar__log_std(x, mu, logvar):
    """your log-likelihood reads logvar as the logarithm of the standard deviation; it is that of the variance"""
    return _log_normal(x, mu, torch.exp(2 * logvar)).sum(dim=1)


def log_likelihood_gaussian_logvar__logvar_as_variance(x, mu, logvar):
    """your log-likelihood reads logvar as the variance itself; it is its logarithm"""
    return _log_normal(x, mu, logvar).sum(dim=1)


def log_likelihood_gaussian_logvar__logvar_as_scale(x, mu, logvar):
    """your log-likelihood reads logvar as the standard deviation; it is the logarithm of the variance"""
    return _log_normal(x, mu, logvar.square()).sum(dim=1)


def log_likelihood_gaussian_logvar__forgot_exp(x, mu, logvar):
    """your log-likelihood divides the squared distance by logvar; the variance is exp(logvar)"""
    return -0.5 * (LOG_2PI + logvar + (x - mu).square() / logvar).sum(dim=1)


def log_likelihood_gaussian_logvar__exp_sign(x, mu, logvar):
    """your log-likelihood multiplies the squared distance by exp(logvar); it is to be divided by it"""
    return -0.5 * (LOG_2PI + logvar + (x - mu).square() * torch.exp(logvar)).sum(dim=1)


def log_likelihood_gaussian_logvar__variance_squared(x, mu, logvar):
    """your log-likelihood squares exp(logvar), which is the variance already, where it divides the distance"""
    return -0.5 * (LOG_2PI + logvar + (x - mu).square() * torch.exp(-2 * logvar)).sum(dim=1)


def log_likelihood_gaussian_logvar__divided_by_scale(x, mu, logvar):
    """your log-likelihood divides the squared distance by the standard deviation; it is to be the variance"""
    return -0.5 * (LOG_2PI + logvar + (x - mu).square() * torch.exp(-0.5 * logvar)).sum(dim=1)


def log_likelihood_gaussian_logvar__log_not_halved(x, mu, logvar):
    """your log-likelihood has logvar where ½ logvar belongs"""
    return (_log_normal(x, mu, logvar.exp()) - 0.5 * logvar).sum(dim=1)


def log_likelihood_gaussian_logvar__forgot_log(x, mu, logvar):
    """your log-likelihood lacks the term −½ logvar of the normalising constant"""
    return (_log_normal(x, mu, logvar.exp()) + 0.5 * logvar).sum(dim=1)


def log_likelihood_gaussian_logvar__log_sign(x, mu, logvar):
    """your log-likelihood adds ½ logvar where it is to be subtracted"""
    return (_log_normal(x, mu, logvar.exp()) + logvar).sum(dim=1)


def log_likelihood_gaussian_logvar__forgot_half(x, mu, logvar):
    """your log-likelihood lacks the factor ½ of the squared distance"""
    return -(0.5 * LOG_2PI + 0.5 * logvar + (x - mu).square() * torch.exp(-logvar)).sum(dim=1)


def log_likelihood_gaussian_logvar__forgot_constant(x, mu, logvar):
    """your log-likelihood lacks the constant −½ log 2π of every dimension"""
    return (_log_normal(x, mu, logvar.exp()) + 0.5 * LOG_2PI).sum(dim=1)


def log_likelihood_gaussian_logvar__constant_once(x, mu, logvar):
    """your log-likelihood counts the constant −½ log 2π once; it belongs to every dimension"""
    return (_log_normal(x, mu, logvar.exp()) + 0.5 * LOG_2PI).sum(dim=1) - 0.5 * LOG_2PI


def log_likelihood_gaussian_logvar__constant_not_halved(x, mu, logvar):
    """your log-likelihood has log 2π where ½ log 2π belongs"""
    return (_log_normal(x, mu, logvar.exp()) - 0.5 * LOG_2PI).sum(dim=1)


def log_likelihood_gaussian_logvar__sign(x, mu, logvar):
    """your function returns the negative log-likelihood: the sign is wrong"""
    return -_log_normal(x, mu, logvar.exp()).sum(dim=1)


def log_likelihood_gaussian_logvar__density(x, mu, logvar):
    """your function returns the density itself; its logarithm is asked for"""
    return torch.exp(_log_normal(x, mu, logvar.exp()).sum(dim=1))


def log_likelihood_gaussian_logvar__mean_for_sum(x, mu, logvar):
    """your log-likelihood averages over the dimensions; they must be summed"""
    return _log_normal(x, mu, logvar.exp()).mean(dim=1)


def log_likelihood_gaussian_logvar__mean_over_all(x, mu, logvar):
    """your log-likelihood is the mean over all entries; one sum over the dimensions per row is asked for"""
    return _log_normal(x, mu, logvar.exp()).mean()


def log_likelihood_gaussian_logvar__summed_over_batch(x, mu, logvar):
    """your log-likelihood is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _log_normal(x, mu, logvar.exp()).sum()


def log_likelihood_gaussian_scale__scale_as_variance(x, mu, sigma):
    """your log-likelihood reads sigma as the variance; it is the standard deviation"""
    return _log_normal(x, mu, sigma).sum(dim=1)


def log_likelihood_gaussian_scale__scale_as_logvar(x, mu, sigma):
    """your log-likelihood reads sigma as the logarithm of the variance; it is the standard deviation"""
    return _log_normal(x, mu, sigma.exp()).sum(dim=1)


def log_likelihood_gaussian_scale__scale_as_log_scale(x, mu, sigma):
    """your log-likelihood takes the exponential of sigma: it reads the standard deviation as its logarithm"""
    return _log_normal(x, mu, torch.exp(2 * sigma)).sum(dim=1)


def log_likelihood_gaussian_scale__not_squared(x, mu, sigma):
    """your log-likelihood divides the squared distance by sigma; the variance is sigma squared"""
    return -(0.5 * LOG_2PI + torch.log(sigma) + 0.5 * (x - mu).square() / sigma).sum(dim=1)


def log_likelihood_gaussian_scale__log_halved(x, mu, sigma):
    """your log-likelihood has ½ log sigma where log sigma belongs: ½ goes with the logarithm of the variance"""
    return (_log_normal(x, mu, sigma.square()) + 0.5 * torch.log(sigma)).sum(dim=1)


def log_likelihood_gaussian_scale__log_doubled(x, mu, sigma):
    """your log-likelihood has log sigma² where log sigma belongs: the root of the normalising constant is missing"""
    return (_log_normal(x, mu, sigma.square()) - torch.log(sigma)).sum(dim=1)


def log_likelihood_gaussian_scale__forgot_log(x, mu, sigma):
    """your log-likelihood lacks the term −log sigma of the normalising constant"""
    return (_log_normal(x, mu, sigma.square()) + torch.log(sigma)).sum(dim=1)


def log_likelihood_gaussian_scale__forgot_half(x, mu, sigma):
    """your log-likelihood lacks the factor ½ of the squared distance"""
    return -(0.5 * LOG_2PI + torch.log(sigma) + ((x - mu) / sigma).square()).sum(dim=1)


def log_likelihood_gaussian_scale__forgot_constant(x, mu, sigma):
    """your log-likelihood lacks the constant −½ log 2π of every dimension"""
    return (_log_normal(x, mu, sigma.square()) + 0.5 * LOG_2PI).sum(dim=1)


def log_likelihood_gaussian_scale__constant_once(x, mu, sigma):
    """your log-likelihood counts the constant −½ log 2π once; it belongs to every dimension"""
    return (_log_normal(x, mu, sigma.square()) + 0.5 * LOG_2PI).sum(dim=1) - 0.5 * LOG_2PI


def log_likelihood_gaussian_scale__constant_not_halved(x, mu, sigma):
    """your log-likelihood has log 2π where ½ log 2π belongs"""
    return (_log_normal(x, mu, sigma.square()) - 0.5 * LOG_2PI).sum(dim=1)


def log_likelihood_gaussian_scale__sign(x, mu, sigma):
    """your function returns the negative log-likelihood: the sign is wrong"""
    return -_log_normal(x, mu, sigma.square()).sum(dim=1)


def log_likelihood_gaussian_scale__density(x, mu, sigma):
    """your function returns the density itself; its logarithm is asked for"""
    return torch.exp(_log_normal(x, mu, sigma.square()).sum(dim=1))


def log_likelihood_gaussian_scale__mean_for_sum(x, mu, sigma):
    """your log-likelihood averages over the dimensions; they must be summed"""
    return _log_normal(x, mu, sigma.square()).mean(dim=1)


def log_likelihood_gaussian_scale__mean_over_all(x, mu, sigma):
    """your log-likelihood is the mean over all entries; one sum over the dimensions per row is asked for"""
    return _log_normal(x, mu, sigma.square()).mean()


def log_likelihood_gaussian_scale__summed_over_batch(x, mu, sigma):
    """your log-likelihood is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _log_normal(x, mu, sigma.square()).sum()


def log_mean_exp__sum_for_mean(y):
    """your function is log-sum-exp: − log K, which makes a mean of the sum, is missing"""
    return torch.logsumexp(y, dim=1)


def log_mean_exp__mean_of_logs(y):
    """your function is the mean of y, as if the logarithm of a mean were the mean of the logarithms"""
    return y.mean(dim=1)


def log_mean_exp__divided_by_k(y):
    """your function divides log-sum-exp by K; the mean is taken inside the logarithm, where it becomes − log K"""
    return torch.logsumexp(y, dim=1) / y.shape[1]


def log_mean_exp__log_k_added(y):
    """your function adds log K to log-sum-exp; it is to be subtracted"""
    return torch.logsumexp(y, dim=1) + math.log(y.shape[1])


def log_mean_exp__forgot_exp(y):
    """your function takes the logarithm of the mean of y: the exponential inside is missing"""
    return torch.log(y.mean(dim=1))


def log_mean_exp__forgot_log(y):
    """your function is the mean of exp(y): the logarithm is missing"""
    return y.exp().mean(dim=1)


def log_mean_exp__max_not_added(y):
    """your function subtracts the largest entry before the exponential and does not add it after the logarithm"""
    return torch.logsumexp(y, dim=1) - math.log(y.shape[1]) - y.amax(dim=1)


def log_mean_exp__max_subtracted(y):
    """your function subtracts the largest entry after the logarithm; it is to be added"""
    return torch.logsumexp(y, dim=1) - math.log(y.shape[1]) - 2 * y.amax(dim=1)


def log_mean_exp__log_k_of_the_batch(y):
    """your function subtracts the logarithm of the number of rows; the mean is over the K entries of a row"""
    return torch.logsumexp(y, dim=1) - math.log(y.shape[0])


def log_mean_exp__sign(y):
    """the sign of your log-mean-exp is wrong"""
    return math.log(y.shape[1]) - torch.logsumexp(y, dim=1)


def log_mean_exp__wrong_dim(y):
    """your mean is over dim 0, the rows; it is to be over dim 1, so that one value per row comes back"""
    return torch.logsumexp(y, dim=0) - math.log(y.shape[0])


def log_mean_exp__mean_over_all(y):
    """your mean is over all entries; one value per row, of shape (B,), is asked for"""
    return torch.logsumexp(y.flatten(), dim=0) - math.log(y.numel())


def kl_gaussian_equal_variance__forgot_half(mu_q, mu_p, sigma2):
    """your KL is twice too large: the factor ½ is missing"""
    return _quadratic(mu_q, mu_p, sigma2).sum(dim=1)


def kl_gaussian_equal_variance__variance_squared(mu_q, mu_p, sigma2):
    """your KL reads sigma2 as the standard deviation and squares it; it is the variance"""
    return 0.5 * _quadratic(mu_q, mu_p, sigma2.square()).sum(dim=1)


def kl_gaussian_equal_variance__divided_by_scale(mu_q, mu_p, sigma2):
    """your KL divides by the standard deviation; the squared distance is to be divided by the variance"""
    return 0.5 * _quadratic(mu_q, mu_p, sigma2.sqrt()).sum(dim=1)


def kl_gaussian_equal_variance__variance_as_logvar(mu_q, mu_p, sigma2):
    """your KL takes the exponential of sigma2: it reads the variance as its logarithm"""
    return 0.5 * _quadratic(mu_q, mu_p, sigma2.exp()).sum(dim=1)


def kl_gaussian_equal_variance__not_divided(mu_q, mu_p, sigma2):  # noqa: ARG001
    """your KL is half the squared distance of the means; it is to be divided by the variance"""
    return 0.5 * (mu_q - mu_p).square().sum(dim=1)


def kl_gaussian_equal_variance__multiplied(mu_q, mu_p, sigma2):
    """your KL multiplies the squared distance by sigma2; it is to be divided by it"""
    return 0.5 * ((mu_q - mu_p).square() * sigma2).sum(dim=1)


def kl_gaussian_equal_variance__not_squared(mu_q, mu_p, sigma2):
    """your KL has mu_q − mu_p where its square belongs"""
    return 0.5 * ((mu_q - mu_p) / sigma2).sum(dim=1)


def kl_gaussian_equal_variance__absolute(mu_q, mu_p, sigma2):
    """your KL has the distance of the means where its square belongs"""
    return 0.5 * ((mu_q - mu_p).abs() / sigma2).sum(dim=1)


def kl_gaussian_equal_variance__squares_for_distance(mu_q, mu_p, sigma2):
    """your KL has mu_q² − mu_p² where (mu_q − mu_p)² belongs"""
    return 0.5 * ((mu_q.square() - mu_p.square()) / sigma2).sum(dim=1)


def kl_gaussian_equal_variance__sign(mu_q, mu_p, sigma2):
    """the sign of your KL is wrong: a divergence is never negative"""
    return -0.5 * _quadratic(mu_q, mu_p, sigma2).sum(dim=1)


def kl_gaussian_equal_variance__mean_for_sum(mu_q, mu_p, sigma2):
    """your KL averages over the dimensions; they must be summed"""
    return 0.5 * _quadratic(mu_q, mu_p, sigma2).mean(dim=1)


def kl_gaussian_equal_variance__mean_over_all(mu_q, mu_p, sigma2):
    """your KL is the mean over all entries; one sum over the dimensions per row is asked for"""
    return 0.5 * _quadratic(mu_q, mu_p, sigma2).mean()


def kl_gaussian_equal_variance__summed_over_batch(mu_q, mu_p, sigma2):
    """your KL is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return 0.5 * _quadratic(mu_q, mu_p, sigma2).sum()


def kl_gaussian_variance__exchanged(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL is KL(p ‖ q): q and p are exchanged"""
    return _kl_normal(mu_p, sigma2_p, mu_q, sigma2_q).sum(dim=1)


def kl_gaussian_variance__variance_as_scale(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL reads the sigma2 as standard deviations; they are variances"""
    return _kl_normal(mu_q, sigma2_q.square(), mu_p, sigma2_p.square()).sum(dim=1)


def kl_gaussian_variance__variance_as_logvar(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL takes exponentials of the sigma2: it reads the variances as their logarithms"""
    return _kl_normal(mu_q, sigma2_q.exp(), mu_p, sigma2_p.exp()).sum(dim=1)


def kl_gaussian_variance__variance_as_log_scale(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL reads the sigma2 as logarithms of standard deviations; they are variances"""
    return _kl_normal(mu_q, torch.exp(2 * sigma2_q), mu_p, torch.exp(2 * sigma2_p)).sum(dim=1)


def kl_gaussian_variance__log_not_halved(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL has log(sigma2_p/sigma2_q) where half of it belongs: the formula for σ with variances in it"""
    return (_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p) + 0.5 * torch.log(sigma2_p / sigma2_q)).sum(dim=1)


def kl_gaussian_variance__log_ratio_inverted(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL has log(sigma2_q/sigma2_p) where log(sigma2_p/sigma2_q) belongs"""
    return (_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p) + torch.log(sigma2_q / sigma2_p)).sum(dim=1)


def kl_gaussian_variance__forgot_log(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL lacks the logarithm of the ratio of the variances"""
    return (_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p) - 0.5 * torch.log(sigma2_p / sigma2_q)).sum(dim=1)


def kl_gaussian_variance__distance_over_q(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL divides the squared distance of the means by the variance of q; it belongs to p"""
    wrong = _quadratic(mu_q, mu_p, sigma2_q) - _quadratic(mu_q, mu_p, sigma2_p)
    return (_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p) + 0.5 * wrong).sum(dim=1)


def kl_gaussian_variance__distance_not_scaled(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL does not divide the squared distance of the means by the variance of p"""
    wrong = (mu_q - mu_p).square() - _quadratic(mu_q, mu_p, sigma2_p)
    return (_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p) + 0.5 * wrong).sum(dim=1)


def kl_gaussian_variance__forgot_one(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL lacks the −½ of every dimension: it is not 0 for equal Gaussians"""
    return (_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p) + 0.5).sum(dim=1)


def kl_gaussian_variance__one_once(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL subtracts ½ once; it belongs to every dimension"""
    return (_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p) + 0.5).sum(dim=1) - 0.5


def kl_gaussian_variance__standard_prior(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL is the one to the standard normal; mu_p and sigma2_p are not used"""
    return _kl_normal(mu_q, sigma2_q, torch.zeros_like(mu_p), torch.ones_like(sigma2_p)).sum(dim=1)


def kl_gaussian_variance__forgot_half(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL is twice too large: the factor ½ is missing"""
    return 2 * _kl_normal(mu_q, sigma2_q, mu_p, sigma2_p).sum(dim=1)


def kl_gaussian_variance__sign(mu_q, sigma2_q, mu_p, sigma2_p):
    """the sign of your KL is wrong: a divergence is never negative"""
    return -_kl_normal(mu_q, sigma2_q, mu_p, sigma2_p).sum(dim=1)


def kl_gaussian_variance__mean_for_sum(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL averages over the dimensions; they must be summed"""
    return _kl_normal(mu_q, sigma2_q, mu_p, sigma2_p).mean(dim=1)


def kl_gaussian_variance__mean_over_all(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL is the mean over all entries; one sum over the dimensions per row is asked for"""
    return _kl_normal(mu_q, sigma2_q, mu_p, sigma2_p).mean()


def kl_gaussian_variance__summed_over_batch(mu_q, sigma2_q, mu_p, sigma2_p):
    """your KL is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _kl_normal(mu_q, sigma2_q, mu_p, sigma2_p).sum()


def kl_gaussian_mc_from_samples__log_std(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate reads the logvar as logarithms of standard deviations; they are logarithms of variances"""
    return _log_ratio(z, mu_q, 2 * logvar_q, mu_p, 2 * logvar_p).mean(dim=1)


def kl_gaussian_mc_from_samples__logvar_as_variance(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate reads the logvar as the variances themselves; they are logarithms"""
    return _log_ratio(z, mu_q, torch.log(logvar_q), mu_p, torch.log(logvar_p)).mean(dim=1)


def kl_gaussian_mc_from_samples__logvar_as_scale(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate reads the logvar as standard deviations; they are logarithms of variances"""
    return _log_ratio(z, mu_q, torch.log(logvar_q.square()), mu_p, torch.log(logvar_p.square())).mean(dim=1)


def kl_gaussian_mc_from_samples__sign(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate is the mean of log p − log q: the sign is wrong"""
    return -_log_ratio(z, mu_q, logvar_q, mu_p, logvar_p).mean(dim=1)


def kl_gaussian_mc_from_samples__sum_for_mean(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate sums over the K samples; their mean is asked for"""
    return _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p).sum(dim=1)


def kl_gaussian_mc_from_samples__mean_over_dimensions(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate averages over the dimensions; the densities of the dimensions are multiplied, so sum them"""
    return _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p).mean(dim=1) / z.shape[2]


def kl_gaussian_mc_from_samples__summed_over_batch(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p).mean(dim=1).sum()


def kl_gaussian_mc_from_samples__mean_over_batch(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate is the mean over the batch as well; one value per row, of shape (B,), is asked for"""
    return _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p).mean()


def kl_gaussian_mc_from_samples__not_averaged(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate is one value per sample; the mean over the K samples is missing"""
    return _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p)


def kl_gaussian_mc_from_samples__forgot_p(z, mu_q, logvar_q, mu_p, logvar_p):  # noqa: ARG001
    """your estimate is the mean of log q alone: log p is missing"""
    return _log_normal_logvar(z, mu_q, logvar_q).sum(dim=2).mean(dim=1)


def kl_gaussian_mc_from_samples__forgot_q(z, mu_q, logvar_q, mu_p, logvar_p):  # noqa: ARG001
    """your estimate is minus the mean of log p alone: log q is missing"""
    return -_log_normal_logvar(z, mu_p, logvar_p).sum(dim=2).mean(dim=1)


def kl_gaussian_mc_from_samples__forgot_log_terms(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate lacks ½ (logvar_p − logvar_q): the normalising constants of q and p are different"""
    whole = _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p).mean(dim=1)
    return whole - 0.5 * (logvar_p - logvar_q).sum(dim=1)


def kl_gaussian_mc_from_samples__standard_prior(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate takes the standard normal for p; mu_p and logvar_p are not used"""
    return _log_ratio(z, mu_q, logvar_q, torch.zeros_like(mu_p), torch.zeros_like(logvar_p)).mean(dim=1)


def kl_gaussian_mc_from_samples__weighted_by_q(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate weights each sample by its density q(z); samples of q come with the right frequency already"""
    weights = _log_normal_logvar(z, mu_q, logvar_q).sum(dim=2).exp()
    return (weights * _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p)).mean(dim=1)


def kl_gaussian_mc_from_samples__weighted_and_summed(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate is Σ q(z) log(q(z)/p(z)) over the samples; an expectation under q is the mean over its samples"""
    weights = _log_normal_logvar(z, mu_q, logvar_q).sum(dim=2).exp()
    return (weights * _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p)).sum(dim=1)


def kl_gaussian_mc_from_samples__analytic(z, mu_q, logvar_q, mu_p, logvar_p):  # noqa: ARG001
    """your function is the KL in closed form and does not use the samples z"""
    return _kl_normal(mu_q, logvar_q.exp(), mu_p, logvar_p.exp()).sum(dim=1)


def kl_gaussian_mc_from_samples__always_positive(z, mu_q, logvar_q, mu_p, logvar_p):
    """your estimate averages p/q − 1 − log(p/q), another estimate of the KL; the mean of log q − log p is asked for"""
    ratio = -_log_ratio(z, mu_q, logvar_q, mu_p, logvar_p)
    return (torch.expm1(ratio) - ratio).mean(dim=1)


def entropy__sign(p):
    """the sign of your entropy is wrong: the entropy of a table is never negative"""
    return torch.xlogy(p, p).sum(dim=1)


def entropy__bits(p):
    """your entropy is in bits: it takes log₂; nats, by the natural logarithm, are asked for"""
    return -torch.xlogy(p, p).sum(dim=1) / math.log(2)


def entropy__forgot_p(p):
    """your entropy adds up − log p without the weights p"""
    return -torch.log(p).sum(dim=1)


def entropy__mean_for_sum(p):
    """your entropy averages over the points; each is weighted by p already, so sum them"""
    return -torch.xlogy(p, p).mean(dim=1)


def entropy__summed_over_batch(p):
    """your entropy is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return -torch.xlogy(p, p).sum()


def entropy__mean_over_batch(p):
    """your entropy is averaged over the batch; one value per row, of shape (B,), is asked for"""
    return -torch.xlogy(p, p).sum(dim=1).mean()


def entropy__of_logits(p):
    """your entropy applies a softmax to p, which holds probabilities already"""
    return torch.special.entr(torch.softmax(p, dim=1)).sum(dim=1)


def entropy__perplexity(p):
    """your function returns the perplexity exp(H); the entropy H is asked for"""
    return torch.exp(torch.special.entr(p).sum(dim=1))


def entropy__of_coins(p):
    """your entropy adds −(1 − p) log(1 − p) for every point, as for independent coins; p is one table per row"""
    return (torch.special.entr(p) + torch.special.entr(1 - p)).sum(dim=1)


def cross_entropy__exchanged(p, q):
    """your cross-entropy is −Σ q log p: p and q are exchanged"""
    return -(q * torch.log(p)).sum(dim=1)


def cross_entropy__sign(p, q):
    """the sign of your cross-entropy is wrong: that of tables is never negative"""
    return (p * torch.log(q)).sum(dim=1)


def cross_entropy__bits(p, q):
    """your cross-entropy is in bits: it takes log₂; nats, by the natural logarithm, are asked for"""
    return -(p * torch.log2(q)).sum(dim=1)


def cross_entropy__kl(p, q):
    """your function returns KL(p ‖ q), which is the cross-entropy less the entropy of p"""
    return (p * torch.log(p / q)).sum(dim=1)


def cross_entropy__entropy(p, q):  # noqa: ARG001
    """your function returns the entropy of p; q is not used"""
    return torch.special.entr(p).sum(dim=1)


def cross_entropy__entropy_added_twice(p, q):
    """your function returns KL(p ‖ q) less the entropy of p; the cross-entropy is their sum"""
    return (p * torch.log(p / q) + p * torch.log(p)).sum(dim=1)


def cross_entropy__softmax_applied(p, q):
    """your cross-entropy applies a softmax to q (F.cross_entropy does); q holds probabilities already"""
    return -(p * torch.log_softmax(q, dim=1)).sum(dim=1)


def cross_entropy__softmax_and_mean(p, q):
    """your cross-entropy is F.cross_entropy of q: it applies a softmax to probabilities and averages over the batch"""
    return -(p * torch.log_softmax(q, dim=1)).sum(dim=1).mean()


def cross_entropy__of_coins(p, q):
    """your cross-entropy adds (1 − p) log(1 − q) for every point, as for coins; p and q are one table per row"""
    return _coins(p, q).sum(dim=1)


def cross_entropy__mean_for_sum(p, q):
    """your cross-entropy averages over the points; each is weighted by p already, so sum them"""
    return -(p * torch.log(q)).mean(dim=1)


def cross_entropy__summed_over_batch(p, q):
    """your cross-entropy is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return -(p * torch.log(q)).sum()


def cross_entropy__mean_over_batch(p, q):
    """your cross-entropy is averaged over the batch; one value per row, of shape (B,), is asked for"""
    return -(p * torch.log(q)).sum(dim=1).mean()


def bernoulli_entropy__half_missing(p):
    """your entropy has only −p log p: the term of the other side, −(1 − p) log(1 − p), is missing"""
    return -(p * torch.log(p)).sum(dim=1)


def bernoulli_entropy__sign(p):
    """the sign of your entropy is wrong: the entropy of a coin is never negative"""
    return -_coins(p, p).sum(dim=1)


def bernoulli_entropy__bits(p):
    """your entropy is in bits: it takes log₂; nats, by the natural logarithm, are asked for"""
    return _coins(p, p).sum(dim=1) / math.log(2)


def bernoulli_entropy__mean_for_sum(p):
    """your entropy averages over the pixels; independent pixels' entropies are summed"""
    return _coins(p, p).mean(dim=1)


def bernoulli_entropy__mean_over_all(p):
    """your entropy is the mean over all pixels; one sum over the pixels per row is asked for"""
    return _coins(p, p).mean()


def bernoulli_entropy__summed_over_batch(p):
    """your entropy is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _coins(p, p).sum()


def bernoulli_entropy__variance(p):
    """your function returns the variance p (1 − p) of the coins; their entropy is asked for"""
    return (p * (1 - p)).sum(dim=1)


def bernoulli_cross_entropy__exchanged(p, q):
    """your cross-entropy exchanges p and q: it takes the logarithm of p"""
    return _coins(q, p).sum(dim=1)


def bernoulli_cross_entropy__half_missing(p, q):
    """your cross-entropy has only −p log q: the term of the other side, −(1 − p) log(1 − q), is missing"""
    return -(p * torch.log(q)).sum(dim=1)


def bernoulli_cross_entropy__sign(p, q):
    """the sign of your cross-entropy is wrong: that of coins is never negative"""
    return -_coins(p, q).sum(dim=1)


def bernoulli_cross_entropy__bits(p, q):
    """your cross-entropy is in bits: it takes log₂; nats, by the natural logarithm, are asked for"""
    return _coins(p, q).sum(dim=1) / math.log(2)


def bernoulli_cross_entropy__kl(p, q):
    """your function returns the KL divergence of the coins, which is the cross-entropy less the entropy of p"""
    return (_coins(p, q) - _coins(p, p)).sum(dim=1)


def bernoulli_cross_entropy__sigmoid_applied(p, q):
    """your cross-entropy applies a sigmoid to q, which holds probabilities already"""
    return _coins(p, torch.sigmoid(q)).sum(dim=1)


def bernoulli_cross_entropy__mean_for_sum(p, q):
    """your cross-entropy averages over the pixels; they must be summed"""
    return _coins(p, q).mean(dim=1)


def bernoulli_cross_entropy__mean_over_all(p, q):
    """your cross-entropy is the mean over all pixels, the default of F.binary_cross_entropy; sum each row's pixels"""
    return _coins(p, q).mean()


def bernoulli_cross_entropy__summed_over_batch(p, q):
    """your cross-entropy is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _coins(p, q).sum()


def kl_divergence__exchanged(p, q):
    """your KL is KL(q ‖ p): p and q are exchanged"""
    return _kl(q, p).sum(dim=1)


def kl_divergence__sign(p, q):
    """the sign of your KL is wrong: a divergence is never negative"""
    return -_kl(p, q).sum(dim=1)


def kl_divergence__bits(p, q):
    """your KL is in bits: it takes log₂; nats, by the natural logarithm, are asked for"""
    return _kl(p, q).sum(dim=1) / math.log(2)


def kl_divergence__forgot_p(p, q):
    """your KL adds up log(p/q) without the weights p"""
    return (torch.log(p) - torch.log(q)).sum(dim=1)


def kl_divergence__cross_entropy(p, q):
    """your function returns the cross-entropy −Σ p log q; KL is that less the entropy of p"""
    return -torch.xlogy(p, q).sum(dim=1)


def kl_divergence__difference_of_entropies(p, q):
    """your KL is H(q) − H(p); it is H(p, q) − H(p), with the weights p in both terms"""
    return (torch.special.entr(q) - torch.special.entr(p)).sum(dim=1)


def kl_divergence__symmetrised(p, q):
    """your KL is the mean of KL(p ‖ q) and KL(q ‖ p); KL(p ‖ q) alone is asked for"""
    return 0.5 * (_kl(p, q) + _kl(q, p)).sum(dim=1)


def kl_divergence__absolute(p, q):
    """your KL adds up absolute values; its terms may be negative, only their sum may not"""
    return _kl(p, q).abs().sum(dim=1)


def kl_divergence__infinity_left_out(p, q):
    """your KL leaves out the points where q has no mass; where p has mass there, the KL is infinite"""
    return torch.where(q > 0, _kl(p, q), torch.zeros_like(p)).sum(dim=1)


def kl_divergence__log_left_out(p, q):
    """your call of F.kl_div gets probabilities where it expects the logarithm of q"""
    return (torch.xlogy(p, p) - p * q).sum(dim=1)


def kl_divergence__mean_for_sum(p, q):
    """your KL averages over the points; each is weighted by p already, so sum them"""
    return _kl(p, q).mean(dim=1)


def kl_divergence__mean_over_all(p, q):
    """your KL is the mean over all entries, the default of F.kl_div; one sum per row is asked for"""
    return _kl(p, q).mean()


def kl_divergence__mean_over_batch(p, q):
    """your KL is averaged over the batch; one value per row, of shape (B,), is asked for"""
    return _kl(p, q).sum(dim=1).mean()


def kl_divergence__summed_over_batch(p, q):
    """your KL is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _kl(p, q).sum()


def reverse_kl_divergence__forward(p, q):
    """your function returns KL(p ‖ q), the forward KL; the reverse one is KL(q ‖ p)"""
    return _kl(p, q).sum(dim=1)


def reverse_kl_divergence__sign(p, q):
    """the sign of your KL is wrong: reversing a KL exchanges p and q everywhere, also in the weights"""
    return -_kl(q, p).sum(dim=1)


def reverse_kl_divergence__ratio_only(p, q):
    """your reverse KL turns the ratio but keeps the weights p; the expectation is under q"""
    return -_kl(p, q).sum(dim=1)


def reverse_kl_divergence__bits(p, q):
    """your KL is in bits: it takes log₂; nats, by the natural logarithm, are asked for"""
    return _kl(q, p).sum(dim=1) / math.log(2)


def reverse_kl_divergence__mean_for_sum(p, q):
    """your KL averages over the points; each is weighted by q already, so sum them"""
    return _kl(q, p).mean(dim=1)


def reverse_kl_divergence__mean_over_batch(p, q):
    """your KL is averaged over the batch; one value per row, of shape (B,), is asked for"""
    return _kl(q, p).sum(dim=1).mean()


def reverse_kl_divergence__summed_over_batch(p, q):
    """your KL is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _kl(q, p).sum()


def js_divergence__forgot_half(p, q):
    """your JSD is twice too large: it is the mean of the two KL to the middle, not their sum"""
    return 2 * _js(p, q).sum(dim=1)


def js_divergence__symmetrised_kl(p, q):
    """your JSD is the mean of KL(p ‖ q) and KL(q ‖ p); both KL are to the middle m = ½ (p + q)"""
    return 0.5 * (_kl(p, q) + _kl(q, p)).sum(dim=1)


def js_divergence__symmetrised_sum(p, q):
    """your JSD is KL(p ‖ q) + KL(q ‖ p); it is the mean of the KL of both to the middle m = ½ (p + q)"""
    return (_kl(p, q) + _kl(q, p)).sum(dim=1)


def js_divergence__distance(p, q):
    """your function returns the root of the JSD, the Jensen-Shannon distance; the divergence is its square"""
    return _js(p, q).sum(dim=1).clamp(min=0).sqrt()


def js_divergence__middle_not_halved(p, q):
    """your JSD compares with p + q; the middle is half of it, and equal tables must give 0"""
    return 0.5 * (_kl(p, p + q) + _kl(q, p + q)).sum(dim=1)


def js_divergence__from_the_middle(p, q):
    """your JSD has KL(m ‖ p) and KL(m ‖ q); the middle m is the second argument of both"""
    middle = (p + q) / 2
    return 0.5 * (_kl(middle, p) + _kl(middle, q)).sum(dim=1)


def js_divergence__one_side(p, q):
    """your JSD has KL(p ‖ m) alone; the mean with KL(q ‖ m) is asked for"""
    return _kl(p, (p + q) / 2).sum(dim=1)


def js_divergence__geometric_middle(p, q):
    """your JSD compares with the geometric mean of p and q; the middle is ½ (p + q)"""
    middle = (p * q).sqrt()
    return 0.5 * (_kl(p, middle) + _kl(q, middle)).sum(dim=1)


def js_divergence__sign(p, q):
    """the sign of your JSD is wrong: a divergence is never negative"""
    return -_js(p, q).sum(dim=1)


def js_divergence__bits(p, q):
    """your JSD is in bits: it takes log₂ and reaches 1; in nats it reaches log 2"""
    return _js(p, q).sum(dim=1) / math.log(2)


def js_divergence__common_points_only(p, q):
    """your JSD leaves out the points where p or q has no mass; there the other one still counts, with log 2"""
    return torch.where((p > 0) & (q > 0), _js(p, q), torch.zeros_like(p)).sum(dim=1)


def js_divergence__mean_for_sum(p, q):
    """your JSD averages over the points; each is weighted already, so sum them"""
    return _js(p, q).mean(dim=1)


def js_divergence__mean_over_batch(p, q):
    """your JSD is averaged over the batch; one value per row, of shape (B,), is asked for"""
    return _js(p, q).sum(dim=1).mean()


def js_divergence__summed_over_batch(p, q):
    """your JSD is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _js(p, q).sum()


def kl_divergence_density__exchanged(p, q, grid):
    """your KL is KL(q ‖ p): p and q are exchanged"""
    return torch.trapezoid(_kl(q, p), grid)


def kl_divergence_density__sign(p, q, grid):
    """the sign of your KL is wrong: it is the integral of p log(p/q)"""
    return -torch.trapezoid(_kl(p, q), grid)


def kl_divergence_density__bits(p, q, grid):
    """your KL is in bits: it takes log₂; nats, by the natural logarithm, are asked for"""
    return torch.trapezoid(_kl(p, q), grid) / math.log(2)


def kl_divergence_density__without_spacing(p, q, grid):  # noqa: ARG001
    """your KL adds up the values of p log(p/q) without the spacing dx of the grid: a sum is no integral"""
    return _kl(p, q).sum()


def kl_divergence_density__unit_spacing(p, q, grid):  # noqa: ARG001
    """your KL integrates as if the points were 1 apart: the grid is not used"""
    return torch.trapezoid(_kl(p, q))


def kl_divergence_density__mean_of_values(p, q, grid):  # noqa: ARG001
    """your KL is the mean of p log(p/q) over the points; the integral weights each by the spacing of the grid"""
    return _kl(p, q).mean()


def kl_divergence_density__equal_spacing(p, q, grid):
    """your KL takes the first gap of the grid for all of them; the points are not equally spaced"""
    return torch.trapezoid(_kl(p, q), dx=(grid[1] - grid[0]).item() if len(grid) > 1 else 0.0)


def kl_divergence_density__sum_times_first_gap(p, q, grid):
    """your KL is a sum times the first gap of the grid; the points are not equally spaced, and the ends count half"""
    return _kl(p, q).sum() * (grid[1:2] - grid[:1]).sum()


def kl_divergence_density__sum_times_mean_gap(p, q, grid):
    """your KL is a sum times the mean gap of the grid; the points are not equally spaced, and the ends count half"""
    return _kl(p, q).sum() * (grid[-1] - grid[0]) / max(len(grid) - 1, 1)


def kl_divergence_density__left_sum(p, q, grid):
    """your KL weights each value by the gap after it, a left sum; the trapezoidal rule is asked for"""
    return (_kl(p, q)[:-1] * torch.diff(grid)).sum()


def kl_divergence_density__right_sum(p, q, grid):
    """your KL weights each value by the gap before it, a right sum; the trapezoidal rule is asked for"""
    return (_kl(p, q)[1:] * torch.diff(grid)).sum()


def kl_divergence_density__normalised(p, q, grid):
    """your KL normalises p and q first; the values are densities already and are to be used as they are"""
    p, q = p / torch.trapezoid(p, grid), q / torch.trapezoid(q, grid)
    return torch.trapezoid(_kl(p, q), grid)


def kl_divergence_density__cross_entropy(p, q, grid):
    """your function returns the cross-entropy −∫ p log q; KL is the integral of p log(p/q)"""
    return -torch.trapezoid(torch.xlogy(p, q), grid)


def kl_divergence_density__forgot_p(p, q, grid):
    """your KL integrates log(p/q) without the weight p"""
    return torch.trapezoid(torch.log(p / q), grid)


def js_divergence_density__forgot_half(p, q, grid):
    """your JSD is twice too large: it is the mean of the two KL to the middle, not their sum"""
    return 2 * torch.trapezoid(_js(p, q), grid)


def js_divergence_density__symmetrised_kl(p, q, grid):
    """your JSD is the mean of KL(p ‖ q) and KL(q ‖ p); both KL are to the middle m = ½ (p + q)"""
    return 0.5 * torch.trapezoid(_kl(p, q) + _kl(q, p), grid)


def js_divergence_density__symmetrised_sum(p, q, grid):
    """your JSD is KL(p ‖ q) + KL(q ‖ p); it is the mean of the KL of both to the middle m = ½ (p + q)"""
    return torch.trapezoid(_kl(p, q) + _kl(q, p), grid)


def js_divergence_density__distance(p, q, grid):
    """your function returns the root of the JSD, the Jensen-Shannon distance; the divergence is its square"""
    return torch.trapezoid(_js(p, q), grid).sqrt()


def js_divergence_density__middle_not_halved(p, q, grid):
    """your JSD compares with p + q; the middle is half of it, and equal densities must give 0"""
    return 0.5 * torch.trapezoid(_kl(p, p + q) + _kl(q, p + q), grid)


def js_divergence_density__from_the_middle(p, q, grid):
    """your JSD has KL(m ‖ p) and KL(m ‖ q); the middle m is the second argument of both"""
    middle = (p + q) / 2
    return 0.5 * torch.trapezoid(_kl(middle, p) + _kl(middle, q), grid)


def js_divergence_density__one_side(p, q, grid):
    """your JSD has KL(p ‖ m) alone; the mean with KL(q ‖ m) is asked for"""
    return torch.trapezoid(_kl(p, (p + q) / 2), grid)


def js_divergence_density__sign(p, q, grid):
    """the sign of your JSD is wrong: a divergence is never negative"""
    return -torch.trapezoid(_js(p, q), grid)


def js_divergence_density__bits(p, q, grid):
    """your JSD is in bits: it takes log₂ and reaches 1; in nats it reaches log 2"""
    return torch.trapezoid(_js(p, q), grid) / math.log(2)


def js_divergence_density__without_spacing(p, q, grid):  # noqa: ARG001
    """your JSD adds up values without the spacing dx of the grid: a sum is no integral"""
    return _js(p, q).sum()


def js_divergence_density__unit_spacing(p, q, grid):  # noqa: ARG001
    """your JSD integrates as if the points were 1 apart: the grid is not used"""
    return torch.trapezoid(_js(p, q))


def js_divergence_density__mean_of_values(p, q, grid):  # noqa: ARG001
    """your JSD is a mean over the points; the integral weights each by the spacing of the grid"""
    return _js(p, q).mean()


def js_divergence_density__equal_spacing(p, q, grid):
    """your JSD takes the first gap of the grid for all of them; the points are not equally spaced"""
    return torch.trapezoid(_js(p, q), dx=(grid[1] - grid[0]).item() if len(grid) > 1 else 0.0)


def js_divergence_density__left_sum(p, q, grid):
    """your JSD weights each value by the gap after it, a left sum; the trapezoidal rule is asked for"""
    return (_js(p, q)[:-1] * torch.diff(grid)).sum()


def js_divergence_density__right_sum(p, q, grid):
    """your JSD weights each value by the gap before it, a right sum; the trapezoidal rule is asked for"""
    return (_js(p, q)[1:] * torch.diff(grid)).sum()


def js_divergence_density__normalised(p, q, grid):
    """your JSD normalises p and q first; the values are densities already and are to be used as they are"""
    p, q = p / torch.trapezoid(p, grid), q / torch.trapezoid(q, grid)
    return torch.trapezoid(_js(p, q), grid)


def wasserstein_tables__unit_spacing(p, q, support):  # noqa: ARG001
    """your W₁ adds up the differences of the distribution functions as if the points were 1 apart"""
    return _between(p, q).sum(dim=1)


def wasserstein_tables__equal_spacing(p, q, support):
    """your W₁ takes the first gap of the support for all of them; the points are not equally spaced"""
    return (_between(p, q) * torch.diff(support)[:1].sum()).sum(dim=1)


def wasserstein_tables__gap_before(p, q, support):
    """your W₁ multiplies each difference of the distribution functions by the gap before the point, not after it"""
    return (torch.cumsum(p - q, dim=1)[:, 1:].abs() * torch.diff(support)).sum(dim=1)


def wasserstein_tables__without_absolute(p, q, support):
    """your W₁ lacks the absolute value: mass that moves left cancels mass that moves right"""
    return (torch.cumsum(p - q, dim=1)[:, :-1] * torch.diff(support)).sum(dim=1)


def wasserstein_tables__difference_of_means(p, q, support):
    """your W₁ is the difference of the two means, a lower bound that tables of equal means bring to 0"""
    return ((p - q) * support).sum(dim=1).abs()


def wasserstein_tables__total_variation(p, q, support):  # noqa: ARG001
    """your function returns the total variation ½ Σ |p − q|, which does not see how far the mass has to go"""
    return 0.5 * (p - q).abs().sum(dim=1)


def wasserstein_tables__probabilities_for_distribution(p, q, support):
    """your W₁ compares probabilities with each other; compare the distribution functions, their cumulative sums"""
    return ((p - q).abs()[:, :-1] * torch.diff(support)).sum(dim=1)


def wasserstein_tables__weighted_points(p, q, support):
    """your W₁ multiplies |p − q| by the points; compare the distribution functions between the points"""
    return ((p - q).abs() * support).sum(dim=1)


def wasserstein_tables__squared(p, q, support):
    """your function squares the difference of the distribution functions; W₁ takes its absolute value"""
    return (_between(p, q).square() * torch.diff(support)).sum(dim=1)


def wasserstein_tables__summed_over_batch(p, q, support):
    """your W₁ is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return (_between(p, q) * torch.diff(support)).sum()


def wasserstein_tables__mean_over_batch(p, q, support):
    """your W₁ is averaged over the batch; one value per row, of shape (B,), is asked for"""
    return (_between(p, q) * torch.diff(support)).sum(dim=1).mean()


def wasserstein_samples__not_sorted(x, y):
    """your W₁ matches the samples in the order in which they come; sort both first"""
    return (x - y).abs().mean()


def wasserstein_samples__difference_of_means(x, y):
    """your W₁ is the difference of the two means, a lower bound that samples of equal means bring to 0"""
    return (x.mean() - y.mean()).abs()


def wasserstein_samples__without_absolute(x, y):
    """your W₁ lacks the absolute value of the differences: mass that moves left cancels mass that moves right"""
    return x.mean() - y.mean()


def wasserstein_samples__sum_for_mean(x, y):
    """your W₁ sums over the samples; each has the mass 1/N, so take the mean"""
    return _gaps(x, y).sum()


def wasserstein_samples__second(x, y):
    """your function returns W₂, the root of the mean square; W₁ is the mean absolute difference"""
    return _gaps(x, y).square().mean().sqrt()


def wasserstein_samples__squared(x, y):
    """your function returns W₂ squared, the mean square; W₁ is the mean absolute difference"""
    return _gaps(x, y).square().mean()


def wasserstein_samples__largest(x, y):
    """your function returns the largest difference of the sorted samples; W₁ is their mean"""
    return _gaps(x, y).max()


def wasserstein_samples__opposite_order(x, y):
    """your W₁ sorts one sample upwards and the other downwards, which is the dearest matching"""
    return (torch.sort(x).values - torch.sort(y, descending=True).values).abs().mean()


def wasserstein_samples__all_pairs(x, y):
    """your W₁ is the mean distance of all pairs; each sample is to be matched with one other"""
    return (x[:, None] - y[None, :]).abs().mean()


def wasserstein_samples__nearest(x, y):
    """your W₁ matches each x with the nearest y, which may then be used several times; match the sorted samples"""
    return (x[:, None] - y[None, :]).abs().amin(dim=1).mean()


def _log_normal(x, mu, variance):
    return -0.5 * (LOG_2PI + torch.log(variance) + (x - mu).square() / variance)


def _log_normal_logvar(z, mu, logvar):
    """log N of every entry of (B, K, Z) samples under (B, Z) parameters."""
    mu, logvar = mu.unsqueeze(1), logvar.unsqueeze(1)
    return -0.5 * (LOG_2PI + logvar + (z - mu).square() * torch.exp(-logvar))


def _log_ratio(z, mu_q, logvar_q, mu_p, logvar_p):
    """log q(z) − log p(z) of every sample, (B, K)."""
    return (_log_normal_logvar(z, mu_q, logvar_q) - _log_normal_logvar(z, mu_p, logvar_p)).sum(dim=2)


def _quadratic(mu_q, mu_p, variance):
    return (mu_q - mu_p).square() / variance


def _kl_normal(mu_q, sigma2_q, mu_p, sigma2_p):
    ratio = sigma2_q / sigma2_p
    return 0.5 * (ratio - 1 - torch.log(ratio) + _quadratic(mu_q, mu_p, sigma2_p))


def _coins(p, q):
    return -torch.xlogy(p, q) - torch.special.xlog1py(1 - p, -q)


def _kl(p, q):
    return torch.xlogy(p, p) - torch.xlogy(p, q)


def _js(p, q):
    middle = (p + q) / 2
    return 0.5 * (_kl(p, middle) + _kl(q, middle))


def _between(p, q):
    """|F_p − F_q| between each point and the next, (B, K − 1)."""
    return torch.cumsum(p - q, dim=1)[:, :-1].abs()


def _gaps(x, y):
    return (torch.sort(x).values - torch.sort(y).values).abs()
