import torch
from torch import nn


class VAE(nn.Module):
    """Batch norm, three layers, Xavier."""

    def __init__(self, sizes=(96, 48)):
        super().__init__()
        a, b = sizes
        self.encoder = nn.Sequential(
            nn.Linear(64, a), nn.BatchNorm1d(a), nn.LeakyReLU(0.1), nn.Linear(a, b), nn.LeakyReLU(0.1)
        )
        self.to_mean, self.to_logvar = nn.Linear(b, 2), nn.Linear(b, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, b), nn.LeakyReLU(0.1), nn.Linear(b, a), nn.BatchNorm1d(a), nn.LeakyReLU(0.1), nn.Linear(a, 64)
        )
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_normal_(module.weight)
                nn.init.zeros_(module.bias)

    def encode(self, x):
        h = self.encoder(x)
        return self.to_mean(h), self.to_logvar(h)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x):
        mean, logvar = self.encode(x)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * logvar)
        return self.decode(z), mean, logvar

    def loss(self, x):
        logits, mean, logvar = self(x)
        nll = nn.functional.softplus(logits) - x * logits
        kl = (mean**2 + logvar.exp() - logvar - 1) / 2
        return (nll.sum() + kl.sum()) / len(x)
