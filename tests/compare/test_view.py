"""Programs side by side: the table holds the engine's numbers, those one can work out by hand, and true sentences."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
import torch

from lossviz.compare.columns import terms_in
from lossviz.compare.difference import difference_of, place_shown
from lossviz.compare.state import CompareState, from_query
from lossviz.compare.view import SUMS, Cell, CompareView, Finding, compared
from lossviz.compare.view import view_of as compare_view
from lossviz.compare.widgets.table import ledger_table
from lossviz.core.examples import PAGES
from lossviz.core.spoken import spoken
from lossviz.core.text import LANGUAGES, PSEUDO, Text, catalogue
from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Predictor
from lossviz.engine.overlap import Pair
from lossviz.engine.remark import Remark
from lossviz.lab.evaluation import recipe_for, scene_for
from lossviz.lab.state import State
from lossviz.lab.view import slot_of, view_of
from lossviz.programs.verified import verified
from lossviz.programs.words import said, sentence, versions
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_of
from lossviz.web.html import indexed

SPOON = Predictor("13", 1, 6, 8)
ALL = tuple(RECIPES)[:8]
ORDINARY = ("decode", "answers", "ignored", "sums", "printed")


@cache
def opened(link: str) -> CompareView:
    state, bad = from_query(dict(parse_qsl(link)))
    assert bad == ()
    return compare_view(state)


def example(key: str) -> CompareView:
    return opened(PAGES["ledger"][key].link)


def cell(view: CompareView, row: str, recipe: str) -> Cell:
    found = next(one for one in view.rows if one.name == row)
    return next(one for one in found.cells if one.key == recipe)


def number(view: CompareView, row: str, recipe: str) -> float:
    found = cell(view, row, recipe).numbers
    assert len(found) == 1
    return found[0]


def differs(view: CompareView, row: str) -> bool:
    return next(one for one in view.rows if one.name == row).differs


# ---- what the page opens on ----


def test_it_opens_on_the_missed_spoon_with_two_darknets() -> None:
    view = compare_view(CompareState())
    assert [column.key for column in view.columns] == ["darknet_v2", "darknet_v3"]
    assert view.truth == 1
    assert {column.predictor for column in view.columns} == {SPOON}
    assert [len(column.answers) for column in view.columns] == [2, 1]


def test_only_the_rows_that_differ_are_shown_until_all_are_asked_for() -> None:
    view = compare_view(CompareState())
    assert (
        {row.name for row in view.shown}
        == {row.name for row in view.rows if row.differs}
        < {row.name for row in view.rows}
    )
    assert compare_view(CompareState(rows="all")).shown == compare_view(CompareState(rows="all")).rows
    assert not differs(view, "size-value")
    assert not differs(view, "centre-weight")
    assert differs(view, "object-gradient")


def test_yolov3_pulls_the_spoon_358_times_harder() -> None:
    view = compare_view(CompareState())
    assert view.contest
    term, (two, three) = view.contest
    assert (term, two.key, three.key) == ("object", "darknet_v2", "darknet_v3")
    pulls = [found.pull for column in (two, three) if (found := column.asks(term))]
    assert pulls[1] / pulls[0] == pytest.approx(358, abs=0.5)


# ---- the numbers are the engine's ----


@pytest.mark.parametrize("recipe", ALL)
def test_a_column_holds_the_numbers_of_its_report(recipe: str) -> None:
    other = next(key for key in RECIPES if key != recipe)
    view = compare_view(CompareState(recipes=(recipe, other), rows="all"))
    lab = view.state.in_the_lab(recipe)
    report = evaluate(recipe_for(lab), scene_for(lab))
    shown = view_of(lab)
    for result in report.terms:
        if result.predictors:
            assert result.loss is not None
            assert number(view, f"{result.term.name}-sum", recipe) == pytest.approx(float(result.loss), rel=1e-6)
    for what in SUMS:
        assert number(view, f"sums-{what}", recipe) == getattr(shown, what)
    column = view.column(recipe)
    assert column.predictor in column.answers
    head = next(
        n for n, head in enumerate(report.scene.heads) if column.predictor and head.name == column.predictor.head
    )
    slot = slot_of(report.scene.heads[head], column.predictor)
    for result in report.terms:
        lines = result.of_slot(head, slot)
        assert (column.asks(result.term.name) is None) == (not len(lines))
        asked = column.asks(result.term.name)
        if asked:
            assert asked.gradient == pytest.approx(result.gradient[lines[-1]].tolist(), rel=2e-4, abs=1e-6)
            assert result.value is not None
            assert asked.value == pytest.approx(float(result.value[lines[-1]].sum()), rel=2e-4, abs=1e-6)


@pytest.mark.parametrize("recipe", ALL)
def test_what_is_printed_is_what_the_program_prints(recipe: str) -> None:
    view = compare_view(CompareState(recipes=(recipe, next(key for key in RECIPES if key != recipe))))
    shown, prints = view_of(view.state.in_the_lab(recipe)), RECIPES[recipe].prints
    found = cell(view, "printed-number", recipe)
    if prints == "nothing":
        assert (found.numbers, found.note) == ((), "no_print")
    else:
        assert found.numbers == (shown.printed_cost if prints == "delta squared" else shown.loss,)
    logged = any(
        one.numbers for row in view.rows if row.name == "object-print" for one in row.cells if one.key == recipe
    )
    assert logged == (prints == "delta squared")


def test_the_box_is_in_pixels_and_the_same_in_every_program_that_looks_at_the_same_predictor() -> None:
    view = compare_view(CompareState(replace(State(), at=SPOON), ALL, held=True))
    assert not differs(view, "decode-box")
    box = cell(view, "decode-box", "darknet_v3").numbers
    lab = view_of(replace(State(), at=SPOON))
    assert box == pytest.approx([416 * side for side in lab.prediction.xywh], rel=1e-6)


def test_every_column_counts_all_predictors() -> None:
    for column in compare_view(CompareState(recipes=ALL)).columns:
        assert sum((column.counts or {}).values()) == 3 * (13 * 13 + 26 * 26)
    voc = compare_view(CompareState(State(scene="voc"), ALL))
    assert {sum((column.counts or {}).values()) for column in voc.columns} == {845}


def test_darkflow_and_yhcc_ignore_nobody() -> None:
    view = compare_view(CompareState(recipes=("darkflow_v2", "yhcc_v2", "darknet_v3")))
    assert [number(view, "ignored-count", key) for key in ("darkflow_v2", "yhcc_v2")] == [0, 0]
    assert number(view, "ignored-count", "darknet_v3") > 0


# ---- numbers worked out by hand ----


def test_halfway_objectness_has_four_numbers() -> None:
    """p = .5, target 1: half the squared error .125, BCE ln 2, delta squared .25; v2 with its weight of 5."""
    state = CompareState(State().with_raw(SPOON, {4: 0.0}), settings=(("rescore", 0.0),))
    view = compare_view(state)
    assert number(view, "object-value", "darknet_v2") == pytest.approx(5 * 0.125, rel=1e-12)
    assert number(view, "object-gradient", "darknet_v2") == pytest.approx(-0.625, rel=1e-12)
    assert number(view, "object-print", "darknet_v2") == pytest.approx(25 * 0.25, rel=1e-12)
    assert number(view, "object-value", "darknet_v3") == pytest.approx(math.log(2), rel=1e-12)
    assert number(view, "object-gradient", "darknet_v3") == pytest.approx(-0.5, rel=1e-12)
    assert number(view, "object-print", "darknet_v3") == pytest.approx(0.25, rel=1e-12)


def test_a_tenth_of_objectness_costs_1_86509_under_the_focal_factor() -> None:
    state = CompareState(State().with_raw(SPOON, {4: -math.log(9)}), ("darknet_v3", "yunyang_v3"))
    view = compare_view(state)
    assert number(view, "object-value", "yunyang_v3") == pytest.approx(1.86509, abs=2e-5)
    p = 0.1
    slope = (1 - p) ** 2 * (p - 1) + 2 * p * (1 - p) ** 2 * math.log(p)
    assert number(view, "object-gradient", "yunyang_v3") == pytest.approx(slope, rel=1e-5)


def test_three_classes_under_three_losses() -> None:
    """Logits 2, 1, 0 with class 1: softmax cross-entropy 1.4076, squares of probabilities, sigmoid BCE 3.1333."""
    first = Predictor("3x3", 0, 1, 1)
    lab = State(scene="grid").with_raw(first, {5: 2.0, 6: 1.0, 7: 0.0})
    view = compare_view(CompareState(lab, ("darknet_v2", "darknet_v3", "darkflow_v2"), truth=0))
    assert view.column("darknet_v2").predictor == first
    assert cell(view, "class-target", "darknet_v2").numbers == (0, 1, 0)
    assert number(view, "class-value", "darknet_v2") == pytest.approx(1.4076, abs=5e-5)
    assert cell(view, "class-gradient", "darknet_v2").numbers == pytest.approx((0.6652, -0.7553, 0.0900), abs=5e-5)
    assert number(view, "class-value", "darknet_v3") == pytest.approx(3.1333, abs=5e-5)
    assert cell(view, "class-gradient", "darknet_v3").numbers == pytest.approx((0.8808, -0.2689, 0.5), abs=5e-5)
    held = compare_view(replace(view.state, held=True, lab=replace(lab, at=first)))
    if held.column("darkflow_v2").state == "positive":
        found = cell(held, "class-gradient", "darkflow_v2").numbers
        assert found == pytest.approx((0.2657, -0.2499, -0.0158), abs=5e-5)


def test_the_factor_for_small_boxes() -> None:
    """w = .3, h = .4: 2 - .12; the release of 2016 does not have it, mmdetection has a plain 2."""
    recipes = ("darknet_v2_2016", "darknet_v2", "darknet_v3", "mmdet_v3")
    view = compare_view(CompareState(State().with_truth(0, xywh=(0.531, 0.438, 0.3, 0.4)), recipes, truth=0))
    weights = [number(view, "centre-weight", key) for key in recipes]
    assert weights == pytest.approx([1, 1.88, 1.88, 2], abs=1e-6)


# ---- who answers ----


def test_yhcc_writes_its_target_at_the_transposed_cell() -> None:
    bench = next(truth for truth in view_of(State(scene="motorcycle")).truths if truth.number == 1)
    view = example("slip")
    assert view.truth == 1
    head = next(head for head in scene_of("motorcycle").heads if head.name == "13")
    column, row = (int(side * 13) for side in bench.xywh[:2])
    right, wrong = (view.column(key).predictor for key in ("darknet_v2", "yhcc_v2"))
    assert right
    assert wrong
    assert head.grid == (13, 13)
    assert (right.row, right.column) == (row, column)
    assert (wrong.row, wrong.column) == (column, row)
    assert wrong.anchor != right.anchor


def test_a_column_looks_at_the_predictor_it_shares_with_the_others() -> None:
    view = example("many")
    assert [len(column.answers) for column in view.columns] == [1, 2]
    assert {str(column.predictor) for column in view.columns} == {"13.1.5.2"}


def test_a_held_predictor_stands_in_every_column() -> None:
    for column in example("ignored").columns:
        assert str(column.predictor) == "13.1.5.5"
    assert [column.state for column in example("ignored").columns] == ["ignored", "negative"]


def test_the_lab_s_predictor_chooses_the_truth() -> None:
    cup = next(truth for truth in view_of(State()).truths if truth.number == 0)
    assert compare_view(CompareState(replace(State(), at=cup.answers[0]))).truth == 0
    assert compare_view(CompareState(truth=0)).truth == 0
    assert compare_view(CompareState(truth=60)).truth == 1


def test_without_truths_nobody_answers_and_nothing_breaks() -> None:
    lab = State().with_truth(0, gone=True).with_truth(1, gone=True)
    view = compare_view(CompareState(lab, ALL))
    assert view.truth is None
    assert view.contest is None
    assert all(column.predictor is None for column in view.columns)
    assert not any(row.name == "object-value" for row in view.rows)
    found = difference_of(replace(view, state=replace(view.state, term="noobject")))
    assert found is not None
    assert found.anchor == 0


# ---- same gradient, different loss ----


def test_same_gradient_different_loss_is_found() -> None:
    (found,) = [one for one in example("floor").findings if one.term == "centre"]
    assert (found.kind, found.first, found.second) == ("same_gradient", "darknet_v2", "darknet_v3")
    weight = number(example("floor"), "centre-weight", "darknet_v3")
    assert found.numbers == pytest.approx((0, 2 * weight * math.log(2)), rel=1e-9)
    assert number(example("floor"), "centre-excess", "darknet_v3") == pytest.approx(0, abs=1e-12)
    assert number(example("floor"), "centre-value", "darknet_v3") == found.numbers[1]


def test_same_loss_different_gradient_is_found() -> None:
    (found,) = [one for one in example("crossing").findings if one.term == "object"]
    assert found.kind == "same_value"
    assert found.numbers == pytest.approx((0.7357, 0.6345), abs=5e-5)


def test_same_gradient_different_log_is_found() -> None:
    (found,) = example("log").findings
    assert (found.kind, found.term) == ("other_print", "object")
    p = 1 / (1 + math.exp(-scene_of("voc").heads[0].raw[0, 0, 4, 10, 10].item()))
    assert found.numbers[1] / found.numbers[0] == pytest.approx((p * (1 - p)) ** -2, rel=1e-5)


def test_same_log_different_gradient_is_found_on_what_the_page_opens_on() -> None:
    (found,) = compare_view(CompareState()).findings
    assert (found.kind, found.term) == ("same_print", "centre")
    assert found.numbers[0] < found.numbers[1]


@pytest.mark.parametrize("recipes", [("darknet_v3", "mmdet_v3"), ("darknet_v2", "darknet_v2_2016")])
def test_a_finding_is_what_it_says(recipes: tuple[str, str]) -> None:
    view = compare_view(CompareState(recipes=recipes))
    for found in view.findings:
        one, other = (view.column(key).asks(found.term) for key in (found.first, found.second))
        assert one
        assert other
        if found.kind in ("same_gradient", "other_print"):
            assert one.gradient == pytest.approx(other.gradient, rel=1e-9, abs=1e-12)


def test_programs_that_agree_in_everything_are_no_finding() -> None:
    asked = compare_view(CompareState()).column("darknet_v3").asks("object")
    assert asked
    assert compared(asked, asked, logs=True) is None
    twice = replace(asked, value=(asked.value or 0) + 1)
    assert compared(asked, twice, logs=True) == ("same_gradient", (asked.value, twice.value))
    assert compared(asked, replace(asked, value=None), logs=True) is None
    assert Finding("same_gradient", "object", "a", "b", (1, 2)).kind == "same_gradient"


# ---- the examples say what is so ----


def numbers_in(text: str) -> list[str]:
    return re.findall(r"(?<![\w.])\d*\.\d+", text)


def values_of(view: CompareView) -> Iterator[float]:
    for row in view.rows:
        for one in row.cells:
            yield from one.numbers


@pytest.mark.parametrize("key", PAGES["ledger"])
def test_the_numbers_of_an_example_stand_in_its_table(key: str) -> None:
    known = [abs(value) for value in values_of(example(key))]
    contest = example(key).contest
    if contest:
        pulls = sorted(found.pull for column in contest[1][:2] if (found := column.asks(contest[0])))
        known.append(pulls[1] / pulls[0] if pulls[0] else 0.0)
    known += [0.3, 1 / (1 + math.exp(-scene_of("coffee").heads[1].raw[0, 1, 4, 20, 19].item()))]  # a threshold; p
    for lang in LANGUAGES:
        for written in numbers_in(catalogue(lang)[f"example_ledger_{key}_why"]):
            digits = len(written.partition(".")[2])
            assert any(abs(value - float(written)) <= 0.51 * 10**-digits for value in known), (lang, written)


def test_the_numbers_are_the_same_in_both_languages() -> None:
    for key in PAGES["ledger"]:
        said_in = [
            sorted(float(one) for one in numbers_in(catalogue(lang)[f"example_ledger_{key}_why"])) for lang in LANGUAGES
        ]
        assert said_in[0] == said_in[1]


def test_paper_and_program_differ_in_the_centre_and_in_who_is_ignored() -> None:
    view = example("words")
    assert cell(view, "centre-gradient", "paper_v3").numbers[0] == pytest.approx(1.754, abs=5e-4)
    assert cell(view, "centre-gradient", "darknet_v3").numbers[0] == pytest.approx(0.4803, abs=5e-5)
    assert [number(view, "ignored-count", key) for key in ("darknet_v3", "paper_v3")] == [2, 23]


def test_the_printed_numbers_of_the_two_regions_are_14_times_apart_with_one_gradient() -> None:
    view = example("log")
    old, new = (number(view, "printed-number", key) for key in ("darknet_v2_2016", "darknet_v2"))
    assert new / old == pytest.approx(14.03, abs=0.01)
    assert not differs(view, "object-gradient")
    assert not differs(view, "class-gradient")


def test_the_neighbour_frames_the_cup_well() -> None:
    view = example("ignored")
    lab = view_of(replace(view.state.lab, recipe="darknet_v3"))
    cup = next(truth for truth in lab.truths if truth.number == 0)
    boxes = lab.report.truths.boxes.pick(slice(cup.line, cup.line + 1))
    assert float(Pair(lab.report.assignments[0].predicted.pick((0, 1, 5, 5)), boxes).iou) > 0.7


def test_early_on_yolov2_pulls_boxes_of_background_predictors() -> None:
    view = example("early")
    assert {column.state for column in view.columns} == {"negative"}
    assert number(view, "prior_size-weight", "darknet_v2") == pytest.approx(0.01)
    assert cell(view, "prior_size-value", "darknet_v3").empty
    assert not any(row.group.startswith("prior") for row in compare_view(CompareState()).rows)


# ---- the map ----


def map_at(**changes: object) -> CompareView:
    return compare_view(replace(CompareState(term="all"), **changes))  # type: ignore[arg-type]


def test_the_map_is_the_first_program_minus_the_second() -> None:
    view = map_at(term="noobject", place=("26", 0))
    found = difference_of(view)
    assert found
    assert (found.first, found.second, found.head, found.anchor) == ("darknet_v2", "darknet_v3", "26", 0)
    sides = []
    for key in (found.first, found.second):
        lab = view.state.in_the_lab(key)
        result = evaluate(recipe_for(lab), scene_for(lab))["noobject"]
        assert result.value is not None
        lines = result.heads[1]
        flat = torch.zeros(3 * 26 * 26)
        flat[result.slot[lines]] = result.value[lines][:, 0]
        sides.append(flat.view(3, 26, 26)[0].double().numpy())
    np.testing.assert_allclose(np.nan_to_num(found.values), sides[0] - sides[1], atol=1e-9)


def test_the_map_marks_predictors_with_another_state() -> None:
    lab = State().with_raw(Predictor("13", 1, 5, 5), dict(enumerate((2.19722, 0.821206, 0.204944, 0.182827, 2.0))))
    found = difference_of(map_at(lab=lab, recipes=("darkflow_v2", "darknet_v3"), place=("13", 1)))
    assert found
    assert found.moved[5, 5]
    assert not found.moved[0, 0]
    assert math.isnan(found.sides[1][5, 5])
    assert found.values[5, 5] == found.sides[0][5, 5] > 0.3


def test_the_early_pull_is_no_state_of_its_own() -> None:
    early, late = (difference_of(map_at(settings=(("seen", seen),))) for seen in (0.0, 12800.0))
    assert early
    assert late
    assert (early.states[0] != late.states[0]).any()
    np.testing.assert_array_equal(early.moved, late.moved)


def test_the_map_of_all_terms_adds_up_to_the_excess() -> None:
    total = [0.0, 0.0]
    for place in [(head, anchor) for head in ("13", "26") for anchor in range(3)]:
        found = difference_of(map_at(place=place))
        assert found
        for n, side in enumerate(found.sides):
            total[n] += float(np.nansum(side))
    view = map_at()
    assert total == pytest.approx([number(view, "sums-excess", column.key) for column in view.columns], rel=1e-5)


def test_the_map_of_gradients_has_their_lengths() -> None:
    view = map_at(quantity="gradient")
    found = difference_of(view)
    assert found
    for n, column in enumerate(view.columns):
        lengths = [math.hypot(*asked.gradient) for asked in (column.asked or {}).values()]
        assert found.sides[n][6, 8] == pytest.approx(math.hypot(*lengths), rel=1e-5)


def test_the_map_begins_where_the_numbers_are_and_follows_the_pair() -> None:
    assert place_shown(map_at()) == ("13", 1)
    assert place_shown(map_at(place=("26", 2))) == ("26", 2)
    turned = difference_of(map_at(pair=("darknet_v3", "darknet_v2")))
    plain = difference_of(map_at())
    assert turned
    assert plain
    np.testing.assert_allclose(turned.values, -plain.values)


# ---- words ----


def rows_of(recipe: str) -> set[str]:
    return {*ORDINARY, *(term.name for term in RECIPES[recipe].terms)}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("recipe", RECIPES)
def test_every_program_says_what_it_does_row_by_row(recipe: str, lang: str) -> None:
    words = said(recipe, lang)
    assert words.keys() == rows_of(recipe)
    assert all(text.strip() and not re.search(r"[<>]|&\w+;", text) for text in words.values())
    assert all(text.endswith("。" if lang == "zh" else ".") for text in words.values())


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_sentence_has_the_same_numbers_in_both_languages(recipe: str) -> None:
    def values(text: str) -> list[float]:
        return sorted(
            float(one.replace(",", "")) for one in re.findall(r"(?<![\w.v])\d[\d,]*\.?\d*|(?<![\w.])\.\d+", text)
        )

    for row in rows_of(recipe):
        assert values(sentence(recipe, row, "en")) == values(sentence(recipe, row, "zh")), row


def test_where_two_programs_do_the_same_they_say_the_same_in_both_languages() -> None:
    for row in {row for recipe in RECIPES for row in rows_of(recipe)}:
        pairs = {(sentence(key, row, "en"), sentence(key, row, "zh")) for key in RECIPES if row in rows_of(key)}
        assert len({en for en, _ in pairs}) == len(pairs) == len({zh for _, zh in pairs}), row


def test_a_program_without_sentences_shows_its_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lossviz.programs.words.said", lambda recipe, lang: {})
    assert sentence("darknet_v3", "object", "en") == RECIPES["darknet_v3"].terms[2].loss.latex
    assert sentence("darknet_v3", "answers", "en") == ""


def outside(markup: str) -> list[str]:
    """Words of the page, and of what is one hover away, that stand in no brackets."""
    hovers = re.findall(r'(?:title|aria-label)="([^"]*)"', markup)
    found = []
    for words in [*re.split(r"</?(?:td|th|tr|tbody|thead|table|p|div|a|small)\b[^>]*>", markup), *hovers]:
        rest = re.sub(r"<[^>]*>", "", words)
        while rest != (fewer := re.sub(r"⟦[^⟦⟧]*⟧", "", rest)):
            rest = fewer
        found += re.findall(r"[^\W\d_]{2,}", rest)
    return found


@pytest.mark.parametrize("asking", [True, False])
def test_every_word_of_the_table_is_translated(asking: bool) -> None:
    for view in (compare_view(CompareState(recipes=ALL, rows="all")), *(example(key) for key in PAGES["ledger"])):
        assert outside(ledger_table(view, Text(PSEUDO), asking=asking)) == []


def test_the_answer_is_hidden_while_the_question_waits() -> None:
    view, text = compare_view(CompareState()), Text("en")
    asking, answered = (ledger_table(view, text, asking=waits) for waits in (True, False))
    assert ">−0.9989<" not in asking
    assert ">−0.9989<" in answered
    assert "finding-same_print" in asking


def test_each_cell_names_its_source_and_each_column_how_it_was_checked() -> None:
    view, text = compare_view(CompareState(recipes=ALL)), Text("en")
    table = ledger_table(view, text, asking=False)
    for key in ALL:
        origin, checked = RECIPES[key].source, verified().get(key)
        cells = re.findall(rf'<td [^>]*data-testid="cell-[a-z_]+(?:-[a-z]+)?-{key}"[^>]*>', table)
        assert len(cells) == len(view.shown)
        for cell in cells:
            assert origin.repository in cell
            assert origin.commit[:7] in cell
            assert "{" not in cell
            if checked:
                assert (
                    f"{checked.files} reference files, {checked.date}, largest deviation {spoken(checked.deviation, 2)}"
                    in cell
                )
        assert origin.commit in table
        at = next(column.predictor for column in view.columns if column.key == key)
        there = replace(view.state.in_the_lab(key), at=at).to_query()
        assert f'href="lab?{urlencode(there)}"'.replace("&", "&amp;") in table


def test_formulas_have_their_indices_below_and_their_exponents_above() -> None:
    assert indexed("w = p_w · e^t_w") == "w = <var>p</var><sub>w</sub> · e<sup><var>t</var><sub>w</sub></sup>"
    assert indexed("ignore_thresh &lt; 0.7") == "ignore_thresh &lt; 0.7"
    assert indexed("锚框 p_w，t_o。") == "锚框 <var>p</var><sub>w</sub>，<var>t</var><sub>o</sub>。"


def test_every_group_and_row_has_its_words() -> None:
    groups = {*ORDINARY, *(term.name for recipe in RECIPES.values() for term in recipe.terms)}
    whats = {row.what or "rule" for row in compare_view(CompareState(recipes=ALL)).rows}
    kinds = ("same_gradient", "same_value", "other_print", "same_print")
    for lang in LANGUAGES:
        words = catalogue(lang).keys()
        assert {f"ledger_why_{group}" for group in groups} <= words
        assert {f"ledger_group_{group}" for group in ORDINARY} <= words
        assert {f"ledger_row_{what}{about}" for what in whats for about in ("", "_about")} <= words
        assert {f"ledger_{kind}{says}" for kind in kinds for says in ("", "_says")} <= words
        assert {f"example_ledger_{key}{why}" for key in PAGES["ledger"] for why in ("", "_why")} <= words


def test_darknet_s_versions_are_dated_in_order_and_those_we_have_can_be_found() -> None:
    known = versions()
    assert all(one.date <= other.date for one, other in pairwise(known))
    assert all(re.fullmatch(r"[0-9a-f]{8}", one.commit) and one.layer in ("region", "yolo") for one in known)
    assert all(one.en.endswith(".") and one.zh.endswith("。") for one in known)
    ours = {one.recipe: one for one in known if one.recipe}
    assert ours.keys() == {"darknet_v2_2016", "darknet_v2", "darknet_v3"}
    assert RECIPES["darknet_v2_2016"].source.commit.startswith(ours["darknet_v2_2016"].commit)
    for key in ("darknet_v2", "darknet_v3"):
        assert ours[key].date in RECIPES[key].source.since
        assert ours[key].commit == "777b0982"


def test_terms_stand_in_one_order_whoever_has_them() -> None:
    view = compare_view(CompareState(recipes=("yunyang_v3", "darknet_v2"), settings=(("seen", 0.0),)))
    assert terms_in(view.columns) == (
        "object",
        "noobject",
        "centre",
        "size",
        "box",
        "class",
        "prior_centre",
        "prior_size",
    )


@pytest.mark.parametrize("scene", SAMPLES)
def test_every_scene_can_be_written_down_its_few_classes_by_their_names(scene: str) -> None:
    table = ledger_table(compare_view(CompareState(State(scene=scene), rows="all")), Text("en"), asking=False)
    assert ("<small>class 2</small>" in table) == (scene == "grid")


def test_a_program_that_refuses_the_scene_keeps_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    no = Remark("refusal_square", {"program": "yhcc/yolo2", "head": "13", "columns": 13, "rows": 12})
    monkeypatch.setattr(
        "lossviz.engine.recipe.Recipe.refusal", lambda self, scene: no if self.key == "yhcc_v2" else None
    )
    compare_view.cache_clear()
    view = compare_view(CompareState(recipes=("yhcc_v2", "darknet_v3"), term="all"))
    compare_view.cache_clear()
    assert view.column("yhcc_v2").refusal == no
    assert [column.key for column in view.applied] == ["darknet_v3"]
    assert all(len(row.cells) == 1 and not row.differs for row in view.rows)
    assert difference_of(view) is None
