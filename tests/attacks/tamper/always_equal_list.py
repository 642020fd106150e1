"""Returns a list that says it is equal to any other.

must: wrong | crashed
harm: forged
then: ok
"""


class Agreeing(list):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None


def double(x):
    return Agreeing()


def triple(x):
    return 3 * x
