"""Takes memory until something gives way, before the first question is asked.

must: crashed | memory
harm: neighbour
"""

kept = []
while True:
    kept.append(bytearray(b"x" * (4 << 20)))


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
