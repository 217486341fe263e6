"""Only the scene of the Lab: photograph, grid, boxes."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, always
from lossviz.figures.look import Look, whole
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.figures.parts.scene_panel import scene_panel, scene_rows, scene_words


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """Draw the scene on a square, in a post in the middle."""
    area = whole(figure)
    side = min(area.w, area.h)
    scene_panel(figure, area._replace(x=(area.w - side) / 2, w=side), content, text, look)


FIGURE = ExportFigure(
    "scene",
    subject="lab",
    order=2,
    applies=always,
    draw=draw,
    table=scene_rows,
    says=scene_words,
    tall=lambda c, t, look: look.size.width - 2 * look.size.margin,
)
