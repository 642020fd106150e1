"""The torch calls of one forward pass as a graph, recorded inside the box; `reading` makes layers of it.

Every call on a tensor that follows from the inputs becomes a node, whoever makes it: nn.ReLU, F.relu, torch.relu and
x.relu() end in the same call. Calls that only move entries leave no node; what is added to a layer without a bias is
its bias, and zeros put around an image are the padding of the convolution behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Options = dict[str, Any]
"""Numbers, tuples of numbers, or words."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


POSITIONS = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), "input weight bias stride padding dilation groups"),
    **dict.fromkeys(
        ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
        "input weight bias stride padding output_padding groups dilation",
    ),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), "input kernel_size stride padding"),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), "input kernel_size stride padding"),
    "linear": "input weight bias",
    "addmm": "bias input weight",
    "interpolate": "input size scale_factor mode",
    "repeat_interleave": "input repeats dim",
    "leaky_relu": "input slope",
    "elu": "input alpha",
    "dropout": "input p training",
    "batch_norm": "input running_mean running_var weight bias",
    "pad": "input pad mode value",
    "mean": "input dim",
    "amax": "input dim",
    "softmax": "input dim",
    "log_softmax": "input dim",
    "embedding": "input weight",
}
"""The parameters of torch functions in the order in which they may be given without a name."""

MOVES = _words(
    "view reshape flatten unflatten squeeze unsqueeze contiguous clone detach to type type_as float double half get "
    "getitem chunk split split_with_sizes unbind tensor_split permute transpose swapaxes movedim moveaxis t expand "
    "expand_as view_as reshape_as requires_grad narrow select ravel alias cpu identity"
)
"""Calls that only move entries: no layer."""

ARITHMETIC = _words(
    "add sub mul div divide multiply subtract rsub neg negative exp expm1 exp2 log log1p log2 pow square sqrt rsqrt "
    "reciprocal abs absolute sign sgn clamp clamp_min clamp_max clip maximum minimum max min where gt lt ge le eq ne "
    "greater less masked_fill threshold heaviside logaddexp logical_not bool cosh sinh sin cos erf addcmul addcdiv "
    "lerp invert and or xor"
)

ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "sigmoid": "sigmoid",
    "special_expit": "sigmoid",
    "tanh": "tanh",
    "softplus": "softplus",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "hardtanh": "hardtanh",
    "logsigmoid": "log-sigmoid",
    "log_sigmoid": "log-sigmoid",
}
"""Functions of single entries, by the names of the calls."""

SAME = {
    "rmul": "mul",
    "radd": "add",
    "rdiv": "div",
    "truediv": "div",
    "true_divide": "div",
    "rtruediv": "div",
    "rpow": "pow",
    "rmatmul": "matmul",
    "mm": "matmul",
    "bmm": "matmul",
    "concat": "cat",
    "concatenate": "cat",
    "upsample": "interpolate",
    "adaptive_max_pool2d_with_indices": "adaptive_max_pool2d",
    "max_pool2d_with_indices": "max_pool2d",
    "iadd": "add",
    "isub": "sub",
    "imul": "mul",
    "itruediv": "div",
}
OTHER = {
    "cat": "concatenation",
    "stack": "concatenation",
    "embedding": "embedding",
    "pixel_shuffle": "pixel shuffle",
    "softmax": "softmax",
    "log_softmax": "log-softmax",
    "prelu": "PReLU",
    "layer_norm": "layer normalisation",
    "group_norm": "group normalisation",
    "instance_norm": "instance normalisation",
    "scaled_dot_product_attention": "attention",
}


@dataclass(eq=False)
class Node:
    """One call: what kind of layer, from which nodes, what came out, and in which module it ran."""

    kind: str
    options: Options
    parents: tuple[Node, ...]
    value: Any
    module: str = ""
    place: int = -1


@dataclass(frozen=True)
class _Called:
    """One call: its name, what it is given, its first input that follows from the inputs, and what comes out."""

    name: str
    given: dict[str, Any]
    x: Any
    y: Any
    constant: bool

    def adds_bias_to(self, parents: tuple[Node, ...]) -> bool:
        """Whether a tensor that does not follow from the inputs is added to a layer without a bias."""
        return self.name == "add" and len(parents) == 1 and self.constant and parents[0].options.get("bias") is False


@dataclass
class Tape:
    """The calls of one forward pass."""

    owners: Mapping[int, tuple[str, int]]
    nodes: list[Node] = field(default_factory=list)
    of: dict[int, Node] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    inside: list[tuple[str, int]] = field(default_factory=list)

    def know(self, tensor: Any, node: Node) -> None:
        self.of[id(tensor)] = node
        self.kept.append(tensor)  # an id is only good while the tensor lives

    def call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        handed = list(tensors_in((args, kwargs)))
        data = [t for t in handed if id(t) in self.of]
        parents = tuple(self.of[id(t)] for t in data)
        made = function(*args, **kwargs)
        name = _plain(str(getattr(function, "__name__", function)))
        if not parents or name.endswith("_like") or name.startswith(("new_", "is_")):
            return made
        results = [data[0]] if name == "setitem" else list(tensors_in(made))
        if results:
            called = _Called(name, _named(name, args, kwargs), data[0], results[0], len(handed) > len(data))
            node = self.node(called, parents)
            for tensor in results:
                self.know(tensor, node)
        return made

    def node(self, called: _Called, parents: tuple[Node, ...]) -> Node:
        before = parents[0]
        if called.name in MOVES or (called.name == "dropout" and called.given.get("training") is False):
            return before
        kind, options = _layer(called, len(parents) > 1)
        if kind == "arithmetic" and called.adds_bias_to(parents):
            kind, options, parents = before.kind, {**before.options, "bias": True}, before.parents
        elif kind == "convolution" and before.kind == "zero padding" and not any(options["padding"]):
            options, parents = {**options, "padding": before.options["padding"]}, before.parents
        module, place = self.owner(called.given)
        made = Node(kind, options, parents, called.y.detach().clone(), module, place)
        self.nodes.append(made)
        return made

    def owner(self, given: Mapping[str, Any]) -> tuple[str, int]:
        """The module whose weight is used, else the one that is running."""
        running = self.inside[-1] if self.inside else ("", -1)
        return self.owners.get(id(given.get("weight")), running)


def traced(module: Any, inputs: list[Any]) -> tuple[list[Node], list[Node]]:
    """The nodes that the outputs of one call are, and all nodes in the order in which they ran."""
    import torch
    from torch.overrides import TorchFunctionMode

    owners: dict[int, tuple[str, int]] = {}
    hooks = []
    tape = Tape(owners)
    for place, (name, part) in enumerate(module.named_modules()):
        owners.update({id(p): (name, place) for p in part.parameters(recurse=False)})
        if part is not module:
            hooks.append(part.register_forward_pre_hook(_entering(tape, name, place)))
            hooks.append(part.register_forward_hook(lambda *_: tape.inside.pop() and None))

    class Mode(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return tape.call(func, args, kwargs or {})

    for tensor in inputs:
        tape.know(tensor, Node("input", {}, (), tensor))
    try:
        with torch.no_grad(), Mode():
            made = module(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return [tape.of[id(t)] for t in tensors_in(made) if id(t) in tape.of], tape.nodes


def tensors_in(value: Any, depth: int = 0) -> Iterator[Any]:
    """The tensors in nested lists, tuples and dictionaries."""
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict | list | tuple) and depth < 8:
        for entry in value.values() if isinstance(value, dict) else value:
            yield from tensors_in(entry, depth + 1)


def _entering(tape: Tape, name: str, place: int) -> Callable[..., None]:
    return lambda *_: tape.inside.append((name, place))


def _plain(name: str) -> str:
    name = name.strip("_")
    return SAME.get(name, name)


def _named(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What a call is given, by the parameters' names as far as they are known."""
    named = dict(zip(POSITIONS.get(name, "").split(), args, strict=False)) | kwargs
    if "negative_slope" in named:
        named["slope"] = named.pop("negative_slope")
    return named


# ---- one call


def _layer(called: _Called, several: bool) -> tuple[str, Options]:
    """The kind of layer that a call is, and its options; `several` says that more than one input leads to it."""
    name, given, x, y = called.name, called.given, called.x, called.y
    if name.startswith("conv"):
        return _convolution(name, given)
    if name in ("linear", "addmm", "matmul", "einsum"):
        return _linear(called) if not several else ("matrix product", {})
    if "pool" in name or (name in ("mean", "amax") and _spatial(given.get("dim"), x)):
        return _pooling(name, given, x, y)
    if name in ("interpolate", "repeat_interleave") and x.ndim == y.ndim > 2:
        scale = tuple(b / a for a, b in zip(x.shape[2:], y.shape[2:], strict=True))
        return "upsampling", {"scale": scale, "mode": str(given.get("mode", "nearest"))}
    if name == "pad":
        return _padding(given)
    if name == "batch_norm":
        return "batch normalisation", {"features": x.shape[1]}
    if name in ACTIVATIONS:
        return ACTIVATIONS[name], _activation(name, given)
    if name in ARITHMETIC:
        return "arithmetic", {"name": name}
    dim = given.get("dim")
    return OTHER.get(name, name), {"dim": dim % x.ndim} if "softmax" in name and isinstance(dim, int) else {}


def _convolution(name: str, given: dict[str, Any]) -> tuple[str, Options]:
    weight, groups = given["weight"], int(given.get("groups", 1))
    kernel = tuple(weight.shape[2:])
    each = len(kernel)
    stride, dilation = _each(given.get("stride", 1), each), _each(given.get("dilation", 1), each)
    padding = given.get("padding", 0)
    if padding == "same":
        padding = tuple(d * (k - 1) / 2 for d, k in zip(dilation, kernel, strict=True))
    options: Options = {
        "kernel": kernel,
        "stride": stride,
        "padding": _each(0 if padding == "valid" else padding, each),
    }
    options |= {"dilation": dilation, "groups": groups, "bias": given.get("bias") is not None}
    if "transpose" in name:
        sizes = {"in": weight.shape[0], "out": weight.shape[1] * groups}
        output_padding = _each(given.get("output_padding", 0), each)
        return "transposed convolution", sizes | options | {"output padding": output_padding}
    return "convolution", {"in": weight.shape[1] * groups, "out": weight.shape[0]} | options


def _linear(called: _Called) -> tuple[str, Options]:
    given = called.given
    if called.name != "linear":
        return "linear layer", {"in": called.x.shape[-1], "out": called.y.shape[-1], "bias": called.name == "addmm"}
    weight = given["weight"]
    return "linear layer", {"in": weight.shape[-1], "out": weight.shape[0], "bias": given.get("bias") is not None}


def _spatial(dim: Any, x: Any) -> bool:
    """Whether the dimensions are those of the pixels of a batch of images."""
    dims = (dim,) if isinstance(dim, int) else tuple(dim or ())
    return x.ndim > 2 and {d % x.ndim for d in dims} == set(range(2, x.ndim))


def _pooling(name: str, given: dict[str, Any], x: Any, y: Any) -> tuple[str, Options]:
    kind = "max-pooling" if "max" in name else "average pooling"
    pixels = tuple(x.shape[2:])
    if "kernel_size" not in given:
        left = tuple(y.shape[2:]) if y.ndim == x.ndim else (1,) * len(pixels)
        kernel = tuple(a / b for a, b in zip(pixels, left, strict=True))
        return kind, {"kernel": kernel, "stride": kernel, "padding": (0,) * len(pixels)}
    kernel = _each(given["kernel_size"], len(pixels))
    stride = given.get("stride") or kernel
    padding = _each(given.get("padding", 0), len(pixels))
    return kind, {"kernel": kernel, "stride": _each(stride, len(pixels)), "padding": padding}


def _padding(given: dict[str, Any]) -> tuple[str, Options]:
    pads = [int(n) for n in given["pad"]]
    mode, value = given.get("mode", "constant"), given.get("value") or 0
    if mode == "constant" and value == 0 and len(pads) % 2 == 0 and pads[::2] == pads[1::2]:
        return "zero padding", {"padding": tuple(reversed(pads[::2]))}
    return "padding", {"mode": str(mode), "padding": tuple(pads)}


def _activation(name: str, given: dict[str, Any]) -> Options:
    if name == "leaky_relu":
        return {"slope": float(given.get("slope", 0.01))}
    return {"alpha": float(given.get("alpha", 1.0))} if name == "elu" else {}


def _each(value: Any, count: int) -> tuple[float, ...]:
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    return tuple(float(v) for v in (values * count if len(values) == 1 else values))
