"""Which output pixel depends on which input pixel, measured inside the box in two ways that must both find nothing.

By perturbation: the input is changed at one pixel after the other, all in one batch, which also sees what is hidden
from autograd. By the Jacobian, which in float64 also finds what perturbation would lose in rounding. In any channel,
unless the channels of a pixel count as positions one after the other (PixelCNN with colours).
"""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_PIXELS = 256
"""Cases with more positions are not asked for dependence: the matrix has a row and a column for each."""


def dependence(
    module: Any, inputs: list[Any], seed: int, *, channels: bool = False, given: bool = False
) -> dict[str, np.ndarray]:
    """`matrix` (output × input position), `size` (rows, columns, channels) and whether the output is `finite`.

    `inputs` are those of `forward`, images or rows first; around the first of them if `given`, else around positive
    numbers. Positions count in raster order, with `channels` those of one pixel one after the other. Empty if there
    are more than MAX_PIXELS.
    """
    import torch

    image, *rest = inputs
    dtype = next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)
    rows, columns = (int(image.shape[-2]), int(image.shape[-1])) if image.ndim >= 3 else (1, int(image.shape[-1]))
    each = int(image.shape[1]) if channels and image.ndim >= 4 else 1
    positions = rows * columns * each
    if positions > MAX_PIXELS:
        return {}
    rng = np.random.default_rng(seed)
    base = image[:1] if given else torch.from_numpy(rng.uniform(0.25, 1.0, (1, *image.shape[1:]))).to(dtype)
    batch = base.repeat(positions, *[1] * (base.ndim - 1))
    others = [r[:1].repeat(positions, *[1] * (r.ndim - 1)) for r in rest]
    matrix, finite = _changed(module, batch, others, each)
    matrix |= _differentiated(module, batch, others, each)
    return {"matrix": matrix, "size": np.array([rows, columns, each]), "finite": np.array(finite)}


def first(value: Any) -> Any:
    """The first tensor in what forward returns."""
    import torch

    while isinstance(value, list | tuple) and value:
        value = value[0]
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"forward returned {type(value).__name__}; a tensor is expected")
    return value


def _flat(out: Any, positions: int, each: int) -> Any:
    """An output as (batch, what is said of a position, positions)."""
    if out.ndim < 2 or out[0].numel() % positions:
        raise ValueError(f"an output of shape {tuple(out.shape)} has no entry for each input pixel")
    if each == 1:
        return out.reshape(out.shape[0], -1, positions)
    # (B, C, H, W), (B, C, 256, H, W) and (B, 256, C, H, W); else channels of C times as many, those of each together.
    axis = next((k for k in range(1, out.ndim - 2) if out.shape[k] == each), 0)
    parted = out.movedim(axis, 1) if axis else out
    return parted.reshape(out.shape[0], each, -1, positions // each).permute(0, 2, 3, 1).flatten(2)


def _moved(batch: Any, each: int) -> Any:
    """The batch with another position changed in every row."""
    moved = batch.clone().reshape(len(batch), -1, len(batch) // each)
    for k in range(len(batch)):
        pixel, channel = divmod(k, each)
        moved[k, channel if each > 1 else slice(None), pixel] += 1.0
    return moved.reshape(batch.shape)


def _changed(module: Any, batch: Any, others: list[Any], each: int) -> tuple[np.ndarray, bool]:
    """By perturbation: input position k differs in row k of the batch. Says too whether all output is finite."""
    import torch

    with torch.no_grad():
        here = _flat(first(module(_moved(batch, each), *others)), len(batch), each)
        rest = _flat(first(module(batch, *others)), len(batch), each)
    finite = bool(torch.isfinite(here).all()) and bool(torch.isfinite(rest).all())
    here, rest = here.double(), rest.double()
    gap = (here - rest).abs().amax(1)
    # Batched kernels round differently from row to row, so only a gap above rounding counts.
    rounding = (1e-9 if batch.dtype == torch.float64 else 1e-4) * rest.abs().amax().clamp(min=1e-30)
    return np.array((gap > rounding).numpy().T, bool), finite


def _differentiated(module: Any, batch: Any, others: list[Any], each: int) -> np.ndarray:
    """By the Jacobian: row k of the batch is asked for output position k only, so one backward pass gives all."""
    import torch

    count = len(batch)
    nothing = np.zeros((count, count), bool)
    leaf = batch.clone().requires_grad_(True)
    out = _flat(first(module(leaf, *others)), count, each)
    if not out.requires_grad:
        return nothing
    chosen = out[torch.arange(count), :, torch.arange(count)]
    # Unequal weights: the entries of a softmax add up to a constant, whose derivative is zero.
    weight = torch.linspace(0.5, 1.5, chosen.shape[1], dtype=chosen.dtype)
    (gradient,) = torch.autograd.grad((chosen * weight).sum(), leaf, allow_unused=True)
    if gradient is None:
        return nothing
    parts = gradient.reshape(count, -1, count // each).abs()
    sizes = parts.permute(0, 2, 1).flatten(1) if each > 1 else parts.amax(1)
    # A float64 convolution has exact zeros where the mask is; a float32 one may leave rounding.
    floor = 0.0 if gradient.dtype == torch.float64 else 1e-5 * float(sizes.max())
    return np.array((sizes > floor).numpy(), bool)
