import torch


def reparameterize(mu, logvar):
    sigma = torch.exp(logvar)
    epsilon = torch.randn_like(mu)
    return epsilon * sigma + mu
