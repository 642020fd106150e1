import torch


def reparameterize(mu, logvar):
    return mu + torch.exp(logvar / 2) * torch.randn_like(mu)


def gaussian_negative_elbo(x, mean, log_variance, mu, logvar):
    p = torch.distributions.Normal(mean, torch.exp(0.5 * log_variance))
    return -p.log_prob(x).sum(dim=1).mean()
