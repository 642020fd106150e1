"""Has another program read the answers.

must: ok
harm: token
then: ok
"""

import subprocess


def double(x):
    for command in (["cat", "@COURSE@/reference/wall/token.txt"], ["grep", "-r", "TOKEN", "@COURSE@", "@SUBMISSIONS@"]):
        try:
            print(subprocess.run(command, capture_output=True, text=True).stdout)
        except OSError as error:
            print(error)
    return 2 * x


def triple(x):
    return 3 * x
