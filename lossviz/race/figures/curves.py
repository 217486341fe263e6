"""IoU and error of each contender against the step."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, whole
from lossviz.figures.measures import key, key_tall
from lossviz.race.figures.parts.content import RaceContent
from lossviz.race.figures.parts.panels import both_panels, standings


def draw(figure: SubFigure, content: RaceContent, text: Text, look: Look) -> None:
    """Draw two panels under their key."""
    area, names, points = whole(figure), content.names(text), look.size.body
    key(figure, area, names, points, look)
    both_panels(figure, area.within(top=key_tall(names, points, area.w) + 0.3 * points / 72), content, text, look)


def tall(content: RaceContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: higher than wide."""
    inches = look.size.width - 2 * look.size.margin
    return 1.15 * inches + key_tall(content.names(text), look.size.body, inches)


def table(content: RaceContent) -> Table:
    """Return a row for each step: IoU and error of each contender."""
    rows: Table = [["step", *(f"{run.name}_{what}" for run in content.runs for what in ("iou", "error"))]]
    for step in range(len(content.runs[0].iou)):
        rows.append([step, *(float(side[step]) for run in content.runs for side in (run.iou, run.error))])
    return rows


def says(content: RaceContent, text: Text) -> str:
    """Return the words for where each contender ends."""
    return standings(content, content.state.steps, text)


FIGURE = ExportFigure(
    "curves",
    subject="race",
    order=2,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    fills=True,
)
