"""Only the bars."""

from matplotlib.figure import SubFigure

from lossviz.figures.export.lab.parts.bars_panel import bars_panel, bars_tall, bars_words, term_rows
from lossviz.figures.export.lab.parts.content import LabContent
from lossviz.figures.export.parts.content import ExportFigure, always
from lossviz.figures.export.parts.look import Look, whole
from lossviz.text import Text


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """All of the page."""
    bars_panel(figure, whole(figure), content, text, look)


FIGURE = ExportFigure("bars", 3, always, draw, term_rows, bars_words, bars_tall, "save_csv")
