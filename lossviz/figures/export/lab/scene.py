"""Only the scene: photograph, grid, boxes."""

from matplotlib.figure import SubFigure

from lossviz.figures.export.lab.parts.content import LabContent
from lossviz.figures.export.lab.parts.scene_panel import scene_panel, scene_rows, scene_words
from lossviz.figures.export.parts.content import ExportFigure, always
from lossviz.figures.export.parts.look import Look, whole
from lossviz.text import Text


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """A square, in a post in the middle."""
    area = whole(figure)
    side = min(area.w, area.h)
    scene_panel(figure, area._replace(x=(area.w - side) / 2, w=side), content, text, look)


FIGURE = ExportFigure(
    "scene", 2, always, draw, scene_rows, scene_words, lambda c, t, look: look.size.width - 2 * look.size.margin
)
