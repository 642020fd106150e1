"""Hands in a link to the folder of another student, and one to the folder that holds itself.

must: missing
harm: token
control: no — the control takes no submissions apart
"""

import pathlib


def make(folder: pathlib.Path) -> None:
    (folder / "src").symlink_to("@SUBMISSIONS@/victim", target_is_directory=True)
    (folder / "self").symlink_to(folder, target_is_directory=True)
    (folder / "loop").symlink_to("loop")
    (folder / "wall.py").symlink_to("../victim/wall.py")
