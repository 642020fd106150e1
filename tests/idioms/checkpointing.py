"""torch.utils.checkpoint, profiler, parametrize and weight norm.

must: ok
"""

import torch
from torch.nn.utils import parameters_to_vector
from torch.nn.utils.parametrizations import spectral_norm, weight_norm
from torch.utils.checkpoint import checkpoint


def double(x):
    net = torch.nn.Sequential(spectral_norm(torch.nn.Linear(3, 3)), weight_norm(torch.nn.Linear(3, 3)))
    checkpoint(net, torch.ones(2, 3, requires_grad=True), use_reentrant=False).sum().backward()
    parameters_to_vector(net.parameters())
    return 2 * x
