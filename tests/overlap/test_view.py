"""What two boxes have in common, their surfaces and slices, the referee and the laws of the page on IoU losses."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.core.plane import inside
from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import Pair
from lossviz.engine.published import Defect
from lossviz.figures.traces import broken
from lossviz.overlap.checks import common_corners, hull_corners, laws, libraries, shrunk, swapped, verdicts
from lossviz.overlap.state import AXES, CUTS, MEASURES, OverlapState
from lossviz.overlap.surface import cuts_of, terrain_of
from lossviz.overlap.view import view_of

UNIT = (10.0, 10.0, 1.0, 1.0)
STEP = 1e-6


def state(*moving: float, target: tuple[float, float, float, float] = UNIT, **looks: str) -> OverlapState:
    x, y, w, h = moving
    return OverlapState((x, y, w, h), target, **looks)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moving", "situation"),
    [
        ((12, 10, 1, 1), "apart"),
        ((11, 10, 1, 1), "touching"),
        ((11, 11, 1, 1), "touching"),
        ((10.5, 10, 1, 1), "overlapping"),
        ((10.1, 10, 0.5, 0.5), "contained"),
        ((10, 10, 1, 1), "identical"),
        ((10, 10, 0, 1), "empty"),
    ],
)
def test_how_the_boxes_lie(moving: tuple[float, ...], situation: str) -> None:
    assert view_of(state(*moving)).situation == situation


@pytest.mark.parametrize(
    ("moving", "target"),
    [
        ((8.4, 10, 0.1, 1), (9.1, 10, 1.3, 1)),
        ((8.45, 10, 1.4, 1), (9.8, 10, 1.3, 1)),
        ((11.2, 10.4, 1.8, 1), (9, 10.4, 2.6, 2)),
    ],
)
def test_edges_that_meet_in_decimals_meet_exactly(
    moving: tuple[float, float, float, float], target: tuple[float, float, float, float]
) -> None:
    found = view_of(OverlapState(moving, target))
    assert (found.situation, found.intersection) == ("touching", 0)
    assert found.measures["iou"].slope == (0, 0, 0, 0)


def test_far_apart_giou_widens_before_it_moves() -> None:
    giou = view_of(state(13, 10, 1, 1)).measures["giou"]
    assert giou.slope == pytest.approx((-0.125, 0, 0.1875, 0), abs=1e-12)


def test_inside_neither_iou_nor_giou_centres_and_both_are_a_quarter() -> None:
    found = view_of(state(10.1, 9.9, 0.5, 0.5))
    for name in ("iou", "giou"):
        assert found.measures[name].value == pytest.approx(0.25, abs=1e-12)
        assert found.measures[name].slope[:2] == (0, 0)
    assert found.measures["diou"].centres


def test_at_the_issue_s_pair_the_published_slope_is_four_times_too_steep() -> None:
    diou = {verdict.name: verdict for verdict in verdicts(state(12, 10.3, 1, 1))}["diou"]
    assert diou.true[0] == pytest.approx(-0.159, abs=5e-4)
    assert diou.published[0] == pytest.approx(-0.682, abs=5e-4)
    assert {Defect.HULL, Defect.SIGN} <= set(diou.acting)


def test_each_defect_acts_where_it_should() -> None:
    def acting(name: str, *moving: float) -> set[Defect]:
        return set(next(v for v in verdicts(state(*moving)) if v.name == name).acting)

    assert acting("iou", 10.4, 10.3, 1, 1.2) == {Defect.SIDES}
    assert acting("iou", 12, 10.3, 1, 1) == set()
    assert acting("giou", 12.1, 12.3, 1.1, 1.2) == {Defect.SIDES, Defect.UNCLAMPED}
    assert Defect.STRICT in acting("iou", 10.25, 10.1, 0.5, 0.7)
    assert Defect.UNCLAMPED not in acting("giou", 10.4, 10.3, 1, 1.2)


PLACES = st.tuples(*[st.floats(5, 15)] * 2, *[st.floats(0.05, 6)] * 2).map(inside)


@given(PLACES, PLACES)
@settings(deadline=None, max_examples=60)
def test_the_laws_hold_for_any_two_boxes(
    moving: tuple[float, float, float, float], target: tuple[float, float, float, float]
) -> None:
    assert [law.name for law in laws(view_of(OverlapState(moving, target))) if not law.holds] == []


def test_one_minus_iou_obeys_the_triangle_inequality_on_thousands_of_triples() -> None:
    dice = torch.Generator().manual_seed(3)
    a, b, c = (torch.rand(5000, 4, generator=dice, dtype=torch.float64) * 3 + 0.1 for _ in range(3))

    def distance(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return 1 - Pair(Boxes.of(first), Boxes.of(second)).iou

    assert (distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12).all()


@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("name", MEASURES)
def test_a_surface_has_the_numbers_of_each_of_its_places(axes: str, name: str) -> None:
    at = replace(OverlapState(), axes=axes)
    (found,) = terrain_of(at, [name], 24)  # no edge on an edge: there single precision decides by chance
    for row, column in ((0, 0), (3, 17), (12, 9), (13, 14), (23, 23)):
        first, second = float(found.xs[column]), float(found.ys[row])
        x, y, w, h = at.moving
        box = (first, second, w, h) if axes == "place" else (x, y, first, second)
        one = view_of(replace(at, moving=box)).measures[name]
        pair = one.slope[:2] if axes == "place" else one.slope[2:]
        assert found.values[row, column] == pytest.approx(one.value, abs=2e-6)
        assert (found.slope_x[row, column], found.slope_y[row, column]) == pytest.approx(pair, abs=1e-5)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("axes", AXES)
def test_a_slice_goes_through_the_present_box_and_its_slope_is_the_curve_s(axes: str, cut: str) -> None:
    at = replace(OverlapState(), axes=axes, cut=cut)
    now = at.moving[CUTS.index(cut) + 2 * AXES.index(axes)]
    for found in cuts_of(at, MEASURES[: 3 if axes == "size" else 4]):  # CIoU's alpha carries no gradient
        value = view_of(at).measures[found.measure].value
        assert np.interp(now, found.along, found.values) == pytest.approx(value, abs=1e-3)
        numeric = np.gradient(found.values, found.along)
        assert np.median(np.abs(numeric - found.slope)) < 2e-3


def test_regions_without_slope_are_exact() -> None:
    iou, giou = terrain_of(OverlapState(moving=(12, 10, 1, 1), target=(10, 10, 3, 3)), ["iou", "giou"], 41)
    apart = np.abs(iou.xs - 10) > 2
    assert iou.flat[:, apart].all()
    assert not giou.flat[:, apart].any()
    inside = np.ix_(np.abs(giou.ys - 10) < 0.95, np.abs(giou.xs - 10) < 0.95)
    assert giou.flat[inside].all()


def test_the_corners_of_intersection_and_hull() -> None:
    assert common_corners((10, 10, 2, 2), (11, 10.5, 2, 2)) == (10, 9.5, 11, 11)
    assert hull_corners((10, 10, 2, 2), (11, 10.5, 2, 2)) == (9, 9, 12, 11.5)


def test_swapping_and_shrinking_change_no_measure() -> None:
    before = view_of(state(10.8, 10.4, 1.2, 0.8, target=(10, 10, 2, 1)))
    for after in (view_of(swapped(before.state)), view_of(shrunk(before.state))):
        for name in MEASURES:
            assert after.measures[name].value == pytest.approx(before.measures[name].value, abs=1e-5)


def test_libraries_answer_nan_where_they_say_so_and_we_never_do() -> None:
    same, empty = (libraries(state(10, 10, *side, target=(10, 10, *side))) for side in ((2, 2), (0, 0)))
    assert math.isnan(same["mmdetection"]["ciou"])
    assert math.isnan(empty["torchvision"]["ciou"])
    assert all(math.isfinite(loss) for table in (same, empty) for loss in table["lossviz"].values())
    assert same["lossviz"] == {"giou": 0, "diou": 0, "ciou": 0}


@pytest.mark.parametrize("moving", [(10, 10, 0, 0), (10, 10, 1, 1), (11, 10, 1, 1), (12, 13, 0, 1), (10, 10, 0, 1)])
@pytest.mark.parametrize("target", [(10, 10, 1, 1), (10, 10, 0, 0), (10, 12, 1, 0)])
def test_degenerate_boxes_never_give_nan(
    moving: tuple[float, float, float, float], target: tuple[float, float, float, float]
) -> None:
    for measured in view_of(OverlapState(moving, target)).measures.values():
        assert all(math.isfinite(number) for number in (measured.value, *measured.slope))


@pytest.mark.parametrize("axes", AXES)
def test_where_edges_coincide_a_slice_knows_the_slope_on_both_sides_and_its_line_is_broken(axes: str) -> None:
    at = replace(OverlapState(), axes=axes, cut="first", target=(10.0, 10.0, 2.0, 2.0), moving=(10.5, 10.2, 1.0, 1.0))
    (cut,) = cuts_of(at, ["giou"])
    corners = [8.5, 9.5, 10.5, 11.5] if axes == "place" else [1.0, 3.0]
    for corner in corners:
        left, right = (cut.slope[np.argmin(np.abs(cut.along - place))] for place in (corner - 1e-7, corner + 1e-7))
        for place, slope in ((corner - 1e-6, left), (corner + 1e-6, right)):
            x, y, w, h = at.moving
            box = (place, y, w, h) if axes == "place" else (x, y, place, h)
            wanted = view_of(replace(at, moving=box)).measures["giou"].slope[0 if axes == "place" else 2]
            assert slope == pytest.approx(wanted, abs=1e-5)
    xs, ys = broken(cut.along, cut.slope)
    gaps = xs[np.isnan(ys)]
    assert set(np.round(gaps, 6)) == set(corners)
    steps = np.abs(np.diff(ys))
    assert np.nanmax(steps) < 0.1 * np.ptp(cut.slope)  # no line is drawn from one side of a jump to the other
    assert np.isfinite(broken(cut.along, cut.values)[1]).all()  # the measure itself has corners, and no jump
