"""Takes weights from a URL.

must: crashed: no network
"""

import torch


def double(x):
    torch.hub.load_state_dict_from_url("https://example.org/weights.pth", progress=False)
    return 2 * x
