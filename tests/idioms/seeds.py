"""torch.manual_seed at import and in the function.

must: ok
"""

import os
import random

import numpy as np
import torch


def set_seed(seed=42):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    os.environ["PYTHONHASHSEED"] = str(seed)


set_seed()


def double(x):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        torch.rand(2)
    return 2 * x
