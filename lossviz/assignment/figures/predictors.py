"""Every predictor of the shown head by its state, a map an anchor."""

import numpy as np
from matplotlib.figure import SubFigure

from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.figures.parts.maps import draw_key, draw_maps, key_tall, label_tall, numbers_of, side_of
from lossviz.assignment.view import STATES, state_name
from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, whole
from lossviz.figures.prose import prose, prose_tall


def draw(figure: SubFigure, content: AssignmentContent, text: Text, look: Look) -> None:
    """Draw counts, key, and maps."""
    rest = prose(figure, whole(figure), [counted(content, text)], look.size.body, look)
    draw_key(figure, rest, text, look, marked=False)
    draw_maps(figure, rest.within(top=key_tall(look)), content, content.view.result, text, look)


def counted(content: AssignmentContent, text: Text) -> str:
    """Return the words for how many of all predictors are in which state, and for which head is shown."""
    result = content.view.result
    counts = {name: f"{result.count(name):,}" for name in STATES}
    return text("figure_states", total=f"{result.predictors:,}", head=content.view.head, **counts)


def tall(content: AssignmentContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: words, key, a row of maps with their names."""
    inches = look.size.width - 2 * look.size.margin
    side = side_of(content, inches)
    words = prose_tall([counted(content, text)], look.size.body, inches)
    return words + key_tall(look) + side + label_tall(content, [content.view.result], text, look, side)


def table(content: AssignmentContent) -> Table:
    """Return a row for each predictor that is no negative."""
    view = content.view
    rows: Table = [["head", "anchor", "row", "column", "state", "truth"]]
    for name, bits in view.result.states.items():
        numbers = {one.predictor.anchor: one.number for one in view.candidates if one.predictor.head == name}
        for slot, row, column in np.argwhere(bits != STATES["negative"]).tolist():
            owner = int(view.result.owners[name][slot, row, column])
            state = state_name(int(bits[slot, row, column]))
            rows.append([name, numbers[slot], row, column, state, owner if owner >= 0 else None])
    return rows


def says(content: AssignmentContent, text: Text) -> str:
    """Return the words for how many predictors are in which state."""
    numbers = text("list_nouns").join(map(str, numbers_of(content)))
    return f"{counted(content, text)} {text('figure_maps', numbers=numbers)}"


FIGURE = ExportFigure(
    "predictors",
    subject="assignment",
    order=2,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level in ("2", "3"),
)
