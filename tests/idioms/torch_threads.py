"""torch.set_num_threads, and work that uses them.

must: ok
"""

import torch

torch.set_num_threads(2)


def double(x):
    torch.randn(400, 400) @ torch.randn(400, 400)
    return 2 * x
