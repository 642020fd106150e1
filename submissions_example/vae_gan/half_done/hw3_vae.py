import torch
import torch.nn as nn
from hw3_utils import load_mnist


class Decoder(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.fc1 = nn.Linear(data_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, latent_dimension)

    def forward(self, z):
        return torch.sigmoid(self.fc2(torch.tanh(self.fc1(z))))


class VAE(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.data = load_mnist()

    @staticmethod
    def sample_diagonal_gaussian(mu, sigma_square):
        return mu + torch.sqrt(sigma_square) * torch.randn_like(mu)

    @staticmethod
    def sample_Bernoulli(p):
        pass

    @staticmethod
    def logpdf_diagonal_gaussian(z, mu, sigma_square):
        # todo: sum
        return torch.distributions.Normal(mu, torch.sqrt(sigma_square)).log_prob(z)

    def elbo_loss(self, sampled_z, mu, sigma_square, x, p):
        raise NotImplementedError
