"""Is wrong, and takes all memory that it can when it is asked again, in the search for the smallest failing input.

must: wrong
harm: neighbour
"""

CALLS = []


def double(x):
    CALLS.append(x)
    while len(CALLS) > 8:
        CALLS.append(bytearray(b"x" * (4 << 20)))
    return 2 * x + 1


def triple(x):
    return 3 * x
