"""Hands in a pipe that never ends, a device, a socket and a folder under the names of files.

must: missing
harm: stall
control: no — the control takes no submissions apart
"""

import contextlib
import os
import pathlib
import socket
import stat


def make(folder: pathlib.Path) -> None:
    os.mkfifo(folder / "wall.py")
    os.mkfifo(folder / "wall.ipynb")
    (folder / "answers.md").mkdir()
    with contextlib.suppress(PermissionError):  # only root may make a device
        os.mknod(folder / "zero.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    with contextlib.chdir(folder), socket.socket(socket.AF_UNIX) as link:  # the path of a socket has to be short
        link.bind("socket.py")
