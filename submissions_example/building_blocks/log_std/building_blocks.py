"""Convention in this file: logvar = log(sigma), the output of the second head of the encoder."""
import torch
from torch import nn
from torch.nn import functional as F


def reparameterize(mu, logvar):
    sigma = logvar.exp()
    return mu + sigma * torch.randn_like(sigma)


def log_likelihood_bernoulli(p, x):
    return F.binary_cross_entropy(p, x, reduction="none").sum(1) * -1


def log_likelihood_bernoulli_logits(logits, x):
    # log(1 + exp(l)) by logsumexp with a zero
    zeros = torch.zeros_like(logits)
    log_partition = torch.logsumexp(torch.stack((zeros, logits)), dim=0)
    return (x * logits - log_partition).sum(1)


def kl_standard_normal(mu, logvar):
    sigma = logvar.exp()
    return (0.5 * (sigma**2 + mu**2 - 1) - torch.log(sigma)).sum(1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    sigma_q, sigma_p = logvar_q.exp(), logvar_p.exp()
    terms = torch.log(sigma_p) - torch.log(sigma_q) + (sigma_q**2 + (mu_q - mu_p) ** 2) / (2 * sigma_p**2) - 0.5
    return terms.sum(1)


def loss_function(recon_x, x, mu, logvar):
    per_image = kl_standard_normal(mu, logvar) - log_likelihood_bernoulli(recon_x, x)
    return torch.mean(per_image)


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        half = kernel_size // 2
        self.register_buffer("mask", torch.ones_like(self.weight))
        self.mask[..., half + 1 :, :].zero_()
        self.mask[..., half, half + 1 :].zero_()
        if mask_type == "A":
            self.mask[..., half, half].zero_()

    def forward(self, images):
        return F.conv2d(images, self.weight * self.mask, self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    targets = [(logits_real, 1.0), (logits_fake, 0.0)]
    return sum(F.binary_cross_entropy_with_logits(l, torch.full_like(l, t)) for l, t in targets)


def generator_loss(logits_fake):
    return F.binary_cross_entropy_with_logits(logits_fake, torch.full_like(logits_fake, 1.0))


def generator_loss_minimax(logits_fake):
    return -F.binary_cross_entropy_with_logits(logits_fake, torch.full_like(logits_fake, 0.0))
