import torch
from codebase import utils as ut
from codebase.models import nns
from torch import nn


class VAE(nn.Module):
    def __init__(self, net=nns.v1, z_dim=2):
        super().__init__()
        self.name, self.z_dim = 'vae', z_dim
        self.enc, self.dec = net.Encoder(z_dim), net.Decoder(z_dim)
        # a standard normal prior, which is not trained
        self.z_prior_m = nn.Parameter(torch.tensor([0.0]), False)
        self.z_prior_v = nn.Parameter(torch.tensor([1.0]), False)
        self.z_prior = self.z_prior_m, self.z_prior_v

    def negative_elbo_bound(self, x):
        qm, qv = self.enc.encode(x)
        z = ut.sample_gaussian(qm, qv)
        rec = ut.log_bernoulli_with_logits(x, self.dec.decode(z)).mean()
        kl = ut.kl_normal(qm, qv, self.z_prior_m, self.z_prior_v).mean()
        return kl + rec, kl, rec

    def negative_iwae_bound(self, x, iw):
        batch = x.size(0)
        qm, qv = self.enc.encode(x)
        kl = ut.kl_normal(qm, qv, self.z_prior[0], self.z_prior[1]).mean()
        x, qm, qv = ut.duplicate(x, iw), ut.duplicate(qm, iw), ut.duplicate(qv, iw)
        z = ut.sample_gaussian(qm, qv)
        log_px = ut.log_bernoulli_with_logits(x, self.dec.decode(z))
        log_pz = ut.log_normal(z, self.z_prior[0].expand_as(z), self.z_prior[1].expand_as(z))
        log_w = (log_px + log_pz - ut.log_normal(z, qm, qv)).reshape(batch, iw)
        return -ut.log_mean_exp(log_w, 1).mean(), kl, -log_px.mean()
