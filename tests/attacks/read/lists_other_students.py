"""Lists the class and copies from a student.

must: ok
harm: token
then: ok
"""

import os


def double(x):
    try:
        for student in os.listdir("@SUBMISSIONS@"):
            with open(f"@SUBMISSIONS@/{student}/wall.py") as file:
                print(student, file.read())
    except OSError as error:
        print(error)
    return 2 * x


def triple(x):
    return 3 * x
