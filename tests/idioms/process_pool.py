"""A multiprocessing.Pool.

must: crashed: no other programs or processes
"""

from multiprocessing import Pool


def twice(y):
    return 2 * y


def double(x):
    with Pool(2) as pool:
        return sum(pool.map(twice, [x]))
