"""Returns the right numbers as a sparse tensor.

must: ok
harm: none
"""


def double(x):
    return (2 * x).to_sparse()


def triple(x):
    return 3 * x
