import argparse
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import torch
import torch.nn as nn
import torch.optim as optim
from hw3_utils import array_to_image, concat_images, batch_indices, load_mnist


class Encoder(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super(Encoder, self).__init__()
        self.fc1 = nn.Linear(data_dimension, hidden_units)
        self.fc2_mu = nn.Linear(hidden_units, latent_dimension)
        self.fc2_sigma = nn.Linear(hidden_units, latent_dimension)

    def forward(self, x):
        h = torch.tanh(self.fc1(x))
        return self.fc2_mu(h), torch.exp(self.fc2_sigma(h))


class Decoder(nn.Module):
    def __init__(self, latent_dimension, hidden_units, data_dimension):
        super(Decoder, self).__init__()
        self.fc1 = nn.Linear(latent_dimension, hidden_units)
        self.fc2 = nn.Linear(hidden_units, data_dimension)

    def forward(self, z):
        h = torch.tanh(self.fc1(z))
        p = torch.sigmoid(self.fc2(h))
        return p


class VAE(nn.Module):
    def __init__(self, args):
        super(VAE, self).__init__()
        self.latent_dimension = args.latent_dimension
        self.hidden_units = args.hidden_units
        self.data_dimension = args.data_dimension
        self.batch_size = args.batch_size
        self.num_epoches = args.num_epoches

        N_data, self.train_images, self.train_labels, test_images, test_labels = load_mnist()

        self.encoder = Encoder(self.latent_dimension, self.hidden_units, self.data_dimension)
        self.decoder = Decoder(self.latent_dimension, self.hidden_units, self.data_dimension)

    @staticmethod
    def sample_diagonal_gaussian(mu, sigma_square):
        eps = torch.randn_like(mu)
        return mu + torch.sqrt(sigma_square) * eps

    @staticmethod
    def sample_Bernoulli(p):
        return torch.bernoulli(p)

    @staticmethod
    def logpdf_diagonal_gaussian(z, mu, sigma_square):
        # sum over latent dims -> (B,)
        return torch.sum(-0.5 * torch.log(2 * np.pi * sigma_square) - (z - mu) ** 2 / (2 * sigma_square), dim=1)

    @staticmethod
    def logpdf_bernoulli(x, p):
        return torch.sum(x * torch.log(p) + (1 - x) * torch.log(1 - p), dim=1)

    def elbo_loss(self, sampled_z, mu, sigma_square, x, p):
        log_q = self.logpdf_diagonal_gaussian(sampled_z, mu, sigma_square)
        z_mu = torch.FloatTensor([0] * self.latent_dimension).repeat(sampled_z.shape[0], 1)
        z_sigma = torch.FloatTensor([1] * self.latent_dimension).repeat(sampled_z.shape[0], 1)
        log_p_z = self.logpdf_diagonal_gaussian(sampled_z, z_mu, z_sigma)
        log_p = self.logpdf_bernoulli(x, p)
        return torch.mean(log_p + log_p_z - log_q)

    def train(self):
        params = list(self.encoder.parameters()) + list(self.decoder.parameters())
        optimizer = optim.Adam(params)
        num_batches = int(np.ceil(len(self.train_images) / self.batch_size))
        for i in range(self.num_epoches * num_batches):
            x = self.train_images[batch_indices(i, num_batches, self.batch_size), :]
            optimizer.zero_grad()
            mu, sigma_square = self.encoder(x)
            zs = self.sample_diagonal_gaussian(mu, sigma_square)
            elbo = self.elbo_loss(zs, mu, sigma_square, x, self.decoder(zs))
            (-elbo).backward()
            optimizer.step()
            if i % 100 == 0:
                print("iter", i, "elbo", elbo.item())

    def visualize_data_space(self):
        z = torch.randn(10, self.latent_dimension)
        p = self.decoder(z)
        pics = []
        for k in range(10):
            pics.append(array_to_image(p[k].detach().numpy()))
            pics.append(array_to_image(self.sample_Bernoulli(p[k]).numpy()))
        plt.imsave("samples.png", concat_images(pics, 10, 2))


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hidden_units", type=int, default=500)
    parser.add_argument("--latent_dimension", type=int, default=2)
    parser.add_argument("--data_dimension", type=int, default=784)
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--num_epoches", type=int, default=200)
    parser.add_argument("--batch_size", type=int, default=100)
    return parser.parse_args()


if __name__ == "__main__":
    args = parse_args()
    torch.manual_seed(args.seed)
    vae = VAE(args)
    vae.train()
    vae.visualize_data_space()
