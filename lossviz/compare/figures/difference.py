"""The map of the difference of two programs, on a scale whose ends never move."""

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import SubFigure

from lossviz.compare.charts import SCALE, SPAN, TICKS, described, signed_powers
from lossviz.compare.difference import Difference
from lossviz.compare.figures.parts.content import CompareContent
from lossviz.compare.state import EVERY_TERM
from lossviz.core.text import Text, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import Look, Rect, axes_in, plain, whole
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.squares import colour_bar, squares, squares_tall
from lossviz.lab.predictors import state_name


def drawable(content: CompareContent) -> bool:
    """Return whether both programs take the scene."""
    return content.difference is not None


def shown(content: CompareContent) -> Difference:
    """Return the map that is drawn."""
    found = content.difference
    assert found
    return found


def paragraphs(content: CompareContent, text: Text) -> list[str]:
    """Return the words for what is on the map, and for what its colours mean."""
    found = shown(content)
    names = {"first": text(f"short_{found.first}"), "second": text(f"short_{found.second}")}
    what = text("ledger_all_terms") if found.term == EVERY_TERM else text(f"term_{found.term}")
    head = text(f"ledger_map_{found.quantity}", what=what, head=found.head, anchor=found.anchor, **names)
    return [head + text("list_end"), text("ledger_map_about", **names), text("ledger_map_grey")]


def draw(figure: SubFigure, content: CompareContent, text: Text, look: Look) -> None:
    """Draw map, scale, and words."""
    ticks = {float(power): words for power, words in TICKS.items()}
    (place,), bar, words = squares(whole(figure), 1, look, [*TICKS.values()], head=False)
    draw_map(figure, place, shown(content), look)
    colour_bar(figure, bar, colours(), (-SPAN, SPAN), ticks, look)
    prose(figure, words, paragraphs(content, text), look.size.body, look)


def colours() -> LinearSegmentedColormap:
    """Return the colours of the page's map."""
    stops: list[Any] = [tuple(stop) for stop in SCALE]
    return LinearSegmentedColormap.from_list("difference", stops)


def draw_map(figure: SubFigure, place: Rect, found: Difference, look: Look) -> None:
    """Draw the cells, with crosses where the two programs give the predictor another state."""
    axes = axes_in(figure, place, look)
    rows, columns = found.values.shape
    edges = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    numbers = np.ma.masked_invalid(signed_powers(found.values))
    thin = 0.35 * look.line * min(1.0, 13 / columns)
    axes.set_facecolor(look.blank)
    mesh = axes.pcolormesh(
        *edges, numbers, cmap=colours(), vmin=-SPAN, vmax=SPAN, edgecolors=look.paper, linewidth=thin
    )
    mesh.set_antialiased(True)
    y, x = np.nonzero(found.moved)
    axes.plot(
        x, y, linestyle="", marker="x", color="#111111", markersize=look.line * 2.4, markeredgewidth=look.line / 2
    )
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set(xticks=range(0, columns, -(-columns // 14)), yticks=range(0, rows, -(-rows // 14)))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    plain(axes, look)


def tall(content: CompareContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square and what is said about it."""
    inches = look.size.width - 2 * look.size.margin
    below = prose_tall(paragraphs(content, text), look.size.body, inches)
    return squares_tall(1, look, [*TICKS.values()], head=False) + below


def table(content: CompareContent) -> Table:
    """Return a row for each cell; where it has no value, nothing is asked there."""
    found = shown(content)
    rows: Table = [["head", "anchor", "row", "column", "term", "quantity", "recipe", "value", "state"]]
    for key, side, bits in zip((found.first, found.second), found.sides, found.states, strict=True):
        for (row, column), value in np.ndenumerate(side):
            number = None if np.isnan(value) else float(value)
            state = state_name(int(bits[row, column]))
            rows.append([found.head, found.anchor, row, column, found.term, found.quantity, key, number, state])
    return rows


def says(content: CompareContent, text: Text) -> str:
    """Return the words for what is on the map, and for where the difference is largest."""
    return paragraph([*paragraphs(content, text), described(shown(content), text)])


FIGURE = ExportFigure(
    "difference",
    subject="ledger",
    order=2,
    applies=drawable,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: bool(content.state.term),
)
