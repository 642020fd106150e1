import torch
import torch.nn as nn
import numpy as np
import tensorflow as tf   # was used for loading mnist


class Decoder(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super(Decoder, self).__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        z = nn.functional.relu(self.fc1(z))
        return nn.functional.sigmoid(self.fc2(z))


class VAE(nn.Module):
    def __init__(self, args):
        super(VAE, self).__init__()
        (self.x_train, _), _ = tf.keras.datasets.mnist.load_data()
        self.decoder = Decoder(args.latent_dimension, args.hidden_units, args.data_dimension)
        self.latent_dimension = args.latent_dimension

    @staticmethod
    def sample_diagonal_gaussian(mu, sigma_square):
        sigma = sigma_square ** 0.5
        return mu + sigma * torch.normal(mean=0.0, std=1.0, size=mu.shape)

    @staticmethod
    def sample_Bernoulli(p):
        x = torch.rand(p.shape)
        return (x < p).float()

    @staticmethod
    def logpdf_diagonal_gaussian(z, mu, sigma_square):
        k = mu.shape[1]
        a = -0.5 * k * np.log(2 * np.pi) - 0.5 * torch.sum(torch.log(sigma_square), dim=1)
        return a - 0.5 * torch.sum((z - mu) ** 2 / sigma_square, dim=1)

    @staticmethod
    def logpdf_bernoulli(x, p):
        return torch.sum(torch.log(p * x + (1 - p) * (1 - x)), dim=1)

    def elbo_loss(self, sampled_z, mu, sigma_square, x, p):
        zeros = torch.zeros(sampled_z.shape[0], self.latent_dimension)
        ones = torch.ones(sampled_z.shape[0], self.latent_dimension)
        log_p_z = self.logpdf_diagonal_gaussian(sampled_z, zeros, ones)
        log_q = self.logpdf_diagonal_gaussian(sampled_z, mu, sigma_square)
        return torch.mean(self.logpdf_bernoulli(x, p) + log_p_z - log_q)
