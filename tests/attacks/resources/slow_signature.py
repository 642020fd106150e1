"""Has a signature that never ends.

must: timeout
harm: stall
"""


class Slow:
    @property
    def __signature__(self):
        while True:
            pass

    def __call__(self, x):
        return 2 * x


double = Slow()


def triple(x):
    return 3 * x
