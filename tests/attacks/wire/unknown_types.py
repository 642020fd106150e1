"""Sends arrays of types that would hold objects, times, records or nothing at all.

must: crashed
harm: planted
control: no — there is no wire without the wall
then: ok
"""

import os
import pickle

from _frames import frame, send, told


class Surprise:
    def __reduce__(self):
        return os.system, ("touch @HARM@/unpickled",)


def double(x):
    blob = pickle.dumps(Surprise()).ljust(160, b".")
    send(frame(told(arrays=[["0/out", "object", [len(blob) // 8]]]), blob))
    os._exit(0)


def triple(x):
    return 3 * x
