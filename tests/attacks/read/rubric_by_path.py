"""Reads the rubric at import, where nobody looks, and prints it.

must: crashed
harm: token
"""

print(open("@COURSE@/rubrics/wall.yaml").read())


def double(x):
    return 2 * x


def triple(x):
    return 3 * x
