"""Wrong answers of CS236 as students write them: `<function>__<note>`."""

import math
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal


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


def sample_gaussian__variance_for_std(m, v):
    return m + v * torch.randn(m.size())


def sample_gaussian__wrong_scale(m, v):
    # v as a log variance
    return m + torch.exp(0.5 * v) * torch.randn_like(m)


def sample_gaussian__detached(m, v):
    return torch.normal(m, torch.sqrt(v))


def log_normal__std_for_variance(x, m, v):
    return Normal(m, v).log_prob(x).sum(-1)


def log_normal__constant_once(x, m, v):
    return -((x - m) ** 2 / (2 * v)).sum(-1) - 0.5 * torch.log(v).sum(-1) - 0.5 * math.log(2 * math.pi)


def log_normal__forgot_half_of_log(x, m, v):
    return -((x - m) ** 2 / (2 * v) + torch.log(v) + 0.5 * math.log(2 * math.pi)).sum(-1)


def log_normal__over_the_second_dimension(x, m, v):
    return Normal(m, v.sqrt()).log_prob(x).sum(1)


def log_normal_mixture__sum_for_mean(z, m, v):
    return torch.logsumexp(Normal(m, v.sqrt()).log_prob(z.unsqueeze(1)).sum(-1), dim=1)


def log_normal_mixture__mean_of_logs(z, m, v):
    return Normal(m, v.sqrt()).log_prob(z[:, None, :]).sum(-1).mean(-1)


def log_normal_mixture__entry_by_entry(z, m, v):
    densities = Normal(m, v.sqrt()).log_prob(z[:, None, :])
    return (torch.logsumexp(densities, 1) - math.log(m.size(1))).sum(-1)


def log_normal_mixture__not_finite(z, m, v):
    densities = torch.exp(Normal(m, v.sqrt()).log_prob(z[:, None, :]).sum(-1))
    return torch.log(densities.mean(1))


def log_mean_exp__sum_for_mean(x, dim):
    return x.exp().sum(dim).log()


class VAE__kl_sign(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, *self.z_prior).mean()
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(ut.sample_gaussian(m, v))).mean()
        return rec - kl, kl, rec


class VAE__rec_sign(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, *self.z_prior).mean()
        rec = ut.log_bernoulli_with_logits(x, self.dec.decode(ut.sample_gaussian(m, v))).mean()
        return kl - rec, kl, rec


class VAE__mean_over_pixels(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, self.z_prior_m, self.z_prior_v).mean()
        rec = nn.BCEWithLogitsLoss()(self.dec.decode(ut.sample_gaussian(m, v)), x)
        return kl + rec, kl, rec


class VAE__decodes_the_mean(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, self.z_prior_m, self.z_prior_v).mean()
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(m)).mean()
        return kl + rec, kl, rec


class VAE__mean_of_logs(nn.Module):  # noqa: N801
    def negative_iwae_bound(self, x, iw):
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, *self.z_prior).mean()
        m, v, x = (ut.duplicate(t, iw) for t in (m, v, x))
        z = ut.sample_gaussian(m, v)
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(z))
        log_w = ut.log_normal(z, *self.z_prior) - ut.log_normal(z, m, v) - rec
        return -log_w.mean(), kl, rec.mean()


class VAE__rows_mixed(nn.Module):  # noqa: N801
    def negative_iwae_bound(self, x, iw):
        batch = len(x)
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, *self.z_prior).mean()
        m, v, x = (ut.duplicate(t, iw) for t in (m, v, x))
        z = ut.sample_gaussian(m, v)
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(z))
        log_w = ut.log_normal(z, *self.z_prior) - ut.log_normal(z, m, v) - rec
        return -ut.log_mean_exp(log_w.view(batch, iw), dim=1).mean(), kl, rec.mean()


class VAE__weights_not_divided(nn.Module):  # noqa: N801
    def negative_iwae_bound(self, x, iw):
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, *self.z_prior).mean()
        log_w, recs = [], []
        for _ in range(iw):
            z = ut.sample_gaussian(m, v)
            recs.append(-ut.log_bernoulli_with_logits(x, self.dec.decode(z)))
            log_w.append(ut.log_normal(z, *self.z_prior) - ut.log_normal(z, m, v) - recs[-1])
        return -torch.logsumexp(torch.stack(log_w), 0).mean(), kl, torch.stack(recs).mean()


class VAE__closed_form_in_weights(nn.Module):  # noqa: N801
    def negative_iwae_bound(self, x, iw):
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, *self.z_prior)
        recs = []
        for _ in range(iw):
            recs.append(-ut.log_bernoulli_with_logits(x, self.dec.decode(ut.sample_gaussian(m, v))))
        rec = torch.stack(recs, 1)
        return -ut.log_mean_exp(-rec - kl[:, None], 1).mean(), kl.mean(), rec.mean()


class GMVAE__kl_reversed(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        prior = ut.gaussian_parameters(self.z_pre, dim=1)
        m, v = self.enc.encode(x)
        z = ut.sample_gaussian(m, v)
        kl = (ut.log_normal_mixture(z, *prior) - ut.log_normal(z, m, v)).mean()
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(z)).mean()
        return kl + rec, kl, rec


class GMVAE__standard_prior(nn.Module):  # noqa: N801
    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        z = ut.sample_gaussian(m, v)
        kl = (ut.log_normal(z, m, v) - ut.log_normal(z, torch.zeros(1), torch.ones(1))).mean()
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(z)).mean()
        return kl + rec, kl, rec


class GMVAE__mean_of_logs(nn.Module):  # noqa: N801
    def negative_iwae_bound(self, x, iw):
        prior = ut.gaussian_parameters(self.z_pre, dim=1)
        m, v = self.enc.encode(x)
        total, kls, recs = 0.0, 0.0, 0.0
        for _ in range(iw):
            z = ut.sample_gaussian(m, v)
            rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(z)).mean()
            kl = (ut.log_normal(z, m, v) - ut.log_normal_mixture(z, *prior)).mean()
            total, kls, recs = total + (rec + kl) / iw, kls + kl / iw, recs + rec / iw
        return total, kls, recs
