"""A batch under every reduction: its rows, and each row's gradient as a bar on one scale."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, minus
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import LEADING, Look, Rect, axes_in, plain, whole, widest, write
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table
from lossviz.figures.theme import TERM
from lossviz.functions.batch import REDUCTIONS
from lossviz.functions.figures.parts.content import FunctionsContent

PANELS = (("none", "sum"), ("mean",), ("weighted",), ("avg_factor",))
"""The reductions of each panel: rows kept apart and their sum have the same gradients."""
HIGH, WIDE, BROAD = 1.75, 2.15, 0.31
"""Height of a row, and of one in a post, in font sizes; part of a post's width for the rows."""
GAP = 0.2
"""Inches between two panels."""


def applies(content: FunctionsContent) -> bool:
    """Return whether the page shows the batch."""
    return content.state.tab == "reductions"


def points_of(look: Look) -> float:
    """Return the font size of rows and numbers."""
    return look.size.body if look.wide else look.size.small


def head_tall(look: Look) -> float:
    """Return the inches of a panel's two lines above its bars."""
    return 2 * LEADING * points_of(look) / 72


def rows_tall(content: FunctionsContent, look: Look) -> float:
    """Return the inches of the rows in height."""
    return len(content.state.rows) * high_of(look) * points_of(look) / 72


def high_of(look: Look) -> float:
    """Return the height of a row, in font sizes."""
    return WIDE if look.wide else HIGH


def panel_tall(content: FunctionsContent, look: Look) -> float:
    """Return the inches of a panel in height, with its head and its scale."""
    return head_tall(look) + rows_tall(content, look) + 2 * look.size.small / 72


def batch_rows(content: FunctionsContent, text: Text) -> list[Row]:
    """Return output, target, weight and loss of each row as rows of a table."""
    found = [Row(tuple(text(f"batch_{key}") for key in ("row", "z", "t", "weight", "row_loss")), quiet=True)]
    for n, (row, loss) in enumerate(zip(content.state.rows, content.batch.losses, strict=True), 1):
        found.append(Row((str(n), *(minus(f"{side:.4g}") for side in row), four(loss))))
    return found


def notes(text: Text) -> list[str]:
    """Return what each reduction does, a line each."""
    end = text("list_end")
    return [labelled(text(f"reduction_{name}"), text(f"reduction_{name}_about"), text) + end for name in REDUCTIONS]


def draw(figure: SubFigure, content: FunctionsContent, text: Text, look: Look) -> None:
    """Draw rows and panels side by side in a post; in a column the rows above, the panels two by two."""
    area, points, high = whole(figure), points_of(look), panel_tall(content, look)
    table_area = area._replace(w=BROAD * area.w) if look.wide else area
    lead = head_tall(look) - WIDE * points / 72 if look.wide else 0.0
    draw_table(figure, table_area.within(top=lead), batch_rows(content, text), points, look, high_of(look))
    rest = area.within(BROAD * area.w + GAP) if look.wide else area.within(top=top_of(content, look))
    columns = len(PANELS) if look.wide else 2
    wide = (rest.w - (columns - 1) * GAP) / columns
    for n in range(len(PANELS)):
        x, y = rest.x + n % columns * (wide + GAP), rest.y + rest.h - (n // columns + 1) * high
        panel(figure, Rect(x, y, wide, high), content, n, text, look)
    taken = high if look.wide else top_of(content, look) + 2 * high
    prose(figure, area.within(top=taken + GAP), notes(text), look.size.small, look, quiet=True)


def top_of(content: FunctionsContent, look: Look) -> float:
    """Return the inches of the rows above the panels in a column."""
    return rows_tall(content, look) + HIGH * points_of(look) / 72 + GAP


def panel(figure: SubFigure, place: Rect, content: FunctionsContent, number: int, text: Text, look: Look) -> None:
    """Draw the gradient of each row under one reduction, with its number, and the total above."""
    names, points, found = PANELS[number], points_of(look), content.batch.reduced
    top = place.y + place.h
    head = text("list_nouns").join(text(f"reduction_{name}") for name in names)
    write(figure, (place.x, top), head, points, look.ink)
    total = found[names[-1]].total
    said = f"{text('batch_total')} {minus(four(total))}"
    write(figure, (place.x, top - LEADING * points / 72), said, points, look.quiet)
    slopes = found[names[0]].slopes
    most = max(abs(slope) for one in found.values() for slope in one.slopes) or 1.0
    numbers = [minus(four(slope)) for slope in slopes]
    inner = place.within(points / 72, place.h - head_tall(look) - rows_tall(content, look), 0, head_tall(look))
    inner = inner.within(0, 0, widest(numbers, points) + 0.4 * points / 72)
    axes = axes_in(figure, inner, look)
    axes.barh(range(len(slopes)), slopes, height=0.6, color=look.colour(TERM), zorder=2)
    axes.axvline(0, color=look.ink, linewidth=look.line / 2, zorder=3)
    axes.set(xlim=(-1.04 * most, 1.04 * most), ylim=(len(slopes) - 0.5, -0.5), yticks=[], xticks=[])
    axes.spines[:].set_visible(False)
    plain(axes, look)
    for n, words in enumerate(numbers):
        y = inner.y + inner.h * (1 - (n + 0.5) / len(numbers))
        write(figure, (place.x, y), str(n + 1), points, look.quiet, va="center")
        write(figure, (place.x + place.w, y), words, points, look.ink, ha="right", va="center")


def tall(content: FunctionsContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: rows, panels two by two, words."""
    inches = look.size.width - 2 * look.size.margin
    return (
        top_of(content, look) + 2 * panel_tall(content, look) + prose_tall(notes(text), look.size.small, inches) + GAP
    )


def table(content: FunctionsContent) -> Table:
    """Return a row for each row of the batch: loss, and its gradient under every reduction; totals last."""
    found, rows = content.batch, content.state.rows
    out: Table = [["row", "z", "target", "weight", "loss", *(f"{name}_slope" for name in REDUCTIONS)]]
    for n, (row, loss) in enumerate(zip(rows, found.losses, strict=True)):
        out.append([n + 1, *row, loss, *(found.reduced[name].slopes[n] for name in REDUCTIONS)])
    return [*out, ["total", None, None, None, None, *(found.reduced[name].total for name in REDUCTIONS)]]


def says(content: FunctionsContent, text: Text) -> str:
    """Return the words for the total and the gradients under every reduction."""
    said = []
    for name, found in content.batch.reduced.items():
        slopes = text("list_comma").join(minus(four(slope)) for slope in found.slopes)
        total = minus(four(found.total))
        said.append(text("figure_batch_alt", name=text(f"reduction_{name}"), total=total, slopes=slopes))
    return text("list_semicolon").join(said) + text("list_end")


FIGURE = ExportFigure(
    "zoo_reductions",
    subject="zoo",
    order=3,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: True,
)
