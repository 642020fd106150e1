"""How the noise is asked: two calls of the given shape, of which only what does not vary is told."""

import torch


def noise(found, given):
    """What of the noise is certain: its shape by its size, its ends, and, where there is enough, that it is uniform.

    The ends are rounded to tenths and cut at ±2. Uniform by Kolmogorov and Smirnov at level 1e-6, between the ends −1
    and 1; fresh if two calls differ everywhere.
    """
    size, dtype = given["like"].shape, given["like"].dtype
    first, second = found(*size), found(*size)
    if not isinstance(first, torch.Tensor) or first.ndim != 2:
        raise TypeError(f"sample_noise({size[0]}, {size[1]}) returned no tensor of two dimensions")
    told = {"shape": torch.tensor(first.shape)}
    if first.numel() > 1000:
        u = (first.flatten().double().sort().values + 1) / 2
        steps = torch.arange(len(u) + 1) / len(u)
        gap = torch.maximum((steps[1:] - u).amax(), (u - steps[:-1]).amax())
        told["lowest"] = (first.amin() * 10).round().div(10).clamp(-2, 2)
        told["highest"] = (first.amax() * 10).round().div(10).clamp(-2, 2)
        told["uniform"] = gap < 2.7 / len(u) ** 0.5
        told["different entries"] = torch.tensor(len(u.unique()) > 0.9 * len(u))
        told["fresh"] = (first != second).double().mean() > 0.9
    return {name: value.to(dtype) for name, value in told.items()}
