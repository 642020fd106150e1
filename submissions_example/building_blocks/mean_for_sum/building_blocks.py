"""Building blocks

Everything is averaged so that the numbers do not depend on the image size.
"""
import torch
from torch import nn
import torch.nn.functional as F


def reparameterize(mu, logvar):
    sigma = torch.sqrt(torch.exp(logvar))
    epsilon = torch.randn_like(mu)
    return mu + sigma * epsilon


def log_likelihood_bernoulli(p, x):
    return -F.binary_cross_entropy(p, x, reduction='none').mean(dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction='none').mean(dim=1)


def kl_standard_normal(mu, logvar):
    return -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    inner = logvar_p - logvar_q - 1 + ((mu_q - mu_p).pow(2) + logvar_q.exp()) / logvar_p.exp()
    return 0.5 * inner.mean(dim=1)


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x)
    KLD = -0.5 * torch.mean(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer('mask', torch.ones_like(self.weight.data))
        h, w = self.weight.shape[2:]
        if mask_type == 'A':
            self.mask[:, :, h // 2, w // 2:] = 0
        else:
            self.mask[:, :, h // 2, w // 2 + 1:] = 0
        self.mask[:, :, h // 2 + 1:, :] = 0

    def forward(self, x):
        return self._conv_forward(x, self.mask * self.weight, self.bias)


def discriminator_loss(logits_real, logits_fake):
    criterion = nn.BCEWithLogitsLoss()
    loss_real = criterion(logits_real, torch.ones_like(logits_real))
    loss_fake = criterion(logits_fake, torch.zeros_like(logits_fake))
    return loss_real + loss_fake


def generator_loss(logits_fake):
    criterion = nn.BCEWithLogitsLoss()
    return criterion(logits_fake, torch.ones_like(logits_fake))


def generator_loss_minimax(logits_fake):
    criterion = nn.BCEWithLogitsLoss()
    return -criterion(logits_fake, torch.zeros_like(logits_fake))
