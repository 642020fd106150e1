"""A GPU if there is one, and everything around it: counts, names, caches, seeds.

must: ok
"""

import torch

device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
torch.cuda.manual_seed_all(0)
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False


def double(x):
    print(torch.cuda.device_count())
    torch.cuda.empty_cache()
    return 2 * x.to(device, non_blocking=True).cpu()
