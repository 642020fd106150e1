import torch
import torch.nn as nn
import torch.nn.functional as F


def reparameterize(mean, logvar):
    sd = torch.exp(logvar / 2)
    noise = torch.randn_like(sd)
    return mean + sd * noise


def log_likelihood_bernoulli(p, x):
    lp = torch.xlogy(x, p) + torch.xlogy(1 - x, 1 - p)
    return lp.sum(dim=1, keepdim=True)


def log_likelihood_bernoulli_logits(logits, x):
    lp = x * F.logsigmoid(logits) + (1 - x) * F.logsigmoid(-logits)
    return lp.sum(dim=1, keepdim=True)


def kl_standard_normal(mean, logvar):
    kl = (mean.square() + logvar.exp() - logvar - 1) / 2
    return kl.sum(dim=1, keepdim=True)


def kl_gaussian_gaussian(mean_q, logvar_q, mean_p, logvar_p):
    kl = (logvar_p - logvar_q + (logvar_q - logvar_p).exp() + (mean_q - mean_p).square() * (-logvar_p).exp() - 1) / 2
    return kl.sum(dim=1, keepdim=True)


def loss_function(recon_x, x, mean, logvar):
    elbo = log_likelihood_bernoulli(recon_x, x) - kl_standard_normal(mean, logvar)
    return -elbo.mean()


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, **kw):
        super().__init__(in_channels, out_channels, kernel_size, **kw)
        k = kernel_size
        keep = k * (k // 2) + k // 2
        if mask_type == 'B':
            keep += 1
        mask = [1.] * keep + [0.] * (k * k - keep)
        self.register_buffer('mask', torch.tensor(mask).reshape(1, 1, k, k))

    def forward(self, x):
        return F.conv2d(x, self.weight.mul(self.mask), self.bias, padding=self.padding)


def discriminator_loss(logits_real, logits_fake):
    loss_r = -F.logsigmoid(logits_real)
    loss_f = -F.logsigmoid(-logits_fake)
    return loss_r.mean() + loss_f.mean()


def generator_loss(logits_fake):
    return -F.logsigmoid(logits_fake).mean()


def generator_loss_minimax(logits_fake):
    return F.logsigmoid(-logits_fake).mean()
