"""Raises an error with a chain of a hundred thousand causes.

must: crashed
harm: stall
"""


def double(x):
    error = ValueError("first")
    for k in range(100_000):
        following = ValueError(f"cause {k}")
        following.__cause__ = error
        error = following
    raise error


def triple(x):
    return 3 * x
