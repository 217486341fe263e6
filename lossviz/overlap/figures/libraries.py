"""What two boxes cost in each library, and how much of a gradient each passes where edges coincide or boxes touch."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, split, whole
from lossviz.figures.plane import plane_tall
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table, table_tall
from lossviz.overlap.checks import COMPARED, libraries, rules
from lossviz.overlap.figures.parts.board import between, board
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.words import SHARES, rule_keys

GAP = 0.15
"""Inches between two parts."""


def loss_rows(content: OverlapContent, text: Text) -> list[Row]:
    """Return the losses of these boxes in the libraries that have them, as rows of a table."""
    rows = [Row((text("rules_loss"), *(f"1 − {text(name)}" for name in COMPARED)), quiet=True)]
    for library, losses in libraries(content.state).items():
        rows.append(Row((text(f"library_{library}"), *(four(losses[name]) for name in COMPARED))))
    return rows


def tie_rows(text: Text) -> list[Row]:
    """Return how much of a gradient every library passes, as rows of a table."""
    rows = [Row((text("figure_ties"), text("rules_tie"), text("rules_touch")), quiet=True)]
    for library, rule in rules().items():
        shares = (text(f"share_{SHARES[share]}") for share in (rule.tie, rule.touch))
        rows.append(Row((text(f"library_{library}"), *shares)))
    return rows


def notes(content: OverlapContent, text: Text) -> list[str]:
    """Return what is to be said of these numbers, and of eps."""
    said = [text(key) for key in rule_keys(libraries(content.state))]
    return [*said, labelled(text("rule_eps"), text("rule_eps_says"), text)]


def points_of(look: Look) -> float:
    """Return the font size of the tables."""
    return look.size.small * (1.15 if look.wide else 1)


def draw(figure: SubFigure, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw board and tables, side by side in a post; notes below the tables."""
    area, points = whole(figure), points_of(look)
    picture, rest = split(area, look, plane_tall(look), GAP)
    between(board(figure, picture, content, text, look), content, look)
    for rows in (loss_rows(content, text), tie_rows(text)):
        draw_table(figure, rest, rows, points, look)
        rest = rest.within(top=table_tall(rows, points) + GAP)
    prose(figure, rest, notes(content, text), look.size.small, look, quiet=True)


def tall(content: OverlapContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, two tables, notes."""
    inches, points = look.size.width - 2 * look.size.margin, points_of(look)
    tables = sum(table_tall(rows, points) + GAP for rows in (loss_rows(content, text), tie_rows(text)))
    return plane_tall(look) + GAP + tables + prose_tall(notes(content, text), look.size.small, inches)


def table(content: OverlapContent) -> Table:
    """Return a row for each library: its losses, and the share of a gradient that it passes."""
    rows: Table = [["library", *COMPARED, "tie", "touch"]]
    losses = libraries(content.state)
    for library, rule in rules().items():
        found = losses.get(library, {})
        rows.append([library, *(found.get(name) for name in COMPARED), rule.tie, rule.touch])
    return rows


def says(content: OverlapContent, text: Text) -> str:
    """Return the losses in words, then the shares."""
    said = []
    for rows in (loss_rows(content, text), tie_rows(text)):
        heads = rows[0].words[1:]
        for row in rows[1:]:
            pairs = (f"{head} {value}" for head, value in zip(heads, row.words[1:], strict=True))
            said.append(labelled(row.words[0], text("list_comma").join(pairs), text) + text("list_end"))
    return paragraph(said)


FIGURE = ExportFigure(
    "overlap_rules",
    subject="overlap",
    order=7,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3" and content.state.check == "rules",
)
