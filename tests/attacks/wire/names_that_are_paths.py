"""Names its arrays like files, like python's own attributes, like nothing, and like each other.

must: crashed | wrong
harm: planted
control: no — there is no wire without the wall
then: ok
"""

import os

from _frames import frame, send, told


def double(x):
    names = (
        "../../../@HARM@/planted",
        "@HARM@/planted",
        "__class__",
        "0",
        "0/",
        "/out",
        "0/out/../out",
        "expected/0/out",
    )
    send(frame(told(arrays=[[name, "float32", [1]] for name in names]), bytes(4 * len(names))))
    os._exit(0)


def triple(x):
    return 3 * x
