"""A script that ends with exit().

must: ok
"""

import sys


def double(x):
    return 2 * x


print("done")
sys.exit(0)
