"""The losses' lines and their key: colour and dash as on the page, and a marker each."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from lossviz.figures.look import LEADING, Look, Rect, whole, write
from lossviz.figures.measures import DASHES, GAP, SAMPLE, entry, key_rows
from lossviz.objectness.charts import COLOURS
from lossviz.objectness.charts import DASHES as DRAWN

PATTERNS: dict[str, Any] = DASHES | {"6px,6px": (0, (3, 3))}
MARKERS = {"bce": "o", "squared": "s", "linear": "D", "darknet_v2": "^", "darknet_v3": "v", "focal": "P"}


def stroke(name: str, look: Look) -> dict[str, Any]:
    """Return the style of a loss' line."""
    return {"color": look.colour(COLOURS[name]), "linestyle": PATTERNS[DRAWN[name]], "linewidth": look.line * 0.85}


def mark(name: str, look: Look) -> dict[str, Any]:
    """Return the style of a loss' marker."""
    edge = {"markeredgecolor": look.paper, "markeredgewidth": look.line / 4}
    return {"color": look.colour(COLOURS[name]), "marker": MARKERS[name], "markersize": look.line * 3} | edge


def spot(axes: Axes, x: float, y: float, name: str, look: Look) -> None:
    """Draw the dot where a loss stands now, unless the picture ends before."""
    axes.plot(x, y, linestyle="", zorder=5, **mark(name, look))


def key(figure: SubFigure, place: Rect, names: Mapping[str, str], points: float, look: Look) -> None:
    """Draw a key along the top of the place: lines and names."""
    page, long = whole(figure), SAMPLE * points / 72
    for n, row in enumerate(key_rows(names, points, place.w)):
        x, y = place.x, place.y + place.h - (n + 0.5) * LEADING * points / 72
        for name in row:
            xs = [(x + long * share) / page.w for share in (0, 0.5, 1)]
            drawn = stroke(name, look) | mark(name, look) | {"markevery": [1]}
            figure.add_artist(Line2D(xs, [y / page.h] * 3, transform=figure.transSubfigure, **drawn))
            write(figure, (x + long + GAP * points / 72, y), names[name], points, look.ink, va="center")
            x += entry(names[name], points)
