"""Only the bars of the Lab: what each term costs."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, always
from lossviz.figures.look import Look, whole
from lossviz.lab.figures.parts.bars_panel import bars_panel, bars_tall, bars_words, term_rows
from lossviz.lab.figures.parts.content import LabContent


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """Draw the bars over the whole figure."""
    bars_panel(figure, whole(figure), content, text, look)


FIGURE = ExportFigure(
    "bars",
    subject="lab",
    order=3,
    applies=always,
    draw=draw,
    table=term_rows,
    says=bars_words,
    tall=bars_tall,
    numbers="save_csv",
    fills=True,
)
