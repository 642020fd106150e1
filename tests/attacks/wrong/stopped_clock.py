"""Stops every clock of Python, so that nothing seems to take time; its answer is wrong.

must: wrong
harm: none
"""

import time

for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
    setattr(time, name, lambda: 0.0)
    setattr(time, f"{name}_ns", lambda: 0)


def double(x):
    return x + 1


def triple(x):
    return 3 * x
