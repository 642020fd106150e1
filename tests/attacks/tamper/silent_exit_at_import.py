"""Ends the process with status 0 while it is imported, past all handlers.

must: crashed
harm: none
then: crashed
"""

import os

os._exit(0)


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
