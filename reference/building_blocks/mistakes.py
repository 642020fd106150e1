"""The commonest wrong answers to "Building blocks of deep generative models", each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; the first paragraph of its docstring is the sentence that the student reads.
"""

import torch
import torch.nn.functional as F


def log_likelihood_bernoulli__mean_for_sum(p, x):
    """your log-likelihood averages over the pixels; the log-likelihood of an image is the sum over its pixels"""
    return (x * torch.log(p) + (1 - x) * torch.log1p(-p)).mean(dim=1)


def log_likelihood_bernoulli__sign(p, x):
    """your function returns the cross-entropy, which is minus the log-likelihood: the sign is wrong"""
    return -(x * torch.log(p) + (1 - x) * torch.log1p(-p)).sum(dim=1)


def log_likelihood_bernoulli__summed_over_batch(p, x):
    """your log-likelihood is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    return (x * torch.log(p) + (1 - x) * torch.log1p(-p)).sum()


def log_likelihood_bernoulli__mean_over_all(p, x):
    """your log-likelihood is the mean over all pixels of all images; one sum over the pixels per image is asked for"""
    return (x * torch.log(p) + (1 - x) * torch.log1p(-p)).mean()


def log_likelihood_bernoulli__zeros_left_out(p, x):
    """your log-likelihood counts only the pixels that are 1; the term (1 − x) log(1 − p) is missing"""
    return (x * torch.log(p)).sum(dim=1)


def log_likelihood_bernoulli__exchanged(p, x):
    """your log-likelihood exchanges p and x: it takes the logarithm of the image instead of the probability"""
    # F.binary_cross_entropy stops at −100 for each pixel, which is how this mistake stays finite and unnoticed.
    return (p * torch.log(x).clamp(min=-100) + (1 - p) * torch.log1p(-x).clamp(min=-100)).sum(dim=1)


def log_likelihood_bernoulli__logits_for_probabilities(p, x):
    """your log-likelihood applies a sigmoid to p, which is already a probability"""
    return (x * F.logsigmoid(p) + (1 - x) * F.logsigmoid(-p)).sum(dim=1)


def log_likelihood_bernoulli_logits__mean_for_sum(logits, x):
    """your log-likelihood averages over the pixels; the log-likelihood of an image is the sum over its pixels"""
    return (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).mean(dim=1)


def log_likelihood_bernoulli_logits__sign(logits, x):
    """your function returns the cross-entropy, which is minus the log-likelihood: the sign is wrong"""
    return -(x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum(dim=1)


def log_likelihood_bernoulli_logits__summed_over_batch(logits, x):
    """your log-likelihood is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    return (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum()


def log_likelihood_bernoulli_logits__sigmoid_twice(logits, x):
    """your log-likelihood applies the sigmoid twice: the function for logits was given probabilities"""
    p = torch.sigmoid(logits)
    return (x * F.logsigmoid(p) + (1 - x) * F.logsigmoid(-p)).sum(dim=1)


def log_likelihood_bernoulli_logits__logits_as_probabilities(logits, x):
    """your log-likelihood takes the logarithm of the logits themselves; a logit is no probability before a sigmoid"""
    return (x * torch.log(logits) + (1 - x) * torch.log(1 - logits)).sum(dim=1)


def log_likelihood_bernoulli_logits__zeros_left_out(logits, x):
    """your log-likelihood counts only the pixels that are 1; the term (1 − x) log(1 − p) is missing"""
    return (x * F.logsigmoid(logits)).sum(dim=1)


def log_likelihood_bernoulli_logits__cut_at_100(logits, x):
    """your log-likelihood stops at −100 for each pixel: the logits became probabilities, whose logarithm was cut there

    This is F.binary_cross_entropy on sigmoid(logits), or a clamp of the logarithm.
    """
    cut_one, cut_zero = F.logsigmoid(logits).clamp(min=-100), F.logsigmoid(-logits).clamp(min=-100)
    return (x * cut_one + (1 - x) * cut_zero).sum(dim=1)


def kl_standard_normal__sign(mu, logvar):
    """the sign of your KL is wrong: a divergence is never negative"""
    return 0.5 * (1 + logvar - mu.square() - logvar.exp()).sum(dim=1)


def kl_standard_normal__forgot_half(mu, logvar):
    """your KL is twice too large: the factor ½ is missing"""
    return (mu.square() + logvar.exp() - 1 - logvar).sum(dim=1)


def kl_standard_normal__log_std(mu, logvar):
    """your KL reads logvar as the logarithm of the standard deviation; it is the logarithm of the variance"""
    return 0.5 * (mu.square() + torch.exp(2 * logvar) - 1 - 2 * logvar).sum(dim=1)


def kl_standard_normal__variance(mu, logvar):
    """your KL reads logvar as the variance itself; it is the logarithm of the variance"""
    return 0.5 * (mu.square() + logvar - 1 - torch.log(logvar)).sum(dim=1)


def kl_standard_normal__forgot_exp(mu, logvar):  # noqa: ARG001
    """your KL uses logvar where the variance exp(logvar) belongs"""
    return 0.5 * (mu.square() - 1).sum(dim=1)


def kl_standard_normal__variance_squared(mu, logvar):
    """your KL squares exp(logvar), which is the variance already"""
    return 0.5 * (mu.square() + torch.exp(2 * logvar) - 1 - logvar).sum(dim=1)


def kl_standard_normal__mu_not_squared(mu, logvar):
    """your KL has mu where its square belongs"""
    return 0.5 * (mu + logvar.exp() - 1 - logvar).sum(dim=1)


def kl_standard_normal__forgot_one(mu, logvar):
    """your KL lacks the −1 of every dimension: it is not 0 for mu = 0, logvar = 0"""
    return 0.5 * (mu.square() + logvar.exp() - logvar).sum(dim=1)


def kl_standard_normal__mean_for_sum(mu, logvar):
    """your KL averages over the latent dimensions; they must be summed"""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(dim=1)


def kl_standard_normal__mean_over_all(mu, logvar):
    """your KL is the mean over all entries; one sum over the latent dimensions per row is asked for"""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean()


def kl_standard_normal__summed_over_batch(mu, logvar):
    """your KL is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum()


def kl_gaussian_gaussian__exchanged(mu_q, logvar_q, mu_p, logvar_p):
    """your KL is KL(p ‖ q): q and p are exchanged"""
    return _kl(mu_p, logvar_p, mu_q, logvar_q).sum(dim=1)


def kl_gaussian_gaussian__sign(mu_q, logvar_q, mu_p, logvar_p):
    """the sign of your KL is wrong: a divergence is never negative"""
    return -_kl(mu_q, logvar_q, mu_p, logvar_p).sum(dim=1)


def kl_gaussian_gaussian__forgot_half(mu_q, logvar_q, mu_p, logvar_p):
    """your KL is twice too large: the factor ½ is missing"""
    return 2 * _kl(mu_q, logvar_q, mu_p, logvar_p).sum(dim=1)


def kl_gaussian_gaussian__log_std(mu_q, logvar_q, mu_p, logvar_p):
    """your KL reads the logvar as logarithms of standard deviations; they are logarithms of variances"""
    return _kl(mu_q, 2 * logvar_q, mu_p, 2 * logvar_p).sum(dim=1)


def kl_gaussian_gaussian__mean_for_sum(mu_q, logvar_q, mu_p, logvar_p):
    """your KL averages over the latent dimensions; they must be summed"""
    return _kl(mu_q, logvar_q, mu_p, logvar_p).mean(dim=1)


def kl_gaussian_gaussian__summed_over_batch(mu_q, logvar_q, mu_p, logvar_p):
    """your KL is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _kl(mu_q, logvar_q, mu_p, logvar_p).sum()


def kl_gaussian_gaussian__forgot_one(mu_q, logvar_q, mu_p, logvar_p):
    """your KL lacks the −1 of every dimension: it is not 0 for equal Gaussians"""
    return (_kl(mu_q, logvar_q, mu_p, logvar_p) + 0.5).sum(dim=1)


def kl_gaussian_gaussian__log_ratio_inverted(mu_q, logvar_q, mu_p, logvar_p):
    """your KL has logvar_q − logvar_p where logvar_p − logvar_q belongs"""
    return (_kl(mu_q, logvar_q, mu_p, logvar_p) + logvar_q - logvar_p).sum(dim=1)


def kl_gaussian_gaussian__distance_not_scaled(mu_q, logvar_q, mu_p, logvar_p):
    """your KL does not divide the squared distance of the means by the variance of p"""
    scale = (logvar_q - logvar_p).exp() - 1 - (logvar_q - logvar_p)
    return 0.5 * (scale + (mu_q - mu_p).square()).sum(dim=1)


def kl_gaussian_gaussian__distance_over_q(mu_q, logvar_q, mu_p, logvar_p):
    """your KL divides the squared distance of the means by the variance of q; it belongs to p"""
    scale = (logvar_q - logvar_p).exp() - 1 - (logvar_q - logvar_p)
    return 0.5 * (scale + (mu_q - mu_p).square() / logvar_q.exp()).sum(dim=1)


def loss_function__kl_sign(recon_x, x, mu, logvar):
    """your loss subtracts the KL from the reconstruction error; the negative ELBO adds it"""
    return (_cross_entropy(recon_x, x).sum(dim=1) - _standard_kl(mu, logvar).sum(dim=1)).mean()


def loss_function__sign(recon_x, x, mu, logvar):
    """your loss is the ELBO, which is maximised; the loss to minimise is its negative"""
    return -(_cross_entropy(recon_x, x).sum(dim=1) + _standard_kl(mu, logvar).sum(dim=1)).mean()


def loss_function__mean_reconstruction(recon_x, x, mu, logvar):
    """your reconstruction error is averaged over the pixels (the default of F.binary_cross_entropy); sum them"""
    return _cross_entropy(recon_x, x).mean() + _standard_kl(mu, logvar).sum(dim=1).mean()


def loss_function__mean_kl(recon_x, x, mu, logvar):
    """your KL is averaged over the latent dimensions while the pixels are summed; both must be summed"""
    return _cross_entropy(recon_x, x).sum(dim=1).mean() + _standard_kl(mu, logvar).mean()


def loss_function__mean_for_sum(recon_x, x, mu, logvar):
    """your loss averages over the pixels and over the latent dimensions; both must be summed"""
    return _cross_entropy(recon_x, x).mean() + _standard_kl(mu, logvar).mean()


def loss_function__sum_over_batch(recon_x, x, mu, logvar):
    """your loss is summed over the batch; the mean over the batch is asked for"""
    return _cross_entropy(recon_x, x).sum() + _standard_kl(mu, logvar).sum()


def loss_function__sum_against_mean(recon_x, x, mu, logvar):
    """your loss sums the reconstruction error over the batch but averages the KL over it"""
    return _cross_entropy(recon_x, x).sum() + _standard_kl(mu, logvar).sum(dim=1).mean()


def loss_function__mean_reconstruction_sum_kl(recon_x, x, mu, logvar):
    """your reconstruction error is the mean over all pixels and images, your KL the sum over the whole batch"""
    return _cross_entropy(recon_x, x).mean() + _standard_kl(mu, logvar).sum()


def loss_function__forgot_half(recon_x, x, mu, logvar):
    """the KL in your loss is twice too large: the factor ½ is missing"""
    return (_cross_entropy(recon_x, x).sum(dim=1) + 2 * _standard_kl(mu, logvar).sum(dim=1)).mean()


def loss_function__log_std(recon_x, x, mu, logvar):
    """the KL in your loss reads logvar as the logarithm of the standard deviation; it is that of the variance"""
    return (_cross_entropy(recon_x, x).sum(dim=1) + _standard_kl(mu, 2 * logvar).sum(dim=1)).mean()


def loss_function__without_kl(recon_x, x, mu, logvar):  # noqa: ARG001
    """your loss is the reconstruction error alone: the KL is missing"""
    return _cross_entropy(recon_x, x).sum(dim=1).mean()


def loss_function__squared_error(recon_x, x, mu, logvar):
    """your reconstruction error is the squared error; a Bernoulli decoder asks for the binary cross-entropy"""
    return ((recon_x - x).square().sum(dim=1) + _standard_kl(mu, logvar).sum(dim=1)).mean()


def loss_function__exchanged(recon_x, x, mu, logvar):
    """your loss exchanges recon_x and x: it takes the logarithm of the image instead of the reconstruction"""
    error = -(recon_x * torch.log(x).clamp(min=-100) + (1 - recon_x) * torch.log1p(-x).clamp(min=-100))
    return (error.sum(dim=1) + _standard_kl(mu, logvar).sum(dim=1)).mean()


def discriminator_loss__labels_exchanged(logits_real, logits_fake):
    """your discriminator learns to call the fakes real and the real ones fake: the labels are exchanged"""
    return F.softplus(logits_real).mean() + F.softplus(-logits_fake).mean()


def discriminator_loss__sign(logits_real, logits_fake):
    """your discriminator loss has the wrong sign: it is to be minimised"""
    return -F.softplus(-logits_real).mean() - F.softplus(logits_fake).mean()


def discriminator_loss__real_only(logits_real, logits_fake):  # noqa: ARG001
    """your discriminator loss counts the real images only: the half for the fakes is missing"""
    return F.softplus(-logits_real).mean()


def discriminator_loss__fake_only(logits_real, logits_fake):  # noqa: ARG001
    """your discriminator loss counts the fakes only: the half for the real images is missing"""
    return F.softplus(logits_fake).mean()


def discriminator_loss__all_real(logits_real, logits_fake):
    """your discriminator loss gives the label 1 to the fakes as well"""
    return F.softplus(-logits_real).mean() + F.softplus(-logits_fake).mean()


def discriminator_loss__sum_over_batch(logits_real, logits_fake):
    """your discriminator loss is summed over the batch; the mean is asked for"""
    return F.softplus(-logits_real).sum() + F.softplus(logits_fake).sum()


def discriminator_loss__not_reduced(logits_real, logits_fake):
    """your discriminator loss is one value per image; the mean over the batch is asked for"""
    return F.softplus(-logits_real) + F.softplus(logits_fake)


def discriminator_loss__sigmoid_twice(logits_real, logits_fake):
    """your discriminator loss applies the sigmoid twice: the function for logits was given probabilities"""
    return F.softplus(-torch.sigmoid(logits_real)).mean() + F.softplus(torch.sigmoid(logits_fake)).mean()


def discriminator_loss__cut_at_100(logits_real, logits_fake):
    """your discriminator loss stops at 100 per image: the logits became probabilities, whose logarithm was cut there"""
    return F.softplus(-logits_real).clamp(max=100).mean() + F.softplus(logits_fake).clamp(max=100).mean()


def generator_loss__saturating(logits_fake):
    """your generator minimises log(1 − D(G(z))), the saturating loss; the non-saturating −log D(G(z)) is asked for"""
    return -F.softplus(logits_fake).mean()


def generator_loss__labels_exchanged(logits_fake):
    """your generator learns to be recognised: its fakes have the label 0, and must have the label 1"""
    return F.softplus(logits_fake).mean()


def generator_loss__sign(logits_fake):
    """your generator loss has the wrong sign: it is to be minimised"""
    return -F.softplus(-logits_fake).mean()


def generator_loss__sum_over_batch(logits_fake):
    """your generator loss is summed over the batch; the mean is asked for"""
    return F.softplus(-logits_fake).sum()


def generator_loss__not_reduced(logits_fake):
    """your generator loss is one value per image; the mean over the batch is asked for"""
    return F.softplus(-logits_fake)


def generator_loss__sigmoid_twice(logits_fake):
    """your generator loss applies the sigmoid twice: the function for logits was given probabilities"""
    return F.softplus(-torch.sigmoid(logits_fake)).mean()


def generator_loss__forgot_log(logits_fake):
    """your generator loss is −D(G(z)) without the logarithm"""
    return -torch.sigmoid(logits_fake).mean()


def generator_loss__cut_at_100(logits_fake):
    """your generator loss stops at 100 per image: the logits became probabilities, whose logarithm was cut there"""
    return F.softplus(-logits_fake).clamp(max=100).mean()


def generator_loss_minimax__non_saturating(logits_fake):
    """your generator loss is the non-saturating −log D(G(z)); the minimax log(1 − D(G(z))) is asked for"""
    return F.softplus(-logits_fake).mean()


def generator_loss_minimax__sign(logits_fake):
    """your minimax loss has the wrong sign: the generator minimises log(1 − D(G(z))), which is never positive"""
    return F.softplus(logits_fake).mean()


def generator_loss_minimax__log_d(logits_fake):
    """your minimax loss is log D(G(z)); log(1 − D(G(z))) is asked for"""
    return -F.softplus(-logits_fake).mean()


def generator_loss_minimax__sum_over_batch(logits_fake):
    """your minimax loss is summed over the batch; the mean is asked for"""
    return -F.softplus(logits_fake).sum()


def generator_loss_minimax__not_reduced(logits_fake):
    """your minimax loss is one value per image; the mean over the batch is asked for"""
    return -F.softplus(logits_fake)


def generator_loss_minimax__sigmoid_twice(logits_fake):
    """your minimax loss applies the sigmoid twice: the function for logits was given probabilities"""
    return -F.softplus(torch.sigmoid(logits_fake)).mean()


def generator_loss_minimax__cut_at_100(logits_fake):
    """your minimax loss stops at −100 per image: the logits became probabilities, whose logarithm was cut there"""
    return -F.softplus(logits_fake).clamp(max=100).mean()


def _cross_entropy(p, x):
    return -(x * torch.log(p) + (1 - x) * torch.log1p(-p))


def _standard_kl(mu, logvar):
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def _kl(mu_q, logvar_q, mu_p, logvar_p):
    log_ratio = logvar_q - logvar_p
    return 0.5 * (log_ratio.exp() - 1 - log_ratio + (mu_q - mu_p).square() / logvar_p.exp())
