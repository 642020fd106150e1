"""Replaces the standard output by one that never comes back from a flush.

must: timeout
harm: stall
then: ok
"""

import sys
import time


class Endless:
    def write(self, text):
        return len(text)

    def flush(self):
        while True:
            time.sleep(0.1)


def double(x):
    sys.stdout = sys.stderr = Endless()
    return 2 * x


def triple(x):
    return 3 * x
