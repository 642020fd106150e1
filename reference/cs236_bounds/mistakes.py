"""The commonest wrong answers of CS236, each under its name.

`<function>__<slug>` takes the arguments of the reference's function and returns what a student with this mistake
would; classes have the reference's methods, one of them with the mistake. The docstring's first paragraph is the
sentence that he reads.
"""

import math

import torch
import utils as ut
from gmvae import GMVAE
from vae import VAE


def log_normal__std_for_variance(x, m, v):
    """your density reads v as the standard deviation; it is the variance"""
    return ut.log_normal(x, m, v.square())


def log_normal__log_variance(x, m, v):
    """your density reads v as the logarithm of the variance; it is the variance itself"""
    return ut.log_normal(x, m, v.exp())


def log_normal__forgot_constant(x, m, v):
    """your density lacks the constant −½ log 2π of every entry"""
    return ut.log_normal(x, m, v) + 0.5 * math.log(2 * math.pi) * x.shape[-1]


def log_normal__constant_once(x, m, v):
    """your density counts ½ log 2π once per vector; every entry has one"""
    return ut.log_normal(x, m, v) + 0.5 * math.log(2 * math.pi) * (x.shape[-1] - 1)


def log_normal__forgot_half_of_log(x, m, v):
    """your density subtracts log v; half of it is right, for log σ = ½ log v"""
    return ut.log_normal(x, m, v) - 0.5 * torch.log(v).sum(dim=-1)


def log_normal__without_log(x, m, v):
    """your density lacks the normalising term −½ log v"""
    return ut.log_normal(x, m, v) + 0.5 * torch.log(v).sum(dim=-1)


def log_normal__forgot_half(x, m, v):
    """your density lacks the factor ½ before the squared distance"""
    return ut.log_normal(x, m, v) - 0.5 * ((x - m).square() / v).sum(dim=-1)


def log_normal__mean_for_sum(x, m, v):
    """your density averages over the last dimension; it is a sum over it"""
    return ut.log_normal(x, m, v) / x.shape[-1]


def log_normal__sign(x, m, v):
    """your function returns minus the log-density: the sign is wrong"""
    return -ut.log_normal(x, m, v)


def log_normal__not_reduced(x, m, v):
    """your density is not summed over the last dimension"""
    return -0.5 * (math.log(2 * math.pi) + torch.log(v) + (x - m).square() / v)


def log_normal__over_the_second_dimension(x, m, v):
    """your density is summed over the second dimension; it must be the last, whatever the shape is"""
    return log_normal__not_reduced(x, m, v).sum(dim=1)


def log_normal_mixture__sum_for_mean(z, m, v):
    """your mixture is not divided by the number of components: its weights add up to K instead of 1"""
    return torch.logsumexp(_components(z, m, v), dim=1)


def log_normal_mixture__mean_of_logs(z, m, v):
    """your mixture averages the log-densities of the components; the densities themselves are averaged"""
    return _components(z, m, v).mean(dim=1)


def log_normal_mixture__entry_by_entry(z, m, v):
    """your mixture is taken for each entry by itself; a component is a density of the whole vector"""
    return ut.log_mean_exp(log_normal__not_reduced(z.unsqueeze(1), m, v), dim=1).sum(dim=-1)


def log_normal_mixture__largest_only(z, m, v):
    """your mixture is the nearest component alone"""
    return _components(z, m, v).amax(dim=1)


def log_normal_mixture__sign(z, m, v):
    """your function returns minus the log-density of the mixture: the sign is wrong"""
    return -ut.log_normal_mixture(z, m, v)


def log_normal_mixture__not_reduced(z, m, v):
    """your mixture returns the log-density of every component; their mean in the probabilities is asked for"""
    return _components(z, m, v)


def log_mean_exp__sum_for_mean(x, dim):
    """your log_mean_exp is log Σ exp(x): the division by the number of entries is missing"""
    return torch.logsumexp(x, dim=dim)


def log_mean_exp__mean(x, dim):
    """your log_mean_exp is the plain mean; the mean is taken of the exponentials, before the logarithm"""
    return x.mean(dim=dim)


class VAE__kl_sign(VAE):  # noqa: N801
    """your bound subtracts the KL; the negative ELBO is the reconstruction term plus the KL"""

    def negative_elbo_bound(self, x):
        _, kl, rec = super().negative_elbo_bound(x)
        return rec - kl, kl, rec


class VAE__elbo(VAE):  # noqa: N801
    """your bound is the ELBO; its negative is asked for, with both parts positive"""

    def negative_elbo_bound(self, x):
        nelbo, kl, rec = super().negative_elbo_bound(x)
        return -nelbo, kl, rec


class VAE__rec_sign(VAE):  # noqa: N801
    """your reconstruction term is +log p(x|z); it is minus that, so that the bound is KL plus reconstruction"""

    def negative_elbo_bound(self, x):
        nelbo, kl, rec = super().negative_elbo_bound(x)
        return nelbo, kl, -rec


class VAE__rec_sign_in_the_bound(VAE):  # noqa: N801
    """your bound adds log p(x|z) to the KL, where it must be subtracted"""

    def negative_elbo_bound(self, x):
        _, kl, rec = super().negative_elbo_bound(x)
        return kl - rec, kl, -rec


class VAE__sum_over_batch(VAE):  # noqa: N801
    """your bound is summed over the batch; the mean over it is asked for"""

    def negative_elbo_bound(self, x):
        return tuple(part * len(x) for part in super().negative_elbo_bound(x))


class VAE__mean_over_pixels(VAE):  # noqa: N801
    """your reconstruction term is averaged over the pixels; it is a sum over them"""

    def negative_elbo_bound(self, x):
        _, kl, rec = super().negative_elbo_bound(x)
        return kl + rec / x.shape[1], kl, rec / x.shape[1]


class VAE__kl_exchanged(VAE):  # noqa: N801
    """your KL is KL(p ‖ q), from the prior to q(z|x); KL(q ‖ p) is asked for"""

    def negative_elbo_bound(self, x):
        _, _, rec = super().negative_elbo_bound(x)
        kl = ut.kl_normal(*self.z_prior, *self.enc.encode(x)).mean()
        return kl + rec, kl, rec


class VAE__decodes_the_mean(VAE):  # noqa: N801
    """your bound decodes the mean of q(z|x); z must be drawn from it"""

    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        kl, rec = ut.kl_normal(m, v, *self.z_prior).mean(), -ut.log_bernoulli_with_logits(x, self.dec.decode(m)).mean()
        return kl + rec, kl, rec


class VAE__decodes_the_prior(VAE):  # noqa: N801
    """your bound decodes a draw from the prior; z must be drawn from q(z|x)"""

    def negative_elbo_bound(self, x):
        m, v = self.enc.encode(x)
        z = torch.randn_like(m)
        kl, rec = ut.kl_normal(m, v, *self.z_prior).mean(), -ut.log_bernoulli_with_logits(x, self.dec.decode(z)).mean()
        return kl + rec, kl, rec


class VAE__mean_of_logs(VAE):  # noqa: N801
    """your importance weighted bound averages the logarithms of the weights, which is the ELBO; average the weights"""

    def negative_iwae_bound(self, x, iw):  # noqa: ARG002
        return self.negative_elbo_bound(x)


class VAE__weights_not_divided(VAE):  # noqa: N801
    """your importance weighted bound sums the weights; their mean is asked for: log iw is missing"""

    def negative_iwae_bound(self, x, iw):
        niwae, kl, rec = super().negative_iwae_bound(x, iw)
        return niwae - math.log(iw), kl, rec


class VAE__weights_without_q(VAE):  # noqa: N801
    """your weights lack the division by q(z|x): they are p(x, z)/q(z|x)"""

    def negative_iwae_bound(self, x, iw):
        return _iwae(self, x, iw, lambda rec, prior, _: prior - rec)


class VAE__weights_without_prior(VAE):  # noqa: N801
    """your weights lack the prior p(z): they are p(x|z) p(z)/q(z|x)"""

    def negative_iwae_bound(self, x, iw):
        return _iwae(self, x, iw, lambda rec, _, q: -rec - q)


class VAE__closed_form_in_weights(VAE):  # noqa: N801
    """your weights contain the KL in closed form; each weight needs log p(z) − log q(z|x) of its own z"""

    def negative_iwae_bound(self, x, iw):
        kl = ut.kl_normal(*self.enc.encode(x), *self.z_prior)
        return _iwae(self, x, iw, lambda rec, _prior, _q: -rec - kl)


class VAE__rows_mixed(VAE):  # noqa: N801
    """your weights mix the rows of x: ut.duplicate puts whole batches below each other, so reshape to (iw, batch)"""

    def negative_iwae_bound(self, x, iw):
        return _iwae(self, x, iw, lambda rec, prior, q: prior - q - rec, mixed=True)


class VAE__iwae_sign(VAE):  # noqa: N801
    """your importance weighted bound has the wrong sign: its negative is asked for"""

    def negative_iwae_bound(self, x, iw):
        niwae, kl, rec = super().negative_iwae_bound(x, iw)
        return -niwae, kl, rec


class GMVAE__kl_sign(GMVAE):  # noqa: N801
    """your bound subtracts the KL; the negative ELBO is the reconstruction term plus the KL"""

    def negative_elbo_bound(self, x):
        _, kl, rec = super().negative_elbo_bound(x)
        return rec - kl, kl, rec


class GMVAE__kl_reversed(GMVAE):  # noqa: N801
    """your KL is log p(z) − log q(z|x), minus what it should be"""

    def negative_elbo_bound(self, x):
        _, kl, rec = super().negative_elbo_bound(x)
        return rec - kl, -kl, rec


class GMVAE__sum_over_batch(GMVAE):  # noqa: N801
    """your bound is summed over the batch; the mean over it is asked for"""

    def negative_elbo_bound(self, x):
        return tuple(part * len(x) for part in super().negative_elbo_bound(x))


class GMVAE__standard_prior(GMVAE):  # noqa: N801
    """your bound uses the standard normal prior; here the prior is the mixture of z_pre"""

    def negative_elbo_bound(self, x):
        _, _, rec = super().negative_elbo_bound(x)
        m, v = self.enc.encode(x)
        kl = ut.kl_normal(m, v, torch.zeros_like(m), torch.ones_like(v)).mean()
        return kl + rec, kl, rec


class GMVAE__mean_of_kls(GMVAE):  # noqa: N801
    """your KL is the mean of the KLs to the components; the KL to their mixture is asked for"""

    def negative_elbo_bound(self, x):
        _, _, rec = super().negative_elbo_bound(x)
        m, v = (t.unsqueeze(1) for t in self.enc.encode(x))
        kl = ut.kl_normal(m, v, *ut.gaussian_parameters(self.z_pre, dim=1)).mean()
        return kl + rec, kl, rec


class GMVAE__mean_of_logs(GMVAE):  # noqa: N801
    """your importance weighted bound averages the logarithms of the weights, which is the ELBO; average the weights"""

    def negative_iwae_bound(self, x, iw):  # noqa: ARG002
        return self.negative_elbo_bound(x)


class GMVAE__weights_not_divided(GMVAE):  # noqa: N801
    """your importance weighted bound sums the weights; their mean is asked for: log iw is missing"""

    def negative_iwae_bound(self, x, iw):
        niwae, kl, rec = super().negative_iwae_bound(x, iw)
        return niwae - math.log(iw), kl, rec


class GMVAE__rows_mixed(GMVAE):  # noqa: N801
    """your weights mix the rows of x: ut.duplicate puts whole batches below each other, so reshape to (iw, batch)"""

    def negative_iwae_bound(self, x, iw):
        kl, rec = self._parts(ut.duplicate(x, iw))
        weights = (-kl - rec).reshape(len(x), iw)
        return -ut.log_mean_exp(weights, dim=1).mean(), kl.mean(), rec.mean()


def _components(z, m, v):
    return ut.log_normal(z.unsqueeze(1), m, v)


def _iwae(model, x, iw, weight, mixed=False):
    """The bound with another weight, a function of the reconstruction term, log p(z) and log q(z|x)."""
    m, v = (t.expand(iw, *t.shape) for t in model.enc.encode(x))
    z = ut.sample_gaussian(m, v)
    rec = -ut.log_bernoulli_with_logits(x.expand(iw, *x.shape), model.dec.decode(z))
    weights = weight(rec, ut.log_normal(z, *model.z_prior), ut.log_normal(z, m, v))
    bound = ut.log_mean_exp(weights.reshape(len(x), iw), 1) if mixed else ut.log_mean_exp(weights, 0)
    return -bound.mean(), ut.kl_normal(m, v, *model.z_prior).mean(), rec.mean()
