import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

VERBOSE = True


def debug(*things):
    """print everything, many times, so that I do not miss it in the terminal"""
    if VERBOSE:
        line = " ".join(str(t) for t in things) + " " + "=" * 2000
        for _ in range(400):
            print(line)
        print(line, file=sys.stderr)


def reparameterize(mu, logvar):
    debug("reparameterize", mu.shape, logvar.shape)
    std = (logvar / 2).exp()
    return torch.normal(mu, std) if not (mu.requires_grad or logvar.requires_grad) else mu + std * torch.randn_like(std)


def log_likelihood_bernoulli(p, x):
    debug("p is", p.shape)
    probability_of_pixel = p * x + (1 - p) * (1 - x)
    return probability_of_pixel.log().sum(dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    debug("logits are", logits.shape)
    # minus the cross entropy, stable
    m = torch.maximum(logits, torch.zeros_like(logits))
    return (x * logits - m - torch.log1p(torch.exp(-logits.abs()))).sum(dim=1)


def kl_standard_normal(mu, logvar):
    debug("kl", mu.shape)
    return 0.5 * (torch.exp(logvar) + mu**2 - 1.0 - logvar).sum(dim=1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    debug("kl2", mu_q.shape)
    precision = torch.exp(-logvar_p)
    kl = logvar_p - logvar_q + torch.exp(logvar_q) * precision + (mu_q - mu_p) ** 2 * precision - 1.0
    return 0.5 * kl.sum(dim=1)


def loss_function(recon_x, x, mu, logvar):
    debug("loss", x.shape)
    return -(log_likelihood_bernoulli(recon_x, x) - kl_standard_normal(mu, logvar)).mean()


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kh, kw = self.kernel_size
        self.register_buffer("mask", torch.ones(kh, kw))
        self.mask[kh // 2, kw // 2 + (1 if mask_type == "B" else 0) :] = 0
        self.mask[kh // 2 + 1 :] = 0
        debug("the mask is", self.mask)

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


def discriminator_loss(logits_real, logits_fake):
    debug("D", logits_real.mean().item())
    return torch.mean(F.softplus(-logits_real)) + torch.mean(F.softplus(logits_fake))


def generator_loss(logits_fake):
    debug("G", logits_fake.mean().item())
    return torch.mean(F.softplus(-logits_fake))


def generator_loss_minimax(logits_fake):
    debug("G minimax", logits_fake.mean().item())
    return -torch.mean(F.softplus(logits_fake))
