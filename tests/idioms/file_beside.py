# ruff: noqa: PTH123
"""Reads a file that was handed in beside it, by a relative path.

must: ok
"""

import csv

with open("data.csv") as file:
    ROWS = list(csv.DictReader(file))


def double(x):
    return float(ROWS[0]["factor"]) * x
