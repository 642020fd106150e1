import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def reparameterize(mu, logvar):
    return torch.normal(0.0, 1.0, size=mu.shape) * torch.exp(logvar / 2) + mu


def log_likelihood_bernoulli(p, x):
    """log of prod p^x (1-p)^(1-x)"""
    return torch.log(p ** x * (1 - p) ** (1 - x)).sum(dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    return (F.logsigmoid(logits) * x + F.logsigmoid(-logits) * (1 - x)).sum(dim=1)


def kl_standard_normal(mu, logvar):
    # from appendix B of the VAE paper
    return 0.5 * torch.sum(1 + logvar - mu ** 2 - torch.exp(logvar), dim=1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    sigma_q = torch.exp(0.5 * logvar_q)
    sigma_p = torch.exp(0.5 * logvar_p)
    first = torch.log(sigma_p / sigma_q)
    second = (sigma_q ** 2 + (mu_q - mu_p) ** 2) / (2 * sigma_p ** 2)
    return torch.sum(first + second - 0.5, dim=1)


def loss_function(recon_x, x, mu, logvar):
    rec = -log_likelihood_bernoulli(recon_x, x)
    return torch.mean(rec + kl_standard_normal(mu, logvar))


class MaskedConv2d(nn.Conv2d):
    """Type A: without the centre. Type B: with it."""

    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0, bias=True):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding, bias=bias)
        k = self.kernel_size[0]
        m = [[0.0] * k for _ in range(k)]
        for i in range(k):
            for j in range(k):
                before = i < k // 2 or (i == k // 2 and j < k // 2)
                centre = i == k // 2 and j == k // 2
                if before or (centre and mask_type == "B"):
                    m[i][j] = 1.0
        self.register_buffer("m", torch.tensor(m))

    def forward(self, x):
        return F.conv2d(x, self.m * self.weight, self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    # -log sigmoid(a) = softplus(-a)
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def generator_loss(logits_fake):
    return F.softplus(-logits_fake).mean()


def generator_loss_minimax(logits_fake):
    return -F.softplus(logits_fake).mean()


if __name__ == "__main__":
    mu, logvar = torch.zeros(4, 2), torch.zeros(4, 2)
    print("KL of the prior with itself:", kl_standard_normal(mu, logvar))
    print("log 2 =", math.log(2), "=", generator_loss(torch.zeros(5, 1)))
