"""Names a function of a library in the place of an answer.

must: crashed | missing
harm: none
"""

from torch import add as double  # noqa: F401


def triple(x):
    return 3 * x
