import numpy as np
import torch
import torch.nn as nn


class Decoder(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super(Decoder, self).__init__()
        self.hidden = nn.Linear(latent_dimension, hidden_units)
        self.out = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        return torch.sigmoid(self.out(torch.tanh(self.hidden(z))))


class VAE(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super(VAE, self).__init__()
        self.decoder = Decoder(latent_dimension, hidden_units, data_dimension)
        self.prior_mu = torch.zeros(latent_dimension)
        self.prior_var = torch.ones(latent_dimension)

    # forgot what a staticmethod is good for, works anyway
    def sample_diagonal_gaussian(mu, sigma_square):
        return torch.normal(mu, torch.sqrt(sigma_square))

    def sample_Bernoulli(p):
        return torch.from_numpy(np.random.binomial(1, p.detach().numpy())).float()

    def logpdf_diagonal_gaussian(z, mu, sigma_square):
        return torch.sum(-0.5 * (np.log(2 * np.pi) + torch.log(sigma_square) + (z - mu) ** 2 / sigma_square), dim=1)

    def logpdf_bernoulli(x, p):
        eps = 1e-8
        return torch.sum(x * torch.log(p + eps) + (1 - x) * torch.log(1 - p + eps), dim=1)

    def elbo_loss(self, sampled_z, mu, sigma_square, x, p):
        log_q = VAE.logpdf_diagonal_gaussian(sampled_z, mu, sigma_square)
        log_p_z = VAE.logpdf_diagonal_gaussian(sampled_z, self.prior_mu, self.prior_var)
        elbo = VAE.logpdf_bernoulli(x, p) + log_p_z - log_q
        return elbo.mean().item()
