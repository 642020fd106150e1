"""Right solutions in other styles, `<function>__<style>`: `grade prove` hands them in, and none may lose a point."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Bernoulli, Categorical, Independent, MixtureSameFamily, Normal, kl_divergence


def sample_gaussian__rsample(m, v):
    return Normal(m, v.sqrt()).rsample()


def sample_gaussian__power(m, v):
    return v**0.5 * torch.randn(m.shape, dtype=m.dtype) + m


def log_normal__distributions(x, m, v):
    return Normal(m, torch.sqrt(v)).log_prob(x).sum(-1)


def log_normal__terms(x, m, v):
    squares = ((x - m) ** 2 / (2 * v)).sum(-1)
    return -squares - 0.5 * torch.log(2 * math.pi * v).sum(-1)


def log_normal_mixture__expanded(z, m, v):
    each = Normal(m, v.sqrt()).log_prob(z.unsqueeze(1).expand(-1, m.shape[1], -1)).sum(-1)
    return torch.logsumexp(each, 1) - math.log(each.shape[1])


def log_normal_mixture__distributions(z, m, v):
    weights = Categorical(logits=torch.zeros(m.shape[:2], dtype=m.dtype).expand(len(z), -1))
    parts = Independent(Normal(m.expand(len(z), -1, -1), v.sqrt().expand(len(z), -1, -1)), 1)
    return MixtureSameFamily(weights, parts).log_prob(z)


def log_mean_exp__largest(x, dim):
    largest = x.max(dim, keepdim=True).values
    return (largest + (x - largest).exp().mean(dim, keepdim=True).log()).squeeze(dim)


def log_mean_exp__logsumexp(x, dim):
    return torch.logsumexp(x - math.log(x.size(dim)), dim)


def _log_p(x, logits):
    return -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)


class VAE__distributions(nn.Module):
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        q = Normal(m, v.sqrt())
        rec = -_log_p(x, self.dec.decode(q.rsample())).mean()
        kl = kl_divergence(q, Normal(0.0, 1.0)).sum(-1).mean()
        return kl + rec, kl, rec

    def negative_iwae_bound(self, x, iw):
        m, v = self.enc.encode(x)
        q = Normal(m, v.sqrt())
        z = q.rsample((iw,))
        log_x = Bernoulli(logits=self.dec.decode(z)).log_prob(x.expand(iw, *x.shape)).sum(-1)
        ratio = (Normal(0.0, 1.0).log_prob(z) - q.log_prob(z)).sum(-1)
        niwae = -(torch.logsumexp(log_x + ratio, 0) - math.log(iw)).mean()
        return niwae, kl_divergence(q, Normal(0.0, 1.0)).sum(-1).mean(), -log_x.mean()


class VAE__textbook(nn.Module):
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        z = m + torch.sqrt(v) * torch.randn_like(m)
        kl = torch.mean(-0.5 * (1 + v.log() - m**2 - v).sum(-1))
        rec = torch.mean(-_log_p(x, self.dec.decode(z)))
        return kl + rec, kl, rec

    def negative_iwae_bound(self, x, iw):
        m, v = self.enc.encode(x)
        kl = torch.mean(-0.5 * (1 + v.log() - m**2 - v).sum(-1))
        x, m, v = (t.repeat(iw, 1) for t in (x, m, v))
        z = m + torch.sqrt(v) * torch.randn_like(m)
        log_x = _log_p(x, self.dec.decode(z))
        log_w = log_x - 0.5 * (z**2).sum(-1) + 0.5 * (v.log() + (z - m) ** 2 / v).sum(-1)
        niwae = -(torch.logsumexp(log_w.view(iw, -1), 0) - math.log(iw)).mean()
        return niwae, kl, -log_x.mean()
