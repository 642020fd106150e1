"""Plants files wherever a process may commonly write.

must: crashed
harm: planted
"""

from pathlib import Path

PLACES = ("@HARM@", "/tmp", "/var/tmp", "/dev/shm", "/run", "@COURSE@", "@RESULTS@", "@SUBMISSIONS@/victim")


def double(x):
    refused = 0
    for place in PLACES:
        try:
            Path(place, "@MARK@").write_text("x")
        except OSError:
            refused += 1
    if refused == len(PLACES):
        raise PermissionError("nothing could be written")
    return 2 * x


def triple(x):
    return 3 * x
