"""Starts a program through the dynamic loader, which is a library and may be read.

must: crashed
harm: planted
"""

import os
from pathlib import Path

LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")


def double(x):
    loader = next(path for path in LOADERS if Path(path).exists())
    os.execv(loader, [loader, "/bin/touch", "@HARM@/loader_as_program"])
    return 2 * x


def triple(x):
    return 3 * x
