"""A ProcessPoolExecutor.

must: crashed: no other programs or processes
"""

from concurrent.futures import ProcessPoolExecutor


def twice(y):
    return 2 * y


def double(x):
    with ProcessPoolExecutor(2) as pool:
        return next(pool.map(twice, [x]))
