import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def reparameterize(mu, logvar):
    """z = mu + sigma * eps"""
    eps = torch.empty_like(mu).normal_()
    return torch.addcmul(mu, eps, torch.exp(logvar * 0.5))


def log_likelihood_bernoulli(p, x):
    log_p1 = torch.log(p)
    log_p0 = torch.log1p(-p)
    return torch.sum(torch.lerp(log_p0, log_p1, x), dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    return torch.sum(x * logits - F.softplus(logits), dim=1)


def kl_standard_normal(mu, logvar):
    return (mu ** 2 + logvar.exp() - logvar - 1).sum(1) / 2


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    """sum over dimensions of log(sp/sq) + (sq^2 + (mq-mp)^2) / (2 sp^2) - 1/2"""
    out = []
    for mq, lq, mp, lp in zip(mu_q, logvar_q, mu_p, logvar_p):
        row = 0.5 * (lp - lq) + (lq.exp() + (mq - mp) ** 2) / (2 * lp.exp()) - 0.5
        out.append(row.sum())
    return torch.stack(out)


def loss_function(recon_x, x, mu, logvar):
    batch = len(x)
    bce = F.binary_cross_entropy(recon_x, x, reduction="sum")
    kld = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum()
    return (bce + kld) / batch


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        self.mask_type = mask_type
        k = kernel_size
        mask = np.ones((k, k), dtype=np.float32)
        mask[k // 2, k // 2:] = 0.0     # the centre and everything to the right of it
        mask[k // 2 + 1:] = 0.0         # everything below
        self.register_buffer("mask", torch.from_numpy(mask))

    def forward(self, x):
        w = self.weight * self.mask
        return F.conv2d(x, w, bias=self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    return F.binary_cross_entropy_with_logits(
        logits_real, torch.ones_like(logits_real)
    ) + F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))


def generator_loss(logits_fake):
    return torch.mean(F.softplus(-logits_fake))


def generator_loss_minimax(logits_fake):
    return torch.mean(-F.softplus(logits_fake))
