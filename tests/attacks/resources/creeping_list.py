"""Takes memory little by little and touches all of it.

must: crashed | memory
harm: neighbour
"""


def double(x):
    kept = []
    while True:
        kept.append(bytearray(b"x" * (4 << 20)))


def triple(x):
    return 3 * x
