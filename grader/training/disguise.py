"""Images in a disguise that changes from run to run: shipped weights, trained on the plain ones, do not fit it.

`pixels` exchanges all pixels, the same way in every image: nothing changes for a net without convolutions, so the
gates of plain images hold. `turns` turns and mirrors them, which a convolution can follow. They are not shifted round
as well: digits that are cut in two are harder, and right runs would differ by more nats than most bugs cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Disguise = Literal["pixels", "turns", "none"]


@dataclass(frozen=True)
class Order:
    """An order of the pixels of (height, width) images: the disguised image is `image.ravel()[order]`."""

    order: np.ndarray
    shape: tuple[int, int]

    def put_on(self, images: np.ndarray) -> np.ndarray:
        """The images (n, H, W) in disguise."""
        return images.reshape(len(images), -1)[:, self.order].reshape(len(images), *self.shape)

    def take_off(self, images: np.ndarray) -> np.ndarray:
        """The reverse: pictures that a person can look at."""
        plain = np.empty((len(images), self.order.size), images.dtype)
        plain[:, self.order] = images.reshape(len(images), -1)
        return plain.reshape(len(images), *self.shape)


def drawn(kind: Disguise, shape: tuple[int, int], rng: np.random.Generator) -> Order:
    """A disguise for images of this shape. Images that are not square are turned by half a circle, if at all."""
    places = np.arange(shape[0] * shape[1]).reshape(shape)
    if kind == "pixels":
        return Order(rng.permutation(places.ravel()), shape)
    if kind == "turns":
        quarters = int(rng.integers(4)) if shape[0] == shape[1] else 2 * int(rng.integers(2))
        places = np.rot90(places, quarters)
        places = places[:, ::-1] if rng.integers(2) else places
    return Order(np.ascontiguousarray(places).ravel(), shape)
