"""Starts ten thousand threads that wait.

must: crashed | memory
harm: stall
"""

import threading


def double(x):
    threading.stack_size(64 << 10)
    stop = threading.Event()
    for _ in range(10_000):
        threading.Thread(target=stop.wait, daemon=True).start()
    return 2 * x


def triple(x):
    return 3 * x
