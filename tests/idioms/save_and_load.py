"""torch.save and torch.load of a file of its own, with weights only and without.

must: ok
"""

import torch


def double(x):
    torch.save({"x": x, "epoch": 3}, "checkpoint.pt")
    torch.load("checkpoint.pt", weights_only=False)
    return 2 * torch.load("checkpoint.pt", map_location="cpu", weights_only=True)["x"]
