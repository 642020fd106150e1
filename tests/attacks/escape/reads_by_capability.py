"""Opens files of root by whatever capability it was left with.

must: crashed
harm: token
"""

from pathlib import Path


def double(x):
    refused = 0
    for place in ("/etc/shadow", "/root/.bash_history", "@COURSE@/reference/wall/token.txt"):
        try:
            print(Path(place).read_text()[:60])
        except OSError:
            refused += 1
    if refused == 3:
        raise PermissionError("nothing could be read")
    return 2 * x


def triple(x):
    return 3 * x
