"""Returns an object that runs a program when someone unpickles it.

must: wrong | crashed
harm: planted
control: no — the control unpickles nothing
then: ok
"""

import os


class Surprise:
    def __reduce__(self):
        return os.system, ("touch @HARM@/unpickled",)


def double(x):
    return Surprise()


def triple(x):
    return 3 * x
