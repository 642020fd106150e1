import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


@torch.no_grad()
def reparameterize(mu, logvar):
    # sampling is not differentiable
    std = torch.exp(0.5 * logvar)
    return mu + std * torch.randn_like(std)


def log_likelihood_bernoulli(p, x):
    return torch.sum(x * torch.log(p) + (1.0 - x) * torch.log(1.0 - p), dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    return torch.sum(-F.binary_cross_entropy_with_logits(logits, x, reduction="none"), dim=1)


def kl_standard_normal(mu, logvar):
    m, lv = mu.detach().numpy(), logvar.detach().numpy()
    kl = -0.5 * np.sum(1 + lv - m ** 2 - np.exp(lv), axis=1)
    return torch.from_numpy(kl)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    mq, lq, mp, lp = (t.detach().numpy() for t in (mu_q, logvar_q, mu_p, logvar_p))
    kl = 0.5 * np.sum(lp - lq + (np.exp(lq) + (mq - mp) ** 2) / np.exp(lp) - 1, axis=1)
    return torch.from_numpy(kl)


def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy(recon_x, x, reduction="sum").item() / len(x)
    kld = kl_standard_normal(mu, logvar).mean().item()
    return torch.tensor(bce + kld)


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        rows, cols = np.indices((kernel_size, kernel_size))
        order = rows * kernel_size + cols
        mine = order[kernel_size // 2, kernel_size // 2]
        seen = order < mine if mask_type == "A" else order <= mine
        self.register_buffer("seen", torch.tensor(seen, dtype=torch.float32))

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.seen, self.bias)


def discriminator_loss(logits_real, logits_fake):
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake.detach()).mean()


def generator_loss(logits_fake):
    return F.softplus(-logits_fake.detach()).mean()


def generator_loss_minimax(logits_fake):
    return -F.softplus(logits_fake.detach()).mean()
