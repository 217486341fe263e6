"""The Lab: the scene with its boxes beside the bars."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, always
from lossviz.figures.look import Look, split, whole
from lossviz.lab.figures.parts.bars_panel import bars_panel, bars_tall, bars_words, headline, headline_tall, term_rows
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.figures.parts.scene_panel import scene_panel, scene_words

GAP = 0.12
"""Inches between scene and bars in a column."""


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """Draw scene and bars: side by side in a post, one below the other in a column."""
    area = whole(figure)
    scene, panel = split(area, look, area.w, GAP)
    scene_panel(figure, scene, content, text, look)
    tall = headline_tall(look)
    headline(figure, panel._replace(h=tall), content, text, look)
    bars_panel(figure, panel.within(bottom=tall + GAP * (1 if not look.wide else 1.5)), content, text, look)


def tall(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square and what is below it."""
    return look.size.width - 2 * look.size.margin + bars_tall(content, text, look) + headline_tall(look) + 2 * GAP


def says(content: LabContent, text: Text) -> str:
    """Return the words for the scene and the bars."""
    return f"{scene_words(content, text)} {bars_words(content, text)}"


FIGURE = ExportFigure(
    "lab",
    subject="lab",
    order=1,
    applies=always,
    draw=draw,
    table=term_rows,
    says=says,
    tall=tall,
    numbers="save_csv",
    seen=lambda content, level: level == "1",
)
