"""Figures of programs side by side: what is drawn, written and said."""

import csv
import io
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from helpers.drawn import captioned, drawn_whole
from helpers.sampling import sampled
from matplotlib.text import Text as Words

from lossviz.compare.charts import SPAN, TICKS, difference_map, signed_powers
from lossviz.compare.figures import ledger
from lossviz.compare.figures.parts.content import CompareContent
from lossviz.compare.state import CompareState
from lossviz.compare.view import view_of
from lossviz.core.text import LANGUAGES, Text
from lossviz.engine.heads import Predictor
from lossviz.figures.content import ExportFigure
from lossviz.figures.look import COLUMN, POST, Look, Rect, Size
from lossviz.figures.page import FORMATS, page, picture, table
from lossviz.figures.registry import FIGURES, applicable
from lossviz.lab.state import State
from lossviz.programs.words import versions
from lossviz.recipes import RECIPES

LINK = "https://lossviz.example.org/ledger?v=1&with=darknet_v2.darknet_v3"
ENGLISH = Text("en")
CONTENTS = {
    "two": CompareContent(CompareState(), LINK),
    "all": CompareContent(
        CompareState(recipes=tuple(RECIPES)[:8], rows="all", quantity="gradient", history=True), LINK
    ),
    "voc": CompareContent(CompareState(State(scene="voc"), ("darknet_v2_2016", "darknet_v2"), term="object"), LINK),
    "held": CompareContent(
        CompareState(replace(State(), at=Predictor("26", 1, 20, 19)), ("darkflow_v2", "darknet_v3"), held=True), LINK
    ),
}
KEYS = ("ledger", "difference")
CASES = [(name, key, size, lang) for name in CONTENTS for key in KEYS for size, lang in ((POST, "en"), (COLUMN, "zh"))]


def figure(key: str) -> ExportFigure[Any]:
    return FIGURES["ledger"][key]


def rows_of(key: str, content: CompareContent) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(figure(key), content).decode())))


def test_there_are_three_figures_and_history_applies_where_it_is_unfolded() -> None:
    assert list(FIGURES["ledger"]) == ["ledger", "difference", "history"]
    for name, content in CONTENTS.items():
        assert list(applicable(content)) == ["ledger", "difference", *(["history"] if name == "all" else [])]


EIGHT = pytest.param(tuple(RECIPES)[:8], marks=pytest.mark.slow, id="eight")


@pytest.mark.parametrize("recipes", [("darknet_v2", "darknet_v3"), EIGHT])
def test_darknets_history_is_drawn_with_every_glyph_and_nothing_is_cut_off(recipes: tuple[str, ...]) -> None:
    content = CompareContent(CompareState(recipes=recipes, history=True), LINK)
    drawn_whole(figure("history"), content)
    rows = rows_of("history", content)
    assert [row["commit"] for row in rows] == [version.commit for version in versions()]
    assert {row["recipe"] for row in rows if row["compared"] == "1"} == {
        version.recipe for version in versions() if version.recipe in recipes
    } - {""}


def words_of(key: str, content: CompareContent, look: Look) -> list[str]:
    return [words.get_text() for words in page(figure(key), content, ENGLISH, look).findobj(Words)]


EIGHT = CompareContent(CompareState(State(scene="motorcycle"), tuple(RECIPES)[:8], rows="all"))


TABLES = {"two": CONTENTS["two"], "all": CONTENTS["all"], "eight": EIGHT}


@pytest.mark.parametrize(
    ("name", "size"), sampled([(name, size) for size in (POST, COLUMN) for name in ("eight", "two", "all")])
)
def test_the_table_draws_every_row_with_numbers_or_says_how_many_it_draws(name: str, size: Size) -> None:
    content, look = TABLES[name], Look(size)
    words, shown = words_of("ledger", content, look), content.view.shown
    names = [ledger.label(row, ENGLISH) for row in shown if row.what]
    drawn = {name for name in names if name in words}
    assert ENGLISH("ledger_figure_rows", shown=len(drawn), rows=len(shown)) in " ".join(words)
    if content is CONTENTS["two"] or look.size is COLUMN:
        assert drawn == set(names)


def test_where_nothing_fits_the_words_say_that_nothing_is_drawn() -> None:
    two = CONTENTS["two"]
    found = ledger.fitting(two, ENGLISH, Look(), Rect(0, 0, 4, 0.3))
    assert len(found.rows) == 0
    assert found.tall <= 0.3
    assert ledger.left_out(two, found.rows, ENGLISH)[0].startswith(f"0 of the page's {len(two.view.shown)} rows")


def test_the_difference_map_says_what_its_grey_and_its_white_cells_are() -> None:
    for look in (Look(), Look(COLUMN)):
        assert ENGLISH("ledger_map_grey") in " ".join(words_of("difference", CONTENTS["two"], look))
    assert ENGLISH("ledger_map_grey") in figure("difference").says(CONTENTS["two"], ENGLISH)


@pytest.mark.parametrize(("name", "key", "size", "lang"), sampled(CASES, lambda case: (case[0], case[1], case[3])))
def test_everything_stands_on_the_page_and_nothing_beyond_it(name: str, key: str, size: Size, lang: str) -> None:
    text = Text(lang)
    drawn = page(figure(key), CONTENTS[name], text, Look(size))
    drawn.draw_without_rendering()
    (body,) = drawn.subfigs
    for words in body.findobj(Words):
        if words.get_text() and words.get_visible():
            assert words.get_fontsize() >= 7
            box, room = words.get_window_extent(), body.bbox
            assert box.x0 >= -1, words
            assert box.x1 <= drawn.bbox.width + 1, words
            assert box.y0 >= room.y0 - 1, words
            assert box.y1 <= room.y1 + 0.1 * size.body / 72 * drawn.dpi + 1, words


@pytest.mark.parametrize(("key", "kind"), sampled(product(KEYS, FORMATS)))
def test_the_same_state_gives_the_same_file(key: str, kind: str) -> None:
    look = Look(replace(COLUMN, dots=50), dark=True)
    first = picture(figure(key), CONTENTS["voc"], ENGLISH, look, kind)
    assert len(first) > 1000
    assert first == picture(figure(key), CONTENTS["voc"], ENGLISH, look, kind)


def test_the_table_s_numbers_are_the_page_s() -> None:
    content = CONTENTS["two"]
    shown = {(row.name, cell.key): cell for row in view_of(content.state).shown for cell in row.cells}
    rows = rows_of("ledger", content)
    assert {(row["row"], row["recipe"]) for row in rows} == shown.keys()
    for row in rows:
        size = shown[row["row"], row["recipe"]].size
        assert (float(row["value"]) if row["value"] else None) == size
    gradient = next(row for row in rows if (row["row"], row["recipe"]) == ("centre-gradient", "darknet_v3"))
    assert len(gradient["values"].split()) == 2
    who = next(row for row in rows if (row["row"], row["recipe"]) == ("answers-who", "darknet_v2"))
    assert who["predictors"] == "13.1.6.8 26.2.12.16"


def test_the_map_s_numbers_are_of_both_programs() -> None:
    content = CONTENTS["held"]
    assert content.difference
    rows = rows_of("difference", content)
    assert len(rows) == 2 * 26 * 26
    first = [row for row in rows if row["recipe"] == "darkflow_v2" and (row["row"], row["column"]) == ("20", "19")]
    assert float(first[0]["value"]) == content.difference.sides[0][20, 19]
    assert {row["state"] for row in rows} <= {"positive", "ignored", "negative"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_caption_and_words_name_the_programs_and_where_they_were_read(lang: str) -> None:
    text, content = Text(lang), CONTENTS["two"]
    said = captioned(content, text)
    for key in ("darknet_v2", "darknet_v3"):
        assert text(f"recipe_{key}") in said
        assert RECIPES[key].source.file in said
        assert RECIPES[key].source.commit[:7] in said
    assert said.endswith(LINK)
    for key in FIGURES["ledger"]:
        assert text("short_darknet_v3") in figure(key).alt(content, text)
        assert "{" not in figure(key).alt(content, text)


def test_settings_and_a_held_predictor_stand_in_the_caption() -> None:
    said = captioned(CompareContent(CompareState(settings=(("seen", 0.0),))), ENGLISH)
    assert "seen 0" in said
    assert "26.1.20.19" in captioned(CONTENTS["held"], ENGLISH)
    assert "spoon" in captioned(CONTENTS["two"], ENGLISH)


def test_the_colours_go_by_powers_of_ten_and_end_at_a_hundred() -> None:
    content = CONTENTS["two"]
    assert content.difference
    shape = content.difference.values
    values = shape.copy()
    values.ravel()[:6] = [0, 1e-7, 1e-4, -0.01, 1e9, float("nan")]
    powers = signed_powers(values).ravel()[:6]
    assert powers[:5] == pytest.approx([0, 0, 2, -4, SPAN])
    assert powers[5] != powers[5]
    assert (min(TICKS), max(TICKS)) == (-SPAN, SPAN)


def test_the_page_s_map_has_a_cross_where_the_states_differ() -> None:
    content = CompareContent(CompareState(recipes=("darkflow_v2", "darknet_v3"), place=("13", 1)))
    found = content.difference
    assert found
    heat, crosses = difference_map(found, ENGLISH)["data"]
    assert {*zip(crosses["y"].tolist(), crosses["x"].tolist(), strict=True)} == {
        (int(row), int(column)) for row, column in zip(*found.moved.nonzero(), strict=True)
    }
    assert found.moved.any()
    one, other, state, other_state = heat["customdata"][6][8]
    assert (one, other) == (found.sides[0][6, 8], found.sides[1][6, 8])
    assert (state, other_state) == ("positive", "positive")
