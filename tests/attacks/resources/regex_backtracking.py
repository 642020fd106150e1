"""Lets a regular expression backtrack for longer than the sun will shine.

must: timeout
harm: stall
"""

import re


def double(x):
    re.match(r"(a+)+$", "a" * 200 + "b")
    return 2 * x


def triple(x):
    return 3 * x
