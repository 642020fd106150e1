"""Random models of a world, evaluated one after the other, point by point, in plain Python.

Nothing of the grader's evaluator is used here, only its trees and the declarations of a world: a blind spot of the one
is not one of the other. It is slow and knows less; what it does not know raises `Unknown`. Derivatives are differences,
extrema are looked for by scipy, the real line is a sum of fewer points.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from benchmarks.derivations import plainly
from benchmarks.derivations.plainly import Env, Found, Unknown
from grader.maths.scope import Formula
from grader.maths.setting import ANY, Head, Setting
from grader.maths.tree import (
    Add,
    Apply,
    Big,
    Bound,
    Constant,
    Derivative,
    Divergence,
    Divide,
    Expectation,
    Extremum,
    Function,
    Gaussian,
    Matrix,
    Multiply,
    Negative,
    Node,
    Number,
    Power,
    Symbol,
    children,
    walk,
)

LINE = [(-14 + 28 * k / 240) for k in range(241)]
"""Points of the real line; means lie within ±1.2 and scales below 1.6."""
NAMED_RANGES = {
    "real": (-1.2, 1.2),
    "line": (-1.2, 1.2),
    "positive": (0.7, 1.6),
    "ray": (0.7, 1.6),
    "probability": (0.03, 0.97),
    "nonzero": (0.3, 1.5),
}
SEARCHED = {"line": (-40.0, 40.0), "ray": (1e-9, 60.0)}


class Model:
    """One random model of a world: weights, points and tables by the names and points of their arguments.

    `solved` are formulas that stand for unknowns. What nothing binds gets a random value once, and keeps it.
    """

    def __init__(self, told: Setting, formulas: Mapping[Head, Formula], seed: int) -> None:
        self.told, self.formulas = told, dict(formulas)
        self.rng = random.Random(seed)
        self.solved: dict[str, Formula] = {}
        self.shift: tuple[str, tuple[Any, ...], float] | None = None
        self.free: dict[str, Any] = {}
        self.depth = 0
        self.weights = {name: self._weights(name) for name in told.spaces}
        self.coordinates = {name: self._coordinates(name) for name in told.spaces}
        self.tables: dict[Any, dict[Any, Any]] = {}
        for name, own in told.joints.items():
            self.tables[name] = self._density(own, ())
        for head, how in told.densities.items():
            if how == "free":
                self.tables[head] = self._density(head.own, head.given)
        self._separated()
        for head, how in told.functions.items():
            draw = self._drawing(how)
            self.tables[head] = {at: draw() for at in itertools.product(*map(self._range, head.variables))}
        self.values = {name: self._drawn(how) for name, how in told.scalars.items()}
        for name, (size, how) in told.vectors.items():
            self.values[name] = np.array([[self._drawn(how or "gauss")] for _ in range(size)])
        for name, size in told.matrices.items():
            found = np.array([[self.rng.gauss(0, 1) for _ in range(size)] for _ in range(size)]) + 0.5 * np.eye(size)
            # |S| may be the determinant or its absolute value; where it is positive both are one.
            found[0] *= np.sign(np.linalg.det(found))
            self.values[name] = found
        for head, how in told.arrays.items():
            sizes = [range(told.spaces[v].size if v in told.spaces else told.indices[v]) for v in head.own]
            self.tables["array", head.name, head.own] = {at: self._drawn(how) for at in itertools.product(*sizes)}

    # --- drawing ---------------------------------------------------------------------------------------------------

    def _range(self, variable: str) -> range:
        if self.told.spaces[variable].kind == "line":
            raise Unknown("a table over the real line")
        return range(self.told.spaces[variable].size)

    def _weights(self, name: str) -> list[float]:
        space = self.told.spaces[name]
        if space.kind == "line":
            return [LINE[1] - LINE[0]] * len(LINE)
        return [1.0 if space.kind == "data" else self.rng.uniform(0.4, 1.6) for _ in range(space.size)]

    def _coordinates(self, name: str) -> list[Any]:
        space = self.told.spaces[name]
        if space.kind == "data" and space.features:
            return [np.array([[self.rng.gauss(0, 1)] for _ in range(space.features)]) for _ in range(space.size)]
        return [self.rng.gauss(0, 1) for _ in range(space.size)] if space.kind == "data" else []

    def _density(self, own: tuple[str, ...], given: tuple[str, ...]) -> dict[Any, float]:
        sharp = self.rng.choice([0.1, 0.5, 1.0, 5.0])
        found: dict[Any, float] = {}
        for condition in itertools.product(*map(self._range, given)):
            here = list(itertools.product(*map(self._range, own)))
            mass = [self.rng.gammavariate(sharp, 1) + 1e-6 for _ in here]
            for at, m in zip(here, mass, strict=True):
                weight = math.prod(self.weights[v][k] for v, k in zip(own, at, strict=True))
                found[at + condition] = m / sum(mass) / weight
        return found

    def _separated(self) -> None:
        heads = [head for head in self.tables if isinstance(head, Head) and head.name in self.told.disjoint]
        for at, _ in enumerate(self._range(heads[0].own[0]) if heads else ()):
            for k, head in enumerate(heads):
                if at % len(heads) != k:
                    self.tables[head][(at,)] = 0.0
        for head in heads:
            total = sum(self.tables[head][(k,)] * w for k, w in enumerate(self.weights[head.own[0]]))
            self.tables[head] = {at: v / total for at, v in self.tables[head].items()}

    def _drawing(self, how: str) -> Callable[[], Any]:
        if how.startswith("to "):
            return lambda: self.rng.randrange(self.told.spaces[how[3:].strip()].size)
        if how.startswith("vector"):
            return lambda: np.array([[self.rng.gauss(0, 1)] for _ in range(int(how.split()[1]))])
        return lambda: self._drawn(how)

    def _drawn(self, how: Any) -> float:
        if isinstance(how, int | float):
            return float(how)
        if how == "gauss":
            return self.rng.gauss(0, 1)
        if how == "binary":
            return float(self.rng.randrange(2))
        if isinstance(how, str) and how not in NAMED_RANGES:
            raise Unknown(f"the range {how}")
        low, high = NAMED_RANGES[how] if isinstance(how, str) else how
        return self.rng.uniform(low, high) * (self.rng.choice([-1, 1]) if how == "nonzero" else 1)

    # --- variables -------------------------------------------------------------------------------------------------

    def key(self, node: Symbol | Bound, env: Env) -> str:
        """The name under which a variable is bound: with its primes, and its index where that has no number."""
        name = node.name + "'" * node.copy
        if not node.indices:
            return name
        index = node.indices[0]
        if node.name in self.told.copies:
            return f"{name}_{int(self.number(index, env))}"
        if isinstance(index, Symbol) and index.name in self.told.indices and index.name not in env:
            return f"{name}_{index.name}"
        return f"{name}#{(int(self.number(index, env)) - 1) % self.told.spaces[node.name].size}"

    def point(self, node: Node, env: Env) -> Any:
        """Where a variable, or a map of one, is: the number of a point, or a real number on the line."""
        if isinstance(node, Apply) and self._map(node.function) is not None:
            return self._map(node.function)[(self.point(node.arguments[0], env),)]  # type: ignore[index]
        if isinstance(node, Symbol) and self._map(node.name) is not None:
            head = next(h for h in self.told.functions if h.name == node.name)
            return self._map(node.name)[(self.point(Symbol(head.own[0]), env),)]  # type: ignore[index]
        if not isinstance(node, Symbol) or node.name not in self.told.spaces:
            raise Unknown("a function of something that is no variable")
        key = self.key(node, env)
        if "#" in key:
            return int(key.partition("#")[2])
        if key in env:
            return env[key]
        if key not in self.free:
            line = self.told.spaces[node.name].kind == "line"
            self.free[key] = self.rng.gauss(0, 1) if line else self.rng.randrange(self.told.spaces[node.name].size)
        return self.free[key]

    def _map(self, name: str) -> dict[Any, Any] | None:
        head = next((h for h, how in self.told.functions.items() if h.name == name and how.startswith("to ")), None)
        return self.tables[head] if head else None

    def all_points(self, bound: Bound, env: Env) -> Iterator[tuple[dict[str, Any], float]]:
        """All values of a bound variable with their weights; of an index, its numbers."""
        if bound.name in self.told.spaces and bound.low is None:
            key = self.key(bound, env)
            left_out = self.point(bound.unequal, env) if bound.unequal is not None else None
            points = LINE if self.told.spaces[bound.name].kind == "line" else range(self.told.spaces[bound.name].size)
            for at, weight in zip(points, self.weights[bound.name], strict=True):
                if at != left_out:
                    yield {**env, key: at}, weight
            return
        size = self.told.indices.get(bound.name, 0)
        low = 1 if bound.low is None else int(self.number(bound.low, env))
        high = size if bound.high is None else int(self.number(bound.high, env))
        for k in range(low, high + 1):
            yield {**env, bound.name: k}, 1.0

    # --- values ----------------------------------------------------------------------------------------------------

    def number(self, node: Node, env: Env) -> float:
        found = self.value(node, env)
        if isinstance(found, np.ndarray):
            raise Unknown("a number is wanted where a vector stands")
        return found

    def value(self, node: Node, env: Env) -> Found:
        """The value of a tree where the variables are as `env` says."""
        self.depth += 1
        try:
            if self.depth > 200:
                raise Unknown("definitions in a circle")
            rule = RULES.get(type(node))
            if rule is None:
                raise Unknown(type(node).__name__)
            return plainly.plain(rule(self, node, env))
        except (ValueError, ZeroDivisionError, OverflowError, np.linalg.LinAlgError):
            return math.nan
        finally:
            self.depth -= 1

    def symbol(self, node: Symbol, env: Env) -> Found:
        name = node.name
        if f"@{name}" in env:
            return env[f"@{name}"]  # type: ignore[no-any-return]
        if name in self.told.spaces:
            return self._coordinate(node, env)
        if name in env and not node.indices:
            return float(env[name])
        for head in self.told.arrays:
            if head.name == name and len(head.own) == len(node.indices) and self._is_array(head, node):
                return self._entry(head, node, env)
        if name in self.solved:
            return self._component(self._at_formula(self.solved[name], env), node, env)
        if name in self.values:
            return self._component(self.values[name], node, env)
        for head in (Head(name), Head(name, ANY)):
            if head in self.formulas:
                return self._component(self._at_formula(self.formulas[head], env, node), node, env)
        head = self._head(name)
        own, given = (tuple(map(Symbol, part)) for part in (head.own, head.given))
        return self._component(self.apply(Apply(name, own, given), env), node, env)

    def _is_array(self, head: Head, node: Symbol) -> bool:
        names = [index.name if isinstance(index, Symbol) else "" for index in node.indices]
        return all((own in self.told.spaces) == (n in self.told.spaces) for own, n in zip(head.own, names, strict=True))

    def _entry(self, head: Head, node: Symbol, env: Env) -> Found:
        key = f"{head.name}_{','.join(head.own)}"
        at = tuple(
            self.point(index, env) if own in self.told.spaces else self._counted(index, env)
            for own, index in zip(head.own, node.indices, strict=True)
        )
        if key in self.solved:
            inner = {**env, **dict(zip(head.own, at, strict=True))}
            return self.value(self.solved[key].body, inner) + self._moved(key, at)
        return float(self.tables["array", head.name, head.own][at]) + self._moved(key, at)

    def _moved(self, name: str, at: tuple[Any, ...]) -> float:
        return self.shift[2] if self.shift and self.shift[:2] == (name, at) else 0.0

    def _counted(self, index: Node, env: Env) -> int:
        if isinstance(index, Symbol) and index.name in self.told.indices and index.name not in env:
            self.free.setdefault(f"index {index.name}", self.rng.randrange(self.told.indices[index.name]))
            return int(self.free[f"index {index.name}"])
        return int(self.number(index, env)) - 1

    def _coordinate(self, node: Symbol, env: Env) -> Found:
        at = self.point(node, env)
        if self.told.spaces[node.name].kind == "line":
            return float(at)
        if not self.coordinates[node.name]:
            raise Unknown("a point of an abstract space has no value")
        return self.coordinates[node.name][at]  # type: ignore[no-any-return]

    def _component(self, found: Found, node: Symbol, env: Env) -> Found:
        if not node.indices or not isinstance(found, np.ndarray):
            return found
        at = [self._counted(index, env) for index in node.indices] + [0]
        return float(found[at[0], at[1]])

    def _at_formula(self, formula: Formula, env: Env, node: Symbol | None = None) -> Found:
        inner = dict(env)
        for name, index in zip(formula.indices, node.indices if node else (), strict=False):
            inner[name] = self._counted(index, env) + 1
        return self.value(formula.body, inner)

    def _head(self, name: str) -> Head:
        heads = [h for h in (*self.tables, *self.formulas, *self.told.densities) if isinstance(h, Head)]
        found = list(dict.fromkeys(h for h in heads if h.name == name and h.own != ANY))
        if name in self.told.joints:
            found.append(Head(name, self.told.joints[name]))
        free = [h for h in found if self.told.densities.get(h) == "free"]
        if name in self.told.pushforwards:
            by = self.told.pushforwards[name][1]
            found.append(Head(name, (next(how for h, how in self.told.functions.items() if h.name == by)[3:].strip(),)))
        found = free if len(free) == 1 else found
        if len(found) != 1:
            raise Unknown(f"what {name} stands for")
        return found[0]

    def apply(self, node: Apply, env: Env) -> Found:
        name, arguments = node.function, (*node.arguments, *node.given)
        if Head(name, ANY) in self.formulas:
            return self.value(self.formulas[Head(name, ANY)].body, env)
        own, given = (tuple(map(self._space, part)) for part in (node.arguments, node.given))
        head = Head(name, own, given)
        if None not in own + given:
            if name in self.solved or head in self.tables:
                at = tuple(self.point(a, env) for a in arguments)
                solved = self.solved.get(name)
                found = self._renamed(solved, arguments, env) if solved else self.tables[head][at]
                return found + self._moved(name, at)  # type: ignore[no-any-return]
            if name in self.told.joints:
                return self._conditional(name, node, env)
            if name in self.told.pushforwards:
                return self._pushed(name, self.point(arguments[0], env))
        if head in self.formulas:
            return self._renamed(self.formulas[head], arguments, env)
        by_name = tuple(getattr(a, "function", getattr(a, "name", "")) for a in arguments)
        every = [f for h, f in self.formulas.items() if h.name == name]
        fits = [f for f in every if f.head.variables == by_name] or [
            f for f in every if (len(f.head.own), len(f.head.given)) == (len(node.arguments), len(node.given))
        ]
        if len(fits) == 1:
            return self._renamed(fits[0], arguments, env)
        if Head(name) in self.formulas:
            return self.value(self.formulas[Head(name)].body, env)
        raise Unknown(f"{name} at these arguments")

    def _space(self, node: Node) -> str | None:
        name = node.function if isinstance(node, Apply) else node.name if isinstance(node, Symbol) else ""
        if name in self.told.spaces:
            return name if isinstance(node, Symbol) else None
        how = next((how for h, how in self.told.functions.items() if h.name == name and how.startswith("to ")), None)
        return how[3:].strip() if how else None

    def _renamed(self, formula: Formula, arguments: tuple[Node, ...], env: Env) -> Found:
        inner = dict(env)
        for formal, argument in zip(formula.head.variables, arguments, strict=True):
            if formal in self.told.spaces and self._space(argument) is not None:
                inner[formal] = self.point(argument, env)
            elif not (isinstance(argument, Symbol | Apply) and getattr(argument, "name", argument) == formal):
                inner[f"@{formal}"] = self.value(argument, env)
        return self.value(formula.body, inner)

    def _conditional(self, name: str, node: Apply, env: Env) -> float:
        fixed = {str(getattr(a, "name", "")): self.point(a, env) for a in (*node.arguments, *node.given)}
        given = {k: v for k, v in fixed.items() if k in {str(getattr(a, "name", "")) for a in node.given}}
        top = self._marginal(name, fixed)
        return top / self._marginal(name, given) if given else top

    def _marginal(self, name: str, fixed: Mapping[str, int]) -> float:
        own, total = self.told.joints[name], 0.0
        for at, value in self.tables[name].items():
            if all(fixed.get(v, k) == k for v, k in zip(own, at, strict=True)):
                total += value * math.prod(self.weights[v][k] for v, k in zip(own, at, strict=True) if v not in fixed)
        return total

    def _pushed(self, name: str, at: int) -> float:
        density, by = self.told.pushforwards[name]
        head = next(h for h in self.tables if isinstance(h, Head) and h.name == density)
        goes = self._map(by) or {}
        to = next(how for h, how in self.told.functions.items() if h.name == by)[3:].strip()
        mass = sum(v * self.weights[head.own[0]][k[0]] for k, v in self.tables[head].items() if goes[k] == at)
        return mass / self.weights[to][at]

    # --- what binds ------------------------------------------------------------------------------------------------

    def big(self, node: Big, env: Env) -> Found:
        if not node.over:
            spaces = [p for p in walk(node.body) if isinstance(p, Symbol) and p.name in self.told.spaces]
            names = list(dict.fromkeys(p.name for p in spaces))
            if len(names) != 1:
                raise Unknown("what a sum is over")
            return self.big(Big(node.kind, (Bound(names[0]),), node.body), env)
        first, rest = node.over[0], node.over[1:]
        inner = Big(node.kind, rest, node.body) if rest else node.body
        if node.kind == "integral" and first.name not in self.told.spaces:
            raise Unknown("an integral over an interval")
        factors = node.body.factors if node.kind == "product" and isinstance(node.body, Multiply) else ()
        if not all(any(isinstance(p, Symbol) and p.name == first.name for p in walk(factor)) for factor in factors):
            raise Unknown("how far a product reaches")
        total: Found = 1.0 if node.kind == "product" else 0.0
        for here, weight in self.all_points(first, env):
            found = self.value(inner, here)
            total = total * found if node.kind == "product" else total + plainly.product(weight, found)
        return total

    def expectation(self, node: Expectation, env: Env) -> Found:
        under = node.under
        if under is None and self.told.expectation:
            under = Symbol(self.told.expectation)
        if isinstance(under, Symbol):
            head = self._head(under.name)
            under = Apply(under.name, tuple(map(Symbol, head.own)), tuple(map(Symbol, head.given)))
        if not isinstance(under, Apply):
            raise Unknown("an expectation without a density")
        over, factors, env = self._measure(node, under, env)
        mean = self._mean(node.body, over, factors, env)
        if node.kind == "mean":
            return mean
        return self._mean(Power(node.body, Number(Fraction(2))), over, factors, env) - plainly.product(mean, mean)

    def _measure(self, node: Expectation, under: Apply, env: Env) -> tuple[list[Bound], list[Node], Env]:
        own = [a for a in under.arguments if isinstance(a, Symbol)]
        over = list(node.over) or [Bound(a.name, copy=a.copy, indices=a.indices) for a in own]
        if not any(b.name in self.told.copies for b in over):
            if node.over and len(own) == 1:
                at = [Symbol(b.name, b.indices, b.copy) for b in over]
                return over, [Apply(under.function, (one,), under.given) for one in at], env
            return over, [under], env
        if len(over) == 1 and not over[0].indices and over[0].high is None:
            inside = _indexed(node.body, over[0].name)
            over = [Bound(over[0].name, indices=(i,)) for i in self._all_copies(over[0].name)] if inside else over
        elif len(over) == 1 and over[0].indices and isinstance(over[0].indices[0], Symbol):
            index = over[0].indices[0].name
            env = env if index in env else {**env, index: 1}
        else:
            over = [Bound(over[0].name, indices=(i,)) for i in self._all_copies(over[0].name)]
        return over, [Apply(under.function, (Symbol(b.name, b.indices, b.copy),), under.given) for b in over], env

    def _all_copies(self, name: str) -> list[Node]:
        return [Number(Fraction(k)) for k in range(1, self.told.copies[name] + 1)]

    def _mean(self, body: Node, over: list[Bound], factors: list[Node], env: Env) -> Found:
        total: Found = 0.0
        for here, weight in self._everywhere(over, env):
            mass = weight * math.prod(float(self.number(factor, here)) for factor in factors)
            total = total + (plainly.product(mass, self.value(body, here)) if mass else 0.0)
        return total

    def _everywhere(self, over: list[Bound], env: Env) -> Iterator[tuple[Env, float]]:
        if not over:
            yield env, 1.0
            return
        first = over[0]
        if first.name in self.told.copies and not first.indices:
            for k, weight in enumerate(self.weights[first.name]):
                yield from ((e, weight * w) for e, w in self._everywhere(over[1:], {**env, first.name: k}))
            return
        for here, weight in self.all_points(first, env):
            yield from ((e, weight * w) for e, w in self._everywhere(over[1:], here))

    def divergence(self, node: Divergence, env: Env) -> float:
        sides = [self._densities(side) for side in (node.left, node.right) if side is not None]
        densities = [density for side in sides for density in side]
        own = list(dict.fromkeys(a for density in densities for a in density.arguments if isinstance(a, Symbol)))
        given = {a for density in densities for a in density.given}
        over = [Bound(a.name, copy=a.copy, indices=a.indices) for a in own if a not in given]
        if not over:
            raise Unknown("what a divergence is over")

        def total(term: Callable[[float, float], float]) -> float:
            found = 0.0
            for here, weight in self._everywhere(over, env):
                a = self.number(node.left, here)
                found += weight * term(a, self.number(node.right, here) if node.right is not None else a)
            return found

        if node.kind == "KL":
            return total(plainly.kl)
        if node.kind == "H":
            return -total(lambda a, b: plainly.product(a, plainly.log(b)) if a else 0.0)  # type: ignore[arg-type,return-value]
        if node.kind == "JSD":
            return total(lambda a, b: (plainly.kl(a, (a + b) / 2) + plainly.kl(b, (a + b) / 2)) / 2)
        raise Unknown(node.kind)

    def _densities(self, side: Node) -> list[Apply]:
        found: list[Apply] = []
        names = {*self.told.joints, *self.told.pushforwards, *(h.name for h in (*self.told.densities, *self.formulas))}
        for part in walk(side):
            if isinstance(part, Apply) and part.function in names:
                found.append(part)
            elif isinstance(part, Symbol) and part.name in names:
                head = self._head(part.name)
                found.append(Apply(part.name, tuple(map(Symbol, head.own)), tuple(map(Symbol, head.given))))
        return found

    # --- derivatives and extrema -----------------------------------------------------------------------------------

    def derivative(self, node: Derivative, env: Env) -> Found:
        by = node.by
        if isinstance(by, Function) and by.name == "transpose":
            return np.transpose(self.derivative(Derivative(node.body, by.body, node.order, node.gradient), env))
        if node.order == 2:
            return self._second(node, env)
        if isinstance(by, Symbol) and not by.indices:
            found = env.get(f"@{by.name}", self.values.get(by.name))
            if by.name in self.solved:
                found = self._at_formula(self.solved[by.name], env)
            if found is None:
                head = self._head(by.name)
                return self._functional(node.body, Apply(by.name, tuple(map(Symbol, head.own))), env)
            return self._slopes(lambda v: self.value(node.body, {**env, f"@{by.name}": v}), found)
        if isinstance(by, Apply) or (isinstance(by, Symbol) and by.indices):
            return self._functional(node.body, by, env)
        raise Unknown("this derivative")

    def _slopes(self, body: Callable[[Any], Found], at: Found) -> Found:
        if not isinstance(at, np.ndarray):
            return plainly.difference(lambda h: body(at + h))
        rows = []
        for k in range(at.shape[0]):
            unit = np.zeros_like(at)
            unit[k, 0] = 1.0
            rows.append(plainly.difference(lambda h, unit=unit: body(at + h * unit)))  # type: ignore[misc]
        if isinstance(rows[0], np.ndarray):
            return np.concatenate(rows, axis=0 if rows[0].shape[0] == 1 else 1)
        return np.array([[row] for row in rows])

    def _second(self, node: Derivative, env: Env) -> Found:
        inner = Derivative(node.body, node.by, 1, node.gradient)
        if not isinstance(node.by, Symbol) or node.by.indices:
            raise Unknown("this second derivative")
        at = env.get(f"@{node.by.name}", self.values.get(node.by.name))
        if at is None:
            raise Unknown("this second derivative")
        name = f"@{node.by.name}"
        if not isinstance(at, np.ndarray):
            return plainly.difference(lambda h: self.value(inner, {**env, name: at + h}))
        columns = []
        for k in range(at.shape[0]):
            unit = np.zeros_like(at)
            unit[k, 0] = 1.0
            columns.append(plainly.difference(lambda h, u=unit: self.value(inner, {**env, name: at + h * u})))  # type: ignore[misc]
        return np.concatenate(columns, axis=1)

    def _functional(self, body: Node, by: Apply | Symbol, env: Env) -> float:
        """The slope where one entry of a table moves; if it is summed over, the weight of the point is divided out."""
        if isinstance(by, Symbol):
            head = next((h for h in self.told.arrays if h.name == by.name and len(h.own) == len(by.indices)), None)
            if head is None or not self._is_array(head, by):
                raise Unknown("this derivative")
            name, arguments = f"{head.name}_{','.join(head.own)}", by.indices
        else:
            name, arguments = by.function, (*by.arguments, *by.given)
        at = tuple(self.point(a, env) for a in arguments)

        def moved(much: float) -> Found:
            self.shift = (name, at, much)
            try:
                return self.value(body, env)
            finally:
                self.shift = None

        size = abs(self.number(by, env)) or 1.0
        slope = plainly.difference(lambda h: moved(h * size)) / size
        outside = self._open(body)
        for argument, k in zip(arguments, at, strict=True):
            if isinstance(argument, Symbol) and argument.name in self.told.spaces and argument.name not in outside:
                slope /= self.weights[argument.name][k]
        return float(slope)

    def _open(self, node: Node) -> set[str]:
        """The variables on which a tree depends."""
        if isinstance(node, Symbol | Apply) and not getattr(node, "arguments", ()):
            name = node.name if isinstance(node, Symbol) else node.function
            if name in self.told.spaces:
                return {name}
            inside = [f for h, f in self.formulas.items() if h.name == name and not h.variables]
            if inside:
                return self._open(inside[0].body)
            try:
                return set(self._head(name).variables) & set(self.told.spaces)
            except Unknown:
                return set()
        found = set().union(*(self._open(child) for child in children(node)))
        if isinstance(node, Big | Expectation):
            found -= {bound.name for bound in node.over}
        if isinstance(node, Expectation) and isinstance(node.under, Symbol):
            found -= set(self._head(node.under.name).own)
        if isinstance(node, Expectation | Divergence):
            sides = (node.under,) if isinstance(node, Expectation) else (node.left, node.right)
            densities = [d for side in sides if side is not None for d in self._densities(side)]
            given = {a.name for d in densities for a in d.given if isinstance(a, Symbol)}
            found -= {a.name for d in densities for a in d.arguments if isinstance(a, Symbol)} - given
        return found

    def extremum(self, node: Extremum, env: Env) -> float:
        if len(node.over) != 1 or node.kind.startswith("arg"):
            raise Unknown("this extremum")
        name, sign = node.over[0].name, -1.0 if node.kind in ("sup", "max") else 1.0

        def body(v: Any) -> float:
            found = sign * self.number(node.body, {**env, f"@{name}": v})
            return found if math.isfinite(found) else 1e300

        if name in self.told.vectors:
            size = self.told.vectors[name][0]
            best = minimize(lambda v: body(np.asarray(v).reshape(-1, 1)), np.zeros(size), tol=1e-12)
            return sign * float(best.fun)
        how = self.told.scalars.get(name)
        ends = SEARCHED.get(how) if isinstance(how, str) else how  # type: ignore[call-overload]
        if not isinstance(ends, list | tuple):
            raise Unknown("this extremum")
        low, high = map(float, ends)
        grid = np.linspace(low, high, 400)
        at = int(np.argmin([body(float(t)) for t in grid]))
        around = (float(grid[max(at - 1, 0)]), float(grid[min(at + 1, 399)]))
        found = minimize_scalar(body, bounds=around, method="bounded", options={"xatol": 1e-10})
        return sign * float(found.fun)


def _indexed(node: Node, name: str) -> bool:
    return any(isinstance(part, Symbol) and part.name == name and part.indices for part in walk(node))


RULES: dict[type[Node], Callable[[Model, Any, Env], Any]] = {
    Number: lambda _model, node, _env: float(node.value),
    Constant: lambda _model, node, _env: {"pi": math.pi, "e": math.e, "infinity": math.inf}[node.name],
    Symbol: Model.symbol,
    Apply: Model.apply,
    Add: plainly.total,
    Negative: lambda model, node, env: -model.value(node.body, env),
    Multiply: plainly.times,
    Divide: plainly.quotient,
    Power: plainly.power,
    Function: plainly.function,
    Matrix: plainly.written,
    Gaussian: plainly.normal,
    Big: Model.big,
    Expectation: Model.expectation,
    Divergence: Model.divergence,
    Derivative: Model.derivative,
    Extremum: Model.extremum,
}
