"""Wants an argument that nobody gives.

must: crashed
harm: none
"""


def double(x, answer):
    return answer


def triple(x):
    return 3 * x
