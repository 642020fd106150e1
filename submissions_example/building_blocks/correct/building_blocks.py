import torch
import torch.nn as nn
import torch.nn.functional as F


# ---------- Question 1 ----------
def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + eps * std


# ---------- Question 2 ----------
def log_likelihood_bernoulli(p, x):
    """p and x are (B, D), the result is (B,)"""
    p = p.clamp(1e-7, 1 - 1e-7)
    return torch.sum(x * torch.log(p) + (1 - x) * torch.log(1 - p), dim=-1)


def log_likelihood_bernoulli_logits(logits, x):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return -bce.sum(-1)


# ---------- Question 3 ----------
def kl_standard_normal(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=-1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    var_q = logvar_q.exp()
    var_p = logvar_p.exp()
    kl = 0.5 * (logvar_p - logvar_q + (var_q + (mu_q - mu_p) ** 2) / var_p - 1)
    return kl.sum(-1)


# ---------- Question 4 ----------
def loss_function(recon_x, x, mu, logvar):
    recon = F.binary_cross_entropy(recon_x, x, reduction="sum") / x.shape[0]
    kl = kl_standard_normal(mu, logvar).mean()
    return recon + kl


# ---------- Question 5 ----------
class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, **kwargs):
        super().__init__(in_channels, out_channels, kernel_size, **kwargs)
        assert mask_type in ("A", "B")
        kh, kw = self.kernel_size
        mask = torch.zeros(kh, kw)
        mask[: kh // 2, :] = 1
        mask[kh // 2, : kw // 2] = 1
        if mask_type == "B":
            mask[kh // 2, kw // 2] = 1
        self.register_buffer("mask", mask)

    def forward(self, x):
        return F.conv2d(
            x, self.weight * self.mask, self.bias, self.stride, self.padding, self.dilation, self.groups
        )


# ---------- Question 6 ----------
def discriminator_loss(logits_real, logits_fake):
    real = F.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))
    fake = F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))
    return real + fake


def generator_loss(logits_fake):
    return F.binary_cross_entropy_with_logits(logits_fake, torch.ones_like(logits_fake))


def generator_loss_minimax(logits_fake):
    return -F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))
