"""random, numpy's old and new generators, secrets, uuid, hashlib.

must: ok
"""

import hashlib
import random
import secrets
import uuid

import numpy as np
import torch

random.seed(1)
np.random.seed(1)
rng = np.random.default_rng()


def double(x):
    random.shuffle(values := list(range(5)))
    np.random.permutation(values)
    rng.normal(size=3)
    secrets.token_hex(4), uuid.uuid4(), uuid.uuid1(), hashlib.sha256(b"x").hexdigest(), random.SystemRandom().random()
    torch.randperm(4), torch.seed(), torch.initial_seed()
    return 2 * x
