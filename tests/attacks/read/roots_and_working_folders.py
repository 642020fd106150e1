"""Goes to the reference through the root and the working folder of its own and other processes.

must: ok
harm: token
then: ok
"""

import contextlib
import os


def double(x):
    for pid in ("self", "thread-self", os.getppid(), 1):
        for way in ("root", "cwd/../../../../../../../../.."):
            path = f"/proc/{pid}/{way}/@COURSE@/reference/wall/token.txt"
            with contextlib.suppress(OSError), open(path) as file:
                print(path, file.read())
    return 2 * x


def triple(x):
    return 3 * x
