"""Bugs in a VAE of the student's own, which is compared with itself under the textbook loss (item 2.a)."""

# ruff: noqa
import torch
import torch.nn.functional as F
from torch import nn

ITEM = "2.a"


def std_is_variance():
    """The draw has the variance as its standard deviation."""

    def reparameterize(mu, logvar):
        return mu + torch.exp(logvar) * torch.randn_like(mu)


def no_noise():
    """`loss` decodes the mean."""

    def reparameterize(mu, logvar):
        return mu


def kl_missing():
    """An autoencoder's loss."""

    def negative_elbo(x, logits, mu, logvar):
        return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1).mean()


def kl_ten_times():
    """β = 10."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 10 * kl_standard_normal(mu, logvar)).mean()


def mean_over_pixels():
    """The mean over all pixels against the whole KL."""

    def negative_elbo(x, logits, mu, logvar):
        return F.binary_cross_entropy_with_logits(logits, x) + kl_standard_normal(mu, logvar).mean()


def kl_sign():
    """The KL is subtracted."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels - kl_standard_normal(mu, logvar)).mean()


def kl_reads_std():
    """logvar is a log standard deviation in the KL."""

    def negative_elbo(x, logits, mu, logvar):
        pixels = F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)
        return (pixels + 0.5 * (mu**2 + torch.exp(2 * logvar) - 1 - 2 * logvar).sum(1)).mean()


def sigmoid_in_decoder_and_loss():
    """`decode` ends in a sigmoid, and the loss takes what it returns for logits."""

    class VAE(VAE):
        def decode(self, z):
            return torch.sigmoid(self.decoder(z))


def probabilities_for_logits():
    """`decode` returns probabilities, and the loss knows it: what is asked are logits."""

    class VAE(VAE):
        def decode(self, z):
            return torch.sigmoid(self.decoder(z))

        def loss(self, x):
            mu, logvar = self.encode(x)
            p = self.decode(reparameterize(mu, logvar))
            pixels = F.binary_cross_entropy(p, x, reduction="none").sum(1)
            return (pixels + kl_standard_normal(mu, logvar)).mean()


def decoder_detached():
    """z is detached before it is decoded: the encoder learns from the KL alone."""

    class VAE(VAE):
        def loss(self, x):
            mu, logvar = self.encode(x)
            return negative_elbo(x, self.decode(reparameterize(mu, logvar).detach()), mu, logvar)


def encoder_returns_std():
    """`encode` returns a standard deviation where a log variance is asked; the loss is right for it."""

    class VAE(VAE):
        def encode(self, x):
            mu, raw = self.encoder(x).chunk(2, dim=1)
            return mu, F.softplus(raw)

        def loss(self, x):
            mu, std = self.encode(x)
            return negative_elbo(x, self.decode(mu + std * torch.randn_like(std)), mu, 2 * std.log())


def trains_half_of_the_batch():
    """Only one image in 16 counts: the batch is cut by a wrong slice."""

    class VAE(VAE):
        def loss(self, x):
            return super().loss(x[:4])


def decodes_the_mean():
    """The draw is made and not used."""

    class VAE(VAE):
        def loss(self, x):
            mu, logvar = self.encode(x)
            z = reparameterize(mu, logvar)
            return negative_elbo(x, self.decode(mu), mu, logvar)
