# ruff: noqa: F401
"""torch.profiler around a step.

must: ok
"""

import torch
from torch.profiler import ProfilerActivity, profile


def double(x):
    with profile(activities=[ProfilerActivity.CPU]) as told:
        y = 2 * x
    print(told.key_averages().table(row_limit=3))
    return y
