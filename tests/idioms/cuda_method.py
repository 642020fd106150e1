"""Moves everything to the GPU without asking whether there is one.

must: crashed: GPU
"""


def double(x):
    return (2 * x.cuda()).cpu()
