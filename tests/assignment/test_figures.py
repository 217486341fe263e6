"""Figures of truths and the predictors that answer for them: what is drawn, written and said."""

import csv
import io
from itertools import product
from typing import Any

import pytest
from helpers.drawn import captioned, drawn_whole
from helpers.sampling import sampled
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text as Words

from lossviz.assignment.charts import common, layers, runs, shapes, state_map, window_of
from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.state import PLAIN, AssignmentState, from_query
from lossviz.assignment.view import STATES, shown_head
from lossviz.assignment.words import rule_name, size_of
from lossviz.core.examples import PAGES
from lossviz.core.text import Text
from lossviz.figures.content import Content, ExportFigure
from lossviz.figures.look import SIZES, Look
from lossviz.figures.page import page, picture, table
from lossviz.figures.registry import FIGURES, applicable
from lossviz.figures.theme import PREDICTION
from lossviz.recipes import RECIPES

ENGLISH = Text("en")
LINK = "https://lossviz.example.org/assignment?v=1"
FOUND = FIGURES["assignment"]


def state(**query: str) -> AssignmentState:
    return from_query(query)[0]


CONTENTS = {
    "one": AssignmentContent(PLAIN, LINK),
    "photograph": AssignmentContent(state(field="motorcycle", rule="darkflow_v2", **{"with": "mmdet_v3"}), LINK),
    "voc": AssignmentContent(state(field="voc", rule="yhcc_v2", truth="0.7_0.3_0.3_0.25_k11"), LINK),
    **{key: AssignmentContent(from_query(preset.query)[0], LINK) for key, preset in PAGES["assignment"].items()},
}
OFTEN = {"one", "photograph", "voc", "huge"}
CASES = sampled(product(CONTENTS, FOUND), lambda case: (case[0] if case[0] in OFTEN else "another", case[1]))


def figure(key: str) -> ExportFigure[Any]:
    return FOUND[key]


def rows(name: str, key: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(figure(key), CONTENTS[name]).decode())))


def test_the_figures_of_the_page_are_found_by_their_files() -> None:
    assert [*FOUND] == ["anchors", "predictors", "rules"]
    assert applicable(CONTENTS["one"]) == FOUND
    same = AssignmentContent(state(**{"with": "darknet_v3"}))
    assert [*applicable(same)] == ["anchors", "predictors"]
    assert isinstance(CONTENTS["one"], Content)


@pytest.mark.parametrize(("name", "key"), CASES)
def test_every_figure_is_drawn_with_every_glyph_and_nothing_is_cut_off(name: str, key: str) -> None:
    content = CONTENTS[name]
    drawn_whole(figure(key), content)


def test_the_same_state_gives_the_same_bytes() -> None:
    look = Look(SIZES["column"])
    first = picture(figure("predictors"), CONTENTS["one"], ENGLISH, look, "png")
    again = AssignmentContent(PLAIN, LINK)
    assert picture(figure("predictors"), again, ENGLISH, look, "png") == first


def test_the_table_of_the_anchors_has_every_fit_and_who_answers() -> None:
    found = rows("one", "anchors")
    for row, candidate in zip(found, CONTENTS["one"].view.candidates, strict=True):
        assert int(row["anchor"]) == candidate.number
        assert float(row["shape"]) == candidate.fits["shape"]
        assert float(row["centred"]) == candidate.fits["centred"]
        assert row["answers"] == str(int(candidate.number == 6))


def test_the_table_of_the_predictors_has_all_that_are_no_negatives() -> None:
    found, result = rows("photograph", "predictors"), CONTENTS["photograph"].view.result
    for name in ("positive", "ignored"):
        assert sum(row["state"] == name for row in found) == result.count(name)
    assert all((row["truth"] != "") == (row["state"] == "positive") for row in found)


def test_the_table_of_the_rules_has_every_difference() -> None:
    found, comparison = rows("several", "rules"), CONTENTS["several"].comparison
    assert len(found) == comparison.count == 2
    assert {row["darknet_v3"] for row in found} == {"negative"}
    assert {row["yunyang_v3"] for row in found} == {"positive"}
    assert {row["yunyang_v3_truth"] for row in found} == {"0"}


def drawn_dots(content: AssignmentContent) -> int:
    lines = page(figure("rules"), content, ENGLISH, Look()).findobj(Line2D)
    found = sum(len(line.get_xdata()) for line in lines if line.get_marker() == "o") - 1  # and one in the key
    return found // 2  # on the maps of either rule


def test_two_rules_are_drawn_on_the_head_of_the_screen_where_they_differ() -> None:
    content = CONTENTS["one"]
    assert content.view.head == "13"
    assert content.compared.view.head == shown_head(content.view, content.comparison).head == "26"
    assert content.comparison.count == drawn_dots(content) == 2
    said = figure("rules").says(content, ENGLISH)
    assert said.startswith("The two rules differ in 2 of 10,647 predictors, all in head 26 and marked by dots")
    assert {row["head"] for row in rows("one", "rules")} == {"26"}


def test_of_differences_in_several_heads_the_words_say_how_many_are_in_the_one_that_is_drawn() -> None:
    for head, here in (("26", 6), ("13", 1), ("52", 0)):
        content = AssignmentContent(
            state(truth="0.5_0.45_0.144231_0.264423~0.505_0.455_0.153846_0.276442_k1", head=head)
        )
        assert content.compared.view.head == head
        assert drawn_dots(content) == here
        said = figure("rules").says(content, ENGLISH)
        assert f"{here} of them are in head {head}" in said or (not here and "none of them" in said), said


def test_a_list_too_long_for_the_page_says_how_many_of_its_rows_are_drawn() -> None:
    many = AssignmentContent(state(field="motorcycle", rule="darkflow_v2", **{"with": "mmdet_v3"}))
    for content in (many, CONTENTS["one"]):
        words = [one.get_text() for one in page(figure("rules"), content, ENGLISH, Look()).findobj(Words)]
        listed = sum(name.startswith("head ") for name in words)
        said = [line for line in words if "rows are drawn" in line]
        count = content.comparison.count
        assert said == ([] if listed == count else [f"{listed} of {count} rows are drawn; the CSV file has all."])


def test_the_caption_names_rule_truth_predictors_thresholds_and_where_the_rule_was_read() -> None:
    said = captioned(AssignmentContent(state(set="ignore_thresh_0.5"), LINK), ENGLISH)
    for part in ("100 × 60 px", "ignore_thresh 0.5", "pjreddie/darknet", "f6afaab", LINK):
        assert part in said
    paper = captioned(AssignmentContent(state(rule="paper_v3")), ENGLISH)
    assert "arXiv:1804.02767" in paper
    assert "commit" not in paper


def test_a_program_without_a_short_name_goes_by_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rule_name("darknet_v3", ENGLISH) != RECIPES["darknet_v3"].title
    monkeypatch.setattr("lossviz.assignment.words.catalogue", lambda lang: {})
    assert rule_name("darknet_v3", ENGLISH) == RECIPES["darknet_v3"].title


def test_sizes_are_whole_pixels_from_ten_on() -> None:
    assert size_of((116.0, 90.4)) == "116 × 90"
    assert size_of((4.0, 9.96)) == "4 × 10"


# ---- on the page ----


def test_what_truth_and_anchor_share_is_their_intersection() -> None:
    assert common((0, 0, 4, 2), (0, 0, 2, 4)) == (0, 0, 2, 2)
    assert common((0, 0, 4, 2), (1, 0, 4, 2)) == (0.5, 0, 3, 2)
    assert common((0, 0, 2, 2), (5, 0, 2, 2))[2] == 0


def test_the_shapes_lie_around_one_centre_where_shapes_decide_and_in_their_places_where_places_do() -> None:
    shape = layers(CONTENTS["one"].view)
    assert {box[:2] for _, box in shape} == {(0.0, 0.0)}
    assert sum(name == "best" for name, _ in shape) == 1
    assert [name for name, _ in shape].count("other") == 7
    centred = dict(layers(AssignmentContent(PLAIN.by("yunyang_v3")).view))
    best = CONTENTS["one"].view.candidates[6]
    assert centred["best"][0] == pytest.approx((best.anchor[0] - PLAIN.boxes[0].xywh[0]) * 416)
    assert window_of(shape) > 116
    assert shapes(CONTENTS["one"].view, "a < b").count("&lt;") == 1


def test_a_map_has_a_piece_for_each_run_of_cells() -> None:
    bits = CONTENTS["photograph"].comparison.results[1].states["13"][2]
    ignored = bits == STATES["ignored"]
    pieces = runs(ignored, "lz-ignored")
    assert 0 < len(pieces) < ignored.sum()
    assert state_map(bits, [], "map").count("lz-ignored") == len(pieces)
    whole = runs(bits < 9, "lz-x")
    assert len(whole) == 13
    assert 'style="left:0.000%;top:0.000%;width:100.000%' in whole[0]


def test_the_bar_of_the_best_is_the_only_vermilion_one() -> None:
    drawn = page(figure("anchors"), CONTENTS["one"], ENGLISH, Look())
    bars = [p for p in drawn.findobj(Rectangle) if p.get_height() == 0.5]
    assert sum(p.get_facecolor()[:3] == pytest.approx(rgb(PREDICTION)) for p in bars) == 1
    (best,) = (p for p in bars if p.get_facecolor()[:3] == pytest.approx(rgb(PREDICTION)))
    assert best.get_width() == pytest.approx(CONTENTS["one"].view.candidates[6].fits["shape"])


def rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
