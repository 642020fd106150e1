"""Sets its input to zero and returns zero, which is twice the input as it now is.

must: wrong
harm: none
"""


def double(x):
    return x.zero_()


def triple(x):
    return 3 * x
