"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal, kl_divergence


def reparametrize__rsample(mu, logvar):
    return Normal(mu, torch.exp(0.5 * logvar)).rsample()


def reparametrize__randn(mu, logvar):
    std = (logvar / 2).exp()
    return torch.randn(std.shape, dtype=std.dtype) * std + mu


def loss_function__bce(x_hat, x, mu, logvar):
    pixels = F.binary_cross_entropy(x_hat, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (pixels + kl) / x.shape[0]


def loss_function__distributions(x_hat, x, mu, logvar):
    pixels = torch.xlogy(x, x_hat) + torch.xlogy(1 - x, 1 - x_hat)
    kl = kl_divergence(Normal(mu, torch.exp(0.5 * logvar)), Normal(0.0, 1.0)).sum(1)
    return torch.mean(kl - pixels.flatten(1).sum(1))


class VAE__loops(nn.Module):
    def __init__(self, input_size, latent_size=15):
        super().__init__()
        self.input_size = input_size
        layers, size = [nn.Flatten()], input_size
        for _ in range(3):
            layers += [nn.Linear(size, 400), nn.ReLU()]
            size = 400
        self.encoder = nn.Sequential(*layers)
        self.mu_layer = nn.Linear(400, latent_size)
        self.logvar_layer = nn.Linear(400, latent_size)
        layers, size = [], latent_size
        for _ in range(3):
            layers += [nn.Linear(size, 400), nn.ReLU()]
            size = 400
        self.decoder = nn.Sequential(*layers, nn.Linear(400, input_size), nn.Sigmoid())

    def forward(self, x):
        h = self.encoder(x)
        mu, logvar = self.mu_layer(h), self.logvar_layer(h)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return self.decoder(z).view(x.shape), mu, logvar


class CVAE__concatenated(nn.Module):
    def __init__(self, input_size, num_classes=10, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(
            *(nn.Linear(input_size + num_classes, 400), nn.ReLU(), nn.Linear(400, 400), nn.ReLU()),
            *(nn.Linear(400, 400), nn.ReLU()),
        )
        self.mu_layer = nn.Linear(400, latent_size)
        self.logvar_layer = nn.Linear(400, latent_size)
        self.decoder = nn.Sequential(
            *(nn.Linear(latent_size + num_classes, 400), nn.ReLU(), nn.Linear(400, 400), nn.ReLU()),
            *(nn.Linear(400, 400), nn.ReLU(), nn.Linear(400, input_size), nn.Sigmoid()),
        )

    def forward(self, x, c):
        h = self.encoder(torch.cat((x.view(x.shape[0], -1), c), 1))
        mu, logvar = self.mu_layer(h), self.logvar_layer(h)
        z = Normal(mu, torch.exp(logvar / 2)).rsample()
        return self.decoder(torch.cat((z, c), 1)).view(-1, 1, 28, 28), mu, logvar
