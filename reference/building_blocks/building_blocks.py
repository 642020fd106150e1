"""Solution of the homework "Building blocks of deep generative models".

Shapes: B images of D pixels, latent codes of Z dimensions. Likelihoods, divergences and losses are in nats.
Every function works in float32 and in float64 and keeps the dtype that it is given.
"""

import torch
import torch.nn.functional as F
from torch import nn


def reparameterize(mu, logvar):
    """A draw of z ~ N(mu, diag(exp(logvar))) through which gradients reach mu and logvar.

    mu, logvar: (B, Z), logvar the logarithm of the variance. Returns (B, Z), fresh noise on every call.
    Safe form: the standard deviation is exp(logvar / 2), never the root of exp(logvar), whose gradient is
    0/0 once the variance underflows.
    Source: Kingma & Welling (2014), section 2.4, z = mu + sigma * eps with eps ~ N(0, I).
    """
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def reparameterize_law(mu, logvar):
    """The mean and the standard deviation of every entry that `reparameterize` draws, each (B, Z)."""
    return mu, torch.exp(0.5 * logvar)


def log_likelihood_bernoulli(p, x):
    """log p(x) of independent Bernoulli pixels with probabilities p, in nats, shape (B,).

    p, x: (B, D), p in [0, 1] and x in {0, 1}. Summed over the D pixels.
    Safe form: 0·log 0 counts as 0, so that a certain and right pixel (p = x) costs nothing; a certain and wrong
    one costs infinity, which is the truth. Probabilities near 1 lose their digits before they arrive here: prefer
    `log_likelihood_bernoulli_logits`.
    Source: Kingma & Welling (2014), appendix C.1, equation (11).
    """
    return (torch.xlogy(x, p) + torch.special.xlog1py(1 - x, -p)).sum(dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    """log p(x) of independent Bernoulli pixels with probabilities sigmoid(logits), in nats, shape (B,).

    logits, x: (B, D), logits any real number and x in {0, 1}. Summed over the D pixels.
    Safe form: x·logσ(l) + (1 − x)·logσ(−l) with logσ(l) = min(l, 0) − log1p(exp(−|l|)): no probability is ever
    rounded to 0 or 1, and nothing overflows.
    Source: the same likelihood as `log_likelihood_bernoulli`, with 1 − σ(l) = σ(−l).
    """
    return (x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)).sum(dim=1)


def kl_standard_normal(mu, logvar):
    """KL(N(mu, diag(exp(logvar))) ‖ N(0, I)) in nats, shape (B,).

    mu, logvar: (B, Z), logvar the logarithm of the variance. Summed over the Z dimensions, never negative.
    Safe form: expm1(logvar) − logvar instead of exp(logvar) − 1 − logvar, which cancels for logvar near 0.
    Source: Kingma & Welling (2014), appendix B, with the sign of a divergence.
    """
    return 0.5 * (mu.square() + torch.expm1(logvar) - logvar).sum(dim=1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    """KL(N(mu_q, diag(exp(logvar_q))) ‖ N(mu_p, diag(exp(logvar_p)))) in nats, shape (B,).

    All four: (B, Z), the logvar logarithms of variances. Summed over the Z dimensions, never negative.
    Safe form: with the log ratio d = logvar_q − logvar_p, only expm1(d) − d and exp(−logvar_p) occur: no variance
    is formed and then divided by another.
    Source: Doersch (2016), "Tutorial on variational autoencoders", equation (6), for diagonal covariances.
    """
    log_ratio = logvar_q - logvar_p
    distance = (mu_q - mu_p).square() * torch.exp(-logvar_p)
    return 0.5 * (torch.expm1(log_ratio) - log_ratio + distance).sum(dim=1)


def loss_function(recon_x, x, mu, logvar):
    """The negative ELBO in nats per image, a scalar: summed over pixels and dimensions, averaged over the batch.

    recon_x, x: (B, D), the decoder's Bernoulli probabilities and the images; mu, logvar: (B, Z) of the encoder.
    Safe form: as in the two terms that it consists of. One sample of z per image lies behind recon_x.
    Source: Kingma & Welling (2014), equations (3) and (10), with the sign turned for a minimiser.
    """
    return (kl_standard_normal(mu, logvar) - log_likelihood_bernoulli(recon_x, x)).mean()


class MaskedConv2d(nn.Conv2d):
    """A convolution that sees only the pixels before the present one in raster order.

    Type "A" leaves out the present pixel too (first layer), type "B" keeps it (later layers). The other arguments
    are those of `nn.Conv2d`, which also says the shapes: (B, in_channels, H, W) → (B, out_channels, H', W'). All
    channels of a pixel count as one position. The mask is a buffer, not a parameter, and is applied in every
    forward pass, so that an optimiser step can't bring a masked weight back.
    Source: van den Oord, Kalchbrenner & Kavukcuoglu (2016), "Pixel recurrent neural networks", section 3.4.
    """

    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if mask_type not in ("A", "B"):
            raise ValueError(f"mask_type is {mask_type!r}, must be 'A' or 'B'")
        height, width = self.kernel_size
        row, column = height // 2, width // 2
        mask = torch.ones_like(self.weight)
        mask[:, :, row, column + (mask_type == "B") :] = 0
        mask[:, :, row + 1 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        """The convolution of x with the masked weights."""
        return self._conv_forward(x, self.weight * self.mask, self.bias)


def discriminator_loss(logits_real, logits_fake):
    """−mean log D(x) − mean log(1 − D(G(z))) in nats, a scalar, for D = sigmoid(logits).

    logits_real, logits_fake: (B, 1). Two binary cross-entropies, each averaged over its half, and summed.
    Safe form: log D = logσ(l) and log(1 − D) = logσ(−l), see `log_likelihood_bernoulli_logits`.
    Source: Goodfellow et al. (2014), equation (1), with the sign turned for a minimiser.
    """
    return -F.logsigmoid(logits_real).mean() - F.logsigmoid(-logits_fake).mean()


def generator_loss(logits_fake):
    """The non-saturating −mean log D(G(z)) in nats, a scalar, for D = sigmoid(logits).

    logits_fake: (B, 1). Its gradient stays near −1/B per sample while the discriminator rejects every fake.
    Safe form: log D = logσ(l).
    Source: Goodfellow et al. (2014), section 3.
    """
    return -F.logsigmoid(logits_fake).mean()


def generator_loss_minimax(logits_fake):
    """The minimax mean log(1 − D(G(z))) in nats, a scalar, for D = sigmoid(logits); never positive.

    logits_fake: (B, 1). Its gradient vanishes while the discriminator rejects every fake.
    Safe form: log(1 − D) = logσ(−l).
    Source: Goodfellow et al. (2014), equation (1), the part that depends on the generator.
    """
    return F.logsigmoid(-logits_fake).mean()
