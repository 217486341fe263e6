"""Figures of raw numbers and their box: what is drawn, written and said."""

import csv
import io
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from helpers.drawn import drawn_whole
from helpers.sampling import sampled

from lossviz.core.examples import PAGES
from lossviz.decode.figures.parts.content import DecodeContent, formulas, plain
from lossviz.decode.state import FORMS, PLAIN, from_query
from lossviz.decode.view import CURVES, NET, PHOTO, view_of
from lossviz.figures.content import Content
from lossviz.figures.page import table
from lossviz.figures.registry import FIGURES, applicable

LINK = "https://lossviz.example.org/decode?v=1"
KEYS = ("decoded", "squashes", "decode_forms", "decode_limits")
FOUND: dict[str, Any] = {key: figure for key, figure in FIGURES["decode"].items() if key in KEYS}
STATES = {
    "one": PLAIN,
    **{form: replace(PLAIN, form=form) for form in FORMS},
    **{key: from_query(preset.query)[0] for key, preset in PAGES["decode"].items()},
}
MINE = {key: DecodeContent(state, LINK) for key, state in STATES.items() if state.tab == "box"}
OFTEN = {"one", "overflow", "border"}
CASES = sampled(product(MINE, FOUND), lambda case: (case[0] if case[0] in OFTEN else "another", case[1]))


def test_the_figures_of_the_page_are_found_by_their_files() -> None:
    assert [*FOUND] == [*KEYS]
    assert applicable(MINE["one"]).keys() >= FOUND.keys()
    assert isinstance(MINE["one"], Content)


@pytest.mark.parametrize(("name", "key"), CASES)
def test_every_figure_is_drawn_with_every_glyph_and_nothing_is_cut_off(name: str, key: str) -> None:
    content = MINE[name]
    drawn_whole(FOUND[key], content)


def test_formulas_stand_on_one_line() -> None:
    assert plain(r"\frac{c_x + \sigma(t_x)}{W}") == "(c_x + σ(t_x)) / W"
    assert formulas(view_of(PLAIN))[0] == "b_x = (c_x + σ(t_x)) / W = (1 + σ(0.6)) / 3 = 0.5486"
    assert formulas(view_of(PLAIN))[2] == "b_w = (p_w × exp(t_w)) / W = (1.25 × exp(0.4)) / 3 = 0.6216"


def test_the_tables_have_every_number() -> None:
    def rows(key: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(table(FOUND[key], MINE["one"]).decode())))

    found = view_of(PLAIN)
    for row, raw, cells, free in zip(rows("decoded"), found.raw, found.cells, found.free, strict=True):
        assert (float(row["raw"]), float(row["box_cells"]), float(row["faster_rcnn_share"])) == (raw, cells, free)
    assert {row["curve"] for row in rows("squashes")} == {*CURVES}
    for row, raw, share, way in zip(rows("decode_forms"), found.raw, found.box, found.back, strict=True):
        assert (float(row["box_net"]), float(row["box_photo"])) == (share * NET, share * PHOTO)
        assert float(row["back_64"]) == pytest.approx(raw)
        assert float(row["back_32"]) == way.short
    limits = {row["quantity"]: row for row in rows("decode_limits")}
    assert float(limits["factor"]["float32"]) == pytest.approx(found.factors[0], rel=1e-6)
    assert {row["kind"] for row in limits.values()} == {"finite"}
    lost = FOUND["decode_limits"].table(DecodeContent(replace(PLAIN, raw=(0.6, -0.4, 89, -104))))
    assert [row[0] for row in lost if row[2] == "nan"] == ["area", "iou", "giou"]
