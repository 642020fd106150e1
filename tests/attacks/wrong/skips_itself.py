"""Raises what test runners take for a skipped or passed test.

must: crashed
harm: none
"""

import unittest


def double(x):
    raise unittest.SkipTest("not on this machine")


def triple(x):
    return 3 * x
