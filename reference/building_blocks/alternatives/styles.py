"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence


def reparameterize__rsample(mu, logvar):
    return Normal(mu, torch.exp(logvar / 2)).rsample()


def reparameterize__normal(mu, logvar):
    eps = torch.normal(torch.zeros_like(mu), torch.ones_like(mu))
    return eps.mul(logvar.mul(0.5).exp()).add(mu)


def log_likelihood_bernoulli__chosen(p, x):
    return torch.where(x > 0.5, p, 1 - p).log().sum(dim=-1)


def log_likelihood_bernoulli__xlogy(p, x):
    return torch.sum(torch.xlogy(x, p) + torch.xlogy(1 - x, 1 - p), 1)


def log_likelihood_bernoulli_logits__bce(logits, x):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


def log_likelihood_bernoulli_logits__distributions(logits, x):
    return Independent(Bernoulli(logits=logits), 1).log_prob(x)


def kl_standard_normal__textbook(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def kl_standard_normal__distributions(mu, logvar):
    return kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(1)


def kl_standard_normal__loop(mu, logvar):
    rows = [0.5 * (m.square() + s.exp() - 1 - s).sum() for m, s in zip(mu, logvar, strict=True)]
    return torch.stack(rows)


def kl_gaussian_gaussian__distributions(mu_q, logvar_q, mu_p, logvar_p):
    q, p = Normal(mu_q, torch.exp(logvar_q / 2)), Normal(mu_p, torch.exp(logvar_p / 2))
    return kl_divergence(q, p).sum(-1)


def kl_gaussian_gaussian__textbook(mu_q, logvar_q, mu_p, logvar_p):
    ratio = torch.exp(logvar_q - logvar_p)
    distance = (mu_p - mu_q) ** 2 / logvar_p.exp()
    return 0.5 * (logvar_p - logvar_q + ratio + distance - 1).sum(1)


def loss_function__whole(recon_x, x, mu, logvar):
    pixels = torch.where(x > 0.5, recon_x, 1 - recon_x).log().sum()
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (kl - pixels) / x.shape[0]


def loss_function__rows(recon_x, x, mu, logvar):
    kl = kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(1)
    pixels = torch.xlogy(x, recon_x) + torch.xlogy(1 - x, 1 - recon_x)
    return torch.mean(kl - pixels.sum(1))


class MaskedConv2d__data(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("mask", torch.zeros_like(self.weight))
        _, _, height, width = self.weight.shape
        self.mask[:, :, : height // 2] = 1
        self.mask[:, :, height // 2, : width // 2 + (mask_type == "B")] = 1

    def forward(self, x):
        self.weight.data *= self.mask
        return super().forward(x)


class MaskedConv2d__functional(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows, columns = self.kernel_size
        last = (rows // 2) * columns + columns // 2 + (1 if mask_type == "B" else 0)
        mask = (torch.arange(rows * columns) < last).view(1, 1, rows, columns)
        self.register_buffer("mask", mask)

    def forward(self, x):
        weight = self.weight.masked_fill(~self.mask, 0.0)
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


def discriminator_loss__bce(logits_real, logits_fake):
    real = F.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))
    fake = F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))
    return real + fake


def discriminator_loss__softplus(logits_real, logits_fake):
    return torch.mean(F.softplus(-logits_real)) + torch.mean(F.softplus(logits_fake))


def generator_loss__bce(logits_fake):
    return nn.BCEWithLogitsLoss()(logits_fake, torch.ones_like(logits_fake))


def generator_loss__softplus(logits_fake):
    return F.softplus(-logits_fake).mean()


def generator_loss_minimax__bce(logits_fake):
    return -nn.BCEWithLogitsLoss()(logits_fake, torch.zeros_like(logits_fake))


def generator_loss_minimax__softplus(logits_fake):
    return -F.softplus(logits_fake).sum() / logits_fake.numel()
