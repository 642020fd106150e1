"""torch.func.vmap over the batch, in and out of the library's old place.

must: ok
"""

import torch
from torch.func import vmap


def double(x):
    return vmap(vmap(lambda entry: entry + entry))(x) + 0 * torch.vmap(torch.sin)(x)
