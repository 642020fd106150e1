"""Hands in a link to the reference in the place of its answer.

must: missing
harm: token
control: no — the control takes no submissions apart
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").symlink_to("@COURSE@/reference/wall/wall.py")
    (folder / "token.txt").symlink_to("@COURSE@/reference/wall/token.txt")
    (folder / "answers.md").symlink_to("@COURSE@/reference/wall/token.txt")
