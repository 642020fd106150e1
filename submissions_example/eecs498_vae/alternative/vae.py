"""Parts in another order, one class for both networks, the condition first, and a loss per image."""
import torch
from torch import nn
from torch.distributions import Independent, Normal, kl_divergence


def mlp(*sizes):
    layers = []
    for n, m in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n, m), nn.ReLU()]
    return layers


class CVAE(nn.Module):
    def __init__(self, input_size, num_classes=10, latent_size=15, hidden=400):
        super().__init__()
        # the decoder comes first here, and logvar before mu
        self.decoder = nn.Sequential(
            *mlp(num_classes + latent_size, hidden, hidden, hidden), nn.Linear(hidden, input_size), nn.Sigmoid()
        )
        self.logvar_layer = nn.Linear(hidden, latent_size)
        self.mu_layer = nn.Linear(hidden, latent_size)
        self.encoder = nn.Sequential(*mlp(num_classes + input_size, hidden, hidden, hidden))

    def forward(self, x, c):
        h = self.encoder(torch.cat([c, x.reshape(len(x), -1)], 1))
        mu, logvar = self.mu_layer(h), self.logvar_layer(h)
        z = reparametrize(mu, logvar)
        return self.decoder(torch.cat([c, z], 1)).reshape(x.shape), mu, logvar


class VAE(CVAE):
    def __init__(self, input_size, latent_size=15):
        super().__init__(input_size, 0, latent_size)

    def forward(self, x):
        return super().forward(x, x.new_zeros(len(x), 0))


def reparametrize(mu, logvar):
    return Normal(mu, torch.exp(logvar / 2)).rsample()


def loss_function(x_hat, x, mu, logvar):
    per_image = -(x * x_hat.log() + (1 - x) * (1 - x_hat).log()).flatten(1).sum(1)
    q = Independent(Normal(mu, torch.exp(logvar / 2)), 1)
    p = Independent(Normal(torch.zeros_like(mu), torch.ones_like(mu)), 1)
    return (per_image + kl_divergence(q, p)).mean()
