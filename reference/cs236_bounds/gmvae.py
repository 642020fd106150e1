"""Solution of CS236, `gmvae.py`: the two bounds where the prior is a mixture of Gaussians.

As `vae.py`, with z_pre of shape (1, 2K, Z) instead of z_prior: the means of the K components and, before softplus,
their variances. The KL to a mixture has no closed form; it is estimated by log q(z|x) − log p(z).
"""

import utils as ut
from torch import nn


class GMVAE(nn.Module):
    """A variational autoencoder with a mixture prior, whose networks are handed to it."""

    def __init__(self, enc, dec, z_pre):
        super().__init__()
        self.enc, self.dec, self.z_pre = enc, dec, z_pre

    def negative_elbo_bound(self, x):
        """(−ELBO, estimate of the KL, −log p(x|z)), three scalars, from one draw of z per row of x.

        Source: Kingma & Welling (2014), equation (2), for any prior whose density can be computed.
        """
        kl, rec = self._parts(x)
        return (kl + rec).mean(), kl.mean(), rec.mean()

    def negative_iwae_bound(self, x, iw):
        """(−L_iw, KL, reconstruction), three scalars, from iw draws of z for each row of x.

        Source: Burda, Grosse & Salakhutdinov (2016), equation (8).
        """
        kl, rec = (part.unflatten(0, (iw, -1)) for part in self._parts(ut.duplicate(x, iw)))
        return -ut.log_mean_exp(-kl - rec, dim=0).mean(), kl.mean(), rec.mean()

    def _parts(self, x):
        m, v = self.enc.encode(x)
        z = ut.sample_gaussian(m, v)
        prior = ut.gaussian_parameters(self.z_pre, dim=1)
        kl = ut.log_normal(z, m, v) - ut.log_normal_mixture(z, *prior)
        return kl, -ut.log_bernoulli_with_logits(x, self.dec.decode(z))
