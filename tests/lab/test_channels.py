"""One number, five readings; which channels are listed; the log line; formulas with numbers in them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
import torch
from helpers.examples import opened
from helpers.sampling import sampled
from hypothesis import given
from hypothesis import strategies as st

from lossviz.core.examples import PRESETS
from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE
from lossviz.engine.heads import Predictor
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.lab.channels import (
    BOX,
    FIRST_CLASS,
    LIKELIEST,
    OBJECTNESS,
    Reading,
    WhyView,
    lines_of,
    log_entries,
    reading_of,
    why_of,
    with_numbers,
)
from lossviz.lab.state import State
from lossviz.lab.view import LabView, head_of, resting_view, view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES

CUP, SPOON = Predictor("13", 1, 5, 6), Predictor("13", 1, 6, 8)
CASES = [
    (scene, recipe)
    for scene in SAMPLES
    for recipe in RECIPES
    if recipe.startswith("darknet") or scene in ("coffee", "voc")
]
every_case = pytest.mark.parametrize(("scene", "recipe"), sampled(CASES))


@cache
def some(scene: str, recipe: str, bits: int, most: int = 9, **more: object) -> tuple[Predictor, ...]:
    """Predictors of one kind, of every head."""
    view = resting_view(State(scene, recipe, **more))  # type: ignore[arg-type]
    found = []
    for head, states in zip(view.report.scene.heads, view.report.states, strict=True):
        places = torch.nonzero(states[0] & bits).tolist()
        found += [Predictor(head.name, *place) for place in places[:: max(1, len(places) // most)]]
    return tuple(found)


def at(predictor: Predictor, **more: object) -> WhyView:
    return why_of(view_of(State(at=predictor, **more)))  # type: ignore[arg-type]


def readings(view: LabView) -> Iterator[tuple[int, Reading]]:
    """Of every channel something is asked of."""
    lines = lines_of(view)
    for channel in range(len(view.prediction.raw)):
        reading = reading_of(view, lines, channel, 0.0)
        if reading:
            yield channel, reading


@pytest.mark.parametrize(
    ("scene", "recipe", "objectness"),
    sampled(
        [(*case, objectness) for case in CASES for objectness in OBJECTNESS_CHOICES],
        lambda case: (case[0], case[1:]),  # every recipe with every objectness
    ),
)
def test_the_closed_form_is_what_automatic_differentiation_finds_on_every_channel(
    scene: str, recipe: str, objectness: str
) -> None:
    for predictor in (*some(scene, recipe, POSITIVE), *some(scene, recipe, NEGATIVE, 2)):
        view = view_of(State(scene, recipe, objectness, at=predictor))
        for line in lines_of(view):
            assert line.autograd is not None
            assert line.closed.dtype == torch.float64
            torch.testing.assert_close(line.closed, line.autograd, rtol=0, atol=1e-9)
        for _, reading in readings(view):
            assert reading.autograd == pytest.approx(reading.closed, abs=1e-9)


@every_case
def test_as_written_what_is_passed_back_is_minus_the_slope(scene: str, recipe: str) -> None:
    for predictor in (*some(scene, recipe, POSITIVE), *some(scene, recipe, NEGATIVE, 2)):
        for line in lines_of(view_of(State(scene, recipe, at=predictor))):
            assert torch.equal(line.passed_back, -line.closed)


@every_case
def test_only_yolov2_of_2017_leaves_the_sigmoids_slope_to_the_way_back(scene: str, recipe: str) -> None:
    """There delta is weight x (target - output); elsewhere minus the slope."""
    for predictor in some(scene, recipe, POSITIVE):
        view = view_of(State(scene, recipe, at=predictor))
        index, _ = head_of(view.report.scene, predictor)
        output = view.report.output[index][0, predictor.anchor, :, predictor.row, predictor.column].double()
        for channel, reading in readings(view):
            if recipe != "darknet_v2":
                assert reading.delta == -reading.closed
            else:
                target_minus_output = reading.weight * (reading.target - float(output[channel]))
                assert reading.delta == pytest.approx(target_minus_output, abs=2e-6)  # the output is float32


SQUARES = [case for case in CASES if RECIPES[case[1]].prints == "delta squared"]


@pytest.mark.parametrize(
    ("scene", "recipe", "objectness"),
    sampled([(*case, objectness) for case in SQUARES for objectness in OBJECTNESS_CHOICES]),
)
def test_the_readings_of_all_predictors_and_channels_make_what_the_program_prints(
    scene: str, recipe: str, objectness: str
) -> None:
    view = resting_view(State(scene, recipe, objectness))
    squares = sum(float((delta.double() ** 2).sum()) for delta in view.report.delta)
    assert squares == pytest.approx(sum(view.printed_costs), rel=1e-5)
    printed = 0.0
    for predictor in some(scene, recipe, POSITIVE):
        one = view_of(State(scene, recipe, objectness, at=predictor))
        index, _ = head_of(one.report.scene, predictor)
        dense = one.report.delta[index][0, predictor.anchor, :, predictor.row, predictor.column]
        mine = dict(readings(one))
        for channel, reading in mine.items():
            assert reading.delta == pytest.approx(float(dense[channel]), rel=1e-4, abs=1e-6)
            assert reading.printed == reading.delta**2
            assert reading.share == pytest.approx(reading.printed / sum(one.printed_costs), rel=1e-9)
        printed += sum(reading.printed for reading in mine.values())
    positives = {"centre", "size", "object", "class"}
    expected = sum(term.printed for term in view.terms if term.name in positives)
    if len(some(scene, recipe, POSITIVE)) == next(t.predictors for t in view.terms if t.name == "object"):
        assert printed == pytest.approx(expected, rel=1e-4)


@every_case
def test_what_a_reading_costs_above_its_floor_adds_up_to_what_the_truth_costs(scene: str, recipe: str) -> None:
    for predictor in some(scene, recipe, POSITIVE):
        view = view_of(State(scene, recipe, at=predictor))
        costs = []
        for channel, reading in readings(view):
            assert reading.value is not None
            assert reading.excess == reading.value - reading.floor
            if reading.term != "box" or channel == 0:  # one number for the four channels of a box
                costs.append(reading.excess)
        mine = next(group for group in view.groups if predictor in group.predictors)
        if mine.predictors == (predictor,):
            assert sum(costs) == pytest.approx(mine.cost, rel=1e-5)


def test_the_missed_spoon_pays_6_838_and_is_pulled_up_with_a_slope_of_nearly_minus_one() -> None:
    reading = at(SPOON, channel=OBJECTNESS).reading
    assert reading
    assert reading.value == pytest.approx(6.838, abs=5e-4)
    assert reading.closed == pytest.approx(-0.99893, abs=5e-6)
    assert (reading.term, reading.target, reading.weight, reading.floor) == ("object", 1, 1, 0)
    assert reading.delta == reading.passed_back == -reading.closed


def test_with_squared_error_chosen_delta_still_is_the_programs_and_the_slope_is_not() -> None:
    written, chosen = (at(SPOON, channel=OBJECTNESS, objectness=choice).reading for choice in ("as-written", "mse"))
    assert written
    assert chosen
    assert (chosen.delta, chosen.passed_back, chosen.printed) == (written.delta, written.passed_back, written.printed)
    assert written.closed / chosen.closed == pytest.approx(934.06, abs=5e-3)


def test_of_an_ignored_predictor_nothing_is_asked() -> None:
    view = view_of(opened(PRESETS["ignored"]))
    index, _ = head_of(view.report.scene, view.prediction.predictor)
    p, found = view.prediction.predictor, why_of(view)
    assert int(view.report.states[index][0, p.anchor, p.row, p.column]) == IGNORED
    assert (found.reading, found.lines) == (None, ())
    assert all(channel.target is channel.gradient is None for channel in found.channels)
    assert (found.term, found.chosen, found.others_gradient) == ("noobject", OBJECTNESS, 0)


def test_of_a_negative_only_objectness_is_asked() -> None:
    found = at(Predictor("13", 0, 0, 0))
    assert [line.term.name for line in found.lines] == ["noobject"]
    assert [channel.index for channel in found.channels if channel.target is not None] == [OBJECTNESS]
    assert found.channels[OBJECTNESS].gradient == pytest.approx(found.channels[OBJECTNESS].output, rel=1e-6)


@every_case
def test_box_objectness_the_labelled_and_the_likeliest_three_are_listed(scene: str, recipe: str) -> None:
    for predictor in some(scene, recipe, POSITIVE):
        view = view_of(State(scene, recipe, at=predictor))
        found, raw = why_of(view), view.prediction.raw
        kinds = {t.kind for t in view.truths if predictor in t.answers}
        classes = [channel.kind for channel in found.channels[FIRST_CLASS:]]
        assert [channel.index for channel in found.channels[:FIRST_CLASS]] == [*BOX, OBJECTNESS]
        labelled = [kind for kind in classes if found.channels[FIRST_CLASS + classes.index(kind)].target > 0.9]
        assert set(labelled) <= kinds
        rest = sorted(set(range(len(raw) - 5)) - set(labelled), key=lambda kind: -raw[5 + kind])
        assert classes[len(labelled) : len(labelled) + LIKELIEST] == rest[:LIKELIEST]
        assert found.others == len(raw) - len(found.channels)
        assert [channel.raw for channel in found.channels] == [raw[channel.index] for channel in found.channels]


def test_a_class_that_is_looked_for_is_listed_last_and_the_others_are_counted_without_it() -> None:
    plain, searched = at(CUP), at(CUP, channel=FIRST_CLASS + 79)
    assert searched.channels[: len(plain.channels)] == plain.channels
    assert [channel.index for channel in searched.channels[len(plain.channels) :]] == [FIRST_CLASS + 79]
    assert (plain.others, searched.others) == (85 - 5 - 4, 85 - 5 - 5)
    assert searched.reading
    gone = plain.others_gradient - searched.others_gradient
    assert gone == pytest.approx(abs(searched.reading.closed), rel=1e-9)


def test_the_gradients_of_the_listed_and_of_the_others_are_all_there_are() -> None:
    view = view_of(State(at=CUP))
    found = why_of(view)
    dense = view.report.gradient[0][0, CUP.anchor, FIRST_CLASS:, CUP.row, CUP.column]
    listed = sum(abs(channel.gradient or 0) for channel in found.channels[FIRST_CLASS:])
    assert listed + found.others_gradient == pytest.approx(float(dense.abs().sum()), rel=1e-5)


@every_case
def test_a_channels_gradient_is_the_reports(scene: str, recipe: str) -> None:
    for predictor in (*some(scene, recipe, POSITIVE), *some(scene, recipe, NEGATIVE, 1)):
        view = view_of(State(scene, recipe, at=predictor))
        index, _ = head_of(view.report.scene, predictor)
        dense = view.report.gradient[index][0, predictor.anchor, :, predictor.row, predictor.column]
        for channel in why_of(view).channels:
            expected = pytest.approx(float(dense[channel.index]), rel=2e-4, abs=1e-6)  # one is float32
            assert (channel.gradient or 0.0) == expected


def test_unless_told_otherwise_the_dearest_term_and_its_steepest_channel_are_read() -> None:
    found = at(SPOON)
    assert (found.term, found.chosen) == ("object", OBJECTNESS)
    sized = at(SPOON, term="size")
    line = sized.line("size")
    assert line
    assert sized.chosen == line.channels[int(line.closed.abs().argmax())]
    assert at(SPOON, term="size", channel=0).chosen == 0


@pytest.mark.parametrize(("scene", "recipe"), [case for case in CASES if RECIPES[case[1]].printed])
def test_the_log_line_is_taken_apart_to_the_last_digit(scene: str, recipe: str) -> None:
    found = why_of(resting_view(State(scene, recipe)))
    assert found.log
    entries = dict(log_entries(found.log))
    names = [name for name, _ in log_entries(found.log)]
    head = ["Region", "Avg IOU"] if recipe == "darknet_v3" else ["Avg IOU"]
    assert names[: len(head)] == head
    assert {"Class", "Obj", "No Obj", "count"} <= entries.keys()
    assert entries["count"] == str(found.count)
    assert all(value in found.log for value in entries.values())
    spelled = re.findall(r"-?\d*\.\d+(?![R\d])|nan", found.log)
    assert sum("." in value or "nan" in value for value in entries.values()) == len(spelled)


@pytest.mark.parametrize("recipe", [key for key, recipe in RECIPES.items() if recipe.printed])
def test_without_labels_the_averages_of_the_log_are_nan(recipe: str) -> None:
    empty = State(recipe=recipe).with_truth(0, gone=True).with_truth(1, gone=True)
    found = why_of(view_of(empty))
    assert found.log
    entries = dict(log_entries(found.log))
    assert entries["Avg IOU"] == "-nan"
    assert "nan" not in entries["No Obj"]
    assert entries["count"] == "0"


LATEX = sorted({term.loss.latex for recipe in RECIPES.values() for term in recipe.terms})


@pytest.mark.parametrize("latex", [*LATEX, r"\mathrm{CE}(\mathrm{softmax}(z), t)"])
def test_only_the_symbols_z_and_t_give_way_to_numbers(latex: str) -> None:
    filled = with_numbers(latex, "-6.84", "1")
    assert re.findall(r"\\[a-z]+", filled) == re.findall(r"\\[a-z]+", latex)
    assert filled.count("-6.84") == len(re.findall(r"\bz\b", latex)) > 0
    assert filled.replace("-6.84", "z") == re.sub(r"\bt\b", "1", latex)
    assert "softmax" not in latex or "softmax" in filled


@given(st.floats(-100, 100).map(lambda value: f"{value:.4g}"), st.floats(0, 1).map(lambda value: f"{value:.4g}"))
def test_a_formula_with_numbers_keeps_them_as_they_are_spelled(raw: str, target: str) -> None:
    assert with_numbers(r"\mathrm{BCE}(\sigma(z), t)", raw, target) == rf"\mathrm{{BCE}}(\sigma({raw}), {target})"


def test_slopes_that_belong_to_no_loss_have_no_value_and_no_autograd() -> None:
    state = State("chelsea", "darknet_v2").with_setting("background", 1)
    view = view_of(state)
    lines = {line.term.name: line for line in lines_of(view)}
    assert lines["object"].value is lines["object"].autograd is None
    assert lines["object"].cost == float(lines["object"].closed.abs().sum())
    assert why_of(view).reading is None or why_of(replace(view, state=state)).reading
