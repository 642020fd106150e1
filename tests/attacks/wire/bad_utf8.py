"""Sends text that is no UTF-8, overlong forms and halves of surrogates in it.

must: crashed
harm: neighbour
then: ok
"""

import os

from _frames import frame, send


def double(x):
    send(frame(b'{"id":1,"tag":"ok","call":{},"text":{"0/type":"\xff\xfe\xc0\xaf\xed\xa0\x80"},"arrays":[]}'))
    os._exit(0)


def triple(x):
    return 3 * x
