import math
import torch
import torch.nn as nn
import torch.nn.functional as F

# parameters
LATENT = 2
HIDDEN = 500


class Decoder(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super().__init__()
        self.lin1 = nn.Linear(latent_dimension, hidden_units)
        self.lin2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return torch.sigmoid(self.lin2(torch.tanh(self.lin1(z))))


class VAE:
    def __init__(self, decoder=None):
        self.decoder = decoder or Decoder(LATENT, HIDDEN, 784)

    def sample_diagonal_gaussian(self, mu, sigma_square):
        # z = mu + sigma * epsilon
        return mu + sigma_square * torch.randn(mu.shape)

    def sample_Bernoulli(self, p):
        return torch.distributions.Bernoulli(p).sample()

    def logpdf_diagonal_gaussian(self, z, mu, sigma_square):
        q = torch.distributions.Normal(mu, sigma_square)
        return q.log_prob(z).sum(1)

    def logpdf_bernoulli(self, x, p):
        return -F.binary_cross_entropy(p, x, reduction="none").sum(1)

    def elbo_loss(self, sampled_z, mu, sigma_square, x, p):
        log_q = self.logpdf_diagonal_gaussian(sampled_z, mu, sigma_square)
        log_prior = self.logpdf_diagonal_gaussian(sampled_z, torch.zeros_like(mu), torch.ones_like(mu))
        return (self.logpdf_bernoulli(x, p) + log_prior - log_q).mean()
