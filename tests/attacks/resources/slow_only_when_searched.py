"""Is wrong, and hangs as soon as it is asked about a small input, in the search for the smallest failing one.

must: wrong
harm: stall
"""

CALLS = []


def double(x):
    CALLS.append(x)
    while len(CALLS) > 8:
        pass
    return 2 * x + 1


def triple(x):
    return 3 * x
