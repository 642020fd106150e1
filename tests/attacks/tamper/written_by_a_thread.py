"""Keeps a thread that writes its own results file again and again, also when the answer has been given.

must: wrong
harm: forged
"""

import contextlib
import threading
import time


def write():
    for _ in range(100):
        time.sleep(0.02)
        with contextlib.suppress(OSError), open("@RESULTS@/@STUDENT@/results.json", "w") as file:
            file.write('{"a": 1.0, "b": 1.0}')


threading.Thread(target=write, daemon=False).start()


def double(x):
    return x


def triple(x):
    return 3 * x
