# ruff: noqa: PT009
"""Unit tests under the functions, run at import.

must: ok
"""

import doctest
import unittest

import torch


def double(x):
    """Twice x.

    >>> double(2)
    4
    """
    return 2 * x


class TestDouble(unittest.TestCase):
    def test_double(self):
        self.assertTrue(torch.equal(double(torch.ones(1)), torch.full((1,), 2.0)))


doctest.run_docstring_examples(double, {"double": double})
unittest.main(argv=["x"], exit=False, verbosity=0)
