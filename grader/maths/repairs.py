"""Which slips undone would make a side right: all repairs of a place are evaluated at once, in a few worlds.

What fits there is not yet said to be a repair: who asks evaluates it in all worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.maths.choices import CHOICE, Choices
from grader.maths.edits import missing
from grader.maths.edits_named import NAMING, RULES, exchanged
from grader.maths.fragments import about, possible, with_missing
from grader.maths.scope import MAKES_NO_SENSE, Memory, Scope
from grader.maths.slips import About, Change, Edits, Place, Slip, places
from grader.maths.tree import Apply, Derivative, Extremum, Node, walk
from grader.maths.values import Undecided, Value

AT_ONCE = 150
"""Repairs of one place that are evaluated together, where a value has few entries."""
ENTRIES = 300_000
"""Entries of the arrays that are evaluated together."""
SPLIT = 12
"""How often repairs of which one spoils the others are tried in halves."""


@dataclass(frozen=True)
class Batch:
    """Repairs in one place, as one tree. The `original` stands before them where all have the shape of what it is."""

    place: Place
    edits: tuple[Edits, ...]
    original: bool

    @property
    def count(self) -> int:
        return sum(edit.count for edit in self.edits)

    @property
    def tree(self) -> Node:
        if len(self.edits) == 1 and not self.original:
            tree = self.edits[0].tree
            return self.place.wrap(tree if self.count > 1 else Choices((tree,), (1,)))
        before = (self.place.part,) if self.original else ()
        counts = (*(1 for _ in before), *(edit.count for edit in self.edits))
        return self.place.wrap(Choices((*before, *(edit.tree for edit in self.edits)), counts))

    def slips(self) -> Iterator[Callable[[], Slip]]:
        """What makes each repair; few of them are ever wanted."""
        for edit in self.edits:
            for k in range(edit.count):
                yield lambda edit=edit, k=k: self._slip(edit.told(k))  # type: ignore[misc]

    def _slip(self, change: Change) -> Slip:
        new, note, said, much = change
        return Slip(new, self.place.wrap, note, said, much)

    def halves(self) -> tuple[Batch, Batch]:
        middle = len(self.edits) // 2
        return replace(self, edits=self.edits[:middle]), replace(self, edits=self.edits[middle:])


def batches(node: Node, known: About, most: int = AT_ONCE) -> Iterator[Batch]:
    """All repairs of one slip each, at most about `most` of them in one batch: those that need nothing more first."""
    parts = list(walk(node))
    # Which points a derivative by a function moves depends on the axes of what it is taken of, one by one.
    alone = any(isinstance(part, Derivative) and isinstance(part.by, Apply) for part in parts)
    anchored: dict[Place, list[Edits]] = {}
    for place in places(node):
        if place.parent is None:
            anchored[place] = [Edits.one(change) for change in exchanged(node, known)]
        anchored.setdefault(place.within or place, []).extend(_edits(place, known))
    for place, edits in anchored.items():
        yield from _cut(place, edits, 1 if alone else most, original=not alone)
    searched = any(isinstance(part, Extremum) for part in parts)
    for place in anchored if not alone else ():
        further = list(missing(place.part, place.parent, known)) if not place.is_name else []
        # Where an extremum is looked for, each choice has a point of its own, and choices can't be nested.
        single = [edit for edit in further if searched or edit.matrix]
        yield from _cut(place, [edit for edit in further if not (searched or edit.matrix)], most, original=True)
        yield from (Batch(place, (edit,), original=False) for edit in single)


def _cut(place: Place, edits: Sequence[Edits], most: int, *, original: bool) -> Iterator[Batch]:
    waiting: list[Edits] = []
    for edit in edits:
        if waiting and sum(e.count for e in waiting) + edit.count > most:
            yield Batch(place, tuple(waiting), original)
            waiting = []
        waiting.append(edit)
    if waiting:
        yield Batch(place, tuple(waiting), original)


def _edits(place: Place, known: About) -> Iterator[Edits]:
    for rule in NAMING if place.is_name else RULES:
        for change in rule(place.part, place.parent, known):
            yield Edits.one((place.put(change[0]), *change[1:]))


def undone(node: Node, known: About) -> list[Slip]:
    """Every repair of a side, the smallest first."""
    every = (make() for batch in batches(node, known) for make in batch.slips())
    return sorted(every, key=lambda slip: slip.size)


# --- their values -------------------------------------------------------------------------------------------------


def values(batch: Batch, scope: Scope) -> Iterator[tuple[Batch, Value]]:
    """The values of a batch on the axis of the choices; in parts, where one repair spoils the others.

    Raises Undecided when there may be no further computing.
    """
    waiting, splits = [batch], SPLIT
    while waiting:
        here = waiting.pop()
        try:
            yield here, scope.value(here.tree)
        except MAKES_NO_SENSE:
            if scope.budget is not None and scope.budget.left < 0:
                raise Undecided("looking for slips would take too long") from None
            if len(here.edits) > 1 and splits:
                splits -= 1
                waiting.extend(reversed(here.halves()))


@dataclass(frozen=True)
class Sought:
    """A side that does not fit, what is known around it, and where it is evaluated, `most` choices at once."""

    node: Node
    known: About
    scope: Scope
    most: int


def sought(node: Node, other: Node, near: Sequence[Node], scope: Scope) -> Sought:
    """All that is needed to look for the slip in a side. Raises Undecided where one of the two has no value."""
    told = scope.world.setting
    found = possible(told, node, other, near)
    kept = frozenset(id(part) for tree in (node, other, *(node for _, node in found)) for part in walk(tree))
    here = replace(scope, memory=Memory(kept), rough=True)
    here.value(node), here.value(other)
    assert here.memory is not None
    largest = max((value.array.size for value, _ in here.memory.found.values()), default=1)
    most = max(1, min(AT_ONCE, ENTRIES // largest))
    known = with_missing(about(told, node, other, near), node, other, found, here, most)
    kept |= {id(group.choices) for group in known.missing}
    return Sought(node, known, replace(here, memory=replace(here.memory, only=kept)), most)


def fitting(of: Sought, fits: Callable[[Value], np.ndarray]) -> Iterator[Slip]:
    """The repairs whose value fits, in no order. `fits` takes values with the axis of choices, and says which do."""
    try:
        for batch in batches(of.node, of.known, of.most):
            for part, value in values(batch, of.scope):
                if CHOICE in value.axes:
                    hits = fits(value)[part.original :]
                    yield from (make() for make, hit in zip(part.slips(), hits, strict=True) if hit)
    except Undecided:
        return


def repaired(node: Node, others: Sequence[Node], scope: Scope) -> Iterator[tuple[Slip, Value]]:
    """The repairs of a side that need nothing but what is in it, with their values."""
    kept = frozenset(id(part) for part in walk(node))
    here = replace(scope, memory=Memory(kept))
    try:
        shape = here.value(node)
        most = max(1, min(AT_ONCE, ENTRIES // max(1, shape.array.size)))
        for batch in batches(node, about(scope.world.setting, node, node, others), most):
            for part, value in values(batch, here):
                yield from _apart(part, value)
    except Undecided:
        return


def _apart(batch: Batch, value: Value) -> Iterator[tuple[Slip, Value]]:
    """The repairs of a batch that have a value, one by one."""
    if CHOICE not in value.axes or value.matrix:
        return
    axes = tuple(axis for axis in value.axes if axis != CHOICE)
    each = np.moveaxis(value.on((CHOICE, *axes)), 1, 0)[batch.original :]
    for make, array in zip(batch.slips(), each, strict=True):
        if not np.isnan(array).all():
            yield make(), Value(array, axes)
