import torch
import torch.nn.functional as F


def reparameterize(mu, logvar):
    eps = torch.randn_like(logvar)
    return mu + eps * logvar


def negative_elbo(x, logits, mu, logvar):
    recon = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return (recon + kld) / x.shape[0]
