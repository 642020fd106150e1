"""Opens another student's file without listing anything first.

must: ok
harm: token
then: ok
"""


def double(x):
    for name in ("victim/wall.py", "000_right/wall.py"):
        try:
            with open("@SUBMISSIONS@/" + name) as file:
                print(file.read())
        except OSError as error:
            print(error)
    return 2 * x


def triple(x):
    return 3 * x
