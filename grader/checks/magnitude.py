"""How large the numbers are that a result is made of: the yardstick for rounding errors.

A right float32 formula may differ from the float64 truth by some K·eps·(Σ|terms| + n), where the terms are what is
added up to the result and n is how many there are: two large terms that cancel leave their rounding errors behind.
Any right formula has terms of about that size, so the reference's own tell how much to allow.

`measured` runs the reference and carries, beside every tensor, a magnitude of the same shape:

    an input                    |x|
    an elementwise f(a, …)      |f| + Σ |∂f/∂a|·magnitude(a), so that a difference counts both of its terms
    a sum                       Σ (magnitude + 1), one more for every term
    a product of matrices       the product of the magnitudes, within bounds
    a view, a choice, a join    the same of the magnitudes

Source: Higham (2002), "Accuracy and stability of numerical algorithms", sections 3.1 and 4.2.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

STEP = 1e-6
"""Relative step of the derivatives, taken in float64."""
MAX_ENTRIES = 1 << 24
"""Beyond so many entries in all, tensors are no longer followed: they count as inputs."""
MAX_CANCELLED = 100.0
"""A product of matrices has no more than so many times the size that its factors' largest entries give it."""
LINEAR = {"mm", "bmm", "addmm", "baddbmm", "convolution", "dot", "mv", "addmv", "native_group_norm"}
CHOSEN = {"cat", "stack", "index", "gather", "index_select", "where", "flip", "roll", "repeat", "clone", "_to_copy"}
CHOSEN |= {"copy", "triu", "tril", "constant_pad_nd", "select_backward", "slice_backward", "masked_fill", "lift_fresh"}


def measured(ask: Callable[[], Any]) -> tuple[Any, Callable[[Any], Any]]:
    """What `ask()` returns, and a function from a tensor in it to its magnitude, which is |x| + 1 if unknown.

    Unknown are numbers that were made outside torch, for example by scipy.
    """
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    entries = 0
    known: dict[int, tuple[Any, Any]] = {}
    """By the tensor's identity, which holds as long as the tensor is kept: the tensor and its magnitude."""

    def magnitude(tensor: Any) -> Any:
        return known[id(tensor)][1] if id(tensor) in known else tensor.detach().abs()

    class Measuring(TorchDispatchMode):  # type: ignore[no-untyped-call] # torch does not type its modes
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            before = [_copied(arg) for arg in args]
            out = func(*args, **(kwargs or {}))
            if isinstance(out, torch.Tensor) and out.is_floating_point():
                # A tensor may be in a state that can't be asked again; it counts as an input then.
                with contextlib.suppress(RuntimeError):
                    follow(func, out, before, args, kwargs or {})
            return out

    def follow(func: Any, out: Any, before: list[Any], args: Any, kwargs: dict[str, Any]) -> None:
        nonlocal entries
        if func._schema.is_mutable:
            # What shares its memory, such as the whole of which it is a row, has changed with it.
            memory = out.untyped_storage().data_ptr()
            for key in [k for k, (t, _) in known.items() if t.untyped_storage().data_ptr() == memory]:
                del known[key]
        entries += out.numel()
        if entries <= MAX_ENTRIES:
            sizes = [_mapped(arg, magnitude) for arg in args]
            known[id(out)] = (out, _magnitude(func, out.detach(), before, sizes, kwargs))

    def told(tensor: Any) -> Any:
        size = torch.nan_to_num(tensor.detach().abs(), nan=0.0, posinf=0.0)
        return known[id(tensor)][1] if id(tensor) in known else size + 1

    with Measuring():  # type: ignore[no-untyped-call]
        answer = ask()
    return answer, told


def _magnitude(func: Any, out: Any, args: list[Any], sizes: list[Any], kwargs: dict[str, Any]) -> Any:
    """The magnitude of what an operation returned, from its arguments and their magnitudes."""
    import torch

    name = func._schema.name.removeprefix("aten::").rstrip("_")
    if name in ("sum", "mean", "cumsum"):
        found = func(sizes[0] + 1, *args[1:], **kwargs)
    elif torch.Tag.nondeterministic_seeded in func.tags:
        found = out.abs()  # to ask again would draw again
    elif name in LINEAR:
        # Through many layers the product of all sizes would allow anything.
        bound = MAX_CANCELLED * func(*_mapped(args, _largest), **kwargs)
        found = torch.minimum(func(*sizes, **kwargs), bound)
    elif func.is_view or name in CHOSEN:
        found = func(*sizes, **kwargs)
    else:
        found = out.abs()
        for k, size in enumerate(sizes):
            if isinstance(size, torch.Tensor) and size.is_floating_point():
                found = found + _slope(func, out, [*args[:k], args[k] + STEP * size, *args[k + 1 :]], kwargs)
    return torch.nan_to_num(found, nan=0.0) if found.shape == out.shape else out.abs()


def _largest(tensor: Any) -> Any:
    """The largest absolute value, everywhere: one entry may be small because its terms cancel."""
    return tensor.abs().amax().expand(tensor.shape).contiguous() if tensor.numel() else tensor


def _slope(func: Any, out: Any, moved: list[Any], kwargs: dict[str, Any]) -> Any:
    """|∂f/∂a| times the magnitude of a, from the operation at moved arguments."""
    import torch

    try:
        there = func(*map(_copied, moved), **kwargs)
    except RuntimeError:  # the step has left the domain, as of a cross-entropy at 1
        return 0.0
    return torch.nan_to_num((there - out).abs() / STEP, nan=0.0, posinf=0.0) if there.shape == out.shape else 0.0


def _copied(arg: Any) -> Any:
    """A copy, because the operation may work in place."""
    return _mapped(arg, lambda tensor: tensor.detach().clone())


def _mapped(arg: Any, change: Callable[[Any], Any]) -> Any:
    """The argument with every floating tensor in it changed, in lists as well."""
    import torch

    if isinstance(arg, list | tuple):
        return type(arg)(_mapped(entry, change) for entry in arg)
    return change(arg) if isinstance(arg, torch.Tensor) and arg.is_floating_point() else arg
