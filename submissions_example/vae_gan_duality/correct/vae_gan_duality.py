import torch


def reparameterize(mu, logvar):
    std = (logvar / 2).exp()
    noise = torch.randn_like(std)
    return mu + std * noise
