"""How tests look at a figure to take away: every letter is in its font, none is too small, nothing is cut off."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from fontTools.ttLib import TTFont
from helpers.chinese import untidy
from matplotlib.text import Text as Words

from lossviz.core.text import Text
from lossviz.figures.caption import caption
from lossviz.figures.content import Content, ExportFigure
from lossviz.figures.look import COLUMN, FONT, POST, Look, Size
from lossviz.figures.page import page
from lossviz.figures.registry import applicable


@cache
def glyphs() -> frozenset[int]:
    with TTFont(FONT) as font:
        return frozenset(font.getBestCmap())


def captioned(content: Content, text: Text) -> str:
    """The caption of a content's first figure."""
    return caption(next(iter(applicable(content).values())), content, text)


USUAL = ((POST, "en", False), (COLUMN, "zh", True))


def drawn_whole(figure: ExportFigure[Any], content: Content, looks: Sequence[tuple[Size, str, bool]] = USUAL) -> None:
    """For a post in English and, dark, for a column in Chinese; so are its caption and its description."""
    for size, lang, dark in looks:
        text = Text(lang)
        drawn = page(figure, content, text, Look(size, dark=dark))
        drawn.draw_without_rendering()
        (body,) = drawn.subfigs
        faults: list[str] = []
        for words in body.findobj(Words):
            if not words.get_text() or not words.get_visible():
                continue
            assert {c for c in words.get_text() if ord(c) not in glyphs()} == set()
            assert words.get_fontsize() >= 7
            faults += untidy(words.get_text().replace("\n", ""))
            box, room = words.get_window_extent(), body.bbox
            assert box.x0 >= -1, words
            assert box.x1 <= drawn.bbox.width + 1, words
            assert box.y0 >= room.y0 - 1, words
            assert box.y1 <= room.y1 + 0.1 * size.body / 72 * drawn.dpi + 1, words
        said = caption(figure, content, text) + figure.alt(content, text)
        assert {c for c in said if ord(c) not in glyphs()} == set()
        faults += untidy(caption(figure, content, text)) + untidy(figure.alt(content, text))
        assert lang == "en" or not faults, faults
