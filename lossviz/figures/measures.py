"""The lines of measures and contenders, and their key: colour, dash and marker, so that none is alone."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from lossviz.figures.look import LEADING, Look, Rect, whole, width, write
from lossviz.figures.theme import DASH, MEASURE

DASHES: dict[str, Any] = {
    "solid": "solid",
    "6px,3px": (0, (3, 1.5)),
    "dash": (0, (5, 2)),
    "dot": (0, (1.2, 1.4)),
    "dashdot": (0, (5, 1.6, 1.2, 1.6)),
    "longdash": (0, (9, 2)),
    "longdashdot": (0, (9, 1.6, 1.2, 1.6)),
}
"""Matplotlib's dashes for the page's names of them, so that a figure's lines look as on the page."""
SPREAD = 8
"""About how many markers a curve has."""
MARKERS = {"iou": "o", "giou": "s", "diou": "D", "ciou": "^", "l2": "v", "smooth_l1": "P", "darknet": "X"}
SAMPLE, GAP = 2.8, 0.7
"""Length of a key's line and what follows it, in font sizes."""


def stroke(name: str, look: Look) -> dict[str, Any]:
    """Return the style of a measure's line."""
    return {"color": look.colour(MEASURE[name]), "linestyle": DASHES[DASH[name]], "linewidth": look.line * 0.85}


def mark(name: str, look: Look) -> dict[str, Any]:
    """Return the style of a measure's marker."""
    edge = {"markeredgecolor": look.paper, "markeredgewidth": look.line / 4}
    return {"color": look.colour(MEASURE[name]), "marker": MARKERS[name], "markersize": look.line * 2.3} | edge


def curve(name: str, look: Look, number: int, count: int) -> dict[str, Any]:
    """Return the style of a measure's curve of ``count`` points, with markers.

    ``number`` keeps its markers away from those of the other curves.
    """
    every = max(1, count // SPREAD)
    return stroke(name, look) | mark(name, look) | {"markevery": ((2 * number + 1) * every // 16, every)}


def sample(figure: SubFigure, at: tuple[float, float], name: str, points: float, look: Look) -> None:
    """Draw a piece of a measure's line with a marker, from that point to the right, in inches."""
    page, long = whole(figure), SAMPLE * points / 72
    places = [at[0] + long * share for share in (0, 0.5, 1)]
    drawn = stroke(name, look) | mark(name, look) | {"markevery": [1]}
    xs, ys = [x / page.w for x in places], [at[1] / page.h] * 3
    figure.add_artist(Line2D(xs, ys, transform=figure.transSubfigure, solid_capstyle="butt", **drawn))


def key_rows(names: Mapping[str, str], points: float, inches: float) -> list[list[str]]:
    """Return the entries of a key in rows that fit into the width."""
    rows: list[list[str]] = [[]]
    filled = 0.0
    for name, words in names.items():
        wide = entry(words, points)
        if rows[-1] and filled + wide > inches:
            rows.append([])
            filled = 0.0
        rows[-1].append(name)
        filled += wide
    return rows


def entry(words: str, points: float) -> float:
    """Return the inches that an entry of a key takes: line, words, and the gap after them."""
    return (SAMPLE + GAP + 1.6) * points / 72 + width(words, points)


def key_tall(names: Mapping[str, str], points: float, inches: float) -> float:
    """Return the inches that the rows of a key take in height."""
    return len(key_rows(names, points, inches)) * LEADING * points / 72


def key(figure: SubFigure, place: Rect, names: Mapping[str, str], points: float, look: Look) -> None:
    """Draw a key along the top of the place: lines and names."""
    for n, row in enumerate(key_rows(names, points, place.w)):
        x, y = place.x, place.y + place.h - (n + 0.5) * LEADING * points / 72
        for name in row:
            sample(figure, (x, y), name, points, look)
            write(figure, (x + (SAMPLE + GAP) * points / 72, y), names[name], points, look.ink, va="center")
            x += entry(names[name], points)
