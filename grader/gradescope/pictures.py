"""Rows of small grey images as PNG data URIs in HTML, which is how the platform shows pictures."""

from __future__ import annotations

import base64
from html import escape

import numpy as np

from grader import pictures
from grader.model import Pictures
from grader.report.words import LABEL, line

NOTE = 200
"""Characters that are kept for saying how many rows were left out."""


def pictured(shown: Pictures, most: int) -> str:
    """The rows as HTML of at most `most` characters; it says how many rows were left out."""
    bounded = pictures.bounded(shown)
    factor, parts = pictures.factor(bounded), [""]
    rows = [(caption, images) for caption, images in bounded.rows.items() if images.size]
    for caption, images in rows:
        tag = _tag(line(caption, LABEL), images, factor)
        if sum(map(len, parts)) + len(tag) > most - NOTE:
            break
        parts.append(tag)
    left = len(rows) + 1 - len(parts)
    more = f"<p>[… {left} more {'row' if left == 1 else 'rows'} of images would be too long here]</p>\n" if left else ""
    return "".join(parts) + more


def _tag(caption: str, images: np.ndarray, factor: int) -> str:
    # No style may say that pixels are enlarged as they are, so they are enlarged here; equal pixels cost few bytes.
    png = pictures.png(pictures.sheet(images).repeat(factor, axis=0).repeat(factor, axis=1))
    address = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return f'<p>{escape(caption)}<br><img src="{address}" alt="{escape(caption)}: {pictures.told(images)}"></p>\n'
