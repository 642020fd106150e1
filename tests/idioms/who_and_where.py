# ruff: noqa: PTH109, PTH111
"""Asks who it is and where its home is.

must: ok
"""

import getpass
import os
from pathlib import Path

CACHE = Path.home() / ".cache" / "homework"
CACHE.mkdir(parents=True, exist_ok=True)


def double(x):
    print(os.path.expanduser("~/data"), os.getcwd(), os.environ.get("USER"), os.getuid())
    print(getpass.getuser())
    return 2 * x
