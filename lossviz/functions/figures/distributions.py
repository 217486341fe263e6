"""Two distributions as bars, and what they make of one another as numbers."""

from typing import Any

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.look import LEADING, Look, font, whole
from lossviz.figures.table import Row, draw_table, table_tall
from lossviz.functions.charts.distributions import COLOURS, OUTCOMES, PATTERN, WIDE, place_of
from lossviz.functions.figures.parts.content import FunctionsContent


def applies(content: FunctionsContent) -> bool:
    """Return whether the page is about distributions."""
    return content.spread


def number_rows(content: FunctionsContent, text: Text) -> list[Row]:
    """Return entropy, divergence and cross-entropy both ways, as rows of a table."""
    found = content.distributions
    rows = [Row(tuple(text(f"chances_{part}") for part in ("way", "entropy", "divergence", "cross")), quiet=True)]
    for n, way in enumerate(("pq", "qp")):
        numbers = (found.entropies[n], found.divergences[n], found.crossed[n])
        rows.append(Row((text(f"chances_way_{way}"), *map(four, numbers))))
    return rows


def draw(figure: SubFigure, content: FunctionsContent, text: Text, look: Look) -> None:
    """Draw bars above, numbers below."""
    area, rows = whole(figure), number_rows(content, text)
    below = table_tall(rows, look.size.small) + 0.15
    above = LEADING * look.size.body / 72
    place = area.within(bottom=below, top=above)
    axes = curve_axes(figure, place, (text("chances_outcome"), text("chances_chance")), ["0.25"], look)
    count = len(OUTCOMES)
    for line, (name, colour) in enumerate(COLOURS.items()):
        places = [place_of(line * count + n) for n in range(count)]
        chances = getattr(content.state, name)
        look_of: dict[str, Any] = {
            "color": look.colour(colour),
            "hatch": PATTERN[name] * 2,
            "edgecolor": look.paper,
            "zorder": 3,
        }
        axes.bar(places, chances, WIDE, label=text(f"chances_{name}"), **look_of)
        for x, chance in zip(places, chances, strict=True):
            axes.annotate(
                f"{chance:.3g}",
                (x, chance),
                (0, 2),
                textcoords="offset points",
                ha="center",
                fontproperties=font(look.size.small),
                color=look.ink,
            )
    axes.set(
        xlim=(-0.5, count - 0.5),
        ylim=(0, 1.12),
        xticks=[float(n) for n in range(count)],
        yticks=[0, 0.25, 0.5, 0.75, 1],
    )
    settle(axes, look)
    axes.set_xticklabels(list(OUTCOMES))
    handles, labels = axes.get_legend_handles_labels()
    legend: dict[str, Any] = {
        "loc": "upper center",
        "ncols": 2,
        "frameon": False,
        "labelcolor": look.ink,
        "borderaxespad": 0,
    }
    figure.legend(handles, labels, prop=font(look.size.body), **legend)
    draw_table(figure, area._replace(h=below), rows, look.size.small, look)


def tall(content: FunctionsContent, text: Text, look: Look) -> float:
    """Return the inches in a column: bars about as high as they are wide, and the table."""
    return 0.8 * (look.size.width - 2 * look.size.margin) + table_tall(number_rows(content, text), look.size.small)


def table(content: FunctionsContent) -> Table:
    """Return a row for each outcome."""
    state = content.state
    rows: Table = [["outcome", "p", "q"]]
    rows += [[name, p, q] for name, p, q in zip(OUTCOMES, state.p, state.q, strict=True)]
    return rows


def says(content: FunctionsContent, text: Text) -> str:
    """Return the words for entropy, divergence and cross-entropy of the distributions, both ways."""
    rows = number_rows(content, text)
    heads = rows[0].words[1:]
    parts = [
        labelled(row.words[0], text("list_comma").join(map(" ".join, zip(heads, row.words[1:], strict=True))), text)
        for row in rows[1:]
    ]
    return text("list_semicolon").join(parts) + text("list_end")


FIGURE = ExportFigure(
    "zoo_distributions",
    subject="zoo",
    order=2,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: True,
    fills=True,
)
