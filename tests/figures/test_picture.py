"""The state as a file: picture and table."""

import csv
import io
import xml.etree.ElementTree as ElementTree

import pytest
from matplotlib.image import imread

from lossviz.figures.picture import FORMATS, picture, table
from lossviz.gallery import SAMPLES
from lossviz.lab import LabView, resting_view, view_of
from lossviz.state import State
from lossviz.text import LANGUAGES, Text

FIRST_BYTES = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}
LINK = "http://localhost:8501/lab?v=1&scene=coffee"


def drawn(view: LabView, kind: str, lang: str = "en", link: str = LINK) -> bytes:
    return picture(view, resting_view(view.state.at_rest()), Text(lang), link, kind)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_state_gives_the_same_bytes(kind: str) -> None:
    view = resting_view(State())
    first = drawn(view, kind)
    assert first.startswith(FIRST_BYTES[kind])
    assert drawn(view_of(State()), kind) == first


def test_another_state_gives_another_picture() -> None:
    moved = view_of(State().with_truth(0, (0.4, 0.4, 0.4, 0.5)))
    assert drawn(moved, "svg") != drawn(resting_view(State()), "svg")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_svg_needs_no_font_where_it_is_shown(lang: str) -> None:
    root = ElementTree.fromstring(drawn(resting_view(State()), "svg", lang))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "path" in tags
    assert "text" not in tags


@pytest.mark.parametrize("scene", SAMPLES)
def test_every_scene_can_be_drawn_in_chinese_with_every_glyph(scene: str) -> None:
    drawn(resting_view(State(scene=scene)), "svg", "zh")  # a missing glyph is a warning, and a warning is an error here


def test_chinese_is_drawn_with_other_outlines_than_english() -> None:
    view = resting_view(State())
    assert drawn(view, "svg", "zh") != drawn(view, "svg", "en")


def test_a_png_is_2400_by_1350_pixels_on_white() -> None:
    pixels = imread(io.BytesIO(drawn(resting_view(State()), "png")))
    assert pixels.shape[:2] == (1350, 2400)
    assert pixels[0, 0, :3].tolist() == [1, 1, 1]


def test_a_link_that_is_absurdly_long_is_still_drawn() -> None:
    assert drawn(resting_view(State()), "svg", link="http://localhost/lab?raw=" + "13.0.0.0_0_0_0_0~" * 32).startswith(
        b"<?xml"
    )


@pytest.mark.parametrize("state", [State(), State(recipe="darknet_v2"), State(scene="voc")], ids=str)
def test_the_table_holds_every_term_in_full_and_they_add_up(state: State) -> None:
    view = resting_view(state)
    rows = list(csv.DictReader(io.StringIO(table(view).decode())))
    terms, whole = rows[:-2], rows[-2]
    assert [row["term"] for row in terms] == [term.name for term in view.terms]
    for column in ("loss", "floor", "excess"):
        assert sum(float(row[column]) for row in terms) == pytest.approx(float(whole[column]), rel=1e-5, abs=1e-6)
    assert float(whole["loss"]) == view.loss
    assert (rows[-1]["term"], float(rows[-1]["loss"])) == ("printed_cost", view.printed_cost)
