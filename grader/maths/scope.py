"""Where a tree is evaluated: the world, what names stand for, and the rules that give each node its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.maths.setting import Head
from grader.maths.tree import Node
from grader.maths.values import Undecided, Value
from grader.maths.worlds import World

MAX_DEPTH = 120
PER_NODE = 6_000
"""What a node costs beside its entries, in entries: the time that it takes however small its value is."""


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


@dataclass(frozen=True)
class Scope:
    """`bound` maps an index to its number, `real` a name to its value. `replaced` are values that stand for a declared
    name: those of unknowns, and what a derivative moves. `formulas` are definitions by their head. With a `memory`,
    values are found once for trees that are alike in part.
    """

    world: World
    rules: Rules
    formulas: Mapping[Head, Formula] = field(default_factory=dict)
    bound: Mapping[str, int] = field(default_factory=dict)
    real: Mapping[str, Value] = field(default_factory=dict)
    replaced: Mapping[str, Value] = field(default_factory=dict)
    depth: int = 0
    budget: Budget | None = None
    memory: dict[Any, Any] | None = None

    def value(self, node: Node) -> Value:
        """The value of a tree on all worlds. Raises Undecided with the reason where it has none."""
        if self.depth > MAX_DEPTH:
            raise Undecided("its definitions go in a circle or are nested too deeply")
        if self.memory is not None:
            return self._remembered(node, self.memory)
        return self._found(node)

    def _found(self, node: Node) -> Value:
        found = self.rules[type(node)](node, replace(self, depth=self.depth + 1))
        if self.budget is not None:
            self.budget.spend(found.array.size)
        return found

    def _remembered(self, node: Node, memory: dict[Any, Any]) -> Value:
        """The value of a tree, found once for all trees that share it and are evaluated alike."""
        moved = (*self.real.items(), *self.replaced.items())
        key = (id(node), tuple(self.bound.items()), tuple((name, id(value)) for name, value in moved))
        if key not in memory:
            # What an id stands for has to stay alive.
            memory[key] = (self._found(node), node, moved)
        found: Value = memory[key][0]
        return found

    def of(self, name: str) -> Value | None:
        """The value that a name stands for without arguments."""
        return self.replaced.get(name, self.world.tables.get(name))

    def replacing(self, name: str, value: Value) -> Scope:
        """The scope in which a name has another value."""
        if name in self.real:
            return replace(self, real={**self.real, name: value})
        return replace(self, replaced={**self.replaced, name: value})

    def with_real(self, name: str, value: Value) -> Scope:
        """The scope in which a real variable has a value."""
        return replace(self, real={**self.real, name: value})
