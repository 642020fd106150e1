"""Where a tree is evaluated: the world, what names stand for, and the rules that give each node its value."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from grader.maths.setting import Head
from grader.maths.tree import Node
from grader.maths.values import Undecided, Value
from grader.maths.worlds import World

MAX_DEPTH = 120
PER_NODE = 2_000
"""What a node costs beside its entries, in entries: the time that it takes however small its value is."""

MAKES_NO_SENSE = (Undecided, ValueError, IndexError, KeyError, np.linalg.LinAlgError)
"""What evaluating a tree that nobody would write may raise."""


@dataclass(frozen=True)
class Formula:
    """A declared formula with its formal arguments: a definition, or a density given by one.

    `indices` are the formal ones of a student's `w_j = …`.
    """

    head: Head
    body: Node
    indices: tuple[str, ...] = ()


@dataclass
class Budget:
    """What one answer may still compute, in entries of arrays: a count, so that it ends alike on every machine."""

    left: int

    def spend(self, entries: int) -> None:
        """Raises Undecided when the budget is used up."""
        self.left -= PER_NODE + entries
        if self.left < 0:
            raise Undecided("it needs more computing than an answer may take")


Rules = Mapping[type[Node], Callable[[Any, "Scope"], Value]]


@dataclass
class Memory:
    """Values that are found once for all trees that share a node. `only` are the ids of the nodes it is for, or None.

    It holds `room` entries of arrays at most; what comes after is found each time.
    """

    only: Container[int] | None = None
    room: int = 4_000_000
    found: dict[Any, tuple[Value, Any]] = field(default_factory=dict)

    def keep(self, key: Any, value: Value, alive: Any) -> None:
        """Keeps a value under a key with ids in it: what they stand for has to stay `alive`."""
        if self.room >= value.array.size:
            self.room -= value.array.size
            self.found[key] = (value, alive)


@dataclass(frozen=True)
class Scope:
    """`bound` maps an index to its number, `real` a name to its value. `replaced` are values that stand for a declared
    name: those of unknowns, and what a derivative moves. `formulas` are definitions by their head. With a `memory`,
    values are found once for trees that are alike in part. `rough` extrema are only good to eight digits or so.
    """

    world: World
    rules: Rules
    formulas: Mapping[Head, Formula] = field(default_factory=dict)
    bound: Mapping[str, int] = field(default_factory=dict)
    real: Mapping[str, Value] = field(default_factory=dict)
    replaced: Mapping[str, Value] = field(default_factory=dict)
    depth: int = 0
    budget: Budget | None = None
    memory: Memory | None = None
    rough: bool = False

    def value(self, node: Node) -> Value:
        """The value of a tree on all worlds. Raises Undecided with the reason where it has none."""
        if self.depth > MAX_DEPTH:
            raise Undecided("its definitions go in a circle or are nested too deeply")
        if self.memory is not None and (self.memory.only is None or id(node) in self.memory.only):
            return self._remembered(node, self.memory)
        return self._found(node)

    def value_or_none(self, node: Node) -> Value | None:
        """The value of a tree that nobody may have written, such as a repaired one, which need not make sense."""
        try:
            return self.value(node)
        except MAKES_NO_SENSE:
            return None

    def _found(self, node: Node) -> Value:
        found = self.rules[type(node)](node, self._deeper())
        if self.budget is not None:
            self.budget.spend(found.array.size)
        return found

    def _deeper(self) -> Scope:
        """The scope one level further down; `replace` would take most of the time of a small formula."""
        below = object.__new__(Scope)
        below.__dict__.update(self.__dict__, depth=self.depth + 1)
        return below

    def _remembered(self, node: Node, memory: Memory) -> Value:
        """The value of a tree, found once for all trees that share it and are evaluated alike."""
        moved = (*self.real.items(), *self.replaced.items())
        key = (id(node), tuple(self.bound.items()), tuple((name, id(value)) for name, value in moved))
        if key in memory.found:
            return memory.found[key][0]
        value = self._found(node)
        memory.keep(key, value, (node, moved))
        return value

    def of(self, name: str) -> Value | None:
        """The value that a name stands for without arguments."""
        return self.replaced.get(name, self.world.tables.get(name))

    def replacing(self, name: str, value: Value) -> Scope:
        """The scope in which a name has another value, for as long as one derivative is taken."""
        if name in self.real:
            return self.with_real(name, value)
        return replace(self, replaced={**self.replaced, name: value}, memory=None)

    def with_real(self, name: str, value: Value) -> Scope:
        """The scope in which a real variable has a value, which no other formula sees."""
        return replace(self, real={**self.real, name: value}, memory=None)
