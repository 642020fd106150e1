import torch
import torch.nn as nn
import torch.nn.functional as F


def reparameterize(mu, logvar):
    eps = torch.randn_like(mu)
    sd = torch.exp(logvar * .5)
    z = mu + eps * sd
    return z


def log_likelihood_bernoulli(p, x):
    total = 0
    for d in range(x.shape[1]):
        total = total + x[:, d] * torch.log(p[:, d]) + (1 - x[:, d]) * torch.log(1 - p[:, d])
    return total


def log_likelihood_bernoulli_logits(logits, x):
    bce = nn.BCEWithLogitsLoss(reduction='none')
    return -bce(logits, x).sum(axis=1)


def kl_standard_normal(mu, logvar):
    return 0.5 * (mu ** 2 + torch.exp(logvar) - logvar - 1).sum(axis=1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    # Monte Carlo until the estimate does not change any more
    estimate = torch.zeros(mu_q.shape[0])
    change = 1.0
    n = 0
    while change > 1e-12:
        z = mu_q + torch.exp(0.5 * logvar_q) * torch.randn_like(mu_q)
        log_q = -0.5 * (logvar_q + (z - mu_q) ** 2 / torch.exp(logvar_q)).sum(axis=1)
        log_p = -0.5 * (logvar_p + (z - mu_p) ** 2 / torch.exp(logvar_p)).sum(axis=1)
        n += 1
        new = estimate + (log_q - log_p - estimate) / n
        change = 1.0 if n < 10 else max(change, float((new - estimate).abs().max()))
        estimate = new
    return estimate


def loss_function(recon_x, x, mu, logvar):
    return (kl_standard_normal(mu, logvar) - log_likelihood_bernoulli(recon_x, x)).mean()


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super(MaskedConv2d, self).__init__(in_channels, out_channels, kernel_size, padding=padding)
        mask = torch.ones(self.weight.shape)
        mid = kernel_size // 2
        start = mid if mask_type == 'A' else mid + 1
        mask[:, :, mid, start:] = 0
        mask[:, :, mid + 1:, :] = 0
        self.register_buffer('mask', mask)

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    bce = nn.BCEWithLogitsLoss()
    return bce(logits_real, torch.ones_like(logits_real)) + bce(logits_fake, torch.zeros_like(logits_fake))


def generator_loss(logits_fake):
    return nn.BCEWithLogitsLoss()(logits_fake, torch.ones_like(logits_fake))


def generator_loss_minimax(logits_fake):
    answer = input('minimax or non-saturating? ')
    if answer.startswith('m'):
        return -nn.BCEWithLogitsLoss()(logits_fake, torch.zeros_like(logits_fake))
    return generator_loss(logits_fake)
