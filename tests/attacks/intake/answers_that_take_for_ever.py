"""Writes answers that a reader of Markdown needs quadratic time or a deep stack for.

must: ok
harm: stall
control: no — the control takes no submissions apart
"""

import pathlib

BOMBS = (
    ">" * 60_000 + "x",
    "[" * 60_000,
    "*a _b " * 12_000,
    "`" + "` ``" * 20_000,
    "- " * 30_000 + "x",
    "![[]()" * 12_000,
    "<a" * 20_000,
    "# a\n" * 20_000,
    "\\(" * 20_000,
    "$" * 60_000,
)


def make(folder: pathlib.Path) -> None:
    (folder / "wall.py").write_text("def double(x):\n    return 2 * x\n\n\ndef triple(x):\n    return 3 * x\n")
    (folder / "answers.md").write_text("\n\n".join(f"# part\n\n{bomb}" for bomb in BOMBS))
