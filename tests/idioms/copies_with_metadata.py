"""shutil.copy and copy2, which also copy permissions and times.

must: ok
"""

import shutil
from pathlib import Path


def double(x):
    Path("a.txt").write_text("2")
    shutil.copy("a.txt", "b.txt")
    shutil.copy2("b.txt", "c.txt")
    return int(Path("c.txt").read_text()) * x
