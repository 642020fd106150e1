"""Waits for a person at the keyboard.

must: crashed
harm: stall
"""


def double(x):
    return float(input("factor? ")) * x


def triple(x):
    return 3 * x
