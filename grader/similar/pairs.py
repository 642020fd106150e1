"""Pairs of submissions by how much of their code is alike, the most alike first."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from grader.intake import read
from grader.model import Submission
from grader.report.gradebook import safe_cell
from grader.report.words import line, plural
from grader.similar.trees import LENGTH, Unit, fingerprints, units

LITTLE = 20
"""Fingerprints that are taken for nothing: how far a short text is from proving anything."""
FEW, SHARE, MOST = 4, 0.25, 50
"""A run of words that more than FEW have, and more than this share of the class or MOST, is what the exercise asks."""
PAIRS = 30
"""Pairs that get a page."""
PLACES = 10
"""Places of one run of words within a submission that are tried."""
NAMES = 4


@dataclass(frozen=True)
class Coder:
    """A student's code: the text of each file, and its units as words. `unread` are files with parts that are not."""

    student: str
    sources: Mapping[str, bytes]
    units: tuple[Unit, ...]
    unread: tuple[str, ...] = ()

    @cached_property
    def prints(self) -> frozenset[int]:
        """The fingerprints of all that he has written."""
        return frozenset().union(*(fingerprints(unit.grams) for unit in self.units))


@dataclass(frozen=True)
class Passage:
    """A run of words that both have: in which unit of each, and its lines there, first and last."""

    left: Unit
    right: Unit
    left_lines: tuple[int, int]
    right_lines: tuple[int, int]
    words: int


@dataclass(frozen=True)
class Pair:
    """Two students, the share of the shorter work that is alike, and the passages that are."""

    left: Coder
    right: Coder
    share: float
    passages: tuple[Passage, ...]

    @property
    def where(self) -> str:
        """The functions in which the passages stand, those with most words first."""
        words = Counter[str]()
        for passage in self.passages:
            words[passage.left.name] += passage.words
        names = [name for name, _ in words.most_common()]
        more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
        return ", ".join(names[:NAMES]) + more


@dataclass(frozen=True)
class Found:
    """The pairs, how many students were compared, how many of their pairs are alike at all, and what was not read."""

    pairs: tuple[Pair, ...]
    students: int
    alike: int
    said: tuple[str, ...] = ()


def coder(submission: Submission) -> Coder:
    """The code of a submission, the cells of notebooks included."""
    return _coder(submission.student, read(submission).sources)


def _coder(student: str, sources: Mapping[str, bytes]) -> Coder:
    python = {name: source for name, source in sources.items() if name.endswith(".py")}
    found, unread = units(python)
    return Coder(student, python, tuple(found), tuple(unread))


def starter_grams(sources: Mapping[str, bytes]) -> frozenset[int]:
    """The runs of words of code that was handed out."""
    return frozenset(gram for unit in _coder("", sources).units for gram in unit.grams)


def similar(coders: Sequence[Coder], starter: frozenset[int], *, most: int = PAIRS) -> Found:
    """The pairs of a class that are most alike; `starter` are the runs of words that everyone was given."""
    everyone = defaultdict[int, list[int]](list)
    for number, one in enumerate(coders):
        for print_ in one.prints - starter:
            everyone[print_].append(number)
    limit = max(FEW, min(MOST, int(SHARE * len(coders))))
    usual = starter | {print_ for print_, who in everyone.items() if len(who) > limit}
    shared = Counter(pair for who in everyone.values() if len(who) <= limit for pair in combinations(who, 2))
    sizes = [len(one.prints - usual) for one in coders]
    ranked = sorted(shared, key=lambda pair: (-_share(shared[pair], pair, sizes), pair))
    pairs = (_pair(coders, pair, _share(shared[pair], pair, sizes), usual) for pair in ranked[:most])
    said = [
        f"{one.student}: a part of {', '.join(one.unread)} is no Python, and was not compared"
        for one in coders
        if one.unread
    ]
    return Found(tuple(pair for pair in pairs if pair.passages), len(coders), len(shared), tuple(said))


def _share(shared: int, pair: tuple[int, int], sizes: Sequence[int]) -> float:
    """How much of the shorter work is alike, drawn towards nothing where that is short."""
    return shared / (min(sizes[number] for number in pair) + LITTLE)


def _pair(coders: Sequence[Coder], pair: tuple[int, int], share: float, usual: frozenset[int]) -> Pair:
    left, right = (coders[number] for number in pair)
    return Pair(left, right, share, tuple(passages(left, right, usual)))


def passages(left: Coder, right: Coder, usual: frozenset[int] = frozenset()) -> Iterator[Passage]:
    """The longest runs of words of the left one that the right one has, too; `usual` ones are passed over."""
    there = defaultdict[int, list[tuple[Unit, int]]](list)
    for unit in right.units:
        for place, gram in enumerate(unit.grams):
            if gram not in usual and len(there[gram]) < PLACES:
                there[gram].append((unit, place))
    for unit in left.units:
        yield from _runs(unit, dict(there))


def _runs(unit: Unit, there: Mapping[int, list[tuple[Unit, int]]]) -> Iterator[Passage]:
    start, grams = 0, unit.grams
    while start < len(grams):
        places = there.get(grams[start], ())
        runs = [(_length((unit, start), (other, place), there), other, place) for other, place in places]
        if not runs:
            start += 1
            continue
        length, other, place = max(runs, key=lambda run: run[0])
        words = length + LENGTH - 1
        yield Passage(unit, other, _lines(unit, start, words), _lines(other, place, words), words)
        start += length


def _length(here: tuple[Unit, int], other: tuple[Unit, int], there: Mapping[int, object]) -> int:
    """How many runs of words, one after the other, both have from two places on, and nobody was given."""
    (mine, start), (theirs, place) = (here[0].grams, here[1]), (other[0].grams, other[1])
    end = min(len(mine) - start, len(theirs) - place)
    steps = range(end)
    return next((k for k in steps if mine[start + k] != theirs[place + k] or mine[start + k] not in there), end)


def _lines(unit: Unit, start: int, words: int) -> tuple[int, int]:
    lines = [word.line for word in unit.words[start : start + words]]
    return min(lines), max(lines)


def told(found: Found, most: int = 10) -> Iterator[str]:
    """The pairs in lines for a terminal."""
    yield from found.said
    for pair in found.pairs[:most]:
        names = f"{line(pair.left.student, 80)} and {line(pair.right.student, 80)}"
        count = plural(len(pair.passages), "passage")
        yield f"{pair.share:4.0%}  {names}: {count} in common, in {line(pair.where, 200)}"
    if not found.pairs:
        yield f"{plural(found.students, 'student')} compared: no two have a passage in common"


def table(pairs: Iterable[Pair]) -> str:
    """The pairs as CSV (RFC 4180)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("student", "and", "alike", "passages", "in"))
    for pair in pairs:
        names = (safe_cell(pair.left.student), safe_cell(pair.right.student))
        writer.writerow([*names, f"{pair.share:.3f}", len(pair.passages), safe_cell(pair.where)])
    return text.getvalue()
