"""Written answers: which text belongs to which part of the homework.

A part has a label such as `c`, `1.a` or `3.e-kl`, and real answers write it in many ways: `(c).`, `1. d)`, `Part c`,
`# 1` and then `## a`. Here all of them come down to one spelling. A heading is what markdown says is one (so nothing
inside a code fence), or a label in bold at the beginning of a line.

No text is ever lost: a line is either the heading of a part, or in the answer to a part, or unplaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, zip_longest

from markdown_it import MarkdownIt

BOLD_LEVEL = 7
"""A label in bold ranks below every heading of markdown, whose levels are 1 to 6."""

MAX_ATOMS = 4
MAX_PARTS = 500
"""More parts than any homework has; what would be a further one is unplaced."""

_ATOM = r"[1-9]\d?(?!\d)|(?:[ivx]{2,4}|[a-z])(?![a-z0-9'’])"
_WORD = r"(?:sub)?(?:part|question|problem|exercise|task|item|ex)\b|q(?=[.#\s]?\d)"
_STEP = re.compile(
    rf"""(?P<gap>[\s.,*_`]*)
    (?P<word>(?:(?:answer|solution)s?\s+(?:(?:to|of|for)\s+)?(?=\(|\d|{_WORD}))?(?:(?:{_WORD})[\s.#]*)?)
    (?P<open>\(\s*)?
    (?P<atom>{_ATOM})
    (?(open)\s*\))
    (?P<close>[*_`]*[.):]+)?""",
    re.IGNORECASE | re.VERBOSE,
)
_SUFFIX = re.compile(r"(?P<suffix>(?:-[a-z][a-z0-9]{0,15}(?![a-z0-9])){1,2})(?P<close>[*_`]*[.):]+)?", re.IGNORECASE)
_CANONICAL = re.compile(rf"(?:{_ATOM})(?:\.(?:{_ATOM})){{0,11}}(?:-[a-z][a-z0-9]{{0,15}}){{0,2}}")
_BOLD = re.compile(r"\s*(?:>\s*)*(?:[-+*]\s+)?(?P<mark>\*{1,3}|_{1,3})(?P<inside>[^*_]+)(?P=mark)(?P<rest>.*)")
_POINTS = re.compile(r"[\[(]\s*[\d.]+\s*(?:points?|pts?|marks?)\.?\s*[\])]", re.IGNORECASE)
_ORNAMENT = " \t\n*_`~.:)"


@dataclass(frozen=True)
class _Lead:
    """A label at the beginning of a text, and what comes after it. `marked`: it can't be a common word or number."""

    label: str
    rest: str
    marked: bool


@dataclass(frozen=True)
class _Heading:
    """The heading of a part at line `line`; its text ends before line `end`. `keep`: its rest is prose, no title."""

    line: int
    end: int
    level: int
    label: str
    rest: str
    keep: bool


@dataclass
class _Parts:
    """What was collected so far, over all texts. `stack` holds (level, label) of the headings that are open."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)
    stack: list[tuple[int, str]] = field(default_factory=list)
    current: str = ""

    def add(self, text: str) -> None:
        """Puts a text under the part that is open."""
        if not text:
            return
        if self.current in self.answers or (self.current and len(self.answers) < MAX_PARTS):
            self.answers.setdefault(self.current, []).append(text)
        else:
            self.unplaced.append(text)


def label(text: str) -> str | None:
    """The one spelling of a part label (`c`, `1.a`, `2.e.i`, `3.e-kl`), or None where the text is no label.

    `Part c`, `(c)`, `c.`, `**c**` are `c`; `Question 1.a`, `1. a)`, `1a`, `Problem 1 (a)` are `1.a`. The names of a
    rubric's parts go through the same function.
    """
    bare = text.strip().lower()
    if _CANONICAL.fullmatch(bare):
        return bare
    lead = _lead(text)
    return lead.label if lead and not lead.rest.strip(_ORNAMENT) else None


def split_answers(text: str) -> tuple[dict[str, str], str]:
    """Part label → its text in markdown, and the text that stands before the first part."""
    return split_all([text])


def split_all(texts: Iterable[str]) -> tuple[dict[str, str], str]:
    """As `split_answers`, over the texts of a notebook's cells: a part stays open from one text to the next."""
    parts = _Parts()
    for text in texts:
        _split(re.sub(r"\r\n?", "\n", text), parts)
    return {name: "\n\n".join(found) for name, found in parts.answers.items()}, "\n\n".join(parts.unplaced)


def _split(text: str, parts: _Parts) -> None:
    lines = text.split("\n")
    headings = sorted(_headings(text, lines), key=lambda heading: heading.line)
    parts.add(_joined(lines[: headings[0].line] if headings else lines))
    for heading, following in zip_longest(headings, headings[1:]):
        parts.current = _nested(parts.stack, heading.level, heading.label)
        body = _joined(lines[heading.end : following.line if following else len(lines)])
        rest = _POINTS.sub("", heading.rest).strip(_ORNAMENT[:-1] + "-–—")
        if heading.keep:
            parts.add(heading.rest.strip())
        elif not body and not (following and _is_below(following, parts.stack)):
            # A heading with nothing under it may hold the answer itself: "c) True".
            parts.add(rest and heading.rest.strip())
        parts.add(body)


def _headings(text: str, lines: list[str]) -> Iterator[_Heading]:
    """The headings that begin with a part label; others are text of the part before them."""
    tokens = _markdown().parse(text)
    for token, inline in pairwise(tokens):
        if token.map is None or token.type not in ("heading_open", "paragraph_open"):
            continue
        first, end = token.map
        end = min(end, len(lines))
        if token.type == "heading_open":
            whole = inline.content.split("\n")
            # Text directly above a line of dashes becomes a heading by accident: then only its first line is one.
            accident = len(whole) > 1
            lead = _lead(whole[0])
            if lead:
                yield _Heading(
                    first, first + 1 if accident else end, int(token.tag[1:]), lead.label, lead.rest, accident
                )
                continue
        for number in range(first, end):
            yield from _bold(number, lines[number])


def _bold(number: int, line: str) -> Iterator[_Heading]:
    """The heading that a label in bold at the beginning of a line makes."""
    match = _BOLD.fullmatch(line)
    lead = _lead(match["inside"]) if match else None
    if match is None or lead is None or lead.rest.strip(_ORNAMENT):
        return
    closed = match["rest"][:1] in (")", ":", ".")
    alone = not match["rest"].strip(_ORNAMENT)
    if alone or ((lead.marked or closed) and len(match["mark"]) > 1):
        rest = "" if alone else match["rest"].lstrip(_ORNAMENT[:3] + ".:)")
        yield _Heading(number, number + 1, BOLD_LEVEL, lead.label, rest, not alone)


def _lead(text: str) -> _Lead | None:
    """The label with which a text begins, read component by component: number, letter, roman numeral."""
    atoms: list[str] = []
    position, marked, closed = 0, False, ""
    while len(atoms) < MAX_ATOMS and (match := _STEP.match(text, position)):
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
    apart = not rest or rest[0] in " \t\n*_`~[({–—" or closed[-1:] in (")", ":")
    # "A remark" and "I think" are no labels: a letter alone needs a sign, a word before it, or nothing after it.
    ends = not _POINTS.sub("", rest).strip(_ORNAMENT) or re.match(r"\s+[-–—]+\s", rest)
    letter_alone = len(atoms) == 1 and not atoms[0].isdigit() and not marked and not ends
    # "Q:" and "A:" announce a question and its answer.
    dialogue = bool(re.match(r"\W*[QA]\W*:", text))
    return _Lead(name, rest, marked) if apart and not letter_alone and not dialogue else None


def _continues(atoms: list[str], match: re.Match[str], text: str) -> bool:
    """Whether the component just matched belongs to the label, and is not the first word of what follows it."""
    atom, gap, close = match["atom"], match["gap"], match["close"]
    ends = not text[match.end() :].strip(_ORNAMENT)
    if not atoms:
        return not gap.strip("*_` \t\n")
    spaced = bool(re.search(r"\s", gap))
    if atoms[-1].isdigit() and atom.isdigit():
        return not spaced or bool(match["word"])
    if atoms[-1].isalpha() and not (_is_roman(atom.lower()) and not (_is_roman(atoms[-1]) and len(atoms[-1]) > 1)):
        return False
    if match["word"] or match["open"] or close or ends:
        return True
    glued = not gap and text[match.start() - 1].isdigit()
    return not spaced and not (glued and atom.isupper())


def _nested(stack: list[tuple[int, str]], level: int, name: str) -> str:
    """The full label of a heading under those that are open; the stack is brought up to date."""
    first, *others = name.split(".")
    if first.isdigit() and others:
        stack.clear()
    while stack and not _goes_under(stack[-1], level, first):
        stack.pop()
    full = f"{stack[-1][1]}.{name}" if stack else name
    done = stack[-1][1].count(".") + 1 if stack else 0
    atoms = full.split(".")
    stack.extend((level, ".".join(atoms[: n + 1])) for n in range(done, len(atoms)))
    return full


def _goes_under(top: tuple[int, str], level: int, first: str) -> bool:
    """Whether a label that begins with `first` is a part of the open label `top`: letters go under numbers."""
    top_level, top_label = top
    last, first = top_label.split(".")[-1].split("-")[0], first.split("-", 1)[0]
    if level <= top_level and (level < top_level or first.isdigit()):
        return False
    if last.isdigit() or first.isdigit():
        return True
    # After h comes the letter i, unless a deeper heading says that it is the numeral.
    return _is_roman(first) and (level > top_level or (len(first) > 1 and not _is_roman(last)))


def _is_below(following: _Heading, stack: list[tuple[int, str]]) -> bool:
    """Whether the next heading is a part of the open one, which is then a title and holds no answer."""
    above = stack[-1][1]
    return _nested(list(stack), following.level, following.label).startswith(above + ".")


def _is_roman(atom: str) -> bool:
    return set(atom) <= set("ivx") and atom != "x"


def _joined(lines: list[str]) -> str:
    """The lines without blank ones at either end."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last])


@cache
def _markdown() -> MarkdownIt:
    # Only blocks are wanted: what stands inside a line is never parsed, which also keeps long lines cheap.
    return MarkdownIt("commonmark").disable("inline")
