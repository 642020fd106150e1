# ruff: noqa: F401
"""tqdm is imported for a training loop that the question does not need.

must: ok
"""

from tqdm.auto import tqdm, trange


def train(loader):
    for batch in tqdm(loader):
        print(batch)


def double(x):
    return 2 * x
