"""The picture of a card's solution, for the teacher's key."""

from dataclasses import replace
from functools import lru_cache

from lossviz.core.lessons import CARDS
from lossviz.core.text import Text
from lossviz.engine.device import computing_on
from lossviz.figures.content import Content
from lossviz.figures.look import COLUMN, Look
from lossviz.figures.page import picture
from lossviz.figures.registry import FIGURES, on_screen
from lossviz.figures.subjects import subjects

SMALL = Look(replace(COLUMN, dots=110), live=True)
"""A picture beside a text: as a column's, with a photograph as fine as a screen."""


def content_of(name: str) -> Content:
    """Return what the figures of a card's solution draw."""
    card = CARDS[name]
    subject = subjects()[card.page]
    assert subject.content
    return subject.content(subject.reads(card.solved)[0], "")


@lru_cache(maxsize=96)
def solved_picture(name: str, lang: str) -> bytes:
    """Return the picture of a card's solution as SVG, from the CPU's numbers; empty for a card without a state."""
    if not CARDS[name].solution:
        return b""
    with computing_on("cpu"):
        content = content_of(name)
        figure = FIGURES[content.subject][on_screen(content, CARDS[name].level)]
        return picture(figure, content, Text(lang), SMALL, "svg")


def described(name: str, lang: str) -> str:
    """Return in words what there is to see in the picture of a card's solution."""
    with computing_on("cpu"):
        content = content_of(name)
        return FIGURES[content.subject][on_screen(content, CARDS[name].level)].alt(content, Text(lang))
