"""Labels of parts: the many ways in which people write them, and the one spelling that they come down to.

A part has a label such as `c`, `1.a` or `3.e-kl`; people write `(c).`, `1. d)`, `Part c`, `Question 2, part (c)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_ATOMS = 4

_ATOM = r"[1-9]\d?(?!\d)|(?:[ivx]{2,4}|[a-z])(?![a-z0-9'’])"
WORD = r"(?:sub)?(?:part|question|problem|exercise|task|item|ex)\b|q(?=[.#\s]?\d)"
_STEP = re.compile(
    rf"""(?P<gap>[\s.,*_`]*)
    (?P<word>(?:(?:ans(?:wer)?|sol(?:ution)?)s?\.?\s+(?:(?:to|of|for)\s+)?(?=\(|\d|{WORD}))?(?:(?:{WORD})[\s.#]*)?)
    (?P<open>\(\s*)?
    (?P<atom>{_ATOM})
    (?(open)\s*\))
    (?P<close>[*_`]*[.):]+)?""",
    re.IGNORECASE | re.VERBOSE,
)
_SUFFIX = re.compile(r"(?P<suffix>(?:-[a-z][a-z0-9]{0,15}(?![a-z0-9])){1,2})(?P<close>[*_`]*[.):]+)?", re.IGNORECASE)
_CANONICAL = re.compile(rf"(?:{_ATOM})(?:\.(?:{_ATOM})){{0,11}}(?:-[a-z][a-z0-9]{{0,15}}){{0,2}}")
POINTS = re.compile(r"[\[(]\s*(?:[\d.]+\s*(?:points?|pts?|marks?)\.?|\d+(?:\s*[-–]\s*\d+)+)\s*[\])]", re.IGNORECASE)
"""How many points a part gives, or each of its parts: `(2 pts)`, `(5-5-6)`."""
ORNAMENT = " \t\n*_`~.:)"


@dataclass(frozen=True)
class Lead:
    """A label at the beginning of a text, and what comes after it. `marked`: it can't be a common word or number."""

    label: str
    rest: str
    marked: bool


def label(text: str) -> str | None:
    """The one spelling of a part label (`c`, `1.a`, `2.e.i`, `3.e-kl`), or None where the text is no label.

    `Part c`, `(c)`, `c.`, `**c**` are `c`; `Question 1.a`, `1. a)`, `1a`, `Problem 1 (a)` are `1.a`. The names of a
    rubric's parts go through the same function.
    """
    bare = text.strip().lower()
    if _CANONICAL.fullmatch(bare):
        return bare
    found = lead(text)
    return found.label if found and not found.rest.strip(ORNAMENT) else None


def atoms_of(label: str) -> tuple[str, ...]:
    """The components of a label, in lower case: `3.e-KL` has 3, e and kl."""
    return tuple(filter(None, re.split(r"[.-]", label.lower())))


def lead(text: str, most: int = MAX_ATOMS) -> Lead | None:
    """The label with which a text begins, read component by component (number, letter, numeral), `most` of them."""
    atoms: list[str] = []
    position, marked, closed = 0, False, ""
    while len(atoms) < most and (match := _STEP.match(text, position)):
        if not _continues(atoms, match, text) or (":" in closed and not match["word"]):
            break
        closed = match["close"] or (")" if match["open"] else "")
        marked = marked or bool(match["word"] or closed)
        atoms.append(match["atom"].lower())
        position = match.end()
    if not atoms:
        return None
    suffix = _SUFFIX.match(text, position)
    name = ".".join(atoms)
    if suffix and not closed and atoms[-1].isalpha() and (len(atoms) > 1 or marked):
        name += suffix["suffix"].lower()
        position, closed = suffix.end(), suffix["close"] or ""
    rest = text[position:]
    apart = not rest or rest[0] in " \t\n*_`~[({–—$\\<" or closed[-1:] in (")", ":")
    # "A remark" and "I think" are no labels: a letter alone needs a sign, a word before it, or nothing after it.
    ends = not POINTS.sub("", rest).strip(ORNAMENT) or re.match(r"\s+[-–—]+\s", rest)
    letter_alone = len(atoms) == 1 and not atoms[0].isdigit() and not marked and not ends
    # "Q:" and "A:" announce a question and its answer.
    dialogue = bool(re.match(r"\W*[QA]\W*:", text))
    return Lead(name, rest, marked) if apart and not letter_alone and not dialogue else None


def _continues(atoms: list[str], match: re.Match[str], text: str) -> bool:
    """Whether the component just matched belongs to the label, and is not the first word of what follows it."""
    atom, gap, close = match["atom"], match["gap"], match["close"]
    ends = not text[match.end() :].strip(ORNAMENT)
    if not atoms:
        return not gap.strip("*_` \t\n")
    spaced = bool(re.search(r"\s", gap))
    if atoms[-1].isdigit() and atom.isdigit():
        return not spaced or bool(match["word"])
    if atoms[-1].isalpha() and not (is_roman(atom.lower()) and not (is_roman(atoms[-1]) and len(atoms[-1]) > 1)):
        return False
    if match["word"] or match["open"] or close or ends:
        return True
    glued = not gap and text[match.start() - 1].isdigit()
    return not spaced and not (glued and atom.isupper())


def is_roman(atom: str) -> bool:
    return set(atom) <= set("ivx") and atom != "x"
