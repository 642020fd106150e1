"""Plants files wherever a process usually may.

must: ok
harm: planted
then: ok
"""

import contextlib
import os
import tempfile


def double(x):
    for folder in (
        tempfile.gettempdir(),
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/dev/mqueue",
        "/run",
        os.path.expanduser("~"),
    ):
        if folder == os.getcwd():
            continue
        with contextlib.suppress(OSError), open(f"{folder}/planted-@MARK@", "w") as file:
            file.write("for the next student")
    with contextlib.suppress(OSError), open("@HARM@/planted", "w") as file:
        file.write("for the next student")
    return 2 * x


def triple(x):
    return 3 * x
