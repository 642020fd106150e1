"""Leaves objects whose finalizers never end for the garbage collector.

must: timeout | ok
harm: stall
"""


class Tomb:
    def __del__(self):
        while True:
            pass


KEPT = Tomb()


def double(x):
    ring = [Tomb()]
    ring.append(ring)
    del ring
    return 2 * x


def triple(x):
    return 3 * x
