"""Ends its process as if all were well.

must: crashed
harm: none
"""

import sys


def double(x):
    sys.exit(0)


def triple(x):
    return 3 * x
