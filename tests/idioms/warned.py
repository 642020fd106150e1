# ruff: noqa: B028
"""Warnings that are filtered, raised and caught.

must: ok
"""

import warnings

warnings.filterwarnings("ignore", category=UserWarning)


def double(x):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("odd", RuntimeWarning)
    assert len(caught) == 1
    warnings.warn("for the reader")
    return 2 * x
