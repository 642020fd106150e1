"""Ends its process behind the back of the interpreter, with status 0.

must: crashed
harm: none
"""

import os


def double(x):
    print("1 passed in 0.01s")
    os._exit(0)


def triple(x):
    return 3 * x
