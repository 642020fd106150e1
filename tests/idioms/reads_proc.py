# ruff: noqa: PTH123
"""Reads how much memory and how many processors there are.

must: ok
"""


def double(x):
    with open("/proc/meminfo") as file:
        print(file.readline())
    with open("/proc/cpuinfo") as file:
        print(file.readline())
    return 2 * x
