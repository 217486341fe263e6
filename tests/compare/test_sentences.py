"""The conditions of Compare's sentences, held against numbers worked out anew."""

import math
import random
import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from helpers.sampling import first

from lossviz.compare.columns import Asked, Column
from lossviz.compare.state import CompareState, on_scene
from lossviz.compare.view import CompareView, compared, view_of
from lossviz.compare.widgets.desk import CompareDesk
from lossviz.compare.widgets.question import contest, relation, sentences
from lossviz.compare.widgets.table import below, ledger_table
from lossviz.core.text import Text
from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Predictor
from lossviz.engine.remark import Remark
from lossviz.lab.evaluation import recipe_for, scene_for
from lossviz.lab.state import State, from_query
from lossviz.lab.view import head_of, slot_of
from lossviz.recipes import RECIPES
from tests.helpers.lab_states import random_state

EN = Text("en")
SEEDS = range(40)
BOWL = {"v": "1", "label": "2", "truth": "2_0.486_0.4381_0.3981_0.4885_k45", "at": "13.1.5.6"}


def random_view(seed: int) -> CompareView:
    dice = random.Random(seed)
    recipes = tuple(dice.sample([*RECIPES], dice.choice((2, 3))))
    return view_of(CompareState(on_scene(random_state(seed)), recipes=recipes, held=dice.random() < 0.4))


def gradient(view: CompareView, key: str, term: str, predictor: Predictor) -> list[float]:
    """The gradient of a term at a predictor by automatic differentiation."""
    lab = view.state.in_the_lab(key)
    report = evaluate(recipe_for(lab), scene_for(lab))
    index, head = head_of(report.scene, predictor)
    result = report[term]
    (line,) = result.of_slot(index, slot_of(head, predictor)).tolist()
    found = result.gradient if result.value is None else result.autograd()
    return [float(slope) for slope in found[line].double()]


@pytest.mark.parametrize("seed", first(SEEDS))
def test_the_gradients_that_are_named_are_those_of_all_programs_that_have_the_term(seed: int) -> None:
    view = random_view(seed)
    said = contest(view, EN)
    if not said:
        assert view.contest is None or view.truth is None
        return
    assert view.contest
    term, asked = view.contest
    assert {column.key for column in asked} == {c.key for c in view.columns if c.asked and term in c.asked}
    sizes = {}
    for column in asked:
        assert column.predictor
        assert EN(f"short_{column.key}") in said[0]
        sizes[column.key] = float(np.linalg.norm(gradient(view, column.key, term, column.predictor)))
        mine = column.asks(term)
        assert mine
        assert mine.pull == pytest.approx(sizes[column.key], rel=1e-3, abs=1e-6)
    if len(sizes) == 2:
        low, high = sorted(sizes.values())
        assert ("in both" in said[0]) == (relation((low, high)) == "same") or low == pytest.approx(high, rel=1e-4)
        if "a ratio of" in said[0]:
            first = max(sizes, key=lambda key: sizes[key])
            assert re.search(rf": \S+ in {re.escape(EN(f'short_{first}'))}, ", said[0])


def test_how_gradients_are_told_follows_from_their_sizes() -> None:
    assert relation((1.0, 1.0 + 5e-7)) == "same"
    assert relation((0.0, 0.0)) == "same"
    assert relation((1.0, 1.0 + 5e-6)) == "ratio"
    assert relation((0.5, 0.0)) == "alone"
    assert relation((1e-9, 1.0)) == "alone"
    assert relation((math.nan, 1.0)) == "list"
    assert relation((1.0, 1.0, 2.0)) == "list"


def noise(dice: random.Random) -> float:
    return dice.choice((0.0, 1e-12, 1e-7, 1e-3, 0.5))


def random_asked(dice: random.Random) -> tuple[Asked, Asked]:
    """What two programs ask: alike, a little or very different, nothing at all."""
    size = dice.choice((0.0, 1e-10, 1.0, 30.0))
    first = Asked((4,), (0.5,), (1.0,), 1.0, size, size, (dice.choice((0.0, 1.0)) * size,), size)
    second = replace(
        first,
        value=dice.choice((None, size * (1 + noise(dice)))),
        gradient=(first.gradient[0] * (1 + noise(dice)),),
        print=size * (1 + noise(dice)),
    )
    return first, second


@pytest.mark.parametrize("seed", first(range(400), 80))
def test_a_remark_says_what_is_the_same_and_what_is_not(seed: int) -> None:
    one, other = random_asked(random.Random(seed))
    logs = seed % 2 == 0
    found = compared(one, other, logs=logs)

    def apart(a: float, b: float) -> float:
        return abs(a - b) / max(abs(a), abs(b), 1e-300)

    if other.value is None or one.value is None:
        assert found is None
        return
    loss, slope = apart(one.value, other.value), apart(one.gradient[0], other.gradient[0])
    log = apart(one.print, other.print)
    if abs(one.gradient[0] - other.gradient[0]) < 1e-12:
        slope = 0.0
    if max(one.value, one.print) <= 1e-9:
        assert found is None or found[0] == "same_gradient" or found[0] == "other_print"
        return
    expected = (
        "same_gradient"
        if slope <= 1e-9 and loss > 1e-6
        else "same_value"
        if loss <= 1e-6 < slope
        else "other_print"
        if logs and slope <= 1e-9 and loss <= 1e-6 < log
        else "same_print"
        if logs and log <= 1e-6 < slope
        else None
    )
    assert (found and found[0]) == expected


@pytest.mark.parametrize("seed", first(SEEDS))
def test_a_remark_on_a_scene_holds_of_automatic_differentiation_too(seed: int) -> None:
    view = random_view(seed)
    for finding in view.findings:
        one, two = (view.column(key) for key in (finding.first, finding.second))
        assert one.predictor
        assert one.predictor == two.predictor
        sides = [np.array(gradient(view, key, finding.term, one.predictor)) for key in (finding.first, finding.second)]
        apart = float(np.abs(sides[0] - sides[1]).max())
        largest = max(float(np.abs(side).max()) for side in sides)
        if finding.kind in ("same_gradient", "other_print"):
            assert apart <= 1e-5 * max(largest, 1.0)
        elif largest > 1e-3:
            assert apart > 1e-7 * largest


@pytest.mark.parametrize("seed", first(SEEDS))
def test_as_many_rows_differ_as_have_two_cells_a_reader_can_tell_apart(seed: int) -> None:
    view = random_view(seed)
    for row in view.rows:
        pairs = combinations(row.cells, 2)
        apart = any(
            (a.words, a.predictors, a.note, len(a.numbers)) != (b.words, b.predictors, b.note, len(b.numbers))
            or not np.allclose(a.numbers, b.numbers, rtol=1e-6, atol=1e-12, equal_nan=True)
            for a, b in pairs
        )
        assert row.differs == apart or all(len(cell.numbers) for cell in row.cells)


@pytest.mark.parametrize("seed", first(SEEDS))
def test_a_column_without_a_predictor_for_an_overwritten_label_says_so(seed: int) -> None:
    view = random_view(seed)
    for column in view.applied:
        assert column.view
        truth = next((one for one in column.view.truths if one.number == view.truth), None)
        assert column.overwritten == (truth is not None and not truth.answers and bool(truth.lost))


def test_the_cup_under_the_bowl_is_overwritten_in_yolov2_and_shared_in_yolov3() -> None:
    lab, bad = from_query(BOWL)
    assert not bad
    view = view_of(CompareState(on_scene(lab), recipes=("darknet_v2", "darknet_v3"), truth=0, rows="all"))
    assert [column.overwritten for column in view.columns] == [True, False]
    assert "overwritten by a later label" in ledger_table(view, EN, asking=False)
    assert "the shown predictor is responsible for cup and bowl" in " ".join(below(view, EN))


def test_three_programs_are_all_named() -> None:
    view = view_of(CompareState(recipes=("darknet_v2", "darknet_v2_2016", "darknet_v3")))
    (words,) = contest(view, EN)
    assert all(f"{EN(f'short_{key}')} 0" in words for key in view.state.recipes)


def test_where_the_raw_outputs_come_from_is_said_of_the_photographs_alone() -> None:
    assert EN("raw_from").split(":")[0] in " ".join(below(view_of(CompareState()), EN))
    other = view_of(CompareState(on_scene(State(scene="voc"))))
    assert "yolov3-tiny" not in " ".join(below(other, EN))


def test_a_comparison_with_one_program_left_does_not_speak_of_rows() -> None:
    state = CompareState(on_scene(State(scene="grid")))
    view = view_of(state)
    for kept, words in ((2, "rows."), (1, "nothing to compare"), (0, "None of these")):
        left = tuple(column if n < kept else Column(column.key, Remark("x")) for n, column in enumerate(view.columns))
        said = sentences(replace(view, columns=left), CompareDesk(state, state, plain=state), EN)
        assert words in said
