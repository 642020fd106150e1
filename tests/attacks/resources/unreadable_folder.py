"""Makes folders and files that nobody has any right to, so that clearing up fails.

must: ok | crashed | wrong
harm: left
"""

import os
from pathlib import Path


def double(x):
    Path("open").mkdir(exist_ok=True)
    os.umask(0o777)
    Path("open", f"file{x.numel()}").touch()
    Path(f"locked{x.numel()}").mkdir()
    return 2 * x


def triple(x):
    return 3 * x
