"""Two seconds of honest computation, where four are allowed.

must: ok
"""

import time

import torch


def double(x):
    start = time.process_time()
    y = torch.ones(50, 50)
    while time.process_time() - start < 1.0:
        y = torch.tanh(y @ y)
    return 2 * x
