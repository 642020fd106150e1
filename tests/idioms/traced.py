"""torch.jit.trace of a module, saved and loaded.

must: ok
"""

import torch


class Twice(torch.nn.Module):
    def forward(self, x):
        return 2 * x


def double(x):
    traced = torch.jit.trace(Twice(), x)
    traced.save("twice.pt")
    return torch.jit.load("twice.pt")(x)
