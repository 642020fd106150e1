"""How well display rows are read that the reader was not written for: how many, and how many with the right meaning.

    python -m benchmarks.derivations.notation FOLDER [--list read|unread|unjudged]

FOLDER holds `*.jsonl`, a row a line: `{"text": …, "macros": …, "judged": {LaTeX as read: true or false}}`. `macros` are
the definitions of the document that the row is from; `judged` is what a person said of a reading: whether it means what
its author meant. Where the reader reads a row otherwise than it was judged, it waits for a person again. The names of a
course are declared once for all rows. Intervals are Wilson's, at 95 %.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

from grader.maths.lex import with_macros
from grader.maths.notation import Notation
from grader.maths.read import Unreadable, readings
from grader.maths.tree import Row
from grader.maths.write import latex


def _names(table: str) -> frozenset[str]:
    return frozenset(table.split())


BOLD = {f"\\mathbf{{{letter}}}": letter.lower() for letter in "xyzhuvwsXYZHUVW"}
COURSE = Notation(
    variables=_names(r"x y z h u v w a \epsilon \varepsilon \eta \xi \tau"),
    indices=_names("i j k l m n t d c"),
    densities=_names(r"p q r P Q p_{data} p_g p_G p_r p_z p_{model} \hat{p} \tilde{p} \hat{q}"),
    functions=_names(r"D G T f g s \mu \sigma \Sigma V J F L \mathcal{L} Q"),
    scalars=_names(r"\alpha \beta \gamma \lambda \rho N M K"),
    silent=_names(r"\theta \phi \varphi \psi \omega \vartheta \mathbf{\theta} \mathbf{\phi} \theta_d \theta_g"),
    aliases=BOLD | {"X": "x", "Z": "z", "Y": "y", "\\ell": "L"},
)
"""What a course on deep generative models would declare."""


@dataclass(frozen=True)
class Tried:
    """A row and what became of it: its reading in LaTeX or the reason why there is none, and a person's verdict."""

    text: str
    row: Row | None
    shown: str
    right: bool | None
    seconds: float


def tried(folder: Path) -> Iterator[Tried]:
    """Each row of a folder, read."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            told = json.loads(line)
            yield _tried(told["text"], told.get("macros", ""), told.get("judged", {}))


def _tried(text: str, macros: str, judged: dict[str, Any]) -> Tried:
    start = time.perf_counter()
    try:
        row, said = readings(text, with_macros(COURSE, macros))[0]
    except Unreadable as reason:
        return Tried(text, None, reason.what, None, time.perf_counter() - start)
    seconds = time.perf_counter() - start
    shown = " ;; ".join(map(latex, row.chains)) + (f" || {row.remark}" if row.remark else "")
    shown += f" ({said})" if said else ""
    return Tried(text, row, shown, judged.get(shown), seconds)


def share(hits: int, of: int) -> str:
    """A share with its interval, in percent."""
    if not of:
        return "none"
    inside = binomtest(hits, of).proportion_ci(0.95, "wilson")
    return f"{hits}/{of} = {100 * hits / of:.1f} %  [{100 * inside.low:.1f}, {100 * inside.high:.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", choices=["read", "unread", "unjudged"])
    told = parser.parse_args()
    found = list(tried(told.folder))
    if not found:
        sys.exit(f"no rows are in {told.folder}")
    read = [one for one in found if one.row is not None]
    print(f"display rows read                    {share(len(read), len(found))}")
    print(f"read with the right meaning          {share(sum(one.right is True for one in read), len(found))}")
    print(f"read, and not yet judged by a person {sum(one.right is None for one in read)}")
    print(f"the slowest row                      {1000 * max(one.seconds for one in found):.0f} ms")
    listed = {"read": read, "unread": [one for one in found if one.row is None]}
    listed["unjudged"] = [one for one in read if one.right is None]
    for one in listed.get(told.list or "", []):
        print(f"\n{one.text.strip()}\n    {one.shown}")


if __name__ == "__main__":
    main()
