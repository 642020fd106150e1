import torch
import torch.nn as nn
import torch.nn.functional as F

def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + eps * std

def log_likelihood_bernoulli(p, x):
    return (x * torch.log(p) + (1 - x) * torch.log(1 - p).sum(1)

def log_likelihood_bernoulli_logits(logits, x):
    return (x * logits - F.softplus(logits)).sum(1)

def kl_standard_normal(mu, logvar):
    return -0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum(1)

def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    return 0.5 * (logvar_p - logvar_q - 1 + (logvar_q.exp() + (mu_q - mu_p) ** 2) / logvar_p.exp()).sum(1)

def loss_function(recon_x, x, mu, logvar):
    return (kl_standard_normal(mu, logvar) - log_likelihood_bernoulli(recon_x, x)).mean()

class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        m = torch.ones_like(self.weight)
        k = kernel_size // 2
        m[:, :, k, k + (mask_type == 'B'):] = 0
        m[:, :, k + 1:] = 0
        self.register_buffer('m', m)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.m, self.bias, padding=self.padding)

def discriminator_loss(logits_real, logits_fake):
    return (F.softplus(-logits_real) + F.softplus(logits_fake)).mean()

def generator_loss(logits_fake):
    return F.softplus(-logits_fake).mean()

def generator_loss_minimax(logits_fake):
    return -F.softplus(logits_fake).mean()
