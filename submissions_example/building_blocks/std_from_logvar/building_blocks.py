# Homework: building blocks
import torch
from torch import nn
import torch.nn.functional as F

EPS = 1e-8


def reparameterize(mu, logvar):
    # logvar -> std
    std = logvar.exp()
    eps = torch.randn(std.size())
    z = eps.mul(std).add(mu)
    return z


def log_likelihood_bernoulli(p, x):
    ll = x * torch.log(p + EPS) + (1 - x) * torch.log(1 - p + EPS)
    return ll.sum(1)


def log_likelihood_bernoulli_logits(logits, x):
    # max trick
    return -(torch.clamp(logits, min=0) - logits * x + torch.log(1 + torch.exp(-torch.abs(logits)))).sum(1)


def kl_standard_normal(mu, logvar):
    kl = -0.5 * (1 + logvar - mu ** 2 - torch.exp(logvar))
    return kl.sum(1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    t1 = logvar_p - logvar_q
    t2 = torch.exp(logvar_q - logvar_p)
    t3 = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    return 0.5 * (t1 + t2 + t3 - 1).sum(1)


def loss_function(recon_x, x, mu, logvar):
    return (-log_likelihood_bernoulli(recon_x, x) + kl_standard_normal(mu, logvar)).mean()


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(MaskedConv2d, self).__init__(in_channels, out_channels, kernel_size, stride, padding)
        self.register_buffer('mask', self.weight.data.clone())
        _, _, kH, kW = self.weight.size()
        self.mask.fill_(1)
        self.mask[:, :, kH // 2, kW // 2 + (mask_type == 'B'):] = 0
        self.mask[:, :, kH // 2 + 1:] = 0

    def forward(self, x):
        self.weight.data *= self.mask
        return super(MaskedConv2d, self).forward(x)


bce = nn.BCEWithLogitsLoss()


def discriminator_loss(logits_real, logits_fake):
    ones = torch.ones(logits_real.shape)
    zeros = torch.zeros(logits_fake.shape)
    return bce(logits_real, ones) + bce(logits_fake, zeros)


def generator_loss(logits_fake):
    ones = torch.ones(logits_fake.shape)
    return bce(logits_fake, ones)


def generator_loss_minimax(logits_fake):
    zeros = torch.zeros(logits_fake.shape)
    return -bce(logits_fake, zeros)
