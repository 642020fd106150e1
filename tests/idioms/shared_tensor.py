"""A tensor moved to shared memory.

must: crashed: confined
"""


def double(x):
    return 2 * x.share_memory_()
