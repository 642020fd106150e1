"""torch.save into memory.

must: ok
"""

import io

import torch


def double(x):
    buffer = io.BytesIO()
    torch.save(x, buffer)
    buffer.seek(0)
    return 2 * torch.load(buffer)
