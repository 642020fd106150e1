"""Plots as SVG pictures for the pages. matplotlib is imported only when there is something to draw."""

from __future__ import annotations

import base64
import io
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.model import Plot
from grader.report.words import BAND, LABEL, finite, finite_band, line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, RULE, AREA = "#3b4149", "#59616b", "#d8d5cd", "#dfe8df"
SERIES = ("#1f5fa8", "#b3500f", "#2c7a4b", "#7b4a9e", "#8a6d00", "#a8324f")
DARK = {
    INK: "#d9d6cf",
    FAINT: "#a7adb6",
    RULE: "#3a3f46",
    AREA: "#2b3d33",
    **dict(zip(SERIES, ("#7fb2f0", "#f0a066", "#7fcf9f", "#c9a0ec", "#dcc04e", "#f08fa6"), strict=True)),
}
"""The dark page's colour for each colour of the light one: the picture is drawn once."""

MARKERS = "osD^vP"
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (8, 3)))
MOST_POINTS = 200
WIDTH, HEIGHT = 5.6, 3.15
"""Size of a picture in inches; 5.6 are the width of a page's column, so that its text has the size of the page's."""

DRAWING = threading.Lock()
"""One picture is drawn at a time: settings and the sheet are shared by all threads."""

STYLE: Any = {
    "svg.hashsalt": "gradebound",  # equal plots have equal bytes
    "svg.fonttype": "none",  # text stays text: a fifth of the size, in the reader's own font
    "text.parse_math": False,  # a dollar sign in a label is a dollar sign
    "font.family": ["sans-serif"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "text.color": INK,
    "legend.frameon": False,
}


@dataclass(frozen=True)
class Picture:
    """A plot as two `data:` addresses, for light and for dark pages."""

    light: str
    dark: str


def draw(plot: Plot) -> Picture:
    """The picture of a plot; equal plots give equal pictures. Points that are not finite are left out."""
    svg = _svg(plot)
    dark = svg
    for light_colour, dark_colour in DARK.items():
        dark = dark.replace(light_colour, dark_colour)
    return Picture(_address(svg), _address(dark))


def _svg(plot: Plot) -> str:
    import matplotlib as mpl

    with DRAWING, mpl.rc_context(STYLE), np.errstate(all="ignore"):
        figure, axes = _sheet()
        # Fixed margins: a layout that measures all texts takes as long as the rest of the drawing.
        entries = len(plot.series) + (plot.band is not None)
        legend = 0.21 * -(-entries // 2) if entries > 1 else 0.0
        axes.set_position((0.13, 0.16, 0.85, 0.8 - legend / HEIGHT))
        band = finite_band(plot.band)[:: -(-len(plot.band[0]) // MOST_POINTS) or 1] if plot.band else []
        series = list(_series(plot))
        if plot.band is not None:
            _draw_band(axes, band)
        for k, (name, xs, ys) in enumerate(series):
            _draw_series(axes, plot.style, k, name, xs, ys)
        axes.set_xlim(_limits([x for _, xs, _ in series for x in xs] + [x for x, _, _ in band]))
        axes.set_ylim(_limits([y for _, _, ys in series for y in ys] + [y for _, *pair in band for y in pair]))
        axes.set_xlabel(line(plot.xlabel, LABEL))
        axes.set_ylabel(line(plot.ylabel, LABEL))
        if legend:
            figure.legend(loc="upper left", bbox_to_anchor=(0.1, 1.0), ncols=2, borderaxespad=0.1)
        file = io.StringIO()
        try:
            figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        finally:
            for artist in (*axes.lines, *axes.collections):
                artist.remove()
            figure.legends.clear()
    svg = file.getvalue()
    return svg[svg.index("<svg") :]


@cache
def _sheet() -> tuple[Figure, Axes]:
    """The figure that all plots are drawn on, one after the other: its axes and ticks take half of the time."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, HEIGHT))
    FigureCanvasSVG(figure)
    axes = figure.add_axes((0.13, 0.16, 0.85, 0.8))
    axes.tick_params(length=3)
    axes.locator_params(nbins=7)
    return figure, axes


def _limits(values: list[float]) -> tuple[float, float]:
    """From where to where an axis goes: over all values and a twentieth more, around a single one by a half."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    single = high - low <= 1e-12 * max(abs(low), abs(high))
    spare = (0.05 * abs(low) or 0.5) if single else 0.05 * (high - low)
    bottom, top = low - spare, high + spare
    return (bottom, top) if math.isfinite(top - bottom) else (low / 2, high / 2)


def _series(plot: Plot) -> Iterator[tuple[str, list[float], list[float]]]:
    for name, series in plot.series.items():
        drawn = finite(*series)
        drawn = drawn[:: -(-len(drawn) // MOST_POINTS) or 1]
        yield line(name, 36), [x for x, _ in drawn], [y for _, y in drawn]


def _draw_band(axes: Axes, band: list[tuple[float, float, float]]) -> None:
    """The area of right runs, beneath everything and the grid."""
    x, low, high = ([each[k] for each in band] for k in range(3))
    axes.fill_between(x, low, high, color=AREA, linewidth=0, zorder=0.5, label=BAND)


def _draw_series(axes: Axes, style: str, k: int, name: str, xs: list[float], ys: list[float]) -> None:
    # A label that begins with an underscore is none for matplotlib, and the series would have no name.
    label = name.lstrip("_") or f"series {k + 1}"
    colour = SERIES[k % len(SERIES)]
    if style == "scatter" and name != "expected":
        axes.plot(
            xs, ys, MARKERS[k % 6], color=colour, markersize=4, markerfacecolor="none" if k else colour, label=label
        )
    else:
        steps = "steps-post" if style == "steps" else "default"
        axes.plot(xs, ys, color=colour, linestyle=DASHES[k % 6], linewidth=1.7, drawstyle=steps, label=label)


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
