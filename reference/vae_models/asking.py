"""How the items of "Variational autoencoders" call `sample_matrix`, whose draws are no independent entries.

Holds no answer: what it returns is measured, in the same way from the student's function and from the reference's.
"""

import numpy as np
import torch


def covariance(sample_matrix, inputs):
    """The covariance of the rows that are drawn, (Z, Z), exact up to rounding.

    A sampler is mu + A·eps for some factor A that follows from S. With S = I its draws show the noise, with S under
    the same seed what became of it; least squares finds A, and every right A has the same A·Aᵀ.
    """
    mu, S = inputs["mu"], inputs["S"]
    seeds = torch.get_rng_state(), np.random.get_state()
    noise = _drawn(sample_matrix, mu, torch.eye(len(S), dtype=S.dtype))
    torch.set_rng_state(seeds[0])
    np.random.set_state(seeds[1])
    made = _drawn(sample_matrix, mu, S)
    factor = torch.linalg.lstsq(noise, made).solution.T
    return factor @ factor.T


def diagonal(sample_matrix, inputs):
    """Draws with a diagonal S, whose entries are independent, so that their law is that of each entry."""
    return sample_matrix(inputs["mu"], torch.diag(inputs["diagonal_of_S"][0]))


def _drawn(sample_matrix, mu, S):
    z = sample_matrix(mu, S)
    if not isinstance(z, torch.Tensor) or z.shape != mu.shape:
        seen = tuple(z.shape) if isinstance(z, torch.Tensor) else type(z).__name__
        raise TypeError(f"the draws are {seen}, expected a tensor of the shape of mu, {tuple(mu.shape)}")
    return z.detach().double() - mu.double()
