"""How the functions are asked that take words, whole numbers or a network: all of it follows from the inputs."""

import torch
from torch import nn

IMAGE = (5, 6)
PAIRS = ("AA", "AB", "BA", "BB")


def mask_a(found, given):
    """The kernels of type A of the given sizes."""
    return _masks(found, "A", given["kernel"])


def mask_b(found, given):
    """The kernels of type B of the given sizes."""
    return _masks(found, "B", given["kernel"])


def two_layers(found, given):
    """The receptive fields of the four stacks of two layers, 3×3 kernels, in a 5×5 image."""
    pixel = _whole(given["pixel"])
    return {types: _numbers(found(types, 3, 5, 5, pixel), given["pixel"]) for types in PAIRS}


def stacks(found, given):
    """The receptive fields of one stack for each row: two or three layers, any kernel, any pixel of a 5×6 image."""
    fields = {}
    for row in range(len(given["kernel"])):
        types = "".join("AB"[k] for k in _whole(given["layers"][row]) if k < 2)
        (kernel,), pixel = _whole(given["kernel"][row]), _whole(given["pixel"][row])
        name = f"{types or 'A'}, kernel {kernel}, pixel {pixel[0]}{pixel[1]}"
        fields[name] = _numbers(found(types or "A", kernel, *IMAGE, pixel), given["pixel"])
    return fields


def categorical(found, given):
    """The likelihood of whole numbers."""
    return found(given["logits"], given["x"].long())


def bits(found, given):
    """The bits of images with a whole number of dimensions."""
    return found(given["nll"], *_whole(given["dimensions"]))


class Linear(nn.Module):
    """A network whose logit of a pixel is a weighted sum of all earlier pixels; it computes in float64."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight, self.bias = nn.Parameter(weight.detach().double()), nn.Parameter(bias.detach().double())

    def forward(self, images):
        rows = torch.as_tensor(images).flatten(1).double()
        n = rows.shape[1]
        earlier = torch.tril(1.5 * torch.sin(self.weight * torch.arange(n * n).reshape(n, n)), -1)
        return (rows @ earlier.T + self.bias).reshape(images.shape)


def sampled(found, given):
    """Samples of a small network under given uniform numbers."""
    with torch.no_grad():
        return _numbers(found(Linear(given["weight"], given["bias"]), given["uniforms"].clone()), given["uniforms"])


def _masks(found, mask_type, sizes):
    return {f"{h}x{w}": _numbers(found(mask_type, h, w), sizes) for h, w in map(_whole, sizes)}


def _whole(numbers):
    return tuple(int(n) for n in numbers.flatten())


def _numbers(found, like):
    """Truth values, whole numbers and arrays as a tensor of numbers; what is no array stays as it is."""
    try:
        return torch.as_tensor(found).to(like.dtype)
    except (TypeError, ValueError, RuntimeError):
        return found
