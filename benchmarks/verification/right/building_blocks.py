"""Right answers to "Building blocks", in the styles in which students write them: `<function>__<style>`."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence


def _gaussian(mu, logvar):
    return Independent(Normal(mu, torch.exp(0.5 * logvar)), 1)


# --- reparameterisation ---------------------------------------------------------------------------------------------


def reparameterize__textbook(mu, logvar):
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    return mu + eps * std


def reparameterize__distributions(mu, logvar):
    return _gaussian(mu, logvar).rsample()


def reparameterize__root(mu, logvar):
    return torch.sqrt(torch.exp(logvar)) * torch.randn(logvar.size(), dtype=logvar.dtype) + mu


def reparameterize__in_place(mu, logvar):
    std = logvar.mul(0.5).exp_()
    eps = std.data.new(std.size()).normal_()
    return eps.mul(std).add_(mu)


def reparameterize__addcmul(mu, logvar):
    noise = torch.normal(0.0, 1.0, size=mu.shape)
    return torch.addcmul(mu, noise, (logvar / 2).exp())


def reparameterize__antithetic_sign(mu, logvar):
    # normal noise stays normal when it is turned around
    return mu - (0.5 * logvar).exp() * torch.empty_like(mu).normal_()


# --- Bernoulli likelihoods ------------------------------------------------------------------------------------------


def log_likelihood_bernoulli__textbook(p, x):
    return (x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1)


def log_likelihood_bernoulli__bce(p, x):
    return -F.binary_cross_entropy(p, x, reduction="none").sum(-1)


def log_likelihood_bernoulli__distributions(p, x):
    return Independent(Bernoulli(probs=p), 1).log_prob(x)


def log_likelihood_bernoulli__powers(p, x):
    return torch.log(p**x * (1 - p) ** (1 - x)).sum(1)


def log_likelihood_bernoulli__where(p, x):
    return torch.where(x > 0.5, p, 1 - p).log().sum(1)


def log_likelihood_bernoulli__numpy(p, x):
    p, x = p.detach().numpy(), x.detach().numpy()
    return torch.from_numpy(np.sum(x * np.log(p) + (1 - x) * np.log1p(-p), axis=1))


def log_likelihood_bernoulli_logits__bce(logits, x):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(dim=1)


def log_likelihood_bernoulli_logits__softplus(logits, x):
    return torch.einsum("bd,bd->b", x, logits) - F.softplus(logits).sum(1)


def log_likelihood_bernoulli_logits__by_hand(logits, x):
    largest = logits.clamp(min=0)
    log_partition = largest + torch.log1p(torch.exp(-logits.abs()))
    return (x * logits - log_partition).sum(1)


def log_likelihood_bernoulli_logits__double(logits, x):
    return Bernoulli(logits=logits.double()).log_prob(x.double()).sum(1).to(logits.dtype)


# --- divergences ----------------------------------------------------------------------------------------------------


def kl_standard_normal__textbook(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1)


def kl_standard_normal__distributions(mu, logvar):
    return kl_divergence(_gaussian(mu, logvar), _gaussian(torch.zeros_like(mu), torch.zeros_like(mu)))


def kl_standard_normal__loop(mu, logvar):
    rows = []
    for m, v in zip(mu, logvar, strict=True):
        std = torch.exp(v / 2)
        rows.append((0.5 * (m**2 + std**2) - torch.log(std) - 0.5).sum())
    return torch.stack(rows)


def kl_standard_normal__entropy(mu, logvar):
    entropy = 0.5 * (1 + math.log(2 * math.pi) + logvar).sum(1)
    cross_entropy = 0.5 * (math.log(2 * math.pi) + mu**2 + logvar.exp()).sum(1)
    return cross_entropy - entropy


def kl_gaussian_gaussian__textbook(mu_q, logvar_q, mu_p, logvar_p):
    ratio = (logvar_q.exp() + (mu_q - mu_p) ** 2) / logvar_p.exp()
    return 0.5 * torch.sum(logvar_p - logvar_q + ratio - 1, dim=1)


def kl_gaussian_gaussian__distributions(mu_q, logvar_q, mu_p, logvar_p):
    return kl_divergence(_gaussian(mu_q, logvar_q), _gaussian(mu_p, logvar_p))


def kl_gaussian_gaussian__standard_deviations(mu_q, logvar_q, mu_p, logvar_p):
    sigma_q, sigma_p = logvar_q.mul(0.5).exp(), logvar_p.mul(0.5).exp()
    kl = torch.log(sigma_p / sigma_q) + (sigma_q**2 + (mu_q - mu_p) ** 2) / (2 * sigma_p**2) - 0.5
    return kl.sum(dim=-1)


# --- negative ELBO --------------------------------------------------------------------------------------------------


def loss_function__textbook(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x, reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (BCE + KLD) / x.size(0)


def loss_function__distributions(recon_x, x, mu, logvar):
    log_px = Bernoulli(probs=recon_x).log_prob(x).sum(-1)
    kl = kl_divergence(_gaussian(mu, logvar), _gaussian(torch.zeros_like(mu), torch.zeros_like(mu)))
    return -(log_px - kl).mean()


def loss_function__rescaled(recon_x, x, mu, logvar):
    recon = nn.BCELoss()(recon_x, x) * x.shape[1]
    kl = -0.5 * torch.mean(1 + logvar - mu**2 - torch.exp(logvar)) * mu.shape[1]
    return recon + kl


def loss_function__in_place_on_copies(recon_x, x, mu, logvar):
    likelihood = recon_x.clone()
    zeros = x == 0
    likelihood[zeros] = 1 - likelihood[zeros]
    kl = mu.clone().pow_(2).add_(logvar.exp()).sub_(logvar).sub_(1).sum(1) / 2
    return (kl - likelihood.log().sum(1)).mean()


# --- masked convolution ---------------------------------------------------------------------------------------------


class MaskedConv2d__buffer(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        assert mask_type in {"A", "B"}
        self.register_buffer("mask", self.weight.data.clone())
        _, _, kH, kW = self.weight.size()
        self.mask.fill_(1)
        self.mask[:, :, kH // 2, kW // 2 + (mask_type == "B") :] = 0
        self.mask[:, :, kH // 2 + 1 :] = 0

    def forward(self, x):
        self.weight.data *= self.mask
        return super().forward(x)


class MaskedConv2d__holds_a_convolution(nn.Module):
    def __init__(self, mask_type, in_channels, out_channels, kernel_size, padding=0, **options):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding, **options)
        before = torch.arange(kernel_size * kernel_size) < kernel_size * kernel_size // 2 + (mask_type == "B")
        self.register_buffer("mask", before.float().reshape(kernel_size, kernel_size))

    def forward(self, x):
        return F.conv2d(x, self.conv.weight * self.mask, self.conv.bias, padding=self.conv.padding)


class MaskedConv2d__triangle(nn.Conv2d):
    def __init__(self, mask_type, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rows, columns = self.kernel_size
        i = torch.arange(rows)[:, None] - rows // 2
        j = torch.arange(columns)[None] - columns // 2
        seen = (i < 0) | ((i == 0) & (j < 0))
        if mask_type == "B":
            seen |= (i == 0) & (j == 0)
        self.mask = nn.Parameter(seen.float(), requires_grad=False)

    def forward(self, input):  # noqa: A002
        weight = torch.where(self.mask.bool(), self.weight, torch.zeros_like(self.weight))
        return self._conv_forward(input, weight, self.bias)


# --- GAN losses -----------------------------------------------------------------------------------------------------


def discriminator_loss__bce(logits_real, logits_fake):
    bce = nn.BCEWithLogitsLoss()
    return bce(logits_real, torch.ones_like(logits_real)) + bce(logits_fake, torch.zeros_like(logits_fake))


def discriminator_loss__halved(logits_real, logits_fake):
    logits = torch.cat([logits_real, logits_fake])
    labels = torch.tensor([1.0] * len(logits_real) + [0.0] * len(logits_fake)).unsqueeze(1)
    return F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype))


def discriminator_loss__softplus(logits_real, logits_fake):
    return torch.mean(F.softplus(-logits_real) + F.softplus(logits_fake))


def discriminator_loss__by_hand(logits_real, logits_fake):
    # the loss max(l, 0) - l y + log(1 + exp(-|l|))
    def bce(logits, label):
        return (logits.clamp(min=0) - logits * label + torch.log(1 + torch.exp(-torch.abs(logits)))).mean()

    return bce(logits_real, 1) + bce(logits_fake, 0)


def generator_loss__bce(logits_fake):
    return F.binary_cross_entropy_with_logits(logits_fake, torch.ones_like(logits_fake))


def generator_loss__logsumexp(logits_fake):
    both = torch.stack([torch.zeros_like(logits_fake), -logits_fake])
    return torch.logsumexp(both, dim=0).mean()


def generator_loss__log_of_sigmoid(logits_fake):
    return -torch.log(torch.sigmoid(logits_fake)).mean()


def generator_loss_minimax__logsigmoid(logits_fake):
    return F.logsigmoid(-logits_fake).mean()


def generator_loss_minimax__minus_bce(logits_fake):
    return -nn.BCEWithLogitsLoss()(logits_fake, torch.zeros_like(logits_fake))


def generator_loss_minimax__log_of_one_minus(logits_fake):
    return torch.log(1 - torch.sigmoid(logits_fake)).mean()
