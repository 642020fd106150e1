"""float64 as the default dtype.

must: ok
"""

import torch

torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=3, sci_mode=False)


def double(x):
    assert torch.ones(1).dtype == torch.float64
    return x * torch.tensor(2.0)
