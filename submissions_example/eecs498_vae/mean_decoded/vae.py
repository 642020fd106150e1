from __future__ import print_function
import torch
import torch.utils.data
from torch import nn, optim
from torch.nn import functional as F
from torchvision import datasets, transforms


def hello():
    print("vae.py")


class VAE(nn.Module):
    def __init__(self, input_size, latent_size=15):
        super(VAE, self).__init__()
        self.input_size = input_size
        self.latent_size = latent_size
        self.hidden_dim = 256
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(self.input_size, self.hidden_dim),
            nn.ReLU(),
            nn.Linear(self.hidden_dim, self.hidden_dim),
            nn.ReLU(),
            nn.Linear(self.hidden_dim, self.hidden_dim),
            nn.ReLU(),
        )
        self.mu_layer = nn.Linear(self.hidden_dim, self.latent_size)
        self.logvar_layer = nn.Linear(self.hidden_dim, self.latent_size)
        self.decoder = nn.Sequential(
            nn.Linear(self.latent_size, self.hidden_dim),
            nn.ReLU(),
            nn.Linear(self.hidden_dim, self.hidden_dim),
            nn.ReLU(),
            nn.Linear(self.hidden_dim, self.hidden_dim),
            nn.ReLU(),
            nn.Linear(self.hidden_dim, self.input_size),
            nn.Sigmoid(),
            nn.Unflatten(1, (1, 28, 28)),
        )

    def forward(self, x):
        code = self.encoder(x)
        mu = self.mu_layer(code)
        logvar = self.logvar_layer(code)
        z = mu
        return self.decoder(z), mu, logvar


class CVAE(nn.Module):
    def __init__(self, input_size, num_classes=10, latent_size=15):
        super(CVAE, self).__init__()
        self.hidden_dim = H = 400
        self.encoder = nn.Sequential(
            nn.Linear(input_size + num_classes, H), nn.ReLU(),
            nn.Linear(H, H), nn.ReLU(),
            nn.Linear(H, H), nn.ReLU(),
        )
        self.mu_layer = nn.Linear(H, latent_size)
        self.logvar_layer = nn.Linear(H, latent_size)
        self.decoder = nn.Sequential(
            nn.Linear(latent_size + num_classes, H), nn.ReLU(),
            nn.Linear(H, H), nn.ReLU(),
            nn.Linear(H, H), nn.ReLU(),
            nn.Linear(H, input_size), nn.Sigmoid(),
        )

    def forward(self, x, c):
        N = x.shape[0]
        code = self.encoder(torch.cat((x.view(N, -1), c), dim=1))
        mu, logvar = self.mu_layer(code), self.logvar_layer(code)
        z = mu
        x_hat = self.decoder(torch.cat((z, c), dim=1)).view(x.shape)
        return x_hat, mu, logvar


def reparametrize(mu, logvar):
    sigma = torch.sqrt(torch.exp(logvar))
    eps = torch.randn_like(mu)
    return eps + mu


def loss_function(x_hat, x, mu, logvar):
    N = x.shape[0]
    rec = F.binary_cross_entropy(x_hat, x, reduction='sum')
    kl = -torch.sum(1 + logvar - mu ** 2 - torch.exp(logvar))
    return (rec + kl) / N
