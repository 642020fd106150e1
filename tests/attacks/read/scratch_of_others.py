"""Looks for what other students' processes have left in the temporary folder.

must: ok
harm: token
control: no — the control gives nobody a scratch folder
then: ok
"""

import contextlib
import os
import tempfile


def double(x):
    here = os.getcwd()
    for top in {os.path.dirname(here), tempfile.gettempdir(), "/tmp", "/var/tmp"}:
        with contextlib.suppress(OSError):
            for name in os.listdir(top):
                with contextlib.suppress(OSError), open(f"{top}/{name}/wall.py") as file:
                    print(name, file.read())
    with contextlib.suppress(OSError), open(os.path.join(os.path.dirname(here), "gradebound-lure", "wall.py")) as file:
        print(file.read())
    return 2 * x


def triple(x):
    return 3 * x
