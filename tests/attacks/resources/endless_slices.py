"""Returns a list that hands out a longer list whenever it is cut.

must: timeout | crashed | memory | wrong
harm: stall
"""


class Growing(list):
    def __getitem__(self, index):
        return Growing([Growing([1]), Growing([1])])


def double(x):
    return Growing([2 * x])


def triple(x):
    return 3 * x
