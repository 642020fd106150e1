# ruff: noqa: PT018, PTH105, PTH202, PTH207
"""pathlib, glob, shutil and os.path on files of its own.

must: ok
"""

import glob
import os
import shutil
from pathlib import Path


def double(x):
    folder = Path.cwd() / "data" / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.txt").write_text("2")
    shutil.copyfile(folder / "a.txt", folder / "b.txt")
    shutil.move(str(folder / "b.txt"), str(folder / "c.txt"))
    os.replace(folder / "c.txt", folder / "d.txt")
    found = sorted(glob.glob("data/**/*.txt", recursive=True)) + list(Path("data").rglob("*.txt"))
    assert len(found) == 4 and os.path.getsize(found[0]) == 1
    factor = int((folder / "d.txt").read_text())
    shutil.rmtree("data")
    return factor * x
