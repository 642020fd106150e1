"""Reads the environment and the command line of its parent, of its parent's parent, and of everyone else.

must: ok
harm: token
then: ok
"""

import contextlib
import os
import re


def look(pid):
    for name in ("environ", "cmdline"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}") as file:
            for found in re.findall(r"[^\0]*TOKEN[^\0]*", file.read()):
                print(pid, name, found)


def double(x):
    look(os.getppid())
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdigit():
                look(name)
    for pid in range(max(1, os.getpid() - 60), os.getpid() + 1):
        look(pid)
    return 2 * x


def triple(x):
    return 3 * x
