import torch
from codebase import utils as ut
from codebase.models import nns
from torch import nn


class GMVAE(nn.Module):
    def __init__(self, net=nns.v1, z_dim=2, k=500):
        super().__init__()
        self.name, self.k, self.z_dim = 'gmvae', k, z_dim
        self.enc, self.dec = net.Encoder(z_dim), net.Decoder(z_dim)
        self.z_pre = nn.Parameter(0.03 * torch.randn(1, 2 * k, z_dim))

    def negative_elbo_bound(self, x):
        prior_m, prior_v = ut.gaussian_parameters(self.z_pre, dim=1)
        m, v = self.enc.encode(x)
        z = ut.sample_gaussian(m, v)
        kl = (ut.log_normal(z, m, v) - ut.log_normal_mixture(z, prior_m, prior_v)).mean()
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(z)).mean()
        return kl + rec, kl, rec

    def negative_iwae_bound(self, x, iw):
        prior = ut.gaussian_parameters(self.z_pre, dim=1)
        m, v = self.enc.encode(x)
        kls, recs = [], []
        for _ in range(iw):
            z = ut.sample_gaussian(m, v)
            kls.append(ut.log_normal(z, m, v) - ut.log_normal_mixture(z, *prior))
            recs.append(-ut.log_bernoulli_with_logits(x, self.dec.decode(z)))
        kl, rec = torch.stack(kls, 1), torch.stack(recs, 1)
        return -ut.log_mean_exp(-kl - rec, 1).mean(), kl.mean(), rec.mean()
