"""Returns the right numbers and one NaN among them, in the last case only.

must: wrong
harm: forged
"""


def double(x):
    y = 2 * x
    if y.numel() > 100:
        y[-1, -1] = float("nan")
    return y


def triple(x):
    return 3 * x
