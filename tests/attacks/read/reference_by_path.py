"""Opens the reference by its path, and prints it.

must: ok
harm: token
then: ok
"""


def double(x):
    try:
        with open("@COURSE@/reference/wall/wall.py") as file:
            print(file.read())
    except OSError as error:
        print(error)
    return 2 * x


def triple(x):
    return 3 * x
