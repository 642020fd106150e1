import torch
import torch.nn as nn


def sigmoid(t):
    return 1 / (1 + torch.exp(-t))


def reparameterize(mu, logvar):
    std = torch.exp(logvar) ** 0.5
    return mu + std * torch.randn(std.shape)


def log_likelihood_bernoulli(p, x):
    return (x * p.log() + (1 - x) * (1 - p).log()).sum(1)


def log_likelihood_bernoulli_logits(logits, x):
    return log_likelihood_bernoulli(sigmoid(logits), x)


def kl_standard_normal(mu, logvar):
    sigma2 = torch.exp(logvar)
    return -torch.sum(1 + torch.log(sigma2) - mu ** 2 - sigma2, 1) / 2


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    q2 = torch.exp(logvar_q)
    p2 = torch.exp(logvar_p)
    return torch.sum(torch.log(p2 / q2) + (q2 + (mu_q - mu_p) ** 2) / p2 - 1, 1) / 2


def loss_function(recon_x, x, mu, logvar):
    likelihood = log_likelihood_bernoulli(recon_x, x)
    divergence = kl_standard_normal(mu, logvar)
    return torch.mean(divergence - likelihood)


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        mask = torch.tril(torch.ones(kernel_size ** 2, kernel_size ** 2), diagonal=0 if mask_type == 'B' else -1)
        # the row of the centre pixel in the "who sees whom" matrix is the mask
        self.register_buffer('mask', mask[kernel_size ** 2 // 2].reshape(kernel_size, kernel_size))

    def forward(self, x):
        return nn.functional.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    D_real, D_fake = sigmoid(logits_real), sigmoid(logits_fake)
    return -(torch.log(D_real).mean() + torch.log(1 - D_fake).mean())


def generator_loss(logits_fake):
    return -torch.log(sigmoid(logits_fake)).mean()


def generator_loss_minimax(logits_fake):
    return torch.log(1 - sigmoid(logits_fake)).mean()
