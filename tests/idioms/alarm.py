"""A time limit of its own, by a signal.

must: ok
"""

import faulthandler
import signal

faulthandler.enable()


def stop(*_):
    raise TimeoutError


def double(x):
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(5)
    y = 2 * x
    signal.alarm(0)
    return y
