import torch


def reparameterize(mu, logvar):
    # logvar is the log of sigma^2
    sigma = torch.sqrt(torch.exp(logvar))
    return mu + sigma * torch.randn_like(sigma)
