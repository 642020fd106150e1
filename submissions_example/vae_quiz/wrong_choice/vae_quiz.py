import torch


# mu and logvar come from the encoder
def reparameterize(mu, logvar):
    noise = torch.randn(mu.shape)
    return mu + noise * (logvar / 2).exp()
