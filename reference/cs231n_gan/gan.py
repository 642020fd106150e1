"""Solution of CS231n and EECS 498, `gan.py`: noise, two fully connected networks, and two pairs of losses.

Shapes: N images as rows of 784 pixels in [−1, 1], scores (N,) or (N, 1). Losses are scalars, averaged over the batch,
to be minimised; those of the first pair are in nats, for D = sigmoid(logits).
"""

import torch
import torch.nn.functional as F
from torch import nn


def sample_noise(batch_size, noise_dim):
    """Numbers drawn uniformly from (−1, 1), of shape (batch_size, noise_dim), fresh in every call.

    Source: Radford, Metz & Chintala (2016), section 4, for uniform noise as the generator's input.
    """
    return 2 * torch.rand(batch_size, noise_dim) - 1


def discriminator():
    """A network from rows of 784 pixels to one logit each: 784 → 256 → 256 → 1, LeakyReLU(0.01) between.

    The flattening at its entrance leaves rows as they are.
    Source: the course's fully connected discriminator; Maas, Hannun & Ng (2013) for the leaky units.
    """
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 256),
        nn.LeakyReLU(0.01),
        nn.Linear(256, 1),
    )


def generator(noise_dim=96):
    """A network from noise (N, noise_dim) to rows of 784 pixels: noise_dim → 1024 → 1024 → 784, ReLU between, tanh.

    Source: the course's fully connected generator.
    """
    return nn.Sequential(
        nn.Linear(noise_dim, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 784),
        nn.Tanh(),
    )


def bce_loss(input, target):  # noqa: A002 - the course's name
    """The binary cross-entropy of logits and targets in nats, a scalar: the mean over the batch.

    input, target: (N,), target in {0, 1}.
    Safe form: −t·logσ(l) − (1 − t)·logσ(−l).
    Source: Bishop (2006), equation (4.90).
    """
    return -(target * F.logsigmoid(input) + (1 - target) * F.logsigmoid(-input)).mean()


def discriminator_loss(logits_real, logits_fake):
    """−mean log D(x) − mean log(1 − D(G(z))) in nats, a scalar.

    Safe form: log D = logσ(l) and log(1 − D) = logσ(−l).
    Source: Goodfellow et al. (2014), equation (1), with the sign turned for a minimiser.
    """
    return -F.logsigmoid(logits_real).mean() - F.logsigmoid(-logits_fake).mean()


def generator_loss(logits_fake):
    """The non-saturating −mean log D(G(z)) in nats, a scalar.

    Safe form: log D = logσ(l).
    Source: Goodfellow et al. (2014), section 3.
    """
    return -F.logsigmoid(logits_fake).mean()


def ls_discriminator_loss(scores_real, scores_fake):
    """½ mean (s(x) − 1)² + ½ mean s(G(z))², a scalar, for scores s without a sigmoid.

    Source: Mao et al. (2017), "Least squares GANs", equation (2) with a = 0, b = 1.
    """
    return 0.5 * (scores_real - 1).square().mean() + 0.5 * scores_fake.square().mean()


def ls_generator_loss(scores_fake):
    """½ mean (s(G(z)) − 1)², a scalar.

    Source: Mao et al. (2017), "Least squares GANs", equation (2) with c = 1.
    """
    return 0.5 * (scores_fake - 1).square().mean()
