"""The value of a tree on all worlds at once.

A variable that nothing binds stays an axis of the value, so `log q(z|x)` has the axes z and x. What a sum, an
integral or an expectation binds is contracted with the weights of its space. Indices that count (i, k) are unrolled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.maths import arithmetic, lookup, measures, slopes
from grader.maths.scope import Formula, Scope
from grader.maths.setting import Head
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Cases,
    Constant,
    Derivative,
    Divergence,
    Divide,
    Expectation,
    Extremum,
    Function,
    Gaussian,
    Limit,
    Matrix,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    Tuple,
)
from grader.maths.values import Undecided, Value
from grader.maths.worlds import World


def scope_of(world: World, formulas: Mapping[Head, Formula]) -> Scope:
    """The scope in which nothing is bound or replaced yet."""
    return Scope(world, RULES, formulas)


def _undecided(what: str) -> Callable[[Node, Scope], Value]:
    def rule(node: Node, scope: Scope) -> Value:  # noqa: ARG001 - what any rule is given
        raise Undecided(what)

    return rule


RULES: dict[type[Node], Callable[[Any, Scope], Value]] = {
    Number: lookup.number_of,
    Constant: lookup.constant,
    Symbol: lookup.symbol,
    Apply: lookup.apply,
    Add: arithmetic.add_of,
    Negative: arithmetic.negative_of,
    Multiply: arithmetic.multiply_of,
    Divide: arithmetic.divide_of,
    Power: arithmetic.power_of,
    Function: arithmetic.function_of,
    Matrix: arithmetic.matrix_of,
    Big: measures.big,
    Expectation: measures.expectation,
    Divergence: measures.divergence,
    Gaussian: measures.gaussian,
    Derivative: slopes.derivative,
    Extremum: slopes.extremum,
    Tuple: _undecided("a list of things has no value"),
    Limit: _undecided("a limit is not taken here"),
    Cases: _undecided("a case distinction has no value here"),
}
