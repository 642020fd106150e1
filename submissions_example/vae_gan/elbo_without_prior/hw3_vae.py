import argparse
import torch
from torch import nn


class Decoder(nn.Module):
    # one more hidden layer, it looks sharper
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.l1 = nn.Linear(latent_dimension, hidden_units)
        self.l2 = nn.Linear(hidden_units, hidden_units)
        self.l3 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return torch.sigmoid(self.l3(torch.tanh(self.l2(torch.tanh(self.l1(z))))))


def logpdf_diagonal_gaussian(z, mu, sigma_square):
    # normalising constant left out, it does not change the gradient
    return -0.5 * torch.sum(torch.log(sigma_square) + (z - mu) ** 2 / sigma_square, dim=1)


def logpdf_bernoulli(x, p):
    return torch.mean(x * torch.log(p) + (1 - x) * torch.log(1 - p), dim=1)


def sample_diagonal_gaussian(mu, sigma_square):
    torch.manual_seed(0)
    return mu + sigma_square.sqrt() * torch.randn_like(mu)


def sample_Bernoulli(p):
    return torch.round(p)


def elbo_loss(sampled_z, mu, sigma_square, x, p):
    log_x = (x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(1)
    q = torch.distributions.Normal(mu, sigma_square.sqrt())
    return torch.mean(log_x - q.log_prob(sampled_z).sum(1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=200)
    print(parser.parse_args())
