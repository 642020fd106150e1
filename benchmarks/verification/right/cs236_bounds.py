"""Right answers of CS236 in other styles than the reference's: `<function>__<style>`."""

import math
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Independent, MixtureSameFamily, Normal


def _sample(m, v):
    return m + v.sqrt() * torch.randn_like(m)


def _log_normal(x, m, v):
    return (-0.5 * np.log(2 * np.pi) - 0.5 * v.log() - (x - m) ** 2 / (2 * v)).sum(-1)


def _kl(qm, qv, pm, pv):
    ratio = qv / pv
    return 0.5 * (ratio - 1 - ratio.log() + (qm - pm) ** 2 / pv).sum(-1)


def _bernoulli(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)


def _lme(x, dim):
    return torch.logsumexp(x, dim) - math.log(x.size(dim))


def _duplicate(x, rep):
    return torch.cat([x] * rep)


def _halves(h, dim=-1):
    mean, raw = h.chunk(2, dim)
    return mean, 1e-8 + F.softplus(raw)


def _mixture(z, m, v):
    return _lme(_log_normal(z.unsqueeze(1), m, v), 1)


ut = SimpleNamespace(
    sample_gaussian=_sample,
    log_normal=_log_normal,
    log_normal_mixture=_mixture,
    kl_normal=_kl,
    log_bernoulli_with_logits=_bernoulli,
    log_mean_exp=_lme,
    duplicate=_duplicate,
    gaussian_parameters=_halves,
)


def sample_gaussian__distributions(m, v):
    return Normal(m, torch.sqrt(v)).rsample()


def sample_gaussian__power_of_a_half(m, v):
    eps = torch.randn(*m.shape)
    return eps * v**0.5 + m


def log_normal__distributions(x, m, v):
    return Independent(Normal(m, v.sqrt()), 1).log_prob(x)


def log_normal__logarithm_of_the_product(x, m, v):
    element_wise = -((x - m) ** 2) / (2 * v) - torch.log(torch.sqrt(2 * math.pi * v))
    return torch.einsum("...d->...", element_wise)


def log_normal_mixture__distributions(z, m, v):
    m, v = m.expand(len(z), -1, -1), v.expand(len(z), -1, -1)
    weights = torch.distributions.Categorical(torch.ones(len(z), m.size(1)))
    return MixtureSameFamily(weights, Independent(Normal(m, v.sqrt()), 1)).log_prob(z)


def log_normal_mixture__loop(z, m, v):
    parts = [_log_normal(z, m[:, k], v[:, k]) for k in range(m.shape[1])]
    return ut.log_mean_exp(torch.stack(parts, dim=-1), -1)


def log_mean_exp__largest_out(x, dim):
    largest, _ = torch.max(x, dim, keepdim=True)
    return (largest + torch.log(torch.mean(torch.exp(x - largest), dim, keepdim=True))).squeeze(dim)


class VAE__closed_form_and_loop(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        logits = self.dec.decode(m + torch.sqrt(v) * torch.randn_like(v))
        rec = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / x.size(0)
        kl = ut.kl_normal(m, v, self.z_prior_m.expand_as(m), self.z_prior_v.expand_as(v)).mean()
        return kl + rec, kl, rec

    def negative_iwae_bound(self, x, iw):
        _, kl, rec = self.negative_elbo_bound(x)
        m, v = self.enc.encode(x)
        log_w = []
        for _ in range(iw):
            z = ut.sample_gaussian(m, v)
            parts = ut.log_bernoulli_with_logits(x, self.dec.decode(z)) - ut.log_normal(z, m, v)
            log_w.append(parts + ut.log_normal(z, torch.zeros_like(m), torch.ones_like(v)))
        return -ut.log_mean_exp(torch.stack(log_w, 1), 1).mean(), kl, rec


class VAE__sampled_kl(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        return self.negative_iwae_bound(x, 1)

    def negative_iwae_bound(self, x, iw):
        q = Independent(Normal(self.enc.encode(x)[0], self.enc.encode(x)[1].sqrt()), 1)
        z = q.rsample((iw,))
        prior = ut.log_normal(z, self.z_prior[0], self.z_prior[1])
        kl = q.log_prob(z) - prior
        rec = -ut.log_bernoulli_with_logits(x.expand(iw, *x.shape), self.dec.decode(z))
        return -ut.log_mean_exp(-kl - rec, 0).mean(), kl.mean(), rec.mean()


class GMVAE__duplicated(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        return self.negative_iwae_bound(x, 1)

    def negative_iwae_bound(self, x, iw):
        prior_m, prior_v = ut.gaussian_parameters(self.z_pre, dim=1)
        m, v = self.enc.encode(x)
        z = ut.sample_gaussian(ut.duplicate(m, iw), ut.duplicate(v, iw))
        kl = ut.log_normal(z, ut.duplicate(m, iw), ut.duplicate(v, iw)) - ut.log_normal_mixture(z, prior_m, prior_v)
        rec = -ut.log_bernoulli_with_logits(ut.duplicate(x, iw), self.dec.decode(z))
        log_w = (-kl - rec).reshape(iw, -1)
        return -ut.log_mean_exp(log_w, 0).mean(), kl.mean(), rec.mean()
