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


@dataclass(frozen=True)
class Formula:
    """A declared formula with its formal arguments: a definition, or a density given by one."""

    head: Head
    body: Node


Rules = Mapping[type[Node], Callable[[Any, "Scope"], Value]]


@dataclass(frozen=True)
class Scope:
    """`bound` maps an index to its number, `real` a name to its value. `replaced` are values that stand for a declared
    name: those of unknowns, and what a derivative moves. `formulas` are definitions by their head.
    """

    world: World
    rules: Rules
    formulas: Mapping[Head, Formula] = field(default_factory=dict)
    bound: Mapping[str, int] = field(default_factory=dict)
    real: Mapping[str, Value] = field(default_factory=dict)
    replaced: Mapping[str, Value] = field(default_factory=dict)
    depth: int = 0

    def value(self, node: Node) -> Value:
        """The value of a tree on all worlds. Raises Undecided with the reason where it has none."""
        if self.depth > MAX_DEPTH:
            raise Undecided("its definitions go in a circle or are nested too deeply")
        return self.rules[type(node)](node, replace(self, depth=self.depth + 1))

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
