"""Solution of the code parts 2.a to 2.c of the homework "VAE and GAN: theory, code, pictures".

Shapes: B images of D binary pixels, latent codes of Z dimensions. Densities and the ELBO are in nats. `sigma_square`
is a variance everywhere. Every function works in float32 and in float64 and keeps the dtype that it is given.
"""

import math

import torch
from torch import nn


class Decoder(nn.Module):
    """A perceptron from latent codes (B, Z) to the Bernoulli probabilities (B, D) of the pixels.

    One hidden layer with tanh; the output passes a sigmoid. The homework's sizes are Z = 2, 500 hidden units, D = 784.
    Source: Kingma & Welling (2014), appendix C.1, equation (12).
    """

    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.hidden = nn.Linear(latent_dimension, hidden_units)
        self.tanh = nn.Tanh()
        self.output = nn.Linear(hidden_units, data_dimension)
        self.sigmoid = nn.Sigmoid()

    def forward(self, z):
        """The probability of every pixel to be 1, for each latent code."""
        return self.sigmoid(self.output(self.tanh(self.hidden(z))))


def sample_diagonal_gaussian(mu, sigma_square):
    """A draw of z ~ N(mu, diag(sigma_square)) through which gradients reach mu and sigma_square.

    mu, sigma_square: (B, Z), sigma_square the variance. Returns (B, Z), fresh noise on every call.
    Source: Kingma & Welling (2014), section 2.4, z = mu + sigma * eps with eps ~ N(0, I).
    """
    return mu + torch.sqrt(sigma_square) * torch.randn_like(mu)


def sample_diagonal_gaussian_law(mu, sigma_square):
    """The mean and the standard deviation of every entry that `sample_diagonal_gaussian` draws, each (B, Z)."""
    return mu, torch.sqrt(sigma_square)


def sample_Bernoulli(p):  # noqa: N802 - the homework's name
    """A draw of x with x_bd = 1 with probability p_bd and 0 otherwise, independently; shape and dtype of p, (B, D)."""
    return torch.bernoulli(p)


def sample_Bernoulli_law(p):  # noqa: N802 - named like the function
    """The probability of a 1 in every entry that `sample_Bernoulli` draws, (B, D)."""
    return p


def logpdf_diagonal_gaussian(z, mu, sigma_square):
    """log N(z; mu, diag(sigma_square)) in nats, shape (B,).

    z, mu, sigma_square: (B, Z), sigma_square the variance. Summed over the Z dimensions.
    Safe form: a sum of logarithms per dimension, never the logarithm of a product of variances, which underflows.
    Source: the normal density; Kingma & Welling (2014), appendix C.2.
    """
    return -0.5 * (math.log(2 * math.pi) + torch.log(sigma_square) + (z - mu).square() / sigma_square).sum(dim=1)


def logpdf_bernoulli(x, p):
    """log p(x) of independent Bernoulli pixels with probabilities p, in nats, shape (B,).

    x, p: (B, D), x in {0, 1} and p in [0, 1]. Summed over the D pixels.
    Safe form: 0·log 0 counts as 0, so that a certain and right pixel (p = x) costs nothing.
    Source: Kingma & Welling (2014), appendix C.1, equation (11).
    """
    return (torch.xlogy(x, p) + torch.special.xlog1py(1 - x, -p)).sum(dim=1)


def elbo_loss(sampled_z, mu, sigma_square, x, p):
    """The mean over the batch of log p(x|z) + log p(z) − log q(z|x), in nats, a scalar: to be maximised.

    sampled_z, mu, sigma_square: (B, Z), a draw of q(z|x) = N(mu, diag(sigma_square)) and its parameters; x, p: (B, D),
    the images and what the decoder makes of sampled_z. The prior p(z) is N(0, I).
    Source: Kingma & Welling (2014), equations (2) and (6), with one draw per image.
    """
    standard = torch.zeros_like(sampled_z), torch.ones_like(sampled_z)
    log_joint = logpdf_bernoulli(x, p) + logpdf_diagonal_gaussian(sampled_z, *standard)
    return (log_joint - logpdf_diagonal_gaussian(sampled_z, mu, sigma_square)).mean()
