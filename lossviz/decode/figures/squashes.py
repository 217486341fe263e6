"""The curves through which raw numbers go, in the usual and in the later form, with this state's points."""

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, minus
from lossviz.decode.charts.curves import BORDERS, NAMES, SQUASHES, Squash
from lossviz.decode.figures.parts.content import DecodeContent, on_box
from lossviz.decode.state import CHANNELS
from lossviz.decode.view import CURVES
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.look import Look, Rect, font, indexed, whole
from lossviz.figures.plane import DASHED, draw_label
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.theme import PREDICTION, TERM

PLAIN = NAMES | {"exp": "exp(t)"}
"""The curves' names without raised letters."""
HIGH = 0.72
"""A panel's height over its width, in a column."""


def draw(figure: SubFigure, content: DecodeContent, text: Text, look: Look) -> None:
    """Draw two panels, side by side in a post."""
    area = prose(figure, whole(figure), [values(content, text)], look.size.body, look)
    for n, name in enumerate(SQUASHES):
        if look.wide:
            place = area._replace(x=area.x + n * (area.w + 0.3) / 2, w=(area.w - 0.3) / 2)
        else:
            place = area._replace(y=area.y + (1 - n) * area.h / 2, h=area.h / 2)
        panel(figure, place, content, name, text, look)


def panel(figure: SubFigure, place: Rect, content: DecodeContent, name: str, text: Text, look: Look) -> None:
    """Draw both curves, with the points of both axes on the usual one."""
    squash = SQUASHES[name]
    both = f"t_{CHANNELS[squash.first]}, t_{CHANNELS[squash.first + 1]}"
    axes = curve_axes(figure, place, (both, text(f"decode_axis_{name}")), ["−0.5"], look)
    ends = squash.ends(later=True)
    axes.set(xlim=ends[0], ylim=ends[1])
    for height in BORDERS[name]:
        axes.axhline(height, color=look.quiet, linewidth=look.line / 3, linestyle=(0, (1, 2)), zorder=2)
    styles = ((squash.usual, TERM, "solid"), (squash.later, PREDICTION, DASHED))
    lines = [
        axes.plot(
            *squash.curve(kind, later=True), color=look.colour(colour), linestyle=style, linewidth=look.line, zorder=3
        )[0]
        for kind, colour, style in styles
    ]
    points(axes, content, squash, look)
    axes.legend(
        lines,
        [indexed(PLAIN[kind]) for kind in (squash.usual, squash.later)],
        prop=font(look.size.small),
        loc="upper left",
        frameon=False,
        labelcolor=look.ink,
    )
    settle(axes, look)


def points(axes: Axes, content: DecodeContent, squash: Squash, look: Look) -> None:
    """Draw the points of the two raw numbers, where the picture has room for them."""
    (low, high), (bottom, top) = squash.ends(later=True)
    for n in (squash.first, squash.first + 1):
        x, y = content.found.raw[n], content.found.usual[n].value
        if low <= x <= high and bottom <= y <= top:
            axes.plot(
                x, y, "o", color=look.colour(TERM), markeredgecolor=look.paper, markersize=3 * look.line, zorder=5
            )
            draw_label(axes, (x, y), f"t_{CHANNELS[n]}", look.ink, look, va="top", ha="left")


def values(content: DecodeContent, text: Text) -> str:
    """Return the words for what each raw number becomes in both forms."""
    found = content.found
    pairs = zip(CHANNELS, found.raw, found.usual, found.later, strict=True)
    parts = (
        labelled(f"t_{name} {raw:.4g}", f"{four(usual.value)} / {four(later.value)}", text)
        for name, raw, usual, later in pairs
    )
    return text("figure_decode_values", values=minus(text("list_comma").join(parts))) + text("list_end")


def tall(content: DecodeContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: words, two panels."""
    inches = look.size.width - 2 * look.size.margin
    return prose_tall([values(content, text)], look.size.body, inches) + 2 * HIGH * inches


def table(content: DecodeContent) -> Table:
    """Return a row for each place on the axis of t."""
    wide = {
        name: squash.curve(name, later=True) for squash in SQUASHES.values() for name in (squash.usual, squash.later)
    }
    rows: Table = [["curve", "t", "value"]]
    for name in CURVES:
        rows += [[name, t, value] for t, value in zip(*wide[name], strict=True)]
    return rows


def says(content: DecodeContent, text: Text) -> str:
    """Return the words for what the raw numbers become."""
    return values(content, text)


FIGURE = ExportFigure(
    "squashes",
    subject="decode",
    order=2,
    applies=on_box,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: content.state.tab == "box" and level == "3" and content.state.edge == "bounded",
    fills=True,
)
