import math

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy, logsigmoid

LOG_2PI = math.log(2 * math.pi)


def reparameterize(m, lv):
    return m + (lv / 2).exp() * torch.randn_like(m)


def log_normal(z, m, lv):
    """log N(z; m, exp(lv)), summed over the last dimension"""
    return -0.5 * (LOG_2PI + lv + (z - m) ** 2 / lv.exp()).sum(-1)


def log_likelihood_bernoulli(p, x):
    return -binary_cross_entropy(p, x, reduction="none").sum(-1)


def log_likelihood_bernoulli_logits(logits, x):
    return torch.where(x > 0, logsigmoid(logits), logsigmoid(-logits)).sum(-1)


def kl_gaussian_gaussian(m_q, lv_q, m_p, lv_p):
    """KL(q, p)"""
    return 0.5 * (lv_q - lv_p + (lv_p.exp() + (m_p - m_q) ** 2) / lv_q.exp() - 1).sum(-1)


def kl_standard_normal(m, lv):
    """Written out, because the general formula is not needed here"""
    return 0.5 * (m ** 2 + lv.exp() - lv - 1).sum(-1)


def loss_function(recon_x, x, m, lv):
    return kl_standard_normal(m, lv).mean() - log_likelihood_bernoulli(recon_x, x).mean()


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, c_in, c_out, k, padding=0):
        super().__init__(c_in, c_out, k, padding=padding)
        upper = torch.ones(k // 2, k)
        left = torch.ones(1, k // 2)
        centre = torch.full((1, 1), float(mask_type == "B"))
        right = torch.zeros(1, k // 2)
        lower = torch.zeros(k // 2, k)
        self.register_buffer("mask", torch.cat([upper, torch.cat([left, centre, right], 1), lower], 0))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


def discriminator_loss(real, fake):
    return (logsigmoid(real) + logsigmoid(-fake)).mean().neg()


def generator_loss(fake):
    return logsigmoid(fake).mean().neg()


def generator_loss_minimax(fake):
    return logsigmoid(-fake).mean()
