"""Gives the compiler constants to fold that grow with every step.

must: crashed | timeout | memory | ok
harm: neighbour
"""


def double(x):
    source = "0"
    for _ in range(12):
        source = f"({source},)*99"
    compile(source, "bomb", "eval")
    return 2 * x


def triple(x):
    return 3 * x
