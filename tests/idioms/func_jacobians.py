"""The diagonal of a Jacobian by jacrev and jacfwd, and a Hessian.

must: ok
"""

import torch
from torch.func import hessian, jacfwd, jacrev, jvp, vjp


def double(x):
    flat = x.reshape(-1)
    forward, reverse = jacfwd(torch.square)(flat), jacrev(torch.square)(flat)
    hessian(lambda y: (y**3).sum())(flat[:2])
    jvp(torch.sin, (flat,), (flat,))
    vjp(torch.sin, flat)
    assert torch.allclose(forward, reverse)
    return forward.diagonal().reshape(x.shape)
