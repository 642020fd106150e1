"""Autocast and a gradient scaler, as written for a GPU.

must: ok
"""

import torch


def double(x):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.nn.Linear(3, 3)(torch.ones(1, 3))
    with torch.autocast("cuda", enabled=torch.cuda.is_available()):
        y = 2 * x
    torch.amp.GradScaler("cpu", enabled=False).scale(torch.ones(1))
    return y
