import torch
import torch.nn as nn
import torch.nn.functional as F


def reparameterize(mu, logvar):
    return mu + torch.randn(mu.shape, dtype=mu.dtype) * logvar.mul(0.5).exp()


def log_likelihood_bernoulli(p, x):
    eps = 1e-10
    return ((p + eps).log() * x + (1 - p + eps).log() * (1 - x)).sum(dim=1)


def log_likelihood_bernoulli_logits(logits, x):
    """log-softmax over the two classes "off" (logit 0) and "on" (logit l)"""
    both = torch.stack([torch.zeros_like(logits), logits], dim=-1)
    log_p = both - both.logsumexp(dim=-1, keepdim=True)
    return torch.where(x == 1, log_p[..., 1], log_p[..., 0]).sum(dim=1)


def kl_standard_normal(mu, logvar):
    return (-0.5 * (1 + logvar) + 0.5 * (mu ** 2 + logvar.exp())).sum(dim=1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    # E_q[log q] - E_q[log p], the log(2 pi) cancels
    neg_entropy = -0.5 * (logvar_q + 1)
    cross_entropy = 0.5 * (logvar_p + ((mu_q - mu_p) ** 2 + logvar_q.exp()) / logvar_p.exp())
    return (neg_entropy + cross_entropy).sum(dim=1)


def loss_function(recon_x, x, mu, logvar):
    n = mu.shape[0]
    return (kl_standard_normal(mu, logvar).sum() - log_likelihood_bernoulli(recon_x, x).sum()) / n


class MaskedConv2d(nn.Conv2d):
    """An ordinary convolution whose forbidden weights are set to zero."""

    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0):
        super().__init__(in_channels, out_channels, kernel_size, padding=padding)
        centre = kernel_size // 2
        with torch.no_grad():
            self.weight[:, :, centre + 1:, :] = 0
            self.weight[:, :, centre, centre + 1:] = 0
            if mask_type == "A":
                self.weight[:, :, centre, centre] = 0


def discriminator_loss(logits_real, logits_fake):
    on_real = F.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))
    on_fake = F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))
    return 0.5 * (on_real + on_fake)


def generator_loss(logits_fake):
    return -F.logsigmoid(logits_fake).mean()


def generator_loss_minimax(logits_fake):
    return F.logsigmoid(-logits_fake).mean()
