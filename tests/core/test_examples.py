"""The examples: each opens without a note, has its texts, and what its replies say is true of the numbers now."""

import math
import re
from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qsl

import numpy as np
import pytest
from helpers.examples import opened

from lossviz.core.examples import PRESETS
from lossviz.core.text import LANGUAGES, catalogue
from lossviz.core.visit import LEVELS
from lossviz.engine.assign import IGNORED, POSITIVE, PRIOR
from lossviz.engine.heads import Predictor
from lossviz.lab.channels import Reading, WhyView, why_of
from lossviz.lab.descent import start_slopes, walked
from lossviz.lab.dragging import crossing_of, moved_prediction
from lossviz.lab.state import State, from_query
from lossviz.lab.view import LabView, view_of
from lossviz.scenes.gallery import scene_of

every_preset = pytest.mark.parametrize("key", PRESETS)


def state(key: str) -> State:
    return opened(PRESETS[key])


def view(key: str, **changes: object) -> LabView:
    return view_of(replace(state(key), **changes))  # type: ignore[arg-type]


def reading(found: WhyView) -> Reading:
    assert found.reading
    return found.reading


def value(view: LabView, name: str) -> float:
    found = next(term.value for term in view.terms if term.name == name)
    assert found is not None
    return found


def replies(key: str) -> list[str]:
    """What is said to each answer, in English."""
    return [catalogue("en")[f"ask_{key}_{n}_reply"] for n in range(1, PRESETS[key].choices + 1)]


@every_preset
def test_a_preset_opens_without_a_note_and_has_a_link_of_its_own(key: str) -> None:
    found, bad = from_query(dict(parse_qsl(PRESETS[key].link)))
    assert bad == ()
    assert found == state(key) != State()
    assert from_query(found.to_query()) == (found, ())
    assert PRESETS[key].level in LEVELS
    assert 1 <= PRESETS[key].right <= PRESETS[key].choices


@pytest.mark.parametrize("lang", LANGUAGES)
@every_preset
def test_a_preset_has_title_reason_question_and_a_reply_to_each_answer(key: str, lang: str) -> None:
    words, answers = catalogue(lang), range(1, PRESETS[key].choices + 1)
    wanted = [f"preset_{key}", f"preset_{key}_why", f"ask_{key}"]
    wanted += [f"ask_{key}_{n}{reply}" for n in answers for reply in ("", "_reply")]
    assert {name for name in words if re.fullmatch(rf"(preset|ask)_{key}(_.*)?", name)} == set(wanted)
    assert len({words[name] for name in wanted}) == len(wanted)


@every_preset
def test_the_same_numbers_stand_in_every_language(key: str) -> None:
    def decimals(text: str) -> list[float]:
        return sorted(float(number) for number in re.findall(r"\d*\.\d+", text))

    for n in range(1, PRESETS[key].choices + 1):
        said = [decimals(catalogue(lang)[f"ask_{key}_{n}_reply"]) for lang in LANGUAGES]
        assert said[1:] == said[:-1]


def test_rank_printed_the_missed_person_leads_and_in_the_loss_the_negatives() -> None:
    found = {term.name: term for term in view("rank").terms}
    assert found["object"].value == pytest.approx(3.09, abs=5e-3)
    assert found["noobject"].value == pytest.approx(4.83, abs=1e-2)
    assert found["object"].printed == pytest.approx(0.911, abs=5e-4)
    assert found["noobject"].printed == pytest.approx(0.413, abs=5e-4)


def test_spoon_starts_asleep_with_slopes_that_differ_934_times() -> None:
    assert state("spoon").steps == 0
    assert state("spoon").rate == 0.1
    bce, mse = start_slopes(state("spoon").before_steps())
    assert round(bce / mse) == 934
    assert all("934" in words for words in replies("spoon"))
    assert view("spoon").prediction.objectness == pytest.approx(0.001, abs=5e-4)


def test_border_within_the_cell_a_pixel_hardly_matters_and_over_the_line_the_loss_jumps() -> None:
    start, pixel = view("border"), 1 / 600
    x, y, w, h = start.truths[0].xywh
    at = [view_of(start.state.with_truth(0, xywh=(x + n * pixel, y, w, h))) for n in range(-3, 8)]
    losses = [found.loss or math.nan for found in at]
    steps = [after - before for before, after in pairwise(losses)]
    jumps = [n for n in range(len(steps)) if crossing_of(at[n], at[n + 1], 0)]
    assert len(jumps) == 1
    assert steps[jumps[0]] > 1
    assert all(abs(step) < 0.2 for n, step in enumerate(steps) if n not in jumps)
    behind = at[jumps[0] + 1]
    assert 1 < jumps[0] - 2 < 5  # pixels from the start: "a few"
    assert all(view_of(replace(behind.state, at=p)).prediction.objectness < 0.01 for p in behind.truths[0].answers)


BICYCLE, MOTORBIKE = Predictor("26", 2, 10, 0), Predictor("13", 2, 6, 6)


@pytest.mark.parametrize(("predictor", "weight"), [(BICYCLE, 1.99), (MOTORBIKE, 1.56)])
def test_small_the_same_residual_weighs_1_99_for_the_bicycle_and_1_56_for_the_motorbike(
    predictor: Predictor, weight: float
) -> None:
    found = view("small", at=predictor)
    truth = next(truth for truth in found.truths if predictor in truth.answers)
    assert found.facts_of(truth, predictor).width_ratio == pytest.approx(1.65, abs=5e-3)
    size = reading(why_of(view("small", at=predictor, channel=2)))
    assert size.term == "size"
    assert size.raw - size.target == pytest.approx(0.5, abs=1e-3)
    assert size.weight == pytest.approx(weight, abs=5e-3)
    assert size.value == pytest.approx(weight / 8, abs=1e-3)


def test_small_without_the_factor_both_pay_the_same() -> None:
    values = [
        reading(why_of(view("small", at=predictor, channel=2, small_boxes="off"))).value
        for predictor in (BICYCLE, MOTORBIKE)
    ]
    assert values == [pytest.approx(1 / 8, abs=1e-3)] * 2


def test_ignored_says_88_percent_and_pays_nothing_however_sure_it_is() -> None:
    found = view("ignored")
    p = found.prediction.predictor
    assert found.prediction.objectness == pytest.approx(0.88, abs=5e-3)
    assert int(found.report.states[0][0, p.anchor, p.row, p.column]) == IGNORED
    assert why_of(found).reading is None
    lower = view_of(found.state.with_raw(p, {4: -4.0}))
    assert lower.loss == found.loss
    raised = view_of(found.state.with_setting("ignore_thresh", 1.0))
    assert value(raised, "noobject") - value(found, "noobject") > 2


def test_two_classes_are_asked_of_one_predictor_sigmoids_can_say_both_and_a_softmax_cannot() -> None:
    for classes, least in (("as-written", 0.0), ("softmax", 2 * math.log(2))):
        found = why_of(view("two", classes=classes))
        line = found.line("class")
        assert line
        assert sorted(kind for kind, wanted in enumerate(line.target[0].tolist()) if wanted) == [41, 45]
        assert float(line.floor.sum()) == pytest.approx(least, abs=1e-9)
    assert 2 * math.log(2) == pytest.approx(1.386, abs=5e-4)
    assert len({truth.answers for truth in view("two").truths if truth.kind in (41, 45)}) == 1


def test_seen_pulls_everyone_who_answers_for_nobody_the_ignored_too() -> None:
    report = view("seen").report
    states = np.concatenate([part.flatten().numpy() for part in report.states])
    assert (((states & PRIOR) > 0) == ((states & POSITIVE) == 0)).all()
    assert ((states & IGNORED) & -(states & PRIOR > 0).astype(int) > 0).any()
    assert float(report["prior_centre"].weight[0, 0]) == pytest.approx(0.01)
    over = view_of(state("seen").with_setting("seen", 12_800)).report
    assert not any((part & PRIOR).any() for part in over.states)


def test_rescore_the_wanted_objectness_is_the_overlap_and_falls_with_it() -> None:
    found = view("rescore")
    p = found.prediction.predictor
    match = found.report.assignments[0].match
    assert reading(why_of(found)).target == pytest.approx(float(match.iou[0]), abs=1e-6)
    assert found.truths[0].answers[0] == p
    targets = []
    for share in (0, 0.1, 0.2):
        x, y, w, h = found.prediction.xywh
        moved = view_of(moved_prediction(found.state, p, (x, y, w * (1 + share) ** 3, h)))
        targets.append(reading(why_of(moved)).target)
        assert p in moved.truths[0].answers
    assert targets == sorted(targets, reverse=True)
    assert targets[2] < targets[0] - 0.1


def test_empty_prints_nan_and_learns_from_numbers() -> None:
    found = view("empty")
    log = why_of(found).log
    assert log
    assert "Avg IOU: -nan" in log
    assert "No Obj: nan" not in log
    assert "No Obj: -nan" not in log
    assert found.loss is not None
    assert all(bool(gradient.isfinite().all()) for gradient in found.report.gradient)
    assert found.truths == ()


def test_saturated_is_completely_wrong_and_flat() -> None:
    found = reading(why_of(view("saturated")))
    assert found.output == pytest.approx(0.000006, abs=5e-7)
    assert found.target == 1
    assert found.closed == pytest.approx(-6.1e-6, abs=1e-7)
    spoon = view("saturated").prediction.predictor
    steepest = reading(why_of(view_of(state("saturated").with_raw(spoon, {4: -math.log(2)}))))
    assert steepest.closed == pytest.approx(-4 / 27, rel=1e-4)
    assert reading(why_of(view("saturated", objectness="bce"))).closed == pytest.approx(-1, abs=1e-5)


def test_nan_every_step_multiplies_the_distance_by_minus_18000_until_no_number_is_left() -> None:
    size = reading(why_of(view("nan")))
    assert size.term == "size"
    assert size.weight == pytest.approx(1.81, abs=5e-3)
    assert 1 - state("nan").rate * size.weight == pytest.approx(-18_000, rel=0.01)
    assert 2 / size.weight == pytest.approx(1.1, abs=0.05)
    first = replace(state("nan"), steps=1)
    assert walked(first)
    after = reading(why_of(view_of(first)))
    assert (after.raw - after.target) / (size.raw - size.target) == pytest.approx(1 - 1e4 * size.weight, rel=1e-5)
    tenth = replace(first, steps=10)
    assert walked(tenth)
    assert view_of(tenth).loss is None


def test_every_preset_names_predictors_its_scene_has() -> None:
    for key in PRESETS:
        at = state(key).at
        assert at is None or any(head.name == at.head for head in scene_of(state(key).scene).heads)
