"""Rows of small grey images made fit to keep and to show: bounded, in words, as PNG. Believes nothing of an array."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import numpy as np

from grader.model import Pictures

MOST_ROWS, MOST_IMAGES, MOST_SIDE = 16, 64, 64
"""Most rows, images in a row, and pixels on a side of an image that are kept."""

GAP = 1
SHOWN_WIDTH, LARGEST_FACTOR = 580, 6
"""Width in pixels that a sheet should fill, and by how much pixels are enlarged for that."""


def bounded(pictures: Pictures) -> Pictures:
    """The pictures within the bounds; label and captions say what was cut. What is not images becomes a row of none."""
    rows = dict(_row(caption, images) for caption, images in list(pictures.rows.items())[:MOST_ROWS])
    if len(pictures.rows) <= MOST_ROWS:
        return replace(pictures, rows=rows)
    return replace(pictures, label=f"{pictures.label} (the first {MOST_ROWS} of {len(pictures.rows)} rows)", rows=rows)


def told(images: np.ndarray) -> str:
    """What a row holds, in words: how many images of which size, how bright, and whether they differ."""
    count, height, width = images.shape
    if not images.size:
        return "no images"
    many = "1 image" if count == 1 else f"{count} images"
    different = len(np.unique(images.reshape(count, -1), axis=0))
    same = "" if different == count else ", all the same" if different == 1 else f", {different} of them different"
    return f"{many} of {height}×{width} pixels{same}, mean brightness {images.mean() / 255:.2f} of 1"


def per_line(images: np.ndarray) -> int:
    """How many images of a row stand side by side: 16, or 8 large ones."""
    return max(1, min(len(images), 16 if max(images.shape[1:]) <= MOST_SIDE // 2 else 8))


def factor(pictures: Pictures) -> int:
    """By how much the pixels of all rows are enlarged, so that what stands above each other is of one size."""
    widths = [per_line(images) * (images.shape[2] + GAP) for images in pictures.rows.values() if images.size]
    return min(LARGEST_FACTOR, max(1, SHOWN_WIDTH // max(widths, default=SHOWN_WIDTH)))


def sheet(images: np.ndarray) -> np.ndarray:
    """A row of images (n, height, width) on one sheet: grey and opacity as uint8 (rows, columns, 2), gaps clear."""
    count, height, width = images.shape
    across = per_line(images)
    down = -(-count // across)
    cells = np.zeros((down * across, height + GAP, width + GAP, 2), np.uint8)
    cells[:count, :height, :width, 0] = images
    cells[:count, :height, :width, 1] = 255
    whole = cells.reshape(down, across, height + GAP, width + GAP, 2).swapaxes(1, 2)
    return whole.reshape(down * (height + GAP), across * (width + GAP), 2)[:-GAP, :-GAP]


def png(pixels: np.ndarray) -> bytes:
    """Grey (rows, columns) or grey with opacity (rows, columns, 2), uint8, as PNG (ISO/IEC 15948).

    Signature, header, one compressed block of unfiltered lines, end; equal pixels give equal bytes.
    """
    height, width = pixels.shape[:2]
    colour = 0 if pixels.ndim == 2 else 4
    lines = np.pad(pixels.reshape(height, -1), ((0, 0), (1, 0))).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _row(caption: str, images: np.ndarray) -> tuple[str, np.ndarray]:
    if images.ndim != 3 or images.dtype != np.uint8 or not images.size:
        return caption, np.zeros((0, 0, 0), np.uint8)
    kept = images[:MOST_IMAGES, :MOST_SIDE, :MOST_SIDE]
    count, height, width = images.shape
    cut = []
    if count > MOST_IMAGES:
        cut.append(f"the first {MOST_IMAGES} of {count} images")
    if max(height, width) > MOST_SIDE:
        cut.append(f"the top left {kept.shape[1]}×{kept.shape[2]} of {height}×{width} pixels")
    return (f"{caption} ({', '.join(cut)})" if cut else caption), kept


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
