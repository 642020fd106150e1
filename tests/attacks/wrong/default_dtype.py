"""Sets torch's default dtype and device for everybody after it; its own answer is right.

must: ok
harm: neighbour
"""

import torch

torch.set_default_dtype(torch.float64)
torch.set_default_device("cpu")
torch.use_deterministic_algorithms(True)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
