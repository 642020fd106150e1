"""Plots as SVG pictures for the pages. matplotlib is imported only when there is something to draw."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.model import Plot
from grader.report.words import LABEL, finite, line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK, FAINT, RULE = "#3b4149", "#59616b", "#d8d5cd"
SERIES = ("#1f5fa8", "#b3500f", "#2c7a4b", "#7b4a9e", "#8a6d00", "#a8324f")
DARK = {
    INK: "#d9d6cf",
    FAINT: "#a7adb6",
    RULE: "#3a3f46",
    **dict(zip(SERIES, ("#7fb2f0", "#f0a066", "#7fcf9f", "#c9a0ec", "#dcc04e", "#f08fa6"), strict=True)),
}
"""The dark page's colour for each colour of the light one: the picture is drawn once."""

MARKERS = "osD^vP"
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (8, 3)))
MOST_POINTS = 200
WIDTH, HEIGHT = 5.6, 3.15
"""Size of a picture in inches; 5.6 are the width of a page's column, so that its text has the size of the page's."""

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
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        FigureCanvasSVG(figure)
        # Fixed margins: a layout that measures all texts takes as long as the rest of the drawing.
        legend = 0.21 * -(-len(plot.series) // 2) if len(plot.series) > 1 else 0.0
        axes = figure.add_axes((0.13, 0.16, 0.85, 0.8 - legend / HEIGHT))
        for k, (name, xs, ys) in enumerate(_series(plot)):
            _draw_series(axes, plot.style, k, name, xs, ys)
        axes.set_xlabel(line(plot.xlabel, LABEL))
        axes.set_ylabel(line(plot.ylabel, LABEL))
        axes.tick_params(length=3)
        axes.locator_params(nbins=7)
        if legend:
            figure.legend(loc="upper left", bbox_to_anchor=(0.1, 1.0), ncols=2, borderaxespad=0.1)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = file.getvalue()
    return svg[svg.index("<svg") :]


def _series(plot: Plot) -> Iterator[tuple[str, list[float], list[float]]]:
    for name, series in plot.series.items():
        drawn = finite(*series)
        drawn = drawn[:: -(-len(drawn) // MOST_POINTS) or 1]
        yield line(name, 36), [x for x, _ in drawn], [y for _, y in drawn]


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
