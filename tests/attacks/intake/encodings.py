"""Hands in sources in Latin-1, UTF-16, with byte-order marks, with old line ends, and with a lie about their encoding.

must: ok
harm: neighbour
"""

import pathlib

RIGHT = "def double(x):\n    return 2 * x  # é\n\n\ndef triple(x):\n    return 3 * x\n"


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    (folder / "latin.py").write_bytes("LATIN = 'é'\r".encode("latin-1"))
    (folder / "wide.py").write_bytes("WIDE = 'é'\n".encode("utf-16"))
    (folder / "lie.py").write_bytes("# coding: ascii\nLIE = 'é'\n".encode())
    (folder / "slow.py").write_bytes("# coding: punycode\nSLOW = 'é'\n".encode() * 1000)
    (folder / "unknown.py").write_bytes("# coding: no-such-thing\nUNKNOWN = 'é'\n".encode())
    (folder / "hidden.py").write_bytes(b"# coding: unicode_escape\nHIDDEN = 1 # \\x0aimport os\\x0a\n")
    (folder / "answers.md").write_bytes(b"\xff\xfe# a\n\x00\x01\xd8\x00")
