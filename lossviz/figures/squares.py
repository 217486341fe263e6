"""One square picture, or two by two, with a bar of colours at their right; words beside them or below."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import Colormap
from matplotlib.figure import SubFigure

from lossviz.figures.look import LEADING, Look, Rect, axes_in, plain, widest, wrapped, write

BETWEEN = 0.14
"""Distance between two pictures, in inches."""
BAR = 1.2
"""Width of the bar of colours, in small font sizes."""


def margins(look: Look, ticks: Sequence[str], *, head: bool) -> tuple[float, float, float, float]:
    """Return inches: of numbers at the left and below, of the bar with its numbers, of a picture's name above it."""
    small = look.size.small / 72
    bar = widest(ticks, look.size.small) + (BAR + 2) * small
    return widest(["12.5"], look.size.small) + small, 1.9 * small, bar, 1.7 * look.size.body / 72 if head else small / 2


def across(count: int, look: Look) -> int:
    """Return how many pictures stand in a row: all in a post, at most two in a column."""
    return count if look.wide else min(2, count)


def outer(number: int, count: int, look: Look) -> tuple[bool, bool]:
    """Return whether a picture stands first in its row, and whether in the last row: there the numbers are."""
    columns = across(count, look)
    return number % columns == 0, number // columns == (count - 1) // columns


def side_of(area: Rect, count: int, look: Look, ticks: Sequence[str], *, head: bool) -> float:
    """Return the side of a picture, in inches."""
    left, low, bar, above = margins(look, ticks, head=head)
    columns = across(count, look)
    side = (area.w - left - bar - (columns - 1) * BETWEEN) / columns
    return min(side, area.h - low - above) if look.wide else side


def squares(area: Rect, count: int, look: Look, ticks: Sequence[str], *, head: bool) -> tuple[list[Rect], Rect, Rect]:
    """Return the places of pictures, bar and words: the words beside a single picture in a post, else below."""
    left, low, bar, above = margins(look, ticks, head=head)
    side, columns = side_of(area, count, look, ticks, head=head), across(count, look)
    top, step = area.y + area.h, side + above
    places = [
        Rect(area.x + left + (n % columns) * (side + BETWEEN), top - (n // columns + 1) * step, side, side)
        for n in range(count)
    ]
    right, bottom, small = places[-1].x + side, places[-1].y, look.size.small / 72
    scale = Rect(right + small, bottom, BAR * small, top - above - bottom)
    if look.wide and count == 1:
        return places, scale, area.within(right + bar + 0.3 - area.x)
    return places, scale, area._replace(h=bottom - low - (2 if look.wide else 1) * small - area.y)


def squares_tall(count: int, look: Look, ticks: Sequence[str], *, head: bool) -> float:
    """Return the inches that the pictures with their numbers take in a column."""
    area = Rect(0, 0, look.size.width - 2 * look.size.margin, 0)
    _, low, _, above = margins(look, ticks, head=head)
    rows = -(-count // across(count, look))
    return rows * (side_of(area, count, look, ticks, head=head) + above) + low + look.size.small / 72


def titled(figure: SubFigure, place: Rect, title: str, look: Look) -> Rect:
    """Write the title of a bar of colours at the top of a place as wide as the bar with its numbers; return the rest."""
    points = look.size.small
    lines = wrapped(title, points, place.w)
    for n, line in enumerate(lines):
        write(figure, (place.x, place.y + place.h - n * LEADING * points / 72), line, points, look.quiet)
    return place.within(top=(len(lines) * LEADING + 0.3) * points / 72)


def colour_bar(
    figure: SubFigure, place: Rect, colours: Colormap, ends: tuple[float, float], ticks: dict[float, str], look: Look
) -> None:
    """Draw the bar of colours from the lowest to the highest value, with numbers at its right."""
    low, high = ends
    axes = axes_in(figure, place, look)
    ramp = np.linspace(low, high, 65)
    middle = ((ramp[1:] + ramp[:-1]) / 2)[:, None]
    axes.pcolormesh([0, 1], ramp, middle, cmap=colours, vmin=low, vmax=high, edgecolors="face", linewidth=0.2)
    axes.set(xticks=[], yticks=list(ticks), ylim=ends)
    axes.yaxis.tick_right()
    axes.tick_params(length=0)
    axes.set_yticklabels(list(ticks.values()))
    axes.get_yticklabels()[0].set_verticalalignment("bottom")
    axes.get_yticklabels()[-1].set_verticalalignment("top")
    axes.spines[:].set_visible(False)
    plain(axes, look)
