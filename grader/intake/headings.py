"""Where a written answer may begin: every place in a text that looks like the heading of a part.

Nothing is decided here. A `Mark` says what stands there and how much it looks like a heading; a heading of markdown
or LaTeX is nearly certain, `1.` at the beginning of a line is as likely an item of some list. What stands in code or
within a displayed formula is never a mark.
"""

from __future__ import annotations

import re
import string
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from grader.intake.labels import ORNAMENT, POINTS, WORD, Lead, atoms_of, lead

BOLD_LEVEL = 7
"""A label in bold ranks below every heading of markdown, whose levels are 1 to 6."""
ITEM_LEVEL = 8
LINE_LEVEL = 9

MAX_MARKS = 2_000
"""More places than any homework has headings; what comes after them is text."""
MAX_HEAD = 200
"""Characters at the beginning of a line within which a label can stand."""
MAX_PARAGRAPH = 50
"""Lines above a line of dashes that are looked at."""
MAX_WRAPPERS = 12
MAX_LISTS = 20
LATEX_LEVELS = {"environment": 1, "section": 1, "paragraph": 4}
ROMANS = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]

_WRAPPERS = (
    (r"(?P<hashes>#{1,6})(?=\s)", "hashes"),
    (r"\\(?P<sub>(?:sub){0,2})section\*?\s*(?P<b1>\{)", "section"),
    (r"\\(?P<para>(?:sub)?paragraph)\*?\s*(?P<b2>\{)", "paragraph"),
    (r"\\(?:textbf|textit|textsc|underline|emph|text|textrm)\s*(?P<b3>\{)", "bold"),
    (
        r"\{?\s*\\(?:bf|bfseries|it|itshape|em|sc|large|Large|LARGE|huge|Huge|noindent|normalsize|medskip|bigskip)\b\s*",
        "",
    ),
    (r"\\begin\s*\{(?:enumerate|itemize|description)\*?\}(?:\s*\[[^\]\n]*\])?", ""),
    (r"\\(?:newpage|clearpage|pagebreak|par)\b", ""),
    (r"\\item\s*(?P<b4>\[)", "item"),
    (r"\\(?:item|question|part|subpart)\b(?:\s*\[[\d.]+\])?", "counted"),
    (r"\\begin\s*\{(?:problem|question|exercise|task|solution|answer)\*?\}\s*(?P<b5>[{\[])", "environment"),
    (r"<h(?P<tag>[1-6])\b[^<>]{0,60}>", "tag"),
    (r"</?(?:b|strong|u|em|i|p|div|font|span|center|summary|details|li)\b[^<>]{0,60}>", ""),
    (r"(?P<strong>\*\*\*?|__)(?=[^\s*_])", "bold"),
    (r"[-+•◦▪‣·](?=\s)|\*(?=\s|\w{1,3}[.)])", "bullet"),
    (r"(?P<light>[*_])(?=\(?\w{1,4}[.):]*[*_])", "light"),
    (r"[\s>]+", ""),
)
_WRAPPER = re.compile("|".join(f"(?P<k{n}>{pattern})" for n, (pattern, _) in enumerate(_WRAPPERS)))
_LOOK = re.compile(r"[\s>]*(?:[#\\*_{(\[<+•◦▪‣·-]|\w)")
_FENCE = re.compile(r"[\s>]{0,12}(?:[-+*]\s+)?(`{3,}(?=[^`]*$)|~{3,})")
_FENCE_AT_END = re.compile(r"\s(`{3,}|~{3,})[\w+-]{0,20}\s*\Z")
_CLOSER = re.compile(r"[\s>]{0,12}(?:`{3,}|~{3,})\s*")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)\s*")
_ENVIRONMENT = re.compile(
    r"\\(?P<what>begin|end)\s*\{(?P<name>[A-Za-z]{1,20}\*?)\}(?:\s*\[(?P<option>[^\]\n]*)\])?"
    r"|\\setcounter\s*\{enum(?:i|ii|iii|iv)\}\s*\{(?P<counter>\d{1,3})\}"
)
_EXAM_LISTS = {"questions": "arabic", "parts": "alph", "subparts": "roman"}
_LISTS = frozenset({"enumerate", "itemize", "description", *_EXAM_LISTS})
_VERBATIM = frozenset({"verbatim", "lstlisting", "minted", "comment"})
_FORMULA = frozenset(
    [
        "equation",
        "align",
        "gather",
        "multline",
        "eqnarray",
        "displaymath",
        "aligned",
        "split",
        "cases",
        "flalign",
        "alignat",
        "math",
        "array",
    ]
)
_OPERATOR = re.compile(
    r"\s*(?:[=<>^/|·≤≥≠≈×]|[+*]\s*[\w($\\]|-\s*[\w($\\]*\s*=|\\(?:leq?|geq?|neq?|cdot|times|to|approx)\b)"
)
_PROSE = re.compile(r"\s*(?:,|and\b|or\b|of\b|is\b|in\b|we\b|with\b|asks?\b|says?\b|above\b|below\b|follows\b|gives\b)")
_WORDED = re.compile(rf"\s*(?:(?:ans(?:wer)?|sol(?:ution)?)s?\b|{WORD})", re.IGNORECASE)
_ANSWERS = re.compile(r"(?:true|false|yes|no|none|both|neither|\W*\w\W*$)\b", re.IGNORECASE)
_INITIAL = re.compile(r"[A-Z]\.\s*[A-Z][a-z]+$")
"""The whole of a line that may be a name."""
_DISPLAY = re.compile(r"(?<!\\)\\\[")
_FULL_WIDTH: dict[int, str] = {ord(wide): plain for wide, plain in zip("（）．：［］＊", "().:[]*", strict=True)}
_INVISIBLE: dict[int, str] = dict.fromkeys(
    [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF], " "
)
_SAME_LENGTH: dict[int, str] = {**_FULL_WIDTH, **_INVISIBLE}
_TAG = re.compile(r"</\w{1,10}>")
_TAGS = re.compile(r"\A(?:\s*</\w{1,10}>)+")
_ESCAPED = re.compile(r"\A([\s(*_]*\w{1,4})\\([.)])")
"""`3\\.`, as some editors write markdown."""
_BRACKETS = re.compile(r"\s*\[(\w{1,4}(?:\.\w{1,4}){0,3})\]")


@dataclass(frozen=True)
class Mark:
    """A place that looks like the heading of a part, at line `line`; the text of the part begins before line `end`.

    `label` is what is written there in its one spelling, "" for an item of a list without any. `rest` is what comes
    after it in the line, from `column` on; with `title` it is a title and no answer. `explicit` headings are those
    that markdown or LaTeX calls one. `weight` says how much it looks like a heading, `style` how it is written.
    `word` is True for `Problem 2`. `listed` items stand in a list of that name.
    """

    line: int
    end: int
    label: str
    rest: str = ""
    column: int = 0
    level: int = LINE_LEVEL
    title: bool = False
    explicit: bool = False
    weight: float = 0.0
    style: str = ""
    word: bool = False
    indent: int = 0
    listed: str = ""


@dataclass
class _Scan:
    """What is open at the line that is looked at: a fence, a formula, lists of LaTeX with their counters.

    `closable` are the signs of fences that a later line closes. `fresh` says that the line begins a paragraph. A list
    is (the kind of its labels, "" without any; last number).
    """

    fence: str = ""
    formula: str = ""
    closable: str = ""
    lists: list[tuple[str, int]] = field(default_factory=list)
    fresh: bool = True

    def blank(self) -> None:
        self.fresh = True
        if self.formula not in _VERBATIM:
            # No formula has a blank line in it: one that was never closed must not swallow the rest.
            self.formula = ""

    def inside(self, line: str) -> bool:
        """Whether a line is code or formula; closes what ends in it."""
        if self.fence:
            if line.strip(" \t>").startswith(self.fence) and not line.strip(" \t>" + self.fence[0]):
                self.fence = ""
            return True
        if self.formula:
            self.formula = "" if self._ends_in(line) else self.formula
            return True
        return self._fenced(_FENCE.match(line))

    def _fenced(self, fence: re.Match[str] | None) -> bool:
        # A fence that is never closed must not swallow the rest.
        self.fence = fence[1] if fence and fence[1][0] in self.closable else ""
        return bool(fence)

    def _ends_in(self, line: str) -> bool:
        if self.formula in ("$$", r"\]"):
            return self.formula in line
        return f"\\end{{{self.formula}" in line

    def open(self, line: str) -> None:
        """Takes note of what a line of text opens and does not close."""
        if line.count("```") == 1 or line.count("~~~") == 1:
            self._fenced(_FENCE_AT_END.search(line))
        if "\\" in line:
            for match in _ENVIRONMENT.finditer(line):
                self._environment(match)
            if line.rfind(r"\[") > line.rfind(r"\]") and not self.formula and _DISPLAY.search(line):
                self.formula = r"\]"
        if "$$" in line and line.count("$$") % 2:
            self.formula = "$$"

    def _environment(self, match: re.Match[str]) -> None:
        name = (match["name"] or "").rstrip("*")
        if match["counter"]:
            if self.lists:
                self.lists[-1] = (self.lists[-1][0], int(match["counter"]))
        elif name in _LISTS and match["what"] == "end":
            del self.lists[-1:]
        elif name in _LISTS and len(self.lists) < MAX_LISTS:
            self.lists.append(self._list(name, match["option"] or ""))
        elif name in _FORMULA | _VERBATIM:
            if match["what"] == "begin":
                self.formula = self.formula or name
            elif name == self.formula:
                self.formula = ""

    def _list(self, name: str, option: str) -> tuple[str, int]:
        if name != "enumerate":
            return _EXAM_LISTS.get(name, ""), 0
        start = re.search(r"start\s*=\s*(\d{1,2})", option)
        told = re.search(r"\\(alph|arabic|roman)", option, re.IGNORECASE)
        sign = re.sub(r"label\s*=|start\s*=\s*\d+|[^A-Za-z0-9]", "", option)[:1]
        kind = told[1].lower() if told else {"a": "alph", "i": "roman", "1": "arabic"}.get(sign.lower(), "")
        depth = sum(bool(kind) for kind, _ in self.lists)
        return kind or ("arabic", "alph", "roman", "alph")[min(depth, 3)], int(start[1]) - 1 if start else 0

    def counted(self) -> str:
        """The label that LaTeX prints before the next item of the list that is open; "" if it prints none."""
        if not self.lists or not self.lists[-1][0]:
            return ""
        kind, number = self.lists[-1][0], self.lists[-1][1] + 1
        self.lists[-1] = (kind, number)
        if kind == "arabic":
            return str(number) if number < 100 else ""
        names = ROMANS if kind == "roman" else string.ascii_lowercase
        return names[number - 1] if number <= len(names) else ""


def marks(
    lines: Sequence[str], breaks: frozenset[int] = frozenset(), known: Container[tuple[str, ...]] | None = None
) -> list[Mark]:
    """All marks of a text, in order. A fence or formula that is open at a line in `breaks` ends there.

    `known` are the labels that there are, whole or their ends: `c. iv` is the answer iv where no part is called c.iv.
    """
    return list(islice(_marks(lines, breaks, known), MAX_MARKS))


def _marks(lines: Sequence[str], breaks: frozenset[int], known: Container[tuple[str, ...]] | None) -> Iterator[Mark]:
    scan = _Scan()
    closers = _closers(lines, breaks)
    for number, line in enumerate(lines):
        if number in breaks:
            scan = _Scan()
        scan.closable = closers.get(number, scan.closable)
        if not line.strip():
            scan.blank()
            continue
        found = None
        if not scan.inside(line):
            found = (scan.fresh and _underlined(number, lines)) or _mark(number, line, scan, known)
            if found:
                yield found
            scan.open(line)
        scan.fresh = bool(found and found.explicit)


def _closers(lines: Sequence[str], breaks: frozenset[int]) -> dict[int, str]:
    """At which lines it changes which fences a later line of the same text closes: "`~", "`", "~" or ""."""
    found, below = {}, ""
    for number in range(len(lines) - 1, -1, -1):
        if _CLOSER.fullmatch(lines[number]):
            sign = lines[number].strip(" \t>")[0]
            found[number] = below
            below = below if sign in below else below + sign
        if number in breaks:
            found[number] = below
            below = ""
    return found


def _underlined(number: int, lines: Sequence[str]) -> Mark | None:
    """The heading that a line of dashes or `=` makes of the paragraph above it, if that begins with a label."""
    last = number + 1
    while last < len(lines) and last < number + MAX_PARAGRAPH and not _UNDERLINE.fullmatch(lines[last]):
        if not lines[last].strip():
            return None
        last += 1
    if last == min(len(lines), number + MAX_PARAGRAPH):
        return None
    found = lead(lines[number][:MAX_HEAD].strip().translate(_SAME_LENGTH))
    if found is None:
        return None
    line = lines[number]
    column = len(line[:MAX_HEAD].rstrip()) - len(found.rest)
    # Text directly above a line of dashes becomes a heading by accident: then only its first line is one.
    end = last + 1 if last == number + 1 else number + 1
    level = 1 if lines[last].strip()[0] == "=" else 2
    return Mark(
        number, end, found.label, line[column:].strip(), column, level, explicit=True, weight=5.0, style="heading"
    )


def _mark(number: int, line: str, scan: _Scan, known: Container[tuple[str, ...]] | None) -> Mark | None:
    """The mark with which a line begins."""
    head = line[:MAX_HEAD]
    head = head if head.isascii() else head.translate(_SAME_LENGTH)
    if not _LOOK.match(head):
        return None
    wrapped = _unwrapped(head)
    counted = scan.counted() if "counted" in wrapped.kinds else ""
    found = _known_lead(wrapped.text, known)
    if not found and not wrapped.kinds & {"bullet", "counted"}:
        return None
    label_end = len(line[:MAX_HEAD]) - len(found.rest) if found else wrapped.start
    indent = len(line) - len(line.lstrip(" \t>"))
    mark = Mark(number, number + 1, "", _rest(line, label_end, wrapped), label_end, indent=indent)
    if found:
        written = line[wrapped.start : label_end]
        labelled = replace(mark, label=found.label, style=_style(written))
        weighed = _weighed(labelled, found, written, wrapped, scan.fresh)
        if weighed.weight:
            return weighed
    bare = replace(mark, rest=line[wrapped.start :].strip(), column=wrapped.start, style="bullet", listed="bullet")
    if counted:
        bare = replace(bare, label=counted, level=ITEM_LEVEL, weight=1.8, style="counted", listed="counted")
    return bare if counted or wrapped.kinds & {"bullet", "counted"} else None


def _known_lead(text: str, known: Container[tuple[str, ...]] | None) -> Lead | None:
    """The label with which a text begins, as far as there is one like it."""
    longest = lead(text)
    if longest is None or known is None:
        return longest
    for most in range(len(atoms_of(longest.label)), 0, -1):
        found = lead(text, most)
        if found and (atoms_of(found.label) in known or atoms_of(found.label.split("-")[0]) in known):
            return found
    return longest


@dataclass(frozen=True)
class _Wrapped:
    """A line without what stands around its label: `text` begins at column `start`; `closing` are the columns of the
    brackets that end a wrapper, `strong` the marks of markdown that do."""

    text: str
    start: int
    kinds: frozenset[str]
    level: int
    closing: tuple[int, ...]
    strong: str


def _unwrapped(head: str) -> _Wrapped:
    position, level, strong = 0, LINE_LEVEL, ""
    kinds: set[str] = set()
    closing: list[int] = []
    for _ in range(MAX_WRAPPERS):
        match = _WRAPPER.match(head, position)
        if match is None:
            break
        kind = _WRAPPERS[int(str(match.lastgroup).removeprefix("k"))][1]
        if kind == "bullet" and kind in kinds:
            break
        kinds.add(kind)
        position = match.end()
        if kind == "hashes":
            level = len(match["hashes"])
        elif kind == "tag":
            level = int(match["tag"])
        elif kind in LATEX_LEVELS:
            level = LATEX_LEVELS[kind] + len(match["sub"] or "") // 3 + (match["para"] == "subparagraph")
        elif kind in ("bold", "light"):
            strong = match["strong"] or match["light"] or strong
        if match[0].endswith(("{", "[")) or match[0].startswith("{"):
            end = head.find("]" if match[0].endswith("[") else "}", position)
            closing += [end] if end >= 0 else []
    text = head[position:]
    if closing:
        text = "".join(" " if n in closing else sign for n, sign in enumerate(text, position))
    text = _ESCAPED.sub(r"\1`\2", text, count=1)
    if "<" in text:
        text = _TAG.sub(lambda tag: " " * len(tag[0]), text)
    if brackets := _BRACKETS.match(text):
        text = f"{text[: brackets.start(1) - 1]}({brackets[1]}){text[brackets.end() :]}"
    return _Wrapped(text, position, frozenset(kinds - {""}), level, tuple(closing), strong)


def _rest(line: str, start: int, wrapped: _Wrapped) -> str:
    """What comes after the label, without the marks that close what was opened before it."""
    rest = line[start:]
    for n in sorted(wrapped.closing, reverse=True):
        rest = rest[: n - start] + rest[n - start + 1 :] if n >= start else rest
    if wrapped.strong and wrapped.strong not in line[wrapped.start : start]:
        rest = rest.replace(wrapped.strong, "", 1)
    return _TAGS.sub("", rest).strip()


def _style(written: str) -> str:
    bare = written.strip(" \t*_`")
    return "(x)" if "(" in bare else "x)" if ")" in bare else f"x{bare[-1:]}" if bare[-1:] in (".", ":") else "x"


def _weighed(mark: Mark, found: Lead, written: str, wrapped: _Wrapped, fresh: bool) -> Mark:
    """The mark with how much it looks like a heading; weight 0 where it looks like none."""
    kinds, atoms = wrapped.kinds, found.label.split(".")
    alone = not POINTS.sub("", mark.rest).strip(ORNAMENT + "-–—\\")
    if kinds & {"hashes", "tag", *LATEX_LEVELS}:
        deep = mark.indent > 3 and "hashes" in kinds
        title = _is_title(mark.rest)
        return replace(
            mark, level=wrapped.level, title=title, explicit=True, weight=0.0 if deep else 5.0, style="heading"
        )
    if "item" in kinds:
        return replace(mark, level=ITEM_LEVEL, explicit=True, weight=4.0, style="item")
    word = bool(_WORDED.match(wrapped.text))
    if kinds & {"bold", "light"}:
        closed = any(wrapped.start <= n <= wrapped.start + len(written) for n in wrapped.closing) or _closes(
            mark, wrapped
        )
        sure = alone or (closed and found.marked and "bold" in kinds)
        if sure:
            return replace(mark, level=BOLD_LEVEL, explicit=True, weight=4.0, style="bold", word=word)
        return replace(mark, weight=(3.0 if word or found.marked else 0.8), style="bold", word=word)
    if _OPERATOR.match(mark.rest):
        return mark
    if word:
        title = alone or written.rstrip().endswith((":", ".", ")")) or len(mark.rest) <= 60
        weight = 0.5 if _PROSE.match(mark.rest) else 4.0 if title else 1.2
        return replace(mark, weight=weight, word=True, style="word")
    number = len(atoms) == 1 and atoms[0].isdigit()
    listed = "number" if number and found.marked else ""
    if found.marked:
        weight = 1.0 if number else 2.0
        weight += (0.7 if number else 0.5) * alone + 0.3 * fresh
        weight -= 0.0 if fresh or "bullet" in kinds or alone or mark.indent else 0.4
        weight -= 0.9 if _INITIAL.match(written + mark.rest) else 0.0
        return replace(mark, weight=weight - (0.9 if _PROSE.match(mark.rest) else 0.0), listed=listed)
    if alone and not number:
        return replace(mark, weight=2.0 if len(atoms) > 1 else 0.4)
    return replace(mark, weight=0.8 if len(atoms) > 1 and not all(map(str.isdigit, atoms)) else 0.0)


def _closes(mark: Mark, wrapped: _Wrapped) -> bool:
    """Whether the bold type ends with the label, and is not that of a whole sentence which begins with one."""
    return bool(wrapped.strong) and wrapped.strong in wrapped.text[: len(wrapped.text) - len(mark.rest.rstrip())]


def _is_title(rest: str) -> bool:
    """Whether the rest of a heading is the title of a part, and not the answer itself."""
    bare = POINTS.sub("", rest).strip(ORNAMENT + "-–—")
    return not _ANSWERS.match(bare) and not re.search(r"[$=\\\d]", bare) and len(bare.split()) <= 8
