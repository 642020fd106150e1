"""VAEs of the students' own (item 2.a)."""

# ruff: noqa
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, kl_divergence

ITEM = "2.a"
ALONE = True


class _Plain(nn.Module):
    def loss(self, x):
        mu, logvar = self.encode(x)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        bce = F.binary_cross_entropy_with_logits(self.decode(z), x, reduction="none").sum(1)
        return (bce + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)).mean()


def three_layers_tanh():
    """Two hidden layers on each side, with tanh."""

    class VAE(_Plain):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(64, 100), nn.Tanh(), nn.Linear(100, 50), nn.Tanh())
            self.mu, self.logvar = nn.Linear(50, 2), nn.Linear(50, 2)
            self.dec = nn.Sequential(nn.Linear(2, 50), nn.Tanh(), nn.Linear(50, 100), nn.Tanh(), nn.Linear(100, 64))

        def encode(self, x):
            h = self.body(x)
            return self.mu(h), self.logvar(h)

        def decode(self, z):
            return self.dec(z)


def small():
    """32 hidden units."""

    class VAE(_Plain):
        def __init__(self):
            super().__init__()
            self.e, self.m, self.v = nn.Linear(64, 32), nn.Linear(32, 2), nn.Linear(32, 2)
            self.d, self.o = nn.Linear(2, 32), nn.Linear(32, 64)

        def encode(self, x):
            h = F.relu(self.e(x))
            return self.m(h), self.v(h)

        def decode(self, z):
            return self.o(F.relu(self.d(z)))


def wide_with_distributions():
    """256 units, ELU, torch.distributions."""

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.enc = nn.Sequential(nn.Linear(64, 256), nn.ELU(), nn.Linear(256, 4))
            self.dec = nn.Sequential(nn.Linear(2, 256), nn.ELU(), nn.Linear(256, 64))

        def encode(self, x):
            out = self.enc(x)
            return out[:, :2], out[:, 2:]

        def decode(self, z):
            return self.dec(z)

        def loss(self, x):
            mu, logvar = self.encode(x)
            q = Normal(mu, (0.5 * logvar).exp())
            p = Bernoulli(logits=self.decode(q.rsample()), validate_args=False)
            return (kl_divergence(q, Normal(0.0, 1.0)).sum(1) - p.log_prob(x).sum(1)).mean()


def batch_norm():
    """Batch norm on both sides."""

    class VAE(_Plain):
        def __init__(self):
            super().__init__()
            self.enc = nn.Sequential(nn.Linear(64, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, 4))
            self.dec = nn.Sequential(nn.Linear(2, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Linear(128, 64))

        def encode(self, x):
            return self.enc(x).chunk(2, 1)

        def decode(self, z):
            return self.dec(z)


def convolutions():
    """Convolutions inside."""

    class VAE(_Plain):
        def __init__(self):
            super().__init__()
            self.conv = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(128, 4))
            self.lin = nn.Linear(2, 128)
            self.deconv = nn.ConvTranspose2d(8, 1, 4, 2, 1)

        def encode(self, x):
            return self.conv(x.view(-1, 1, 8, 8)).chunk(2, 1)

        def decode(self, z):
            return self.deconv(F.relu(self.lin(z)).view(-1, 8, 4, 4)).flatten(1)


def other_initial_weights():
    """Xavier's initial weights, biases 0."""

    class VAE(_Plain):
        def __init__(self):
            super().__init__()
            self.enc = nn.Sequential(nn.Linear(64, 128), nn.SiLU(), nn.Linear(128, 4))
            self.dec = nn.Sequential(nn.Linear(2, 128), nn.SiLU(), nn.Linear(128, 64))
            for layer in self.modules():
                if isinstance(layer, nn.Linear):
                    nn.init.xavier_uniform_(layer.weight)
                    nn.init.zeros_(layer.bias)

        def encode(self, x):
            return torch.split(self.enc(x), 2, dim=1)

        def decode(self, z):
            return self.dec(z)


def centred_images():
    """The images are brought to −1 … 1 before they are encoded; the loss is summed over the batch."""

    class VAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Sequential(nn.Linear(64, 128), nn.LeakyReLU(0.1))
            self.heads = nn.ModuleList([nn.Linear(128, 2), nn.Linear(128, 2)])
            self.decoder = nn.ModuleDict({"in": nn.Linear(2, 128), "out": nn.Linear(128, 64)})

        def encode(self, x):
            h = self.encoder(2 * x - 1)
            return tuple(head(h) for head in self.heads)

        def reparameterize(self, mu, logvar):
            return mu + torch.randn_like(logvar) * torch.exp(logvar / 2)

        def decode(self, z):
            return self.decoder["out"](F.leaky_relu(self.decoder["in"](z), 0.1))

        def loss(self, x):
            mu, logvar = self.encode(x)
            logits = self.decode(self.reparameterize(mu, logvar))
            bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            return bce - 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum()


def dropout():
    """Dropout in the encoder."""

    class VAE(_Plain):
        def __init__(self):
            super().__init__()
            self.enc = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 4))
            self.dec = nn.Sequential(nn.Linear(2, 128), nn.ReLU(), nn.Linear(128, 64))

        def encode(self, x):
            return self.enc(x).chunk(2, 1)

        def decode(self, z):
            return self.dec(z)


def forward_that_returns_all():
    """`forward` gives everything, as most tutorials have it."""

    class VAE(nn.Module):
        def __init__(self, h_dim=96, z_dim=2):
            super(VAE, self).__init__()
            self.fc1 = nn.Linear(64, h_dim)
            self.fc21 = nn.Linear(h_dim, z_dim)
            self.fc22 = nn.Linear(h_dim, z_dim)
            self.fc3 = nn.Linear(z_dim, h_dim)
            self.fc4 = nn.Linear(h_dim, 64)

        def encode(self, x):
            h = F.relu(self.fc1(x))
            return self.fc21(h), self.fc22(h)

        def decode(self, z):
            return self.fc4(F.relu(self.fc3(z)))

        def forward(self, x):
            mu, logvar = self.encode(x.view(-1, 64))
            std = torch.exp(0.5 * logvar)
            return self.decode(mu + std * torch.randn_like(std)), mu, logvar

        def loss(self, x):
            logits, mu, logvar = self(x)
            bce = F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="sum")
            kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
            return (bce + kld) / x.size(0)
