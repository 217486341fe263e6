"""The published slopes: each defect where it acts and nowhere else."""

import math

import pytest
import torch

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.engine.published import ALL_DEFECTS, ALPHA_EPS, Defect, PublishedPair, SimulatedPair

UNIT = (10, 10, 1, 1)


def box(*xywh: float) -> Boxes:
    return Boxes.of(torch.tensor(xywh, dtype=torch.float64))


def random_pairs(count: int = 500) -> tuple[Boxes, Boxes]:
    dice = torch.Generator().manual_seed(1)
    table = torch.rand(2, count, 4, generator=dice, dtype=torch.float64)
    table[..., 2:] = 0.05 + 0.6 * table[..., 2:] ** 2
    return Boxes.of(table[0]), Boxes.of(table[1])


def slope(name: str, a: Boxes, b: Boxes, *defects: Defect) -> torch.Tensor:
    return MEASURES[name].slope(PublishedPair(a, b, frozenset(defects))).table()


def near(ours: torch.Tensor, theirs: object, atol: float = 1e-11) -> None:
    expected = torch.as_tensor(theirs, dtype=torch.float64).expand_as(ours)
    torch.testing.assert_close(ours, expected, rtol=0, atol=atol)


@pytest.mark.parametrize("name", MEASURES)
def test_without_a_defect_the_slopes_are_the_true_ones(name: str) -> None:
    a, b = random_pairs()
    near(slope(name, a, b), MEASURES[name].slope(SimulatedPair(a, b)).table())
    for place in ((10, 10, 1, 1), (11, 10, 1, 1), (9.75, 10, 0.5, 0.5)):
        near(slope(name, box(*place), box(*UNIT)), MEASURES[name].slope(SimulatedPair(box(*place), box(*UNIT))).table())


@pytest.mark.parametrize("name", MEASURES)
def test_the_values_are_the_true_ones(name: str) -> None:
    a, b = random_pairs()
    near(MEASURES[name].value(PublishedPair(a, b)), MEASURES[name].value(SimulatedPair(a, b)))


@pytest.mark.parametrize("name", ["iou", "giou"])
def test_sides_doubles_w_and_h_alone(name: str) -> None:
    a, b = random_pairs()
    true = slope(name, a, b)
    near(slope(name, a, b, Defect.SIDES), true * torch.tensor([1, 1, 2, 2]))


def test_unclamped_acts_on_giou_of_boxes_apart_both_ways_alone() -> None:
    a, b = random_pairs()
    for name in ("iou", "diou", "ciou"):
        near(slope(name, a, b, Defect.UNCLAMPED), slope(name, a, b), 0)
    meets = Pair(a, b).meet
    same = (slope("giou", a, b, Defect.UNCLAMPED) - slope("giou", a, b)).abs().amax(1) < 1e-12
    assert same[meets].all()
    assert not same[~meets].any()


def test_unclamped_a_gap_both_ways_counts_as_an_area_shared() -> None:
    # Gaps of 1 and 1: U = 1 + 1 - 1 instead of 2, dU/dx = -(gap's slope -1)(-1) = -1; C = 9, dC/dx = 3.
    near(slope("giou", box(12, 12, 1, 1), box(*UNIT), Defect.UNCLAMPED)[:2], (9 * -1 - 1 * 3) / 81)
    near(slope("giou", box(12, 12, 1, 1), box(*UNIT))[:2], -2 * 3 / 81)


def test_sign_and_hull_by_hand() -> None:
    a, b = box(13, 10.2, 1, 1.1), box(*UNIT)
    # Hull 4 x 1.25 and diagonal^2 17.5625; rho^2 9.04.
    c, d = 17.5625, 9.04
    near(slope("diou", a, b)[0], (-6 * c + 2 * 4 * d) / c**2)
    near(slope("diou", a, b, Defect.SIGN)[0], (-6 * c - 2 * 4 * d) / c**2)
    near(slope("diou", a, b, Defect.HULL)[0], (-6 * c + (2 * 4 + 2 * 1.25) * d) / c**2)
    near(slope("diou", a, b, Defect.SIGN, Defect.HULL)[0], (-6 * c - (2 * 4 + 2 * 1.25) * d) / c**2)
    near(slope("diou", a, b, Defect.HULL)[2], (2 * 4 + 2 * 1.25) * 0.5 * d / c**2)
    near(slope("diou", a, b, Defect.SIGN)[2:], slope("diou", a, b)[2:])


def test_span_says_that_growing_over_the_target_shrinks_the_hull() -> None:
    a, b = box(10.1, 10, 3, 0.5), box(*UNIT)
    c, d = 3**2 + 1**2, 0.1**2
    parts = {frozenset(): 2 * 3, frozenset({Defect.SPAN}): -2 * 3, frozenset({Defect.SPAN, Defect.HULL}): -2 * 3 + 2}
    for defects, expected in parts.items():
        near(slope("diou", a, b, *defects)[2] - slope("iou", a, b)[2], expected * d / c**2)
    near(slope("diou", a, b, Defect.SPAN)[[0, 1, 3]], slope("diou", a, b)[[0, 1, 3]])


def test_aspect_drops_a_factor_and_nothing_else() -> None:
    a, b = box(10, 10, 2, 1), box(10, 10, 1, 2)
    gap = math.atan(0.5) - math.atan(2)
    v = 4 / math.pi**2 * gap**2
    alpha = v / (1 - 1 / 3 + v + ALPHA_EPS)
    pull = alpha * 8 / math.pi**2 * gap
    near(slope("ciou", a, b, Defect.ASPECT)[2:] - slope("diou", a, b)[2:], (pull * 1, -pull * 2))
    near(slope("ciou", a, b)[2:] - slope("diou", a, b)[2:], (pull * 1 / 5, -pull * 2 / 5))
    first, second = random_pairs()
    near(slope("diou", first, second, Defect.ASPECT), slope("diou", first, second), 0)


def test_strict_an_edge_on_an_edge_does_not_move() -> None:
    same = box(*UNIT)
    assert not slope("iou", same, same, Defect.STRICT)[:2].any()
    # The overlap stays when a box grows from where it lies on the other; the union grows.
    near(slope("iou", same, same, Defect.STRICT)[2:], (-1, -1))
    near(slope("iou", same, same), 0)
    a, b = random_pairs()
    for name in MEASURES:
        near(slope(name, a, b, Defect.STRICT), slope(name, a, b), 0)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("defects", [frozenset(), ALL_DEFECTS, *(frozenset({one}) for one in Defect)])
def test_no_box_gives_nan(name: str, defects: frozenset[Defect]) -> None:
    shapes = [(0.5, 0.5, 0, 0), (0.5, 0.5, 0, 0.5), (0.5, 0.5, 0.5, 0.5), (0.7, 0.5, -0.2, 0.3), (0.5, 0.5, -0.2, -0.3)]
    for first in shapes:
        for second in shapes[:3]:
            assert MEASURES[name].slope(PublishedPair(box(*first), box(*second), defects)).table().isfinite().all()


def test_a_box_with_a_negative_side_meets_nothing() -> None:
    pair = PublishedPair(box(10, 10, -0.5, 1), box(*UNIT))
    assert not pair.meet
    assert not pair.iou_slope.table().any()
