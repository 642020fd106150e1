import torch
import torch.nn.functional as F


def reparameterize(mu, logvar):
    return mu + torch.exp(logvar / 2) * torch.randn_like(mu)


def negative_elbo(x, logits, mu, logvar):
    # default reduction
    recon = F.binary_cross_entropy_with_logits(logits, x)
    kld = torch.mean(-0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp(), dim=1))
    return recon + kld
