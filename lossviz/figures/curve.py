"""Axes with a curve: labels around them, ticks in full."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import FuncFormatter

from lossviz.figures.look import LEADING, Look, Rect, axes_in, plain, widest, wrapped, write


def written(value: float) -> str:
    """Return a number as it is written on a scale."""
    return f"{value:.6g}".replace("-", "−")


def curve_axes(figure: SubFigure, place: Rect, words: tuple[str, str], wide: list[str], look: Look) -> Axes:
    """Return axes with the words of x below and of y above them; ``wide`` are y's ticks, to leave room for."""
    small = look.size.small / 72
    below = wrapped(words[0], look.size.small, place.w)
    inner = place.within(
        widest(wide, look.size.small) + 1.2 * small, (2 + LEADING * len(below)) * small, 1.5 * small, 1.9 * small
    )
    write(figure, (place.x, place.y + place.h), words[1], look.size.small, look.quiet)
    for n, line in enumerate(below):
        at = (inner.x + inner.w / 2, inner.y - (2 + n * LEADING) * small)
        write(figure, at, line, look.size.small, look.quiet, ha="center")
    axes = axes_in(figure, inner, look)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=look.rule, linewidth=look.line / 3, zorder=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value)))
    return axes


def settle(axes: Axes, look: Look) -> None:
    """Keep only the ticks one sees and set them in our font; called when nothing else will be drawn."""
    for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        low, high = sorted(ends)
        axis.set_ticks([tick for tick in axis.get_ticklocs() if low <= tick <= high])
    plain(axes, look)


def decades(axes: Axes, low: float, high: float, most: int = 5) -> None:
    """Make y a logarithmic axis over whole powers of ten, few of them named."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    every = math.ceil((last - first) / most)
    axes.set(yscale="log", ylim=(10.0**first, 10.0**last))
    axes.set_yticks([10.0**n for n in range(first, last + 1, every)])
    axes.set_yticks([], minor=True)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6f}".rstrip("0").rstrip(".")))
