"""A pool of threads from multiprocessing, which takes locks that processes could share.

must: crashed: no other programs or processes
"""

from multiprocessing.pool import ThreadPool


def double(x):
    with ThreadPool(2) as pool:
        return sum(pool.map(lambda y: y + 0, [x, x]))
