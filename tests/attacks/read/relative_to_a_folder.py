"""Enters the reference's folder first, and opens its files by names without a path.

must: ok
harm: token
then: ok
"""

import os


def double(x):
    here = os.getcwd()
    try:
        os.chdir("@COURSE@/reference/wall")
        print(open("token.txt").read())
    except OSError as error:
        print(error)
    finally:
        os.chdir(here)
    try:
        folder = os.open("@COURSE@/reference/wall", os.O_PATH)
        print(os.read(os.open("token.txt", os.O_RDONLY, dir_fd=folder), 1000))
    except OSError as error:
        print(error)
    return 2 * x


def triple(x):
    return 3 * x
