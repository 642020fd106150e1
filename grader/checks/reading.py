"""Which layers a forward pass consists of, inside the box: the recorded calls, read backwards from the outputs.

So the order of branches that ran side by side does not matter, and what is computed but not used does not count.
Arithmetic on single entries (x.clamp(min=0), 1 / (1 + exp(−x)), torch.where(x > 0, x, 0.2 * x)) is known by its
values: those of a named activation or of a scaling, or of no layer that has a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.trace import ACTIVATIONS, Node, Options, traced

MAX_LAYERS = 500

Layers = list[tuple[str, Options]]

COMBINED = {"add": "sum of branches", "sub": "sum of branches", "mul": "product of branches", "div": "quotient"}


@dataclass(eq=False)
class Read:
    """A node as it is compared: the nodes and layers that lead to it, and a signature of all that does."""

    parents: tuple[Node, ...]
    layers: Layers
    signature: str = ""


def layers_of(module: Any, inputs: list[Any]) -> list[Node]:
    """The layers that lead to the outputs of one call, each after those that it needs."""
    outputs, nodes = traced(module, inputs)
    reads: dict[int, Read] = {}
    for node in nodes:
        reads[id(node)] = _resolved(node, reads)
    layers: list[Node] = []
    seen: set[int] = set()
    waiting = [(node, False) for node in reversed(outputs)]
    while waiting:
        node, done = waiting.pop()
        read = reads.get(id(node))
        if done and read:
            layers.extend(Node(kind, options, (), None, node.module, node.place) for kind, options in read.layers)
        elif read and id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting.extend((parent, False) for parent in reversed(read.parents))
    return _merged(layers)


def packed(layers: Iterable[Node]) -> Iterator[tuple[str, np.ndarray]]:
    """Layers as values that cross the wall."""
    for k, layer in enumerate(layers):
        if k >= MAX_LAYERS:
            raise ValueError(f"more than {MAX_LAYERS} layers run")
        yield f"layer/{k}/kind", np.array(layer.kind[:60])
        yield f"layer/{k}/module", np.array(layer.module[:100])
        yield f"layer/{k}/place", np.array(layer.place)
        for name, option in layer.options.items():
            yield f"layer/{k}/option/{name}", np.array(option) if isinstance(option, str) else np.array(option, float)


def _resolved(node: Node, reads: Mapping[int, Read]) -> Read:
    parents, layers = _meaning(node)
    if layers and layers[0][0] in COMBINED.values():
        parents = tuple(sorted(parents, key=lambda p: reads[id(p)].signature if id(p) in reads else ""))
    before = [reads[id(p)].signature if id(p) in reads else "" for p in parents]
    signature = hashlib.sha256(repr((layers, before)).encode()).hexdigest() if layers else (before or [""])[0]
    return Read(parents, layers, signature)


def _meaning(node: Node) -> tuple[tuple[Node, ...], Layers]:
    """What a node stands for, and the nodes that it follows from: arithmetic is known by its values."""
    if node.kind != "arithmetic":
        return node.parents, [(node.kind, node.options)]
    for through in (True, False):
        roots = _roots(node, through=through)
        named = pointwise(roots[0].value, node.value) if len(roots) == 1 else None
        if named is not None:
            return roots, named
    if len(roots) == 1:
        return roots, [("operation on single entries", {})]
    return node.parents, [(COMBINED.get(node.options["name"], "combination of branches"), {})]


def _roots(node: Node, *, through: bool) -> tuple[Node, ...]:
    """The nodes that arithmetic starts from; `through` looks behind activations as well."""
    found: dict[int, Node] = {}
    waiting, seen = list(node.parents), set()
    while waiting:
        here = waiting.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        if here.kind == "arithmetic" or (through and here.kind in ACTIVATIONS.values()):
            waiting.extend(here.parents)
        else:
            found[id(here)] = here
    return tuple(found.values())


def pointwise(x: Any, y: Any) -> Layers | None:
    """The activation or the scaling that leads from x to y, [] if none is needed, None if it is none that is known."""
    import torch
    import torch.nn.functional as F

    if x.numel() != y.numel() or not x.numel() or not (x.is_floating_point() and y.is_floating_point()):
        return None
    exact = x.dtype == y.dtype == torch.float64
    a, b = x.detach().double().reshape(-1), y.detach().double().reshape(-1)
    scale = float(b.abs().max()) + 1e-30

    def same(c: Any) -> bool:
        return bool(((c - b).abs() <= (1e-9 if exact else 1e-5) * scale).all())

    if same(a):
        return []
    known: dict[str, Callable[[Any], Any]] = {
        "ReLU": F.relu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "softplus": F.softplus,
    }
    known |= {"SiLU": F.silu, "ReLU6": F.relu6, "GELU": F.gelu, "log-sigmoid": F.logsigmoid, "hardtanh": F.hardtanh}
    for name, function in known.items():
        if same(function(a)):
            return [(name, {})]
    low, high = int(a.argmin()), int(a.argmax())
    if float(a[low]) < 0 and same(F.leaky_relu(a, slope := float(b[low] / a[low]))):
        return [("LeakyReLU", {"slope": slope})]
    if float(a[low]) < 0 and same(F.elu(a)):
        return [("ELU", {"alpha": 1.0})]
    factor = float((b[high] - b[low]) / (a[high] - a[low])) if a[high] != a[low] else 0.0
    shift = float(b[low] - factor * a[low])
    return [("scaling", {"factor": factor, "shift": shift})] if factor and same(factor * a + shift) else None


def _merged(layers: list[Node]) -> list[Node]:
    """Upsampling by repeated entries, first along one side and then along the other, is one layer."""
    found: list[Node] = []
    for layer in layers:
        last = found[-1] if found else None
        if last and all(n.kind == "upsampling" and n.options["mode"] == "nearest" for n in (last, layer)):
            scale = tuple(a * b for a, b in zip(last.options["scale"], layer.options["scale"], strict=True))
            found[-1] = Node("upsampling", {"scale": scale, "mode": "nearest"}, (), None)
        else:
            found.append(layer)
    return found
