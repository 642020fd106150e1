"""My building blocks, as far as possible with torch.distributions."""
from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Independent, Normal, kl_divergence
from torch.nn import functional as F


def diagonal(mean: Tensor, log_var: Tensor) -> Independent:
    return Independent(Normal(mean, (log_var / 2).exp()), 1)


def log_likelihood_bernoulli(x: Tensor, p: Tensor) -> Tensor:
    return Independent(Bernoulli(probs=p), 1).log_prob(x)


def log_likelihood_bernoulli_logits(x: Tensor, logits: Tensor) -> Tensor:
    # log p(x) = x l - log(1 + e^l), where logaddexp(l, 0) is the safe log(1 + e^l)
    zero = torch.zeros((), dtype=logits.dtype)
    return torch.einsum("bd,bd->b", x, logits) - torch.logaddexp(logits, zero).sum(1)


def kl_gaussian_gaussian_analytic(mean_q, log_var_q, mean_p, log_var_p):
    return kl_divergence(diagonal(mean_q, log_var_q), diagonal(mean_p, log_var_p))


class VAE(nn.Module):
    """784-400-20, only needed to hold the methods."""

    def __init__(self, pixels: int = 784, hidden: int = 400, latent: int = 20):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, 2 * latent))
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, pixels), nn.Sigmoid())

    def reparametrize(self, mean, log_var):
        return diagonal(mean, log_var).rsample()

    @staticmethod
    def kl_divergence(mean, log_var):
        prior = Independent(Normal(torch.zeros_like(mean), torch.ones_like(mean)), 1)
        return kl_divergence(diagonal(mean, log_var), prior)

    def forward(self, x):
        mean, log_var = self.encoder(x).chunk(2, dim=1)
        return self.decoder(self.reparametrize(mean, log_var)), mean, log_var


def loss_function(x, x_hat, mean, log_var):
    elbo = log_likelihood_bernoulli(x, x_hat) - VAE.kl_divergence(mean, log_var)
    return elbo.mean().neg()


class MaskedConv2D(nn.Conv2d):
    def __init__(self, kind: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        h, w = self.kernel_size
        position = torch.arange(h * w).reshape(h, w)
        centre = (h // 2) * w + w // 2
        visible = position <= centre if kind == "B" else position < centre
        self.register_buffer("hidden", ~visible)

    def forward(self, x):
        # fill the weights in place before every pass, so the optimiser can do what it likes with them
        with torch.no_grad():
            self.weight.masked_fill_(self.hidden, 0.0)
        return super().forward(x)


def discriminator_loss(logits_real, logits_fake):
    # one batch of twice the size, hence the mean of both halves
    logits = torch.cat([logits_real, logits_fake])
    labels = torch.cat([torch.ones_like(logits_real), torch.zeros_like(logits_fake)])
    return nn.BCEWithLogitsLoss()(logits, labels)


def generator_loss(scores_fake):
    return F.softplus(-scores_fake).mean()


def generator_loss_minimax(scores_fake):
    return torch.mean(F.logsigmoid(scores_fake) - scores_fake)
