"""Images to train on, and images that are held out: digits that come with the program, or IDX files in a folder.

Nothing is ever downloaded. A header is believed only after its numbers are within bounds, and never more bytes are
read than it announces, so that a wrong or hostile file (a gzip bomb, a size of four billion) costs one sentence.
"""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from grader.model import UsageError
from grader.values import digest

NAMES = ("digits", "digits28", "mnist", "binarized_mnist")
DIGITS = Path(__file__).with_name("digits.npz")
DIGITS_TRAIN = 1500
SIDE = 28
MOST_IMAGES = 100_000

IMAGES, LABELS = b"\x00\x00\x08\x03", b"\x00\x00\x08\x01"
"""How an IDX file of bytes begins: two zeros, 8 for uint8, and the number of dimensions (LeCun, the MNIST page)."""

GZIP = b"\x1f\x8b"
FOLDERS = {"mnist": ("mnist", "MNIST", "MNIST/raw"), "binarized_mnist": ("binarized-mnist", "binarized_mnist")}
"""Where in the folder a data set may lie: in a folder of its name, as torchvision has it, or directly."""

Stream = gzip.GzipFile | io.BufferedReader
PARTS = {"train": ("train",), "held out": ("t10k", "test"), "valid": ("valid", "validation")}


@dataclass(frozen=True)
class Dataset:
    """Images as float32 of shape (n, height, width) in [0, 1], read-only; classes as uint8 of shape (n,), where known.

    A pixel is k / (`levels` - 1) for a whole k. `valid` is there only where a data set has a third part. `digest` is
    that of the data and not of the files that it came from.
    """

    name: str
    train: np.ndarray
    held_out: np.ndarray
    digest: str
    levels: int
    labels: np.ndarray | None = None
    held_out_labels: np.ndarray | None = None
    valid: np.ndarray | None = None

    @property
    def binary(self) -> bool:
        """Whether all pixels are 0 or 1."""
        return self.levels == 2

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.train.shape[1], self.train.shape[2]


def load(name: str, folder: Path | None = None) -> Dataset:
    """The data set of this name; `folder` is where the IDX files are. Raises UsageError in one sentence."""
    match name:
        case "digits":
            return _digits(_embedded()[0], name, 17)
        case "digits28":
            return _digits(_enlarged(_embedded()[0]), name, 256)
        case "mnist" | "binarized_mnist":
            if folder is None:
                raise UsageError(f"the data set {name} is read from files: name their folder with --data DIR")
            if not folder.is_dir():
                raise UsageError(f"{folder} is not a folder; --data takes the one with the files of {name}")
            return _mnist(folder) if name == "mnist" else _binarized_mnist(folder)
        case _:
            raise UsageError(f"there is no data set {name!r}; there are {', '.join(NAMES)}")


def binarized(data: Dataset) -> Dataset:
    """The same images in black and white: 1 where a pixel is above one half."""
    if data.binary:
        return data
    black = [None if part is None else part > 0.5 for part in (data.train, data.held_out, data.valid)]
    labels = (data.labels, data.held_out_labels)
    return _dataset(f"{data.name}, binarized", 2, black, labels)


def _digits(images: np.ndarray, name: str, levels: int) -> Dataset:
    parts = [images[:DIGITS_TRAIN], images[DIGITS_TRAIN:], None]
    labels = _embedded()[1]
    return _dataset(name, levels, parts, (labels[:DIGITS_TRAIN], labels[DIGITS_TRAIN:]))


@cache
def _embedded() -> tuple[np.ndarray, np.ndarray]:
    """The digits of the UCI repository: images (1797, 8, 8) with values 0..16, and classes."""
    with np.load(DIGITS, allow_pickle=False) as file:
        return file["images"], file["labels"]


def _enlarged(images: np.ndarray) -> np.ndarray:
    """8×8 images of values 0..16 as 28×28 of values 0..255: bilinear between pixel centres, edges held.

    All in whole numbers, so that every machine has the same pixels: the centre of new pixel i lies at (4i - 5) / 14.
    """
    at = np.clip(4 * np.arange(SIDE) - 5, 0, 14 * 7)
    low, part = at // 14, at % 14
    weights = np.zeros((SIDE, 8), np.int64)
    np.add.at(weights, (np.arange(SIDE), low), 14 - part)
    np.add.at(weights, (np.arange(SIDE), np.minimum(low + 1, 7)), part)
    sums = np.einsum("ia,nab,jb->nij", weights, images.astype(np.int64), weights, optimize=True)
    whole = 16 * 14 * 14
    enlarged: np.ndarray = ((sums * 255 * 2 + whole) // (2 * whole)).astype(np.uint8)
    return enlarged


def _mnist(folder: Path) -> Dataset:
    train, held_out = (_read(_needed(folder, "mnist", part), IMAGES) for part in ("train", "held out"))
    labels = (_classes(folder, "train", len(train)), _classes(folder, "held out", len(held_out)))
    return _dataset("mnist", 256, [train, held_out, None], labels)


def _classes(folder: Path, part: str, count: int) -> np.ndarray | None:
    path = _found(folder, "mnist", part, "labels-idx1-ubyte")
    if path is None:
        return None
    labels = _read(path, LABELS)
    if len(labels) != count:
        raise UsageError(f"{path}: has {len(labels):,} labels for {count:,} images")
    return labels


def _binarized_mnist(folder: Path) -> Dataset:
    parts: list[np.ndarray | None] = []
    for part in ("train", "held out", "valid"):
        path = _needed(folder, "binarized_mnist", part)
        images = _read(path, IMAGES)
        most = images.max()
        if most not in (0, 1, 255) or (images[images > 0] != most).any():
            raise UsageError(f"{path}: is not binarized, it has other pixels than 0 and one more value")
        parts.append(images > 0)
    return _dataset("binarized_mnist", 2, parts, (None, None))


def _dataset(
    name: str, levels: int, parts: list[np.ndarray | None], labels: tuple[np.ndarray | None, np.ndarray | None]
) -> Dataset:
    """The data set of images that are whole numbers 0 to `levels` - 1: train, held out, valid."""
    kept = dict(zip(("train", "held_out", "valid", "labels", "held_out_labels"), (*parts, *labels), strict=True))
    known = {key: array.astype(np.uint8) for key, array in kept.items() if array is not None}
    scaled = {
        key: array if "labels" in key else array.astype(np.float32) / np.float32(levels - 1)
        for key, array in known.items()
    }
    for array in scaled.values():
        array.flags.writeable = False
    return Dataset(name=name, levels=levels, digest=digest("dataset", str(levels), known), **scaled)


def _needed(folder: Path, name: str, part: str) -> Path:
    path = _found(folder, name, part, "images-idx3-ubyte")
    if path is None:
        wanted = f"{PARTS[part][0]}-images-idx3-ubyte.gz"
        raise UsageError(f"{folder}: there is no {wanted} of {name} here, nor in {FOLDERS[name][0]}/ below it")
    return path


def _found(folder: Path, name: str, part: str, ending: str) -> Path | None:
    """The file of this part under one of the names in use, compressed or not; None if there is none."""
    for place in (*(folder / below for below in FOLDERS[name]), folder):
        for first in PARTS[part]:
            for stem in (f"{first}-{ending}", f"{first}-{ending.replace('-', '.', 1)}"):
                for path in (place / stem, place / f"{stem}.gz", place / stem / stem):
                    if path.is_file():
                        return path
    return None


def _read(path: Path, magic: bytes) -> np.ndarray:
    """What an IDX file holds: images (n, 28, 28) or labels (n,), uint8."""
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == GZIP
            with gzip.open(raw, "rb") if packed else raw as file:
                return _array(path, file, magic)
    except (gzip.BadGzipFile, zlib.error):
        raise UsageError(f"{path}: is damaged, it can't be unpacked; fetch it again") from None
    except EOFError:
        raise UsageError(f"{path}: is cut off before its end; fetch it again") from None
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror or error}") from None


def _array(path: Path, file: Stream, magic: bytes) -> np.ndarray:
    head = file.read(16 if magic == IMAGES else 8)
    what = "images" if magic == IMAGES else "labels"
    if head[:4] != magic:
        raise UsageError(f"{path}: is not an IDX file of {what}: it begins with {head[:4].hex()}, not {magic.hex()}")
    if len(head) < (16 if magic == IMAGES else 8):
        raise UsageError(f"{path}: is cut off before its end; fetch it again")
    count, *sides = struct.unpack(f">{(len(head) - 4) // 4}I", head[4:])
    if sides and sides != [SIDE, SIDE]:
        raise UsageError(f"{path}: has images of {sides[0]}×{sides[1]} pixels, they must have {SIDE}×{SIDE}")
    if not 0 < count <= MOST_IMAGES:
        raise UsageError(f"{path}: announces {count:,} {what}, there must be 1 to {MOST_IMAGES:,}")
    size = count * (SIDE * SIDE if sides else 1)
    data = _bytes(file, size + 1)
    if len(data) < size:
        raise UsageError(f"{path}: is cut off: it announces {count:,} {what} and has {len(data):,} of {size:,} bytes")
    if len(data) > size:
        raise UsageError(f"{path}: goes on after the {count:,} {what} that it announces")
    return np.frombuffer(data, np.uint8).reshape(count, *sides)


def _bytes(file: Stream, most: int) -> bytes:
    """At most so many bytes; a short read of a compressed file is not its end."""
    found = io.BytesIO()
    while (left := most - found.tell()) > 0 and (block := file.read(min(left, 1 << 20))):
        found.write(block)
    return found.getvalue()
