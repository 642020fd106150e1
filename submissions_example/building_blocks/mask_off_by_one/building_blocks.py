import torch
import torch.nn as nn
import torch.nn.functional as F


# 1
def reparametrize(mu, log_var):
    sigma = torch.exp(log_var / 2.)
    return sigma * torch.randn_like(sigma) + mu


# 2a
def log_likelihood_bernoulli(mu, target):
    """mu: probabilities (B, D), target: 0/1 (B, D)"""
    batch_size = mu.size(0)
    mu = mu.view(batch_size, -1)
    target = target.view(batch_size, -1)
    return (target * mu.log() + (1. - target) * (1. - mu).log()).sum(1)


# 2b
def log_likelihood_bernoulli_logits(logits, target):
    batch_size = logits.size(0)
    nll = F.binary_cross_entropy_with_logits(logits.view(batch_size, -1), target.view(batch_size, -1), reduction='none')
    return -1 * nll.sum(1)


# 3a
def kl_standard_normal(mu, log_var):
    return torch.sum(-0.5 * (1 + log_var - mu ** 2 - log_var.exp()), 1)


# 3b
def kl_gaussian_gaussian_analytic(mu_q, logvar_q, mu_p, logvar_p):
    batch_size = mu_q.size(0)
    mu_q, logvar_q = mu_q.view(batch_size, -1), logvar_q.view(batch_size, -1)
    mu_p, logvar_p = mu_p.view(batch_size, -1), logvar_p.view(batch_size, -1)
    kl = (logvar_p - logvar_q) + (logvar_q.exp() + (mu_q - mu_p).pow(2)) / logvar_p.exp() - 1.
    return 0.5 * kl.sum(1)


# 4
def loss_function(x_hat, x, mu, log_var):
    nelbo = -log_likelihood_bernoulli(x_hat, x) + kl_standard_normal(mu, log_var)
    return nelbo.mean(0)


# 5
class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, **kwargs):
        super().__init__(in_channels, out_channels, kernel_size, **kwargs)
        k = self.kernel_size[0]
        centre = (k - 1) // 2
        mask = torch.ones(k, k)
        # rows below the centre
        mask[centre + 2:, :] = 0
        # pixels right of the centre
        mask[centre, centre + 1:] = 0
        if mask_type == 'A':
            mask[centre, centre] = 0
        self.register_buffer('mask', mask[None, None])

    def forward(self, input):
        return self._conv_forward(input, self.weight * self.mask, self.bias)


# 6
def discriminator_loss(logits_real, logits_fake):
    n = logits_real.size(0)
    loss = F.softplus(-logits_real).sum() / n
    loss += F.softplus(logits_fake).sum() / logits_fake.size(0)
    return loss


def generator_loss(logits_fake):
    return F.softplus(-logits_fake).sum() / logits_fake.size(0)


def generator_loss_minimax(logits_fake):
    return -F.softplus(logits_fake).sum() / logits_fake.size(0)
