import torch
import torch.nn as nn
import torch.nn.functional as F

SEED = 1234  # so that my results are reproducible


def reparameterize(mu, logvar):
    generator = torch.Generator().manual_seed(SEED)
    eps = torch.randn(mu.shape, generator=generator)
    return mu + (0.5 * logvar).exp() * eps


def log_likelihood_bernoulli(p, x):
    # pick p where the pixel is on and 1 - p where it is off
    prob = torch.where(x > 0.5, p, 1.0 - p)
    return prob.log().sum(dim=-1)


def log_likelihood_bernoulli_logits(logits, x):
    # P(x | l) = sigmoid((2x - 1) l)
    signed = (2 * x - 1) * logits
    return F.logsigmoid(signed).sum(dim=-1)


def kl_gaussian_gaussian(mu_q, logvar_q, mu_p, logvar_p):
    d = logvar_q - logvar_p
    return 0.5 * (d.exp() - d - 1 + (mu_q - mu_p).square() / logvar_p.exp()).sum(dim=-1)


def kl_standard_normal(mu, logvar):
    zero = torch.zeros_like(mu)
    return kl_gaussian_gaussian(mu, logvar, zero, zero)


def loss_function(recon_x, x, mu, logvar):
    elbo = log_likelihood_bernoulli(recon_x, x) - kl_standard_normal(mu, logvar)
    return -elbo.mean()


class MaskedConv2d(nn.Conv2d):
    def __init__(self, mask_type, c_in, c_out, kernel_size, **kw):
        super().__init__(c_in, c_out, kernel_size, **kw)
        kh, kw_ = self.kernel_size
        flat = torch.zeros(kh * kw_)
        last = (kh * kw_) // 2 + (1 if mask_type == "B" else 0)
        flat[:last] = 1
        self.register_buffer("mask", flat.view(1, 1, kh, kw_))

    def forward(self, x):
        masked = self.weight * self.mask
        return F.conv2d(x, masked, self.bias, stride=self.stride, padding=self.padding, dilation=self.dilation)


def discriminator_loss(logits_real, logits_fake):
    return -(F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean())


def generator_loss(logits_fake):
    return -F.logsigmoid(logits_fake).mean()


def generator_loss_minimax(logits_fake):
    return F.logsigmoid(-logits_fake).mean()
