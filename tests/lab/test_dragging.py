"""A label on its way: the moment another predictor takes over, and the track it leaves."""

import random
import re
from dataclasses import replace

import pytest
from helpers.lab_states import random_state
from helpers.sampling import first

from lossviz.core.text import Text
from lossviz.engine.heads import Predictor
from lossviz.lab.desk import LabDesk
from lossviz.lab.dragging import MOST_POINTS, Point, Track, crossing_of, followed
from lossviz.lab.state import State
from lossviz.lab.view import LabView, view_of
from lossviz.lab.widgets.labels import stamp

CELLS = 13
BORDER = 7 / CELLS
"""Between the cup's column and the next."""
CUP, BESIDE = Predictor("13", 1, 5, 6), Predictor("13", 1, 5, 7)
START = view_of(State(mode="label"))


def cup_at(x: float, y: float | None = None) -> LabView:
    """The cup's label somewhere else."""
    _, old, w, h = START.truths[0].xywh
    return view_of(START.state.with_truth(0, xywh=(x, old if y is None else y, w, h)))


def test_over_the_border_of_its_cell_another_predictor_answers_for_the_cup() -> None:
    before, after = cup_at(BORDER - 1e-3), cup_at(BORDER + 1e-3)
    found = crossing_of(before, after, 0)
    assert found
    assert (found.before, found.after, found.faded) == ((CUP,), (BESIDE,), (CUP,))
    assert (found.loss_before, found.loss_after) == (before.loss, after.loss)
    assert (found.number, found.kind) == (0, 41)
    assert found.loss_after - found.loss_before > 1


def test_back_again_is_a_crossing_as_well() -> None:
    found = crossing_of(cup_at(BORDER + 1e-3), cup_at(BORDER - 1e-3), 0)
    assert found
    assert (found.before, found.after, found.faded) == ((BESIDE,), (CUP,), (BESIDE,))


@pytest.mark.parametrize("x", [6.01 / CELLS, 6.5 / CELLS, 6.99 / CELLS])
def test_within_the_cell_nobody_else_takes_over(x: float) -> None:
    assert crossing_of(START, cup_at(x), 0) is None


def test_who_crosses_is_the_label_that_moves_and_nobody_for_a_label_that_is_gone() -> None:
    after = cup_at(BORDER + 1e-3)
    assert crossing_of(START, after, 1) is None
    gone = view_of(START.state.with_truth(0, gone=True))
    assert crossing_of(START, gone, 0) is None
    assert crossing_of(START, after, 9) is None


def test_a_loss_that_is_no_number_makes_no_crossing() -> None:
    assert crossing_of(START, replace(cup_at(BORDER + 1e-3), loss=None), 0) is None


def test_the_track_keeps_place_loss_and_who_answers() -> None:
    view = cup_at(0.5, 0.4)
    track = followed(Track(), view, 0)
    (point,) = track.points
    assert (track.number, point.x, point.y) == (0, pytest.approx(0.5), pytest.approx(0.4))
    assert (point.loss, point.excess, point.answers) == (view.loss, view.excess, (CUP,))


def test_standing_still_adds_no_point_and_another_label_starts_anew() -> None:
    track = followed(Track(), START, 0)
    assert followed(track, START, 0) is track
    assert followed(track, replace(START, loss=None), 0) is track
    assert followed(track, START, 7) is track
    other = followed(track, START, 1)
    assert (other.number, len(other.points)) == (1, 1)


def test_the_track_keeps_the_last_400_points() -> None:
    point = Point(0.0, 0.5, 1.0, 1.0, (CUP,))
    track = Track(0, tuple(replace(point, x=n / 1000) for n in range(MOST_POINTS)))
    longer = followed(track, START, 0)
    assert MOST_POINTS == len(longer.points) == 400
    assert longer.points[0].x == 0.001
    assert longer.points[-1].x == pytest.approx(START.truths[0].xywh[0])


@pytest.mark.parametrize(("dx", "dy", "axis"), [(0.2, 0.1, 0), (0.1, 0.2, 1), (0.125, 0.125, 0)])
def test_a_track_runs_along_the_axis_on_which_the_label_moved_more(dx: float, dy: float, axis: int) -> None:
    points = [Point(0.5 + dx * n, 0.5 - dy * n, 1.0, 1.0, ()) for n in (1, 0, 2)]
    track = Track(0, tuple(points))
    assert track.along() == axis
    places = [(point.x, point.y)[axis] for point in track.ordered()]
    assert places == sorted(places)


def learners(view: LabView, number: int) -> set[str]:
    """The predictors that learn a label, read from what was written where: a later label replaces an earlier or joins it."""
    line = next((truth.line for truth in view.truths if truth.number == number), None)
    found = set()
    for head, assignment in zip(view.report.scene.heads, view.report.assignments, strict=True):
        match = assignment.match
        for slot in {slot for slot, _ in match.writings}:
            written = [
                (truth, joined)
                for (own, truth), joined in zip(match.writings, match.joined, strict=True)
                if own == slot
            ]
            last = max((n for n, (_, joined) in enumerate(written) if not joined), default=0)
            if line in [truth for truth, _ in written[last:]]:
                found.add(str(Predictor(head.name, *head.place(slot)[-3:])))
    return found


@pytest.mark.parametrize("seed", first(range(32)))
def test_the_responsible_predictors_of_a_label_are_said_to_change_exactly_where_others_learn_it(seed: int) -> None:
    dice = random.Random(seed)
    before = view_of(replace(random_state(seed), mode="label"))
    if not before.truths:
        return
    truth = dice.choice(before.truths)
    x, y, w, h = truth.xywh
    for step in (0.0, 1e-3, 0.03, 0.3):
        moved = (
            min(max(x + dice.choice((-step, step)), 1e-4), 0.9999),
            y,
            w,
            min(h * (1 + dice.choice((0, step))), 1.4),
        )
        after = view_of(before.state.with_truth(truth.number, xywh=moved))
        found = crossing_of(before, after, truth.number)
        if before.loss is None or after.loss is None:
            assert found is None
            continue
        old, new = learners(before, truth.number), learners(after, truth.number)
        assert (found is not None) == (old != new)
        if not found:
            continue
        desk = LabDesk(after.state, after.state, after.state)
        desk.crossing = found
        words = re.sub(r"<[^>]+>", "", stamp(desk, after, Text("en")))
        assert ("predictors responsible for the" in words) == (len(old) > 1 or len(new) > 1)
        assert ("none →" in words, "→ none" in words) == (not old, not new)
        assert words.count("redictor (head ") == (len(old) + len(new))
        change = float(words.rpartition("(")[2].partition(")")[0].replace("−", "-"))
        assert "-" not in words
        assert change == pytest.approx(after.loss - before.loss, rel=1e-3, abs=1e-9)
