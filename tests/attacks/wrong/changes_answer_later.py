"""Returns the right tensor and changes it from a thread when the call is over.

must: ok | wrong
harm: neighbour
"""

import threading


def double(x):
    y = 2 * x
    threading.Timer(0.0005, y.zero_).start()
    return y


def triple(x):
    return 3 * x
