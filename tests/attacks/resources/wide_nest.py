"""Returns a nest of lists with a billion leaves that shares all of its branches.

must: crashed | memory | timeout
harm: stall
"""


def double(x):
    leaves = [x] * 1000
    return [[leaves] * 1000] * 1000


def triple(x):
    return 3 * x
