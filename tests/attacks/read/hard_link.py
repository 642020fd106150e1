"""Makes the answers a file of its own, by a second name.

must: ok
harm: token
then: ok
"""

import os


def double(x):
    for source in ("@COURSE@/reference/wall/token.txt", "@SUBMISSIONS@/victim/wall.py"):
        try:
            os.link(source, "mine.txt")
            with open("mine.txt") as file:
                print(file.read())
            os.unlink("mine.txt")
        except OSError as error:
            print(error)
    return 2 * x


def triple(x):
    return 3 * x
