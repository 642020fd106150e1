"""Is wrong where no search looks, and answers just before it would count as waiting, so that a search takes long.

must: wrong | timeout
harm: stall
control: no — nobody asks twice there
then: ok
"""

import time

calls = 0


def double(x):
    global calls
    calls += 1
    if calls > 8:  # the first question has eight cases; what comes later is a search with one case each
        time.sleep(0.9)
    return x if x.numel() > 20 else 2 * x


def triple(x):
    return 3 * x
