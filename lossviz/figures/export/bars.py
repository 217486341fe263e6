"""Only the bars."""

from matplotlib.figure import SubFigure

from lossviz.figures.export.parts.bars_panel import bars_panel, bars_tall, bars_words, term_rows
from lossviz.figures.export.parts.caption import title
from lossviz.figures.export.parts.content import Content, ExportFigure
from lossviz.figures.export.parts.look import Look, whole
from lossviz.text import Text


def draw(figure: SubFigure, content: Content, text: Text, look: Look) -> None:
    """All of the page."""
    bars_panel(figure, whole(figure), content, text, look)


def alt(content: Content, text: Text) -> str:
    """Every term with its number."""
    return f"{title(content, text)}{text('list_end')} {bars_words(content, text)}"


FIGURE = ExportFigure("bars", 3, lambda content: True, draw, term_rows, alt, bars_tall, "save_csv")
