"""The conditions of the Lab's sentences, held against the numbers of random and extreme states."""

import math
import random
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
import torch
from helpers.sampling import first

from lossviz.core.text import Text
from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE
from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Predictor
from lossviz.lab.channels import done, edge_of, lines_of, outward, why_of
from lossviz.lab.charts.maps import described
from lossviz.lab.evaluation import recipe_for, scene_for
from lossviz.lab.predictors import map_of
from lossviz.lab.state import State, from_query
from lossviz.lab.view import LabView, head_of, slot_of, view_of
from lossviz.lab.widgets.channels import detection, who
from lossviz.lab.widgets.predictors import title
from lossviz.lab.widgets.story import hint, sentence
from lossviz.lab.words import prediction_name
from tests.helpers.lab_states import CUP, random_state

EN, ZH = Text("en"), Text("zh")
SPOON = Predictor("13", 1, 6, 8)
BOWL = {"v": "1", "label": "2", "truth": "2_0.486_0.4381_0.3981_0.4885_k45", "at": "13.1.5.6"}


def state_of(query: dict[str, str]) -> State:
    state, bad = from_query(query)
    assert not bad
    return state


SEEDS = range(40)


def costs_of(view: LabView) -> dict[Predictor, float]:
    """Loss minus floor of every predictor, added up afresh from the report's lines."""
    found: dict[Predictor, float] = {}
    report = evaluate(recipe_for(view.state), scene_for(view.state))
    for result in report.terms:
        if result.value is None:
            continue
        for index, head in enumerate(report.scene.heads):
            for n in range(result.heads[index].start, result.heads[index].stop):
                _, *place = head.place(int(result.slot[n]))
                who_ = Predictor(head.name, *place)
                found[who_] = found.get(who_, 0.0) + float((result.value[n].double() - result.floor[n].double()).sum())
    return found


def classes_asked(view: LabView, predictor: Predictor) -> set[int]:
    """The classes whose target at the predictor is above 1/2."""
    index, head = head_of(view.report.scene, predictor)
    result = view.report["class"]
    lines = result.of_slot(index, slot_of(head, predictor))
    return {kind for line in lines.tolist() for kind in np.nonzero(result.target[line].numpy() > 0.5)[0].tolist()}


@pytest.mark.parametrize("seed", first(SEEDS))
def test_every_predictor_is_counted_once_and_groups_and_rest_add_up_to_the_excess(seed: int) -> None:
    view = view_of(random_state(seed))
    every = [predictor for group in view.groups for predictor in group.predictors]
    assert len(every) == len({*every})
    assert {*every} == {predictor for truth in view.truths for predictor in truth.answers}
    costs = costs_of(view)
    for group in view.groups:
        if math.isfinite(group.cost):
            assert group.cost == pytest.approx(sum(costs[one] for one in group.predictors), rel=1e-4, abs=1e-5)
        assert {*group.shared} == {one for one in group.predictors if sum(one in t.answers for t in group.truths) > 1}
    if view.rest is not None and view.excess is not None:
        assert view.excess == pytest.approx(sum(group.cost for group in view.groups) + view.rest, rel=1e-5, abs=1e-5)
        others = sum(cost for one, cost in costs.items() if one not in every)
        assert view.rest == pytest.approx(others, rel=1e-3, abs=2e-5 * max(1.0, view.excess))


@pytest.mark.parametrize("seed", first(SEEDS))
def test_a_label_is_learned_where_its_class_has_a_target_and_lost_where_a_later_one_took_its_predictor(
    seed: int,
) -> None:
    view = view_of(random_state(seed))
    kinds = view.report.scene.mapped(view.report.truths.kinds).tolist()
    for truth in view.truths:
        for predictor in truth.answers:
            assert kinds[truth.line] in classes_asked(view, predictor)
        for predictor in truth.lost:
            taker = view.truths_of(predictor)[-1]
            assert taker.number != truth.number
            assert truth.number not in [other.number for other in view.truths_of(predictor)]
            assert kinds[truth.line] not in classes_asked(view, predictor) - {kinds[taker.line]}
        assert truth.overwritten == (not truth.answers and bool(truth.lost))
    for predictor, numbers in view.owners.items():
        asked = {kinds[truth.line] for truth in view.truths if truth.number in numbers}
        assert asked <= classes_asked(view, predictor)


def test_the_predictor_shared_by_cup_and_bowl_is_named_once_with_its_whole_cost() -> None:
    view = view_of(state_of(BOWL))
    assert "the predictor shared by the labels cup and bowl <b>2.218</b>;" in sentence(view, EN)
    assert "杯子和碗共用的预测器 <b>2.218</b>；" in sentence(view, ZH)
    words = plain(who(view, why_of(view), EN))
    assert "is responsible for the labels cup and bowl at once: its box target is that of bowl" in words
    assert (
        "has a loss that exceeds its floor by 2.218; 88% of the excess comes from the term “class”: the label's class, "
        "bowl, gets a probability of only 0.1789;" in words
    )


def test_three_labels_in_one_predictor_are_named_together() -> None:
    state = state_of({**BOWL, "truth": BOWL["truth"] + "~3_0.486_0.4381_0.3981_0.4885_k44"})
    view = view_of(state)
    assert "the predictor shared by the labels cup, bowl and spoon <b>" in sentence(view, EN)
    assert [len(group.truths) for group in view.groups] == [3, 1]


@pytest.mark.parametrize("recipe", ["darknet_v2", "darknet_v2_2016", "yunyang_v3", "mmdet_v3"])
def test_where_a_later_label_overwrites_the_cup_the_cup_is_not_learned_and_costs_nothing(recipe: str) -> None:
    view = view_of(state_of({**BOWL, "recipe": recipe}))
    assert view.truths[0].overwritten
    assert view.truths[0].cost == 0
    assert "the cup is not learned and adds no loss: at its predictor" in sentence(view, EN)
    assert "overwritten by a later label (bowl)" in sentence(view, EN)
    assert "Overwritten and therefore not learned here: cup." in plain(who(view, why_of(view), EN))


def test_without_labels_and_with_terms_without_a_loss_the_sentence_says_so() -> None:
    view = view_of(state_of({"v": "1", "truth": "0_gone~1_gone"}))
    assert sentence(view, EN).startswith(
        '<p class="lz-sentence" data-heard="sentence">There is no label; the loss of all predictors together is <b>'
    )


def plain(markup: str) -> str:
    return unescape(re.sub("<[^>]*>", "", markup))


@pytest.mark.parametrize("seed", first(SEEDS))
def test_what_is_said_of_a_predictor_holds_of_its_numbers(seed: int) -> None:
    state = random_state(seed)
    view = view_of(state)
    found = why_of(view)
    words, costs = plain(who(view, found, EN)), costs_of(view)
    cost = costs.get(view.prediction.predictor, 0.0)
    truths = view.truths_of(view.prediction.predictor)
    if not truths:
        check_unlabelled(view, words, cost)
        return
    if not math.isfinite(cost):
        assert "no longer a finite number" in words
        return
    assert ("nothing is left to learn" in words) == (float(f"{cost:.3g}") <= 1e-6) == done(cost)
    assert ("at once" in words) == (len(truths) > 1)
    assert ("is one of" in words) == (len(truths) == 1 and len(truths[0].answers) > 1)
    said = re.search(
        r"gets a probability of (?:only )?([\d.e-]*\d)(?:; its target is|, more than its target) ([\d.e-]*\d)", words
    )
    if said and " of only " in words:
        assert float(said[1]) <= float(said[2])


def check_unlabelled(view: LabView, words: str, cost: float) -> None:
    said = view.prediction.predictor
    index, head = head_of(view.report.scene, said)
    bits = int(view.report.states[index][0, said.anchor, said.row, said.column])
    lines = [result for result in view.report.terms if len(result.of_slot(index, slot_of(head, said)))]
    assert ("a positive without a label" in words) == bool(bits & POSITIVE)
    assert (": ignored." in words) == (bits & POSITIVE == 0 and bool(bits & IGNORED))
    assert (": negative (background)." in words) == (bits & (POSITIVE | IGNORED) == 0 and bool(bits & NEGATIVE))
    if "It adds no loss" in words:
        assert cost == 0
        assert not lines
    if ": negative (background)." in words:
        result = view.report["noobject"]
        target = float(result.target[result.of_slot(index, slot_of(head, said))][0, 0])
        assert f"has the target {target:.4g}." in words


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("darknet_v3", "its box overlaps one enough"),
        ("mmdet_v3", "its anchor overlaps one enough"),
        ("paper_v3", "its anchor overlaps one enough"),
    ],
)
def test_an_ignored_predictor_is_near_by_its_box_or_by_its_anchor_as_the_rule_has_it(recipe: str, words: str) -> None:
    view = view_of(State(recipe=recipe))
    head = view.report.scene.heads[0]
    bits = view.report.states[0][0]
    anchor, row, column = torch.nonzero((bits & IGNORED > 0) & (bits & POSITIVE == 0))[0].tolist()
    there = view_of(State(recipe=recipe, at=Predictor(head.name, anchor, row, column)))
    assert words in who(there, why_of(there), EN)


EDGES = [
    (recipe, at, axis, raw)
    for recipe in ("darknet_v3", "darknet_v2", "paper_v3")
    for at in (CUP, SPOON, Predictor("13", 0, 2, 2))
    for axis in (0, 1)
    for raw in (-7.0, 6.9, 7.0, 20.0)
]


@pytest.mark.parametrize(("recipe", "at", "axis", "raw"), EDGES)
def test_at_the_edge_the_sentence_is_that_of_the_terms_with_the_logit_a_unit_further(
    recipe: str, at: Predictor, axis: int, raw: float
) -> None:
    said_of_the_edge(State(recipe=recipe, at=at).with_raw(at, {axis: raw}), axis, raw)


@pytest.mark.parametrize("x", [0.615385, 0.61545, 0.617])
def test_at_the_edge_of_the_cell_where_the_target_is_the_loss_grows_from_its_least_value_on(x: float) -> None:
    """The paper's squared error lies between t and t: its slope is 0 where both are the same, and not a unit further."""
    state = State("coffee", "paper_v3", at=SPOON).with_truth(1, xywh=(x, 0.49, 0.16, 0.43))
    assert said_of_the_edge(state.with_raw(SPOON, {0: -7.0}), 0, -7.0) == "grows"


def said_of_the_edge(state: State, axis: int, raw: float) -> str:
    """What is said there, once it is found to be true of the loss a unit further out."""
    at = state.at
    assert at
    view, further = view_of(state), view_of(state.with_raw(at, {axis: raw + math.copysign(1, raw)}))
    assert view.prediction.at_limit
    kind, rate = edge_of(view, lines_of(view))
    grown = centre_loss(further) - centre_loss(view)
    has_target = any(0 in line.channels for line in lines_of(view))
    assert (kind == "untargeted") == (not has_target)
    if kind == "flat":
        assert abs(grown) < 0.05
    elif kind != "untargeted":
        assert grown == pytest.approx(rate, rel=0.05)
        assert (kind == "grows") == (grown > 0)
    assert EN(f"hint_limit_{kind}", rate=f"{abs(rate):#.4g}") in hint(view, EN)
    return kind


def centre_loss(view: LabView) -> float:
    """What the terms that look at x and y charge the chosen predictor, in double precision."""
    return sum(float(line.value.sum()) for line in lines_of(view) if 0 in line.channels and line.value is not None)


def test_at_the_edge_cross_entropy_grows_squared_error_does_not_and_background_has_no_target() -> None:
    def kind(recipe: str, at: Predictor) -> str:
        view = view_of(State(recipe=recipe, at=at).with_raw(at, {0: 7.0}))
        return edge_of(view, lines_of(view))[0]

    assert kind("darknet_v3", SPOON) == "grows"
    assert kind("darknet_v2", CUP) == "flat"
    assert kind("darknet_v3", Predictor("13", 0, 2, 2)) == "untargeted"


@pytest.mark.parametrize("seed", first(SEEDS))
def test_the_tag_names_a_class_only_if_objectness_and_class_are_believed_in(seed: int) -> None:
    view = view_of(random_state(seed))
    said = view.prediction
    output = view.report.recipe.activate(view.report.recipe.settings, torch.tensor([said.raw], dtype=torch.float64))[0]
    sure = 1 / (1 + math.exp(-max(said.raw[4], -700))) >= 0.5 and float(output[5:].max()) >= 0.5
    assert said.believed == sure
    assert prediction_name(view, EN).startswith("objectness") == (not sure)


def test_the_spoons_predictor_is_not_tagged_cup() -> None:
    assert prediction_name(view_of(State(at=SPOON)), EN) == "objectness 0.001"
    assert prediction_name(view_of(State(at=CUP)), EN).startswith("cup 0.8")


@pytest.mark.parametrize("seed", first(SEEDS))
def test_grey_is_explained_exactly_where_the_term_or_a_state_is_missing_in_a_cell(seed: int) -> None:
    dice = random.Random(seed)
    state = replace(
        random_state(seed),
        term=dice.choice(("object", "noobject", "class", "")),
        map=dice.choice(("term", "states")),
        pooled=dice.random() < 0.5,
    )
    view = view_of(state)
    found = map_of(view)
    said = view.prediction.predictor
    index, head = head_of(view.report.scene, said)
    result = view.report[found.term]
    asked = {int(slot) for slot in result.slot[result.heads[index]]}
    _, anchors, _, rows, columns = head.raw.shape
    shown = range(anchors) if state.pooled else [said.anchor]
    numbers = np.arange(anchors * rows * columns).reshape(anchors, rows, columns)
    empty = any(
        not any(int(numbers[a, row, column]) in asked for a in shown)
        for row in range(rows)
        for column in range(columns)
    )
    bits = view.report.states[index][0].numpy()[list(shown)]
    stateless = bool(((bits & (POSITIVE | IGNORED | NEGATIVE)) == 0).all(0).any())
    assert ("Grey" in title(view, found, EN)) == (empty if state.map == "term" else stateless)
    words = described(found, EN)
    assert ("applies to none" in words) == (not asked)
    if asked and result.value is not None:
        cost = (result.value - result.floor)[result.heads[index]].sum(-1)
        place = head.place(int(result.slot[result.heads[index]][int(cost.argmax())]))
        largest = float(cost.max())
        assert f"{largest:#.4g}".rstrip(".") in words or not math.isfinite(largest) or largest == 0
        assert (
            f"{place.row}.{place.column}" in words or int((cost == cost.max()).sum()) > 1 or not math.isfinite(largest)
        )


def test_a_class_that_the_predictor_hardly_believes_in_is_not_its_tag_though_its_objectness_is_high() -> None:
    view = view_of(State(at=CUP).with_raw(CUP, {5 + 41: -30.0}))
    assert view.prediction.objectness >= 0.5
    assert max(view.prediction.raw[5:]) < 0
    assert prediction_name(view, EN) == f"objectness {view.prediction.objectness:.3f}"


def test_a_cost_of_a_thousandth_still_has_its_reason() -> None:
    view = view_of(State(at=CUP))
    raw = dict.fromkeys(range(5, 29), -30.0) | {4: 12.0, 5 + 41: 12.0}
    target = view.report["centre"].target[0].clamp(0.01, 0.99)
    raw |= {k: float(torch.logit(target[k])) + 0.05 for k in (0, 1)}
    found = view_of(State(at=CUP).with_raw(CUP, dict(list(raw.items())[:20])))
    own = costs_of(found)[CUP]
    assert own > 1e-6
    assert "nothing is left" not in who(found, why_of(found), EN)
    assert not done(2e-6)
    assert done(5e-7)


def test_an_iou_loss_of_tiny_boxes_flattens_with_the_sigmoid_though_its_gradient_is_large_at_the_edge() -> None:
    state = (
        State(coordinates="iou").with_truth(0, xywh=(7 / 13 - 0.001, 11.5 / 26, 0.003, 0.003)).with_truth(1, gone=True)
    )
    (at,) = view_of(state).truths[0].answers
    state = replace(state, at=at).with_raw(at, {0: 6.0, 1: 0.0, 2: -2.08, 3: -2.42})
    view = view_of(state)
    assert abs(sum(outward(line, view.prediction.edges, 0) for line in lines_of(view) if 0 in line.channels)) > 0.02
    assert edge_of(view, lines_of(view))[0] == "flat"


@pytest.mark.parametrize(
    "state",
    [State(), State(at=Predictor("13", 1, 6, 8)), State(recipe="darknet_v2"), State("chelsea", "darknet_v2_2016")],
)
def test_a_detection_is_a_score_above_a_half_and_no_label_changes_it(state: State) -> None:
    view = view_of(state)
    score = view.prediction.objectness * view.prediction.probability
    assert ("this is a detection" in detection(view, EN)) == (score > 0.5)
    assert ("no detection" in detection(view, EN)) == (score <= 0.5)
    assert f"= {score:#.4g}." in detection(view, EN)
    here = replace(state, at=view.prediction.predictor)
    assert detection(view_of(here.with_truth(0, gone=True)), EN) == detection(view_of(here), EN)
