from helpers import logmeanexp
import torch.distributions as D
import torch


def kl_standard_normal(mu, logvar):
    q = D.Normal(mu, (logvar / 2).exp())
    return D.kl_divergence(q, D.Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(-1)


log_mean_exp = logmeanexp
