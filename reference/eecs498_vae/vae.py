"""Solution of EECS 498, `vae.py`: a variational autoencoder of linear layers, and one with a class as condition.

Shapes: N images (N, 1, 28, 28) with entries in [0, 1], latent codes (N, Z), classes as rows (N, C) with a one in them.
The loss is in nats per image.
"""

from itertools import pairwise

import torch
from torch import nn

HIDDEN = 400


class VAE(nn.Module):
    """encoder, mu_layer, logvar_layer and decoder; forward maps images to (x_hat, mu, logvar).

    x_hat: (N, 1, 28, 28), probabilities; mu, logvar: (N, latent_size), logvar the logarithm of the variance. One draw
    of z per image and call. Three hidden layers of 400 units with ReLU on either side.
    Source: Kingma & Welling (2014), appendix C, with the layers of the course.
    """

    def __init__(self, input_size, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(nn.Flatten(), *_hidden(input_size))
        self.mu_layer = nn.Linear(HIDDEN, latent_size)
        self.logvar_layer = nn.Linear(HIDDEN, latent_size)
        self.decoder = nn.Sequential(*_hidden(latent_size), *_image(input_size))

    def forward(self, x):
        """(x_hat, mu, logvar) of the images x."""
        hidden = self.encoder(x)
        mu, logvar = self.mu_layer(hidden), self.logvar_layer(hidden)
        return self.decoder(reparametrize(mu, logvar)), mu, logvar


class CVAE(nn.Module):
    """A VAE that knows the class: c, (N, num_classes), stands beside the flat image and beside z.

    forward(x, c) returns (x_hat, mu, logvar) as `VAE` does.
    Source: Sohn, Lee & Yan (2015), "Learning structured output representation", with the layers of the course.
    """

    def __init__(self, input_size, num_classes=10, latent_size=15):
        super().__init__()
        self.encoder = nn.Sequential(*_hidden(input_size + num_classes))
        self.mu_layer = nn.Linear(HIDDEN, latent_size)
        self.logvar_layer = nn.Linear(HIDDEN, latent_size)
        self.decoder = nn.Sequential(*_hidden(latent_size + num_classes), *_image(input_size))

    def forward(self, x, c):
        """(x_hat, mu, logvar) of the images x of the classes c."""
        hidden = self.encoder(torch.cat([x.flatten(1), c], dim=1))
        mu, logvar = self.mu_layer(hidden), self.logvar_layer(hidden)
        return self.decoder(torch.cat([reparametrize(mu, logvar), c], dim=1)), mu, logvar


def reparametrize(mu, logvar):
    """A draw of z ~ N(mu, diag(exp(logvar))) through which gradients reach mu and logvar, (N, Z).

    Safe form: the standard deviation is exp(logvar / 2), never the root of exp(logvar).
    Source: Kingma & Welling (2014), section 2.4.
    """
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def reparametrize_law(mu, logvar):
    """The mean and the standard deviation of every entry that `reparametrize` draws, each (N, Z)."""
    return mu, torch.exp(0.5 * logvar)


def loss_function(x_hat, x, mu, logvar):
    """The negative ELBO in nats per image, a scalar: summed over pixels and latent dimensions, divided by N.

    x_hat, x: (N, 1, H, W), the decoder's probabilities and the images, whose grey values count as probabilities;
    mu, logvar: (N, Z).
    Safe form: 0·log 0 counts as 0; expm1(logvar) − logvar instead of exp(logvar) − 1 − logvar.
    Source: Kingma & Welling (2014), equations (3) and (10), with the sign turned for a minimiser.
    """
    likelihood = torch.xlogy(x, x_hat) + torch.special.xlog1py(1 - x, -x_hat)
    divergence = 0.5 * (mu.square() + torch.expm1(logvar) - logvar)
    return (divergence.sum() - likelihood.sum()) / len(x)


def _hidden(size):
    sizes = [size, HIDDEN, HIDDEN, HIDDEN]
    return [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), nn.ReLU())]


def _image(size):
    return nn.Linear(HIDDEN, size), nn.Sigmoid(), nn.Unflatten(1, (1, 28, 28))
