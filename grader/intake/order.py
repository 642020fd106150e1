"""Which marks of a text are headings, and of which parts: the reading that agrees best with what was asked.

Theory of operation. The parts of a homework make a tree (1 above 1.a, 2.e above 2.e.i) with an order. People write a
part's label relative to what is open (`h.` under `1.`), mostly in order, and write many things that only look like a
label. So each mark is worth its weight if it is taken, and what it costs to go from the part before it to this one:
little for parts that are left out, more for a question whose own heading is not there, much for going back. The best
chain of marks is found by dynamic programming. A second look then takes what order alone can't: headings that are
certain but out of order, a label that is used twice while one is missing, lists that have lost their letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from grader.intake.headings import ROMANS, Mark
from grader.intake.labels import atoms_of

SKIPPED = 0.1
MAX_SKIPPED = 0.8
BACK = 5.0
LOST_FIRST, LOST_LATER = 2.0, 3.0
"""Cost of a part whose question has no heading: less for its first part, which begins the letters anew."""
HABIT, NO_HABIT = 0.5, -0.7
"""What it changes that a label is written as most labels of its depth are, or otherwise."""
HALF_A_LIST = 2.5
"""Cost of a label whose neighbour on the line above, in the same list, is none."""
SURE = 2.0


@dataclass(frozen=True)
class Node:
    """A place in the tree of labels. `part` is the part as the rubric spells it, "" for a question above parts."""

    atoms: tuple[str, ...]
    part: str
    parent: int
    children: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return self.part or ".".join(self.atoms)


@dataclass(frozen=True)
class Tree:
    """The labels of a homework in their order; node 0 is the homework itself.

    `endings` maps the end of a label to the nodes that have it. `order[u, v]` is what it costs to go from u to v,
    `below[u, v]` says whether u is v or stands under it. `open_at_start` is the label that all parts have in common.
    """

    nodes: tuple[Node, ...]
    endings: dict[tuple[str, ...], tuple[int, ...]]
    order: np.ndarray
    below: np.ndarray
    open_at_start: int

    def above(self, node: int, levels: int) -> int:
        """The node so many levels up."""
        for _ in range(levels):
            node = self.nodes[node].parent
        return node

    def only_part(self, node: int) -> int:
        """The node of the one part that is at a node or under it, or 0."""
        if not node or self.nodes[node].part:
            return node
        children = self.nodes[node].children
        return self.only_part(children[0]) if len(children) == 1 else 0

    def single_part(self) -> int:
        """The node of the homework's only part, or 0."""
        children = self.nodes[0].children
        return self.only_part(children[0]) if len(children) == 1 else 0

    def leaves(self, node: int) -> tuple[int, ...]:
        """The children of a node if each of them is a part without parts of its own, else nothing."""
        children = self.nodes[node].children
        return children if all(self.nodes[c].part and not self.nodes[c].children for c in children) else ()


@lru_cache(maxsize=64)
def tree(parts: tuple[str, ...]) -> Tree:
    """The tree of the parts of a rubric, in the order that they are given in."""
    names = {atoms_of(part): part for part in reversed(parts)}
    children: dict[tuple[str, ...], list[tuple[str, ...]]] = {(): []}
    for atoms in map(atoms_of, parts):
        for depth in range(1, len(atoms) + 1):
            if atoms[:depth] not in children:
                children[atoms[:depth]] = []
                children[atoms[: depth - 1]].append(atoms[:depth])
    order = list(_preorder((), children))
    index = {atoms: k for k, atoms in enumerate(order)}
    nodes = tuple(
        Node(atoms, names.get(atoms, ""), index[atoms[:-1]], tuple(index[c] for c in children[atoms]))
        for atoms in order
    )
    endings: dict[tuple[str, ...], list[int]] = {}
    for k, atoms in enumerate(order):
        for n in range(len(atoms)):
            endings.setdefault(atoms[n:], []).append(k)
    common = 0
    while len(nodes[common].children) == 1 and not nodes[common].part:
        common = nodes[common].children[0]
    common = nodes[common].parent if nodes[common].part else common
    return Tree(nodes, {end: tuple(found) for end, found in endings.items()}, _costs(nodes), _below(nodes), common)


def _preorder(
    atoms: tuple[str, ...], children: dict[tuple[str, ...], list[tuple[str, ...]]]
) -> Iterator[tuple[str, ...]]:
    waiting = [atoms]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(children[here]))


def _costs(nodes: Sequence[Node]) -> np.ndarray:
    before = np.cumsum([bool(node.part) for node in nodes])
    at = np.arange(len(nodes))
    between = np.maximum(before[None, :] - np.array([bool(n.part) for n in nodes])[None, :] - before[:, None], 0)
    forward = np.minimum(SKIPPED * between, MAX_SKIPPED)
    return np.where(at[None, :] > at[:, None], forward, BACK)


def _below(nodes: Sequence[Node]) -> np.ndarray:
    found = np.eye(len(nodes), dtype=bool)
    for k, node in enumerate(nodes[1:], 1):
        found[k] |= found[node.parent]
    return found


@dataclass(frozen=True)
class Placed:
    """A heading: its mark, the node that it was taken for, and why, where that is not what it says."""

    mark: Mark
    node: int
    why: str = ""


def placed(marks: Sequence[Mark], known: Tree, end: int) -> list[Placed]:
    """The headings among the marks of a text of `end` lines, in the order in which they stand."""
    options = [_options(known, mark, marks[k + 1 : k + 4]) for k, mark in enumerate(marks)]
    first = _chain(known, marks, options, {})
    chain = _again(known, marks, options, _chain(known, marks, options, _habits(known, first)))
    chain = _late(known, marks, options, chain)
    chain = _mislabelled(known, marks, options, chain)
    return _unlettered(known, marks, _without_question(known, options, marks, chain), end)


def _without_question(known: Tree, options: Options, marks: Sequence[Mark], chain: list[Placed]) -> list[Placed]:
    """The chain, with a word where a heading's question is neither open nor named by it."""
    chosen = {mark.line: choices for mark, choices in zip(marks, options, strict=True)}
    open_node = known.open_at_start
    found = []
    for place in chain:
        named = chosen[place.mark.line].get(place.node, (0, 0.0))[0]
        lost = named and not place.why and not known.below[open_node, known.above(place.node, named)]
        found.append(replace(place, why="lost") if lost else place)
        open_node = place.node or open_node
    return found


def _options(known: Tree, mark: Mark, following: Sequence[Mark]) -> dict[int, tuple[int, float]]:
    """Node → (how many levels of its label are named, what it is worth), for each node that a mark may stand for."""
    if not mark.label or not mark.weight:
        return {}
    atoms = atoms_of(mark.label)
    nodes = known.endings.get(atoms, ())
    while not nodes and "-" in mark.label and len(atoms) > 1:
        atoms = atoms[:-1]
        nodes = known.endings.get(atoms, ())
    if not nodes and atoms[0] in ROMANS and (mark.word or mark.explicit):
        atoms = (str(ROMANS.index(atoms[0]) + 1), *atoms[1:])
        nodes = known.endings.get(atoms, ())
    # "i." may be the letter after h; with "ii." after it, it is the numeral.
    after = next((other.label.split(".")[-1] for other in following if other.label), "")
    numeral = atoms[-1] in ("i", "v", "x") and after in ("ii", "vi", "xi")
    found = {}
    for node in nodes:
        at = known.nodes[node]
        left_out = len(at.atoms) - len(atoms)
        siblings = {known.nodes[c].atoms[-1] for c in known.nodes[at.parent].children}
        if numeral and not siblings & {"ii", "vi", "xi"}:
            continue
        worth = mark.weight - 0.2 * left_out * (len(atoms) > 1)
        if mark.word and left_out and mark.style != "bold" and atoms[0].isdigit():
            worth -= 1.5
        if not at.part and not mark.explicit and len(mark.rest) > 60:
            worth -= 0.8
        found[node] = (len(atoms), worth)
    return found


Options = Sequence[dict[int, tuple[int, float]]]


def _chain(known: Tree, marks: Sequence[Mark], options: Options, habits: dict[int, str]) -> list[Placed]:
    """The chain of marks that is worth most."""
    size = len(known.nodes)
    score, last, latest = np.full(size, -np.inf), np.full(size, -1), np.full(size, -1)
    score[0] = 0.0
    steps: list[tuple[int, int, int]] = []
    costs: dict[tuple[int, ...], np.ndarray] = {}
    for k, (mark, choices) in enumerate(zip(marks, options, strict=True)):
        if not choices:
            continue
        nodes = tuple(choices)
        named = choices[nodes[0]][0]
        if (named, *nodes) not in costs:
            costs[(named, *nodes)] = _cost(known, nodes, named)
        total = score[:, None] - costs[(named, *nodes)]
        if k and _runs_on(marks[k - 1], mark):
            total -= np.where(latest == k - 1, 0.0, HALF_A_LIST)[:, None]
        before = total.argmax(axis=0)
        gains = [choices[node][1] + _habit(known, mark, node, habits) for node in nodes]
        values = total[before, range(len(nodes))] + gains
        links = last[before]
        for node, value, link in zip(nodes, values, links, strict=True):
            if value > score[node]:
                score[node], last[node], latest[node] = value, len(steps), k
                steps.append((k, node, int(link)))
    at = int(last[int(score.argmax())])
    found = []
    while at >= 0:
        k, node, at = steps[at]
        found.append(Placed(marks[k], node))
    return found[::-1]


def _again(known: Tree, marks: Sequence[Mark], options: Options, chain: list[Placed]) -> list[Placed]:
    """The chain, gone through once more where all the labels come again: the questions first, and then the answers."""
    habits = _habits(known, chain)
    after = chain[-1].mark.line if chain else 0
    low = next((k for k, mark in enumerate(marks) if mark.line > after), len(marks))
    more = _chain(known, marks[low:], options[low:], habits)
    usual = all(place.mark.explicit or _habit(known, place.mark, place.node, habits) > 0 for place in more)
    return chain + more if usual and len(more) >= max(3, len(chain) / 2) else chain


def _cost(known: Tree, nodes: Sequence[int], named: int) -> np.ndarray:
    """What it costs to go from each node of the tree to each of `nodes`, of whose labels `named` levels are named."""
    opened = known.below.copy()
    opened[0] |= known.below[known.open_at_start]
    parents = [known.above(node, named) for node in nodes]
    lost: np.ndarray = np.where(opened[:, parents], 0.0, [[_lost(known, node) for node in nodes]])
    order = known.order[:, nodes]
    # Nobody goes back to a question without saying which.
    return np.asarray(order + lost + np.where((order == BACK) & (lost > 0), BACK, 0.0))


def _lost(known: Tree, node: int) -> float:
    return LOST_FIRST if known.nodes[known.nodes[node].parent].children[0] == node else LOST_LATER


def _runs_on(before: Mark, mark: Mark) -> bool:
    """Whether two labels stand line under line, as in one list: all of it are headings, or none of it is."""
    alike = before.style == mark.style and before.indent == mark.indent
    return alike and before.line + 1 == mark.line and bool(before.rest) and not mark.explicit


def _listed(marks: Sequence[Mark]) -> set[int]:
    """The lines of labels that stand line under line, as in a list within an answer."""
    runs = [(one.line, two.line) for one, two in pairwise(marks) if _runs_on(one, two)]
    return {line for pair in runs for line in pair}


def _habits(known: Tree, chain: Iterable[Placed]) -> dict[int, str]:
    """How labels of each depth are mostly written, where at least three say so."""
    counts: dict[int, Counter[str]] = {}
    for place in chain:
        counts.setdefault(len(known.nodes[place.node].atoms), Counter())[place.mark.style] += 1
    most = {depth: count.most_common(1)[0] for depth, count in counts.items()}
    return {depth: style for depth, (style, times) in most.items() if times >= 3}


def _habit(known: Tree, mark: Mark, node: int, habits: dict[int, str]) -> float:
    style = habits.get(len(known.nodes[node].atoms))
    return 0.0 if style is None else HABIT if style == mark.style else 0.0 if mark.explicit else NO_HABIT


def _late(known: Tree, marks: Sequence[Mark], options: Options, chain: list[Placed]) -> list[Placed]:
    """The chain with headings that are certain though out of order, or the only ones of their part."""
    taken = {place.mark.line: place for place in chain}
    visited = {place.node for place in chain}
    habits = _habits(known, chain)
    styles = {(len(known.nodes[p.node].atoms), p.mark.style) for p in chain if not habits}
    found: list[Placed] = []
    open_node = known.open_at_start
    listed = _listed(marks)
    for mark, choices in zip(marks, options, strict=True):
        place = taken.get(mark.line)
        if place is None and choices:
            node = _fitting(known, open_node, choices)
            new = node not in visited and bool(known.nodes[node].part)
            depth = len(known.nodes[node].atoms)
            usual = (
                mark.weight >= SURE
                and mark.line not in listed
                and (habits.get(depth) == mark.style or (depth, mark.style) in styles)
            )
            # "Problem 1, continued" on the next page opens nothing anew.
            goes_on = not known.nodes[node].part and bool(known.below[open_node, node]) and node in visited
            certain = (mark.explicit or (mark.word and mark.weight >= SURE)) and not goes_on
            if node and (certain or (new and usual)):
                place = Placed(mark, node)
                visited.add(node)
        elif place is None and mark.label and _is_foreign(mark, found):
            place = Placed(mark, 0, "unknown")
        if place is not None:
            found.append(place)
            open_node = place.node or open_node
    return found


def _is_foreign(mark: Mark, found: Sequence[Placed]) -> bool:
    """Whether a heading is certain, and of no part that was asked for: not one that structures an answer."""
    if not mark.explicit and not (mark.word and mark.weight >= 4.0):
        return False
    if not found:
        return False
    level = 0 if mark.word else mark.level
    return level <= found[-1].mark.level and mark.style in (found[-1].mark.style, "heading", "word")


def _fitting(known: Tree, open_node: int, choices: dict[int, tuple[int, float]]) -> int:
    """Of the nodes that a label may stand for, the one under what is open; 0 if none is."""
    fitting = [node for node, (named, _) in choices.items() if known.below[open_node, known.above(node, named)]]
    return max(fitting, key=lambda node: (choices[node][1], -abs(node - open_node)), default=0)


def _mislabelled(known: Tree, marks: Sequence[Mark], options: Options, chain: list[Placed]) -> list[Placed]:
    """The chain where a label that is used twice, while one between its neighbours is missing, is taken for that."""
    chain = _with_repeated(known, marks, options, chain)
    visited = {place.node for place in chain}
    places: dict[int, list[int]] = {}
    for k, place in enumerate(chain):
        places.setdefault(place.node, []).append(k)
    for node, where in places.items():
        if len(where) != 2 or not known.nodes[node].part:
            continue
        for nth, k in (("the second time", where[1]), ("the first time", where[0])):
            wanted = _missing(known, visited, *_around(chain, k))
            if wanted:
                chain[k] = replace(chain[k], node=wanted, why=nth)
                visited.add(wanted)
                break
    return chain


def _with_repeated(known: Tree, marks: Sequence[Mark], options: Options, chain: list[Placed]) -> list[Placed]:
    """The chain with each mark that repeats a label exactly where one is missing, and is written like the others."""
    visited = {place.node for place in chain}
    habits = _habits(known, chain)
    headings = {place.mark.line: k for k, place in enumerate(chain)}
    repeated: dict[int, list[Placed]] = {}
    listed = _listed(marks)
    after = -1
    for mark, choices in zip(marks, options, strict=True):
        after = headings.get(mark.line, after)
        if after < 0 or mark.line in headings or mark.weight < SURE + 0.3 or mark.line in listed:
            continue
        node = _fitting(known, chain[after].node, choices)
        if node in visited and habits.get(len(known.nodes[node].atoms)) == mark.style:
            repeated.setdefault(after, []).append(Placed(mark, node))
    found: list[Placed] = []
    for k, place in enumerate(chain):
        found.append(place)
        between = repeated.get(k, [])
        following = chain[k + 1].node if k + 1 < len(chain) else 0
        if len(between) == 1 and _missing(known, visited, place.node, between[0].node, following):
            found.append(between[0])
    return found


def _around(chain: Sequence[Placed], k: int) -> tuple[int, int, int]:
    """The nodes before, at and after a place; 0 where there is none."""
    return (chain[k - 1].node if k else 0), chain[k].node, (chain[k + 1].node if k + 1 < len(chain) else 0)


def _missing(known: Tree, visited: set[int], before: int, node: int, after: int) -> int:
    """The one part that no heading is of, between the heading before and the one after; 0 if there is not just one."""
    if after and after <= before:
        return 0
    parent = known.nodes[before if known.nodes[before].part else node].parent
    span = range(before + 1, after or len(known.nodes))
    missing = [n for n in span if known.nodes[n].part and n not in visited]
    inside = [n for n in missing if known.nodes[n].parent == parent]
    return inside[0] if len(inside) == 1 and (not after or len(missing) == 1) else 0


def _unlettered(known: Tree, marks: Sequence[Mark], chain: list[Placed], end: int) -> list[Placed]:
    """The chain with lists that have lost their letters: just as many items as the question has parts, in order."""
    found: list[Placed] = []
    starts = [(-1, known.open_at_start)] if not chain else []
    starts += [(place.mark.line, place.node) for place in chain]
    for k, (line, node) in enumerate(starts):
        found += chain[k : k + 1]
        high = starts[k + 1][0] if k + 1 < len(starts) else end
        under = k + 1 < len(starts) and known.below[starts[k + 1][1], node] and starts[k + 1][1] != node
        children = known.leaves(node)
        if not under and children and not known.nodes[node].part:
            items = _items([mark for mark in marks if line < mark.line < high])
            if len(items) == len(children) > 1:
                found += [Placed(item, child, "unlettered") for item, child in zip(items, children, strict=True)]
    return found


def _items(marks: Sequence[Mark]) -> list[Mark]:
    """The items of the outermost list among the marks of a question; none where two kinds of list stand there."""
    listed = [mark for mark in marks if mark.listed]
    if not listed:
        return []
    outer = min(mark.indent for mark in listed)
    items = [mark for mark in listed if mark.indent == outer]
    return items if len({item.listed for item in items}) == 1 else []
