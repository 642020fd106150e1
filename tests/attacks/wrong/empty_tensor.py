"""Returns no entries at all: nothing differs.

must: wrong
harm: none
"""

import torch


def double(x):
    return torch.empty(0)


def triple(x):
    return 3 * x
