import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# binarised MNIST
images = np.load("data/mnist_train.npy")
images = torch.from_numpy(images / 255.0).round().float().view(-1, 784)


def reparameterize(mu, logvar):
    std = torch.exp(0.5 * logvar)
    return mu + torch.randn_like(std) * std


def log_likelihood_bernoulli(p, x):
    return -F.binary_cross_entropy(p, x, reduction="none").sum(-1)


def log_likelihood_bernoulli_logits(logits, x):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)


def kl_standard_normal(mu, logvar):
    return 0.5 * (logvar.exp() + mu ** 2 - 1 - logvar).sum(-1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    ratio = (logvar_q - logvar_p).exp()
    return 0.5 * (ratio + (mu_q - mu_p) ** 2 / logvar_p.exp() - 1 - ratio.log()).sum(-1)


def loss_function(recon_x, x, mu, logvar):
    return -(log_likelihood_bernoulli(recon_x, x) - kl_standard_normal(mu, logvar)).mean()


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        self.register_buffer("mask", torch.ones(kernel_size, kernel_size))
        c = kernel_size // 2
        self.mask[c, c + (mask_type == "B"):] = 0
        self.mask[c + 1:] = 0

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def generator_loss(logits_fake):
    return F.softplus(-logits_fake).mean()


def generator_loss_minimax(logits_fake):
    return -F.softplus(logits_fake).mean()


mean_image = images.mean(dim=0)
print("mean image:", mean_image.shape)
