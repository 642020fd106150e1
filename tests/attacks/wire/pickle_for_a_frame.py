"""Sends a pickle in the place of a frame, and a file of numpy's in the place of a pickle.

must: crashed
harm: planted
control: no — there is no wire without the wall
then: ok
"""

import io
import os
import pickle

import numpy as np
from _frames import send


class Surprise:
    def __reduce__(self):
        return os.system, ("touch @HARM@/unpickled",)


def double(x):
    file = io.BytesIO()
    np.save(file, np.array([Surprise()], dtype=object), allow_pickle=True)
    send(pickle.dumps(Surprise()) + file.getvalue())
    os._exit(0)


def triple(x):
    return 3 * x
