"""Only the scene: photograph, grid, boxes."""

from matplotlib.figure import SubFigure

from lossviz.figures.export.parts.caption import title
from lossviz.figures.export.parts.content import Content, ExportFigure
from lossviz.figures.export.parts.look import Look, whole
from lossviz.figures.export.parts.scene_panel import scene_panel, scene_rows, scene_words
from lossviz.text import Text


def draw(figure: SubFigure, content: Content, text: Text, look: Look) -> None:
    """A square, in a post in the middle."""
    area = whole(figure)
    side = min(area.w, area.h)
    scene_panel(figure, area._replace(x=(area.w - side) / 2, w=side), content, text, look)


def alt(content: Content, text: Text) -> str:
    """What there is to see."""
    return f"{title(content, text)}{text('list_end')} {scene_words(content, text)}"


FIGURE = ExportFigure(
    "scene", 2, lambda content: True, draw, scene_rows, alt, lambda c, t, look: look.size.width - 2 * look.size.margin
)
