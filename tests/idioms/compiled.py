"""torch.compile as a decorator and as a call.

must: ok
"""

import torch

net = torch.compile(torch.nn.Linear(3, 3), mode="reduce-overhead")


@torch.compile
def double(x):
    net(torch.zeros(1, 3))
    return 2 * x
