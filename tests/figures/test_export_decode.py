"""Figures of raw numbers and their box: what is drawn, written and said."""

import csv
import io
from functools import cache
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from matplotlib.text import Text as Words

from lossviz.decode_state import PLAIN, from_query
from lossviz.decoding import CURVES, decoding_of
from lossviz.figures.export import FIGURES, applicable
from lossviz.figures.export.decode.parts.content import DecodeContent, formulas, plain
from lossviz.figures.export.parts.caption import caption
from lossviz.figures.export.parts.content import Content
from lossviz.figures.export.parts.look import COLUMN, FONT, POST, Look
from lossviz.figures.export.parts.page import page, table
from lossviz.presets import PAGES
from lossviz.text import Text

LINK = "https://lossviz.example.org/decode?v=1"
FOUND: dict[str, Any] = {key: figure for key, figure in FIGURES["decode"].items() if key in ("decoded", "squashes")}
STATES = {"one": PLAIN, **{key: from_query(preset.query)[0] for key, preset in PAGES["decode"].items()}}
MINE = {key: DecodeContent(state, LINK) for key, state in STATES.items() if state.tab == "box"}
OFTEN = {"one", "overflow", "border"}


@cache
def glyphs() -> frozenset[int]:
    with TTFont(FONT) as font:
        return frozenset(font.getBestCmap())


def test_the_figures_of_the_page_are_found_by_their_files() -> None:
    assert [*FOUND] == ["decoded", "squashes"]
    assert applicable(MINE["one"]).keys() >= FOUND.keys()
    assert isinstance(MINE["one"], Content)


@pytest.mark.parametrize("key", FOUND)
@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in MINE])
def test_every_figure_is_drawn_with_every_glyph_and_nothing_is_cut_off(name: str, key: str) -> None:
    content = MINE[name]
    for size, lang, dark in ((POST, "en", False), (COLUMN, "zh", True)):
        text = Text(lang)
        drawn = page(FOUND[key], content, text, Look(size, dark=dark))
        drawn.draw_without_rendering()
        (body,) = drawn.subfigs
        for words in body.findobj(Words):
            if not words.get_text() or not words.get_visible():
                continue
            assert {c for c in words.get_text() if ord(c) not in glyphs()} == set()
            assert words.get_fontsize() >= 7
            box, room = words.get_window_extent(), body.bbox
            assert box.x0 >= -1, words
            assert box.x1 <= drawn.bbox.width + 1, words
            assert box.y0 >= room.y0 - 1, words
            assert box.y1 <= room.y1 + 0.1 * size.body / 72 * drawn.dpi + 1, words
        said = caption(content, text) + FOUND[key].alt(content, text)
        assert {c for c in said if ord(c) not in glyphs()} == set()


def test_formulas_stand_on_one_line() -> None:
    assert plain(r"\frac{c_x + \sigma(t_x)}{W}") == "(c_x + σ(t_x)) / W"
    assert formulas(decoding_of(PLAIN))[0] == "b_x = (c_x + σ(t_x)) / W = (1 + σ(0.6)) / 3 = 0.5486"
    assert formulas(decoding_of(PLAIN))[2] == "b_w = (p_w × exp(t_w)) / W = (1.25 × exp(0.4)) / 3 = 0.6216"


def test_the_tables_have_every_number() -> None:
    def rows(key: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(table(FOUND[key], MINE["one"]).decode())))

    found = decoding_of(PLAIN)
    for row, raw, cells, free in zip(rows("decoded"), found.raw, found.cells, found.free, strict=True):
        assert (float(row["raw"]), float(row["box_cells"]), float(row["faster_rcnn_share"])) == (raw, cells, free)
    assert {row["curve"] for row in rows("squashes")} == {*CURVES}
