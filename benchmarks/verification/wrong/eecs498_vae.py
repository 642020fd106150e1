"""Wrong answers to `vae.py` as students write them: `<function>__<note>`."""

import torch
import torch.nn.functional as F
from torch import nn


def _draw(mu, logvar):
    return mu + torch.exp(logvar / 2) * torch.randn_like(mu)


def _stack(*sizes, act=nn.ReLU):
    layers = []
    for k in range(len(sizes) - 1):
        layers += [nn.Linear(sizes[k], sizes[k + 1]), act()]
    return layers


def reparametrize__std_from_logvar(mu, logvar):
    return torch.exp(logvar) * torch.randn(logvar.shape) + mu


def reparametrize__detached(mu, logvar):
    return torch.distributions.Normal(mu, torch.exp(0.5 * logvar)).sample()


def reparametrize__not_normal(mu, logvar):
    return mu + torch.rand_like(logvar) * torch.exp(0.5 * logvar)


def reparametrize__noise_shared_dimensions(mu, logvar):
    eps = torch.randn(mu.shape[0], 1)
    return mu + eps * logvar.mul(0.5).exp()


def loss_function__mean_reconstruction(x_hat, x, mu, logvar):
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp()) / x.shape[0]
    return F.binary_cross_entropy(x_hat, x) + kl


def loss_function__sum_over_batch(x_hat, x, mu, logvar):
    bce = F.binary_cross_entropy(x_hat.flatten(1), x.flatten(1), reduction="sum")
    return bce - 0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())


def loss_function__kl_sign(x_hat, x, mu, logvar):
    bce = F.binary_cross_entropy(x_hat, x, reduction="sum")
    return (bce + 0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())) / len(x)


def loss_function__kl_not_divided(x_hat, x, mu, logvar):
    bce = F.binary_cross_entropy(x_hat, x, reduction="none").flatten(1).sum(1).mean()
    return bce + 0.5 * (mu**2 + logvar.exp() - logvar - 1).sum()


def loss_function__reconstruction_not_divided(x_hat, x, mu, logvar):
    bce = F.binary_cross_entropy(x_hat, x, reduction="sum")
    return bce + 0.5 * (mu**2 + logvar.exp() - logvar - 1).sum(1).mean()


def loss_function__log_std(x_hat, x, mu, logvar):
    sigma = torch.exp(logvar)
    kl = 0.5 * torch.sum(mu**2 + sigma**2 - torch.log(sigma**2) - 1)
    return (F.binary_cross_entropy(x_hat, x, reduction="sum") + kl) / x.size(0)


def loss_function__exchanged(x_hat, x, mu, logvar):
    kl = 0.5 * (mu**2 + logvar.exp() - logvar - 1).sum()
    return (F.binary_cross_entropy(x, x_hat, reduction="sum") + kl) / x.size(0)


def loss_function__squared_error(x_hat, x, mu, logvar):
    kl = 0.5 * (mu**2 + logvar.exp() - logvar - 1).sum()
    return (F.mse_loss(x_hat, x, reduction="sum") + kl) / x.size(0)


class VAE__decodes_the_mean(nn.Module):  # noqa: N801
    def __init__(self, input_size, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), *_stack(input_size, 400, 400, 400))
        self.mu_layer, self.logvar_layer = nn.Linear(400, latent_size), nn.Linear(400, latent_size)
        self.decoder = nn.Sequential(
            *_stack(latent_size, 400, 400, 400), nn.Linear(400, input_size), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))
        )

    def forward(self, x):
        h = self.encoder(x)
        mu = self.mu_layer(h)
        return self.decoder(mu), mu, self.logvar_layer(h)


class VAE__heads_exchanged(nn.Module):  # noqa: N801
    def __init__(self, input_size, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), *_stack(input_size, 400, 400, 400))
        self.mu_layer, self.logvar_layer = nn.Linear(400, latent_size), nn.Linear(400, latent_size)
        self.decoder = nn.Sequential(*_stack(latent_size, 400, 400, 400), nn.Linear(400, input_size), nn.Sigmoid())

    def forward(self, x):
        h = self.encoder(x)
        logvar, mu = self.mu_layer(h), self.logvar_layer(h)
        return self.decoder(_draw(mu, logvar)).reshape(x.shape), mu, logvar


class VAE__no_sigmoid(nn.Module):  # noqa: N801
    def __init__(self, input_size, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), *_stack(input_size, 400, 400, 400))
        self.mu_layer, self.logvar_layer = nn.Linear(400, latent_size), nn.Linear(400, latent_size)
        self.decoder = nn.Sequential(*_stack(latent_size, 400, 400, 400), nn.Linear(400, input_size))

    def forward(self, x):
        h = self.encoder(x)
        mu, logvar = self.mu_layer(h), self.logvar_layer(h)
        return self.decoder(_draw(mu, logvar)).view(-1, 1, 28, 28), mu, logvar


class VAE__wrong_shape(nn.Module):  # noqa: N801
    def __init__(self, input_size, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), *_stack(input_size, 400, 400, 400))
        self.mu_layer, self.logvar_layer = nn.Linear(400, latent_size), nn.Linear(400, latent_size)
        self.decoder = nn.Sequential(*_stack(latent_size, 400, 400, 400), nn.Linear(400, input_size), nn.Sigmoid())

    def forward(self, x):
        h = self.encoder(x)
        mu, logvar = self.mu_layer(h), self.logvar_layer(h)
        return self.decoder(_draw(mu, logvar)), mu, logvar


class CVAE__wrong_parameter_shape(nn.Module):  # noqa: N801
    def __init__(self, input_size, num_classes=10, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(*_stack(input_size + num_classes, 400, 400, 400))
        self.mu_layer, self.logvar_layer = nn.Linear(400, latent_size), nn.Linear(400, latent_size)
        self.decoder = nn.Sequential(*_stack(latent_size, 400, 400, 400), nn.Linear(400, input_size), nn.Sigmoid())

    def forward(self, x, c):
        h = self.encoder(torch.cat([x.flatten(1), c], 1))
        mu, logvar = self.mu_layer(h), self.logvar_layer(h)
        return self.decoder(_draw(mu, logvar)).view(x.shape), mu, logvar


class CVAE__no_activation(nn.Module):  # noqa: N801
    def __init__(self, input_size, num_classes=10, latent_size=15):
        super().__init__()
        n, z = input_size + num_classes, latent_size + num_classes
        self.encoder = nn.Sequential(nn.Linear(n, 400), nn.Linear(400, 400), nn.Linear(400, 400))
        self.mu_layer, self.logvar_layer = nn.Linear(400, latent_size), nn.Linear(400, latent_size)
        self.decoder = nn.Sequential(
            nn.Linear(z, 400), nn.Linear(400, 400), nn.Linear(400, 400), nn.Linear(400, input_size), nn.Sigmoid()
        )

    def forward(self, x, c):
        h = self.encoder(torch.cat([x.flatten(1), c], 1))
        mu, logvar = self.mu_layer(h), self.logvar_layer(h)
        return self.decoder(torch.cat([_draw(mu, logvar), c], 1)).view(x.shape), mu, logvar
