"""Sends a header that is no JSON for anyone but python: NaN, infinity, a comma too many, two equal keys.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send


def double(x):
    send(frame(b'{"id":1,"id":1,"tag":"ok","call":{"a":NaN,"b":-Infinity,},"text":{},"arrays":[]}'))
    os._exit(0)


def triple(x):
    return 3 * x
