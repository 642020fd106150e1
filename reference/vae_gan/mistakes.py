"""The commonest wrong answers to the code parts of "VAE and GAN", each under its name.

`<name>__<slug>` is what a student with this mistake hands in for the reference's `<name>`, a function or a class; the
first paragraph of its docstring is the sentence that the student reads. Mistakes of a GAN are in one of its two losses.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

LOG_2PI = math.log(2 * math.pi)

# ---- 2.a


class Decoder__relu_for_tanh(nn.Module):  # noqa: N801
    """your decoder has a ReLU where the hidden layer's tanh belongs"""

    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.hidden = nn.Linear(latent_dimension, hidden_units)
        self.output = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return torch.sigmoid(self.output(torch.relu(self.hidden(z))))


class Decoder__sigmoid_for_tanh(Decoder__relu_for_tanh):  # noqa: N801
    """your decoder has a sigmoid where the hidden layer's tanh belongs"""

    def forward(self, z):
        return torch.sigmoid(self.output(torch.sigmoid(self.hidden(z))))


class Decoder__missing_tanh(Decoder__relu_for_tanh):  # noqa: N801
    """your decoder has no tanh after the hidden layer, so that both layers are one linear map"""

    def forward(self, z):
        return torch.sigmoid(self.output(self.hidden(z)))


class Decoder__missing_sigmoid(Decoder__relu_for_tanh):  # noqa: N801
    """your decoder returns logits: the sigmoid at its end is missing, which makes them probabilities"""

    def forward(self, z):
        return self.output(torch.tanh(self.hidden(z)))


class Decoder__tanh_for_sigmoid(Decoder__relu_for_tanh):  # noqa: N801
    """your decoder ends in a tanh, whose values lie in (−1, 1); probabilities need a sigmoid"""

    def forward(self, z):
        return torch.tanh(self.output(torch.tanh(self.hidden(z))))


class Decoder__sigmoid_twice(Decoder__relu_for_tanh):  # noqa: N801
    """your decoder applies the sigmoid twice at its end, so that no probability is below ½"""

    def forward(self, z):
        return torch.sigmoid(torch.sigmoid(self.output(torch.tanh(self.hidden(z)))))


class Decoder__softmax_for_sigmoid(Decoder__relu_for_tanh):  # noqa: N801
    """your decoder ends in a softmax over the pixels; every pixel has a probability of its own, by a sigmoid"""

    def forward(self, z):
        return torch.softmax(self.output(torch.tanh(self.hidden(z))), dim=1)


# ---- 2.b


def logpdf_diagonal_gaussian__std_for_variance(z, mu, sigma_square):
    """your density reads sigma_square as the standard deviation; it is the variance"""
    return _log_normal(z, mu, sigma_square.square()).sum(dim=1)


def logpdf_diagonal_gaussian__log_variance(z, mu, sigma_square):
    """your density reads sigma_square as the logarithm of the variance; it is the variance itself"""
    return _log_normal(z, mu, sigma_square.exp()).sum(dim=1)


def logpdf_diagonal_gaussian__divided_by_std(z, mu, sigma_square):
    """your density divides (z − mu)² by the standard deviation; the variance belongs there"""
    return -0.5 * (LOG_2PI + torch.log(sigma_square) + (z - mu).square() / torch.sqrt(sigma_square)).sum(dim=1)


def logpdf_diagonal_gaussian__not_divided(z, mu, sigma_square):
    """your density does not divide (z − mu)² by the variance"""
    return -0.5 * (LOG_2PI + torch.log(sigma_square) + (z - mu).square()).sum(dim=1)


def logpdf_diagonal_gaussian__not_squared(z, mu, sigma_square):
    """your density does not square z − mu"""
    return -0.5 * (LOG_2PI + torch.log(sigma_square) + (z - mu) / sigma_square).sum(dim=1)


def logpdf_diagonal_gaussian__forgot_half_in_exponent(z, mu, sigma_square):
    """your density lacks the ½ before (z − mu)²/σ²"""
    return (-0.5 * (LOG_2PI + torch.log(sigma_square)) - (z - mu).square() / sigma_square).sum(dim=1)


def logpdf_diagonal_gaussian__forgot_half_of_log(z, mu, sigma_square):
    """your density subtracts log σ² where ½ log σ², which is log σ, belongs"""
    return (-0.5 * (LOG_2PI + (z - mu).square() / sigma_square) - torch.log(sigma_square)).sum(dim=1)


def logpdf_diagonal_gaussian__log_added(z, mu, sigma_square):
    """your density adds ½ log σ² where it is to be subtracted"""
    return -0.5 * (LOG_2PI - torch.log(sigma_square) + (z - mu).square() / sigma_square).sum(dim=1)


def logpdf_diagonal_gaussian__forgot_log_variance(z, mu, sigma_square):
    """your density lacks the term −½ log σ²"""
    return -0.5 * (LOG_2PI + (z - mu).square() / sigma_square).sum(dim=1)


def logpdf_diagonal_gaussian__forgot_constant(z, mu, sigma_square):
    """your density lacks the constant −½ log(2π) of every dimension"""
    return -0.5 * (torch.log(sigma_square) + (z - mu).square() / sigma_square).sum(dim=1)


def logpdf_diagonal_gaussian__constant_once(z, mu, sigma_square):
    """your density has the constant −½ log(2π) once; every dimension brings one"""
    return -0.5 * (LOG_2PI + (torch.log(sigma_square) + (z - mu).square() / sigma_square).sum(dim=1))


def logpdf_diagonal_gaussian__constant_of_two_dimensions(z, mu, sigma_square):
    """your density has the constant of two dimensions, whatever their number is"""
    return -LOG_2PI - 0.5 * (torch.log(sigma_square) + (z - mu).square() / sigma_square).sum(dim=1)


def logpdf_diagonal_gaussian__constant_doubled(z, mu, sigma_square):
    """your density subtracts log(2π) in every dimension; it is ½ log(2π)"""
    return (_log_normal(z, mu, sigma_square) - 0.5 * LOG_2PI).sum(dim=1)


def logpdf_diagonal_gaussian__no_logarithm(z, mu, sigma_square):
    """your function returns the density itself; its logarithm is asked for"""
    return _log_normal(z, mu, sigma_square).sum(dim=1).exp()


def logpdf_diagonal_gaussian__sign(z, mu, sigma_square):
    """your function returns minus the log density: the sign is wrong"""
    return -_log_normal(z, mu, sigma_square).sum(dim=1)


def logpdf_diagonal_gaussian__mean_for_sum(z, mu, sigma_square):
    """your density averages over the dimensions; independent dimensions add up"""
    return _log_normal(z, mu, sigma_square).mean(dim=1)


def logpdf_diagonal_gaussian__summed_over_batch(z, mu, sigma_square):
    """your density is one number for the whole batch; one value per row, of shape (B,), is asked for"""
    return _log_normal(z, mu, sigma_square).sum()


def logpdf_bernoulli__mean_for_sum(x, p):
    """your log-likelihood averages over the pixels; the log-likelihood of an image is the sum over its pixels"""
    return _log_bernoulli(x, p).mean(dim=1)


def logpdf_bernoulli__sign(x, p):
    """your function returns the cross-entropy, which is minus the log-likelihood: the sign is wrong"""
    return -_log_bernoulli(x, p).sum(dim=1)


def logpdf_bernoulli__summed_over_batch(x, p):
    """your log-likelihood is one number for the whole batch; one value per image, of shape (B,), is asked for"""
    return _log_bernoulli(x, p).sum()


def logpdf_bernoulli__mean_over_all(x, p):
    """your log-likelihood is the mean over all pixels of all images; one sum over the pixels per image is asked for"""
    return _log_bernoulli(x, p).mean()


def logpdf_bernoulli__zeros_left_out(x, p):
    """your log-likelihood counts only the pixels that are 1; the term (1 − x) log(1 − p) is missing"""
    return (x * torch.log(p)).sum(dim=1)


def logpdf_bernoulli__exchanged(x, p):
    """your log-likelihood exchanges x and p: it takes the logarithm of the image instead of the probability"""
    # F.binary_cross_entropy stops at −100 for each pixel, which is how this mistake stays finite and unnoticed.
    return (p * torch.log(x).clamp(min=-100) + (1 - p) * torch.log1p(-x).clamp(min=-100)).sum(dim=1)


def logpdf_bernoulli__outcomes_exchanged(x, p):
    """your log-likelihood takes p for the probability of a 0; it is that of a 1"""
    return _log_bernoulli(1 - x, p).sum(dim=1)


def logpdf_bernoulli__sigmoid_of_p(x, p):
    """your log-likelihood applies a sigmoid to p, which is already a probability"""
    return (x * F.logsigmoid(p) + (1 - x) * F.logsigmoid(-p)).sum(dim=1)


def logpdf_bernoulli__no_logarithm(x, p):
    """your function returns the probability itself; its logarithm is asked for"""
    return _log_bernoulli(x, p).sum(dim=1).exp()


def logpdf_bernoulli__minus_between(x, p):
    """your log-likelihood subtracts (1 − x) log(1 − p) where it is to be added"""
    return (x * torch.log(p) - (1 - x) * torch.log1p(-p)).sum(dim=1)


# ---- 2.c


def elbo_loss__kl_added(sampled_z, mu, sigma_square, x, p):
    """your ELBO adds log q(z|x) − log p(z) to log p(x|z), which rewards a large divergence: it is to be subtracted"""
    log_x, log_z, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (log_x - log_z + log_q).mean()


def elbo_loss__q_added(sampled_z, mu, sigma_square, x, p):
    """your ELBO adds log q(z|x) where it is to be subtracted"""
    log_x, log_z, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (log_x + log_z + log_q).mean()


def elbo_loss__prior_subtracted(sampled_z, mu, sigma_square, x, p):
    """your ELBO subtracts log p(z) where it is to be added"""
    log_x, log_z, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (log_x - log_z - log_q).mean()


def elbo_loss__likelihood_subtracted(sampled_z, mu, sigma_square, x, p):
    """your ELBO subtracts log p(x|z) where it is to be added"""
    log_x, log_z, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (-log_x + log_z - log_q).mean()


def elbo_loss__without_prior(sampled_z, mu, sigma_square, x, p):
    """your ELBO lacks the term log p(z) of the prior"""
    log_x, _, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (log_x - log_q).mean()


def elbo_loss__without_q(sampled_z, mu, sigma_square, x, p):
    """your ELBO lacks the term −log q(z|x)"""
    log_x, log_z, _ = _terms(sampled_z, mu, sigma_square, x, p)
    return (log_x + log_z).mean()


def elbo_loss__reconstruction_only(sampled_z, mu, sigma_square, x, p):
    """your ELBO is log p(x|z) alone: log p(z) − log q(z|x) is missing, or cancels"""
    return _terms(sampled_z, mu, sigma_square, x, p)[0].mean()


def elbo_loss__kl_only(sampled_z, mu, sigma_square, x, p):
    """your ELBO is log p(z) − log q(z|x) alone: log p(x|z) is missing"""
    _, log_z, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (log_z - log_q).mean()


def elbo_loss__std_for_variance(sampled_z, mu, sigma_square, x, p):
    """log q(z|x) in your ELBO reads sigma_square as the standard deviation; it is the variance"""
    log_x, log_z, log_q = _terms(sampled_z, mu, sigma_square.square(), x, p)
    return (log_x + log_z - log_q).mean()


def elbo_loss__log_variance(sampled_z, mu, sigma_square, x, p):
    """log q(z|x) in your ELBO reads sigma_square as the logarithm of the variance; it is the variance itself"""
    log_x, log_z, log_q = _terms(sampled_z, mu, sigma_square.exp(), x, p)
    return (log_x + log_z - log_q).mean()


def elbo_loss__prior_at_mu(sampled_z, mu, sigma_square, x, p):
    """the prior in your ELBO is evaluated at mu; it is that of the drawn z"""
    log_x, _, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (log_x + _log_normal(mu, 0 * mu, torch.ones_like(mu)).sum(dim=1) - log_q).mean()


def elbo_loss__closed_form(sampled_z, mu, sigma_square, x, p):
    """your ELBO has the KL in closed form, which is form (1); form (2), log p(z) − log q(z|x) at z, is asked for"""
    kl = 0.5 * (mu.square() + sigma_square - 1 - torch.log(sigma_square)).sum(dim=1)
    return (_terms(sampled_z, mu, sigma_square, x, p)[0] - kl).mean()


def elbo_loss__mean_over_pixels(sampled_z, mu, sigma_square, x, p):
    """log p(x|z) in your ELBO is averaged over the pixels; they must be summed"""
    _, log_z, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return (_log_bernoulli(x, p).mean(dim=1) + log_z - log_q).mean()


def elbo_loss__sum_against_mean(sampled_z, mu, sigma_square, x, p):
    """your ELBO sums log p(x|z) over the batch but averages the other terms over it"""
    log_x, log_z, log_q = _terms(sampled_z, mu, sigma_square, x, p)
    return log_x.sum() + (log_z - log_q).mean()


# ---- 4.a and 4.b


class DNet__leaky_for_relu(nn.Module):  # noqa: N801
    """your discriminator has LeakyReLU where ReLU belongs"""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3, padding=1)
        self.conv2 = nn.Conv2d(2, 4, 3, padding=1)
        self.conv3 = nn.Conv2d(4, 8, 3)
        self.linear = nn.Linear(200, 1)

    def act(self, x, layer):  # noqa: ARG002
        return F.leaky_relu(x, 0.2)

    def pool(self, x):
        return F.max_pool2d(x, 2)

    def forward(self, x):
        x = self.pool(self.act(self.conv1(x), 1))
        x = self.pool(self.act(self.conv2(x), 2))
        return self.linear(self.act(self.conv3(x), 3).flatten(1))


class DNet__slope_001(DNet__leaky_for_relu):  # noqa: N801
    """your discriminator has LeakyReLU, with the default slope of 0.01, where ReLU belongs"""

    def act(self, x, layer):  # noqa: ARG002
        return F.leaky_relu(x)


class DNet__missing_last_relu(DNet__leaky_for_relu):  # noqa: N801
    """your discriminator has no ReLU after its last convolution"""

    def act(self, x, layer):
        return x if layer == 3 else torch.relu(x)


class DNet__missing_relu(DNet__leaky_for_relu):  # noqa: N801
    """your discriminator has no ReLU at all"""

    def act(self, x, layer):  # noqa: ARG002
        return x


class DNet__average_pool(DNet__leaky_for_relu):  # noqa: N801
    """your discriminator averages where it is to take the maximum (max-pooling)"""

    def act(self, x, layer):  # noqa: ARG002
        return torch.relu(x)

    def pool(self, x):
        return F.avg_pool2d(x, 2)


class DNet__sigmoid_at_end(DNet__leaky_for_relu):  # noqa: N801
    """your discriminator returns a probability: it ends in a sigmoid, and the logit before it is asked for"""

    def act(self, x, layer):  # noqa: ARG002
        return torch.relu(x)

    def forward(self, x):
        return torch.sigmoid(super().forward(x))


class GNet__relu_for_leaky(nn.Module):  # noqa: N801
    """your generator has ReLU where LeakyReLU with slope 0.2 belongs"""

    slope = 0.0
    mode = "nearest"

    def __init__(self, zdim):
        super().__init__()
        self.linear = nn.Linear(zdim, 1568)
        self.conv1 = nn.Conv2d(32, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 8, 3, padding=1)
        self.conv3 = nn.Conv2d(8, 1, 3, padding=1)

    def act(self, x, layer):  # noqa: ARG002
        return F.leaky_relu(x, self.slope)

    def grown(self, x):
        return F.interpolate(x, scale_factor=2, mode=self.mode)

    def logits(self, z):
        x = self.act(self.linear(z), 1).reshape(-1, 32, 7, 7)
        x = self.act(self.conv1(self.grown(x)), 2)
        return self.conv3(self.act(self.conv2(self.grown(x)), 3))

    def forward(self, z):
        return torch.sigmoid(self.logits(z))


class GNet__slope_001(GNet__relu_for_leaky):  # noqa: N801
    """your generator's LeakyReLU has the default slope of 0.01; 0.2 is asked for"""

    slope = 0.01


class GNet__missing_leaky(GNet__relu_for_leaky):  # noqa: N801
    """your generator has no LeakyReLU at all"""

    slope = 1.0


class GNet__missing_first_leaky(GNet__relu_for_leaky):  # noqa: N801
    """your generator has no LeakyReLU after its linear layer"""

    def act(self, x, layer):
        return x if layer == 1 else F.leaky_relu(x, 0.2)


class GNet__missing_sigmoid(GNet__relu_for_leaky):  # noqa: N801
    """your generator lacks the sigmoid at its end"""

    slope = 0.2

    def forward(self, z):
        return self.logits(z)


class GNet__tanh_at_end(GNet__missing_sigmoid):  # noqa: N801
    """your generator ends in a tanh, whose pixels lie in (−1, 1); a sigmoid is asked for"""

    def forward(self, z):
        return torch.tanh(self.logits(z))


class GNet__bilinear(GNet__relu_for_leaky):  # noqa: N801
    """your generator enlarges by bilinear interpolation; the default of nn.Upsample, nearest, is meant"""

    slope = 0.2
    mode = "bilinear"


# ---- 4.d and 4.e


class _Losses:
    """Both losses right; the networks are put in by whoever asks."""

    disc = gen = None

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return F.softplus(-self.disc(batch_data)).mean() + F.softplus(self.disc(self.gen(z))).mean()

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        return F.softplus(-self.disc(self.gen(z))).mean()


class GAN__d_labels_exchanged(_Losses):  # noqa: N801
    """your discriminator learns to call the fakes real and the real ones fake: the labels are exchanged"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return F.softplus(self.disc(batch_data)).mean() + F.softplus(-self.disc(self.gen(z))).mean()


class GAN__d_real_only(_Losses):  # noqa: N801
    """your discriminator's loss counts the real images only: the half for the fakes is missing"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return F.softplus(-self.disc(batch_data)).mean()


class GAN__d_fake_only(_Losses):  # noqa: N801
    """your discriminator's loss counts the fakes only: the half for the real images is missing"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return F.softplus(self.disc(self.gen(z))).mean()


class GAN__d_all_real(_Losses):  # noqa: N801
    """your discriminator's loss gives the label 1 to the fakes as well"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return F.softplus(-self.disc(batch_data)).mean() + F.softplus(-self.disc(self.gen(z))).mean()


class GAN__d_all_fake(_Losses):  # noqa: N801
    """your discriminator's loss gives the label 0 to the real images as well"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return F.softplus(self.disc(batch_data)).mean() + F.softplus(self.disc(self.gen(z))).mean()


class GAN__d_halves_subtracted(_Losses):  # noqa: N801
    """your discriminator's loss subtracts the half for the fakes from the half for the real images; add them"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return F.softplus(-self.disc(batch_data)).mean() - F.softplus(self.disc(self.gen(z))).mean()


class GAN__d_sigmoid_twice(_Losses):  # noqa: N801
    """your discriminator's loss applies the sigmoid twice: BCEWithLogitsLoss applies it itself, to logits"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        real, fake = torch.sigmoid(self.disc(batch_data)), torch.sigmoid(self.disc(self.gen(z)))
        return F.softplus(-real).mean() + F.softplus(fake).mean()


class GAN__d_no_logarithm(_Losses):  # noqa: N801
    """your discriminator's loss is D(G(z)) − D(x) without the logarithms"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return torch.sigmoid(self.disc(self.gen(z))).mean() - torch.sigmoid(self.disc(batch_data)).mean()


class GAN__d_wasserstein(_Losses):  # noqa: N801
    """your discriminator's loss is the difference of its mean outputs, the loss of a Wasserstein critic"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return self.disc(self.gen(z)).mean() - self.disc(batch_data).mean()


class GAN__d_squared_error(_Losses):  # noqa: N801
    """your discriminator's loss is the squared error of the labels; the binary cross-entropy is asked for"""

    def _get_loss_d(self, batch_size, batch_data, z):  # noqa: ARG002
        return (self.disc(batch_data) - 1).square().mean() + self.disc(self.gen(z)).square().mean()


class GAN__d_smooth_labels(_Losses):  # noqa: N801
    """your discriminator's loss has the label 0.9 for real images; 1 is asked for"""

    def _get_loss_d(self, batch_size, batch_data, z):
        real = self.disc(batch_data)
        return super()._get_loss_d(batch_size, batch_data, z) + 0.1 * real.mean()


class GAN__g_minimax(_Losses):  # noqa: N801
    """your generator minimises log(1 − D(G(z))), the saturating loss; the non-saturating −log D(G(z)) is asked for"""

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        return -F.softplus(self.disc(self.gen(z))).mean()


class GAN__g_labels_exchanged(_Losses):  # noqa: N801
    """your generator learns to be recognised: its fakes have the label 0, and must have the label 1"""

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        return F.softplus(self.disc(self.gen(z))).mean()


class GAN__g_sigmoid_twice(_Losses):  # noqa: N801
    """your generator's loss applies the sigmoid twice: BCEWithLogitsLoss applies it itself, to logits"""

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        return F.softplus(-torch.sigmoid(self.disc(self.gen(z)))).mean()


class GAN__g_no_logarithm(_Losses):  # noqa: N801
    """your generator's loss is −D(G(z)) without the logarithm"""

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        return -torch.sigmoid(self.disc(self.gen(z))).mean()


class GAN__g_wasserstein(_Losses):  # noqa: N801
    """your generator's loss is minus the mean output of D, the loss against a Wasserstein critic"""

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        return -self.disc(self.gen(z)).mean()


class GAN__g_squared_error(_Losses):  # noqa: N801
    """your generator's loss is the squared error of the label; the binary cross-entropy is asked for"""

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        return (self.disc(self.gen(z)) - 1).square().mean()


class GAN__g_both_labels(_Losses):  # noqa: N801
    """your generator's loss asks for the label 1 and for the label 0 at once; only −log D(G(z)) is asked for"""

    def _get_loss_g(self, batch_size, z):  # noqa: ARG002
        logits = self.disc(self.gen(z))
        return F.softplus(-logits).mean() + F.softplus(logits).mean()


def _log_normal(z, mu, variance):
    return -0.5 * (LOG_2PI + torch.log(variance) + (z - mu).square() / variance)


def _log_bernoulli(x, p):
    return x * torch.log(p) + (1 - x) * torch.log1p(-p)


def _terms(z, mu, variance, x, p):
    """log p(x|z), log p(z) and log q(z|x), one value each per image."""
    log_z = _log_normal(z, torch.zeros_like(z), torch.ones_like(z)).sum(dim=1)
    return _log_bernoulli(x, p).sum(dim=1), log_z, _log_normal(z, mu, variance).sum(dim=1)
