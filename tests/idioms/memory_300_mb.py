"""Three hundred megabytes, which is within the limit.

must: ok
"""

import torch


def double(x):
    large = torch.ones(300 << 18)
    return 2 * x * large[0]
