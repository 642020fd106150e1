"""Solution of CS236, `vae.py`: the two bounds of a variational autoencoder with a standard normal prior.

The class holds enc (x → mean and variance of q(z|x)), dec (z → logits of the pixels) and z_prior, a pair of mean and
variance, which broadcast. All bounds are in nats, averaged over the batch.
"""

import utils as ut
from torch import nn


class VAE(nn.Module):
    """A variational autoencoder whose networks are handed to it."""

    def __init__(self, enc, dec, z_prior):
        super().__init__()
        self.enc, self.dec, self.z_prior = enc, dec, z_prior

    def negative_elbo_bound(self, x):
        """(−ELBO, KL(q ‖ p), −E[log p(x|z)]), three scalars, from one draw of z per row of x; the KL in closed form.

        Source: Kingma & Welling (2014), equation (3).
        """
        m, v = self.enc.encode(x)
        rec = -ut.log_bernoulli_with_logits(x, self.dec.decode(ut.sample_gaussian(m, v))).mean()
        kl = ut.kl_normal(m, v, *self.z_prior).mean()
        return kl + rec, kl, rec

    def negative_iwae_bound(self, x, iw):
        """(−L_iw, KL, reconstruction), three scalars; L_iw is log of the mean of iw weights p(x, z)/q(z|x).

        Safe form: log-mean-exp of the log weights, over the samples of each row.
        Source: Burda, Grosse & Salakhutdinov (2016), equation (8).
        """
        m, v = self.enc.encode(x)
        wide = [t.expand(iw, *t.shape) for t in (x, m, v)]
        z = ut.sample_gaussian(*wide[1:])
        rec = -ut.log_bernoulli_with_logits(wide[0], self.dec.decode(z))
        weights = ut.log_normal(z, *self.z_prior) - ut.log_normal(z, *wide[1:]) - rec
        kl = ut.kl_normal(m, v, *self.z_prior).mean()
        return -ut.log_mean_exp(weights, dim=0).mean(), kl, rec.mean()
