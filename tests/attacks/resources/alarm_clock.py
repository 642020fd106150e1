"""Has the kernel kill its own process a moment later.

must: crashed | ok
harm: neighbour
"""

import signal
import time


def double(x):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    time.sleep(0.3)
    return 2 * x


def triple(x):
    return 3 * x
