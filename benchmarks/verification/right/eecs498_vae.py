"""Right answers to `vae.py` in other styles than the reference's: `<function>__<style>`."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Independent, Normal, kl_divergence


def _draw(mu, logvar):
    return mu + torch.exp(logvar / 2) * torch.randn_like(mu)


def reparametrize__distributions(mu, logvar):
    return Normal(loc=mu, scale=logvar.exp().sqrt()).rsample()


def reparametrize__multiplied_in_place(mu, logvar):
    eps = torch.empty_like(mu).normal_()
    return eps.mul(logvar.mul(0.5).exp()).add_(mu)


def loss_function__per_image_loop(x_hat, x, mu, logvar):
    total = 0.0
    for i in range(len(x)):
        bce = F.binary_cross_entropy(x_hat[i], x[i], reduction="sum")
        total = total + bce - 0.5 * (1 + logvar[i] - mu[i] ** 2 - logvar[i].exp()).sum()
    return total / len(x)


def loss_function__distributions(x_hat, x, mu, logvar):
    q = Independent(Normal(mu, torch.exp(0.5 * logvar)), 1)
    p = Independent(Normal(torch.zeros_like(mu), torch.ones_like(logvar)), 1)
    bce = nn.BCELoss(reduction="none")(x_hat, x).sum(dim=(1, 2, 3))
    return torch.mean(bce + kl_divergence(q, p))


def loss_function__beta_of_one(x_hat, x, mu, logvar, beta=1):
    pixels = x[0].numel()
    bce = F.binary_cross_entropy(x_hat, x) * pixels
    return bce + beta * torch.mean(-0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1), dim=0)


class VAE__layers_by_name(nn.Module):  # noqa: N801
    def __init__(self, input_size, latent_size=15):
        super().__init__()
        self.input_size, self.hidden_dim = input_size, 400
        h = self.hidden_dim
        self.mu_layer = nn.Linear(h, latent_size)
        self.logvar_layer = nn.Linear(h, latent_size)
        self.encoder = nn.Sequential()
        for k, (n, m) in enumerate(((input_size, h), (h, h), (h, h))):
            self.encoder.add_module(f"linear{k}", nn.Linear(n, m))
            self.encoder.add_module(f"relu{k}", nn.ReLU(inplace=True))
        self.decoder = nn.Sequential(
            nn.Linear(latent_size, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU()
        )
        self.decoder.append(nn.Linear(h, input_size)).append(nn.Sigmoid())

    def forward(self, x):
        hidden = self.encoder(x.view(x.size(0), self.input_size))
        mu, logvar = self.mu_layer(hidden), self.logvar_layer(hidden)
        return self.decoder(_draw(mu, logvar)).view_as(x), mu, logvar


class CVAE__class_before_the_image(nn.Module):  # noqa: N801
    def __init__(self, input_size, num_classes=10, latent_size=15):
        super().__init__()
        h = 400
        self.encoder = nn.Sequential(
            nn.Linear(num_classes + input_size, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU()
        )
        self.mu_layer, self.logvar_layer = nn.Linear(h, latent_size), nn.Linear(h, latent_size)
        self.decoder = nn.Sequential(
            nn.Linear(num_classes + latent_size, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU()
        )
        self.decoder.extend([nn.Linear(h, input_size), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))])

    def forward(self, x, c):
        hidden = self.encoder(torch.hstack((c, x.flatten(1))))
        mu, logvar = self.mu_layer(hidden), self.logvar_layer(hidden)
        return self.decoder(torch.hstack((c, _draw(mu, logvar)))), mu, logvar
