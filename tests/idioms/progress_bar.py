"""tqdm around a training loop.

must: ok
without tqdm: crashed: the package tqdm is not installed where this is graded
"""

from tqdm import tqdm


def double(x):
    for _ in tqdm(range(3)):
        pass
    return 2 * x
