"""True slopes against the published ones: arrow beside arrow, number beside number, and what makes them differ."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, paragraph
from lossviz.engine.published import Defect
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, Rect, split, whole
from lossviz.figures.plane import plane_tall
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table, table_tall
from lossviz.figures.theme import MEASURE, QUIET
from lossviz.overlap.figures.parts.board import arrows, board
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.figures.parts.numbers import pull_keys
from lossviz.overlap.words import pull

GAP = 0.12
"""Inches between board and verdicts."""
SMALLEST = 7.0
"""Smallest font size, in points."""


def draw(figure: SubFigure, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw board and verdicts, side by side in a post."""
    area = whole(figure)
    picture, words = split(area, look, plane_tall(look), GAP)
    axes = board(figure, picture, content, text, look)
    for verdict in content.verdicts:
        arrows(axes, content.state.moving, verdict.published, QUIET, look, 1.7)
        arrows(axes, content.state.moving, verdict.true, look.colour(MEASURE[verdict.name]), look)
    rows, points = verdict_rows(content, text), fitting(content, text, look, words)
    draw_table(figure, words, rows, table_points(points, look), look)
    below = words.within(top=table_tall(rows, table_points(points, look)) + GAP)
    below = prose(figure, below, reasons(content, text), points, look)
    prose(figure, below.within(top=GAP), notes(content, text), points, look, quiet=True)


def table_points(points: float, look: Look) -> float:
    """Return the font size of the table's numbers beside that of the words."""
    return points * (1.1 if look.wide else 1)


def fitting(content: OverlapContent, text: Text, look: Look, place: Rect) -> float:
    """Return the largest font size in which all words fit into the place; in a column, which grows with them, the usual."""
    sizes = [look.size.small - step / 4 for step in range(int(4 * (look.size.small - SMALLEST)) + 1)]
    fit = (size for size in sizes if words_tall(content, text, look, place.w, size) <= place.h)
    return next(fit, SMALLEST) if look.wide else look.size.small


def words_tall(content: OverlapContent, text: Text, look: Look, inches: float, points: float) -> float:
    """Return the inches that table, reasons and notes take in that size."""
    said = prose_tall([*reasons(content, text), *notes(content, text)], points, inches)
    return table_tall(verdict_rows(content, text), table_points(points, look)) + said + 2 * GAP


def verdict_rows(content: OverlapContent, text: Text) -> list[Row]:
    """Return two rows for each measure: true slope, published slope."""
    rows = [Row(("", *(text(key) for key in pull_keys())), quiet=True)]
    for verdict in content.verdicts:
        name = f"{text(verdict.name)} {text('referee_true')}"
        rows.append(Row((name, *map(pull, verdict.true)), measure=verdict.name))
        rows.append(Row((text("referee_published"), *map(pull, verdict.published))))
    return rows


def reasons(content: OverlapContent, text: Text) -> list[str]:
    """Return which defects act here and on which measures, and the measures on which none does."""
    found = []
    for defect in Defect:
        hit = [text(verdict.name) for verdict in content.verdicts if defect in verdict.acting]
        if hit:
            found.append(
                text("caption_switch", what=text("list_nouns").join(hit), choice=text(f"defect_{defect.value}"))
            )
    same = [text(verdict.name) for verdict in content.verdicts if verdict.same]
    if same:
        alike = text("caption_switch", what=text("list_nouns").join(same), choice=text("referee_same"))
        found.append(f"{alike}{text('list_end')}")
    return found


def notes(content: OverlapContent, text: Text) -> list[str]:
    """Return the lines that explain what the arrows are and whose code it is."""
    return [text("figure_true_arrows") + text("list_end"), text("referee_source")]


def tall(content: OverlapContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, a table, words."""
    inches, small = look.size.width - 2 * look.size.margin, look.size.small
    words = prose_tall([*reasons(content, text), *notes(content, text)], small, inches)
    return plane_tall(look) + table_tall(verdict_rows(content, text), small) + words + 3 * GAP


def table(content: OverlapContent) -> Table:
    """Return a row for each measure and kind of slope."""
    rows: Table = [["measure", "gradient", "slope_x", "slope_y", "slope_w", "slope_h", "defects"]]
    for verdict in content.verdicts:
        acting = " ".join(defect.value for defect in verdict.acting)
        rows.append([verdict.name, "true", *verdict.true, ""])
        rows.append([verdict.name, "published", *verdict.published, acting])
    return rows


def says(content: OverlapContent, text: Text) -> str:
    """Return the words for both slopes of each measure, and why they differ."""
    parts = [
        text(
            "figure_referee_alt",
            measure=text(verdict.name),
            true=" ".join(map(pull, verdict.true)),
            published=" ".join(map(pull, verdict.published)),
            verdict=text("referee_same") if verdict.same else text("referee_differs"),
        )
        + text("list_end")
        for verdict in content.verdicts
    ]
    return paragraph([*parts, *reasons(content, text), text("referee_source")])


FIGURE = ExportFigure(
    "referee",
    subject="overlap",
    order=4,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3" and content.state.check == "referee",
)
