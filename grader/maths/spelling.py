"""How names are spelt canonically, and what stands around a written one."""

from __future__ import annotations

from dataclasses import dataclass

from grader.maths.tree import Node

Range = tuple[int, int]


@dataclass(frozen=True)
class Resolved:
    """What a written name turned out to be: its canonical name, the indices left over, and whether it is known."""

    name: str
    indices: tuple[Node, ...] = ()
    known: bool = True


@dataclass
class Scripts:
    """What is attached to a name: ranges of tokens below and above it, the label above it, and its primes.

    `stop` is the token that begins its exponent.
    """

    below: Range | None = None
    above: Range | None = None
    star: str = ""
    raised: Range | None = None
    primes: int = 0
    stop: int = 0


def spelt(base: str, label: str, star: str = "") -> str:
    """The canonical spelling of a name with a label below and one above it."""
    name = base
    if label:
        short = len(label) == 1 or (label[0] == "\\" and label[1:].isalpha())
        name += f"_{label}" if short else f"_{{{label}}}"
    if star:
        short = len(star) == 1 or (star[0] == "\\" and star[1:].isalpha())
        name += f"^{star}" if short else f"^{{{star}}}"
    return name
