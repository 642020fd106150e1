"""Makes the reference answer what it answers itself, and the rubric generous.

must: wrong
harm: planted
then: ok
"""

import contextlib


def double(x):
    with contextlib.suppress(OSError), open("@COURSE@/reference/wall/wall.py", "a") as file:
        file.write("\n\ndef double(x):\n    return x\n")
    with contextlib.suppress(OSError), open("@COURSE@/rubrics/wall.yaml", "a") as file:
        file.write("# points for everyone\n")
    return x


def triple(x):
    return 3 * x
