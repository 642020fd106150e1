"""Makes a link to the answers in its own folder, and opens the link.

must: ok
harm: token
then: ok
"""

import os


def double(x):
    try:
        os.symlink("@COURSE@/reference/wall/token.txt", "mine.txt")
        with open("mine.txt") as file:
            print(file.read())
    except OSError as error:
        print(error)
    return 2 * x


def triple(x):
    return 3 * x
