"""VAE with torch.distributions; functions instead of methods, and a loss that is minimised."""
from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Independent, Normal


class Decoder(nn.Sequential):
    def __init__(self, latent_dimension: int = 2, hidden_units: int = 500, data_dimension: int = 784) -> None:
        super().__init__(
            nn.Linear(latent_dimension, hidden_units),
            nn.Tanh(),
            nn.Linear(hidden_units, data_dimension),
            nn.Sigmoid(),
        )


def posterior(mu: Tensor, sigma_square: Tensor) -> Independent:
    return Independent(Normal(mu, sigma_square.sqrt()), 1)


def logpdf_diagonal_gaussian(z: Tensor, mu: Tensor, sigma_square: Tensor) -> Tensor:
    return posterior(mu, sigma_square).log_prob(z)


def logpdf_bernoulli(x: Tensor, p: Tensor) -> Tensor:
    return Independent(Bernoulli(probs=p), 1).log_prob(x)


def sample_diagonal_gaussian(mu: Tensor, sigma_square: Tensor) -> Tensor:
    return posterior(mu, sigma_square).rsample()


def sample_Bernoulli(p: Tensor) -> Tensor:
    return (torch.rand_like(p) < p).to(p.dtype)


def elbo_loss(sampled_z: Tensor, mu: Tensor, sigma_square: Tensor, x: Tensor, p: Tensor) -> Tensor:
    """minus the ELBO, so that it can go straight into backward()"""
    prior = posterior(torch.zeros_like(mu), torch.ones_like(mu))
    rate = logpdf_diagonal_gaussian(sampled_z, mu, sigma_square) - prior.log_prob(sampled_z)
    return (rate - logpdf_bernoulli(x, p)).mean()


def read_images(path: Path) -> Tensor:
    with gzip.open(path) as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    return torch.from_numpy((pixels > 127).astype(np.float32))


def train(epochs: int = 200) -> None:
    images = read_images(Path("data/train-images-idx3-ubyte.gz"))[:10000]
    encoder = nn.Sequential(nn.Linear(784, 500), nn.Tanh(), nn.Linear(500, 4))
    decoder = Decoder()
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()])
    for _ in range(epochs):
        for x in images[torch.randperm(len(images))].split(100):
            mu, log_variance = encoder(x).chunk(2, dim=1)
            z = sample_diagonal_gaussian(mu, log_variance.exp())
            loss = elbo_loss(z, mu, log_variance.exp(), x, decoder(z))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


if __name__ == "__main__":
    train()
