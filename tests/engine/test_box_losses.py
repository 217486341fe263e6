"""The libraries' box losses: cases anybody can draw, laws over random boxes, and what the table of rules says."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import library_boxes
from helpers.library_boxes import CASES, MMDET, TORCHVISION_IOUS, Case
from torch import Tensor

from lossviz.engine import box_losses as losses
from lossviz.engine.box_losses import LIBRARY_RULES, TORCHVISION
from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Pair

Value = Callable[[Boxes, Boxes], Tensor]
Slope = Callable[[Boxes, Boxes], Boxes]

EPS = (1e-7, 0.01)
DARKNET = Path(__file__).parents[1] / "golden" / "darknet" / "box_pairs.npz"
H = (0.5, 0.5, 0.5)


def at(loss: losses.LibraryLoss, eps: float) -> tuple[Value, Slope]:
    return lambda a, b: loss.value(a, b, eps), lambda a, b: loss.slope(a, b, eps)


# All losses with one number a pair, by library, name and eps.
EVERY: dict[str, tuple[Value, Slope]] = {
    f"{library} {name} {eps:g}": at(loss, eps)
    for library, known in (("torchvision", TORCHVISION), ("mmdet", MMDET))
    for name, loss in known.items()
    for eps in EPS
} | TORCHVISION_IOUS
every = pytest.mark.parametrize("name", EVERY)

SQUARE = (50.0, 50.0, 20.0, 20.0)


def box(*xywh: float, dtype: torch.dtype = torch.float64) -> Boxes:
    return Boxes.of(torch.tensor(xywh, dtype=dtype))


def random_pairs(count: int = 1000, seed: int = 4) -> tuple[Boxes, Boxes]:
    """Boxes apart, overlapping and within one another, of sides 0.2 to 4; no edge lies on an edge."""
    dice = torch.Generator().manual_seed(seed)
    table = 6 * torch.rand(2, count, 4, generator=dice, dtype=torch.float64)
    table[..., 2:] = 0.2 + table[..., 2:] ** 2 / 9
    return Boxes.of(table[0]), Boxes.of(table[1])


def near(ours: Tensor | Boxes, theirs: object, atol: float = 1e-12) -> None:
    found = ours.table() if isinstance(ours, Boxes) else ours
    expected = theirs.table() if isinstance(theirs, Boxes) else torch.as_tensor(theirs, dtype=found.dtype)
    torch.testing.assert_close(found, expected.expand_as(found), rtol=0, atol=atol)


def automatic(value: Value, a: Boxes, b: Boxes) -> Tensor:
    table = a.table().requires_grad_()
    (found,) = torch.autograd.grad(value(Boxes.of(table), b).sum(), table)
    return found


def differences(value: Value, a: Boxes, b: Boxes, step: float = 1e-6) -> Tensor:
    """Central differences; random boxes are nowhere so near to an edge."""
    nudges = torch.eye(4, dtype=torch.float64) * step
    table = a.table()
    sides = ((value(Boxes.of(table + n), b) - value(Boxes.of(table - n), b)) / (2 * step) for n in nudges)
    return torch.stack(tuple(sides), -1)


@every
def test_the_closed_slope_is_what_automatic_differentiation_finds(name: str) -> None:
    value, slope = EVERY[name]
    a, b = random_pairs()
    near(slope(a, b), automatic(value, a, b), 1e-11)


@pytest.mark.parametrize("name", [name for name in EVERY if "ciou" not in name and "complete" not in name])
def test_the_closed_slope_is_the_slope_of_the_value(name: str) -> None:
    value, slope = EVERY[name]
    a, b = random_pairs(200)
    found = differences(value, a, b)
    # -ln u falls by 1/u: differences of it are relative to the slope itself.
    near(slope(a, b).table() / found.abs().clamp_min(1), found / found.abs().clamp_min(1), 1e-6)


@pytest.mark.parametrize("beta", [0.05, 0.2, 1.0])
def test_each_of_the_four_bounded_losses_has_its_slope_in_its_own_coordinate(beta: float) -> None:
    a, b = random_pairs()
    table = a.table().requires_grad_()
    value = library_boxes.mmdet_bounded_iou_loss(Boxes.of(table), b, beta=beta)
    (found,) = torch.autograd.grad(value.table().sum(), table, retain_graph=True)
    near(library_boxes.mmdet_bounded_iou_loss_slope(a, b, beta=beta), found, 1e-12)
    for column, loss in zip(range(4), value, strict=True):
        (alone,) = torch.autograd.grad(loss.sum(), table, retain_graph=True)
        near(alone[:, [k for k in range(4) if k != column]], 0, 0)


@pytest.mark.parametrize("point", [0.02, 0.5, 1.5])
def test_the_extended_iou_is_smooth_for_every_point_of_change(point: float) -> None:
    a, b = random_pairs()
    near(
        library_boxes.mmdet_eiou_loss_slope(a, b, smooth_point=point),
        automatic(lambda a, b: library_boxes.mmdet_eiou_loss(a, b, smooth_point=point), a, b),
        1e-11,
    )


@pytest.mark.parametrize("name", ["giou", "diou", "ciou"])
def test_without_eps_and_edge_cases_torchvision_computes_the_textbook(name: str) -> None:
    textbook = MEASURES[name].value
    a, b = random_pairs()
    # 1e-7 over areas from 0.04.
    near(TORCHVISION[name].value(a, b, 1e-7), 1 - textbook(Pair(a, b)), 1e-5)


def test_the_ious_of_torchvision_are_the_textbooks() -> None:
    a, b = random_pairs()
    near(library_boxes.torchvision_box_iou(a, b), Pair(a, b).iou)
    near(library_boxes.torchvision_generalized_box_iou(a, b), Pair(a, b).giou)
    near(library_boxes.torchvision_distance_box_iou(a, b), Pair(a, b).diou, 1e-5)
    near(library_boxes.torchvision_complete_box_iou(a, b), Pair(a, b).ciou, 1e-5)


@pytest.mark.parametrize("name", [n for n in EVERY if n.split()[0] == "torchvision" or n in TORCHVISION_IOUS])
def test_torchvision_treats_both_boxes_alike(name: str) -> None:
    value, _ = EVERY[name]
    a, b = random_pairs()
    near(value(a, b), value(b, a))


def test_siou_does_not_treat_both_boxes_alike_since_eps_has_a_sign() -> None:
    a, b = random_pairs()
    for neg_gamma in (False, True):
        there = library_boxes.mmdet_siou_loss(a, b, 0.01, neg_gamma=neg_gamma)
        back = library_boxes.mmdet_siou_loss(b, a, 0.01, neg_gamma=neg_gamma)
        assert (there - back).abs().max() > 1e-4
        exact = library_boxes.mmdet_siou_loss(a, b, 0, neg_gamma=neg_gamma)
        near(exact, library_boxes.mmdet_siou_loss(b, a, 0, neg_gamma=neg_gamma))


def test_every_loss_keeps_its_bounds() -> None:
    a, b = random_pairs()
    most = {"iou_linear": 1, "iou_square": 1, "iou_log": -math.log(1e-7), "eiou": math.inf, "giou": 2, "diou": 2}
    for name, loss in MMDET.items():
        found = loss.value(a, b, 1e-7)
        assert ((found >= 0) & (found <= most.get(name, 2) + 1e-12)).all(), name
    for found in library_boxes.mmdet_bounded_iou_loss(a, b):
        assert ((found >= 0) & (found <= 1 - 0.2 / 2)).all()
    for name, loss in TORCHVISION.items():
        found = loss.value(a, b, 1e-7)
        assert ((found >= 0) & (found <= (3 if name == "ciou" else 2))).all(), name


@pytest.mark.parametrize("name", [name for name in EVERY if "1e-07" in name])
def test_identical_boxes_cost_next_to_nothing_in_float64_and_do_not_pull(name: str) -> None:
    value, slope = EVERY[name]
    square = box(*SQUARE)
    near(value(square, square), 0, 1e-9)
    # eps / area, and SIoU's eps beside a centre distance of 0.
    near(slope(square, square), 0, 1e-8)


def test_eps_is_added_in_torchvision_and_a_least_value_in_mmdetections_giou() -> None:
    small = box(0.5, 0.5, 0.1, 0.1)
    near(losses.torchvision_giou_loss(small, small, 1e-3), 1 / 11)
    near(losses.mmdet_giou_loss(small, small, 1e-3), 0)
    near(losses.mmdet_giou_loss(small, small, 0.02), 0.5)


def test_the_eps_of_torchvisions_ciou_does_not_reach_its_distance() -> None:
    small = box(0.5, 0.5, 0.1, 0.1)
    near(losses.torchvision_ciou_loss(small, small, 1e-3), 1e-5, 1e-8)
    near(losses.torchvision_diou_loss(small, small, 1e-3), 1 / 11)


def test_mmdetection_counts_the_shape_only_above_half_and_torchvision_always() -> None:
    flat, square = box(50, 50, 20, 4), box(*SQUARE)
    near(losses.mmdet_ciou_loss(flat, square), losses.mmdet_diou_loss(flat, square))
    assert losses.torchvision_ciou_loss(flat, square) > losses.torchvision_diou_loss(flat, square) + 0.01
    assert losses.mmdet_ciou_loss_slope(flat, square).w == losses.mmdet_diou_loss_slope(flat, square).w
    wide = box(50, 50, 20, 12)
    assert losses.mmdet_ciou_loss(wide, square) > losses.mmdet_diou_loss(wide, square) + 1e-3


def test_a_ciou_without_the_gate_would_be_noticed() -> None:
    """The planted misreading: torchvision's formula in mmdetection's place."""
    a, b = random_pairs()
    low = Pair(a, b).iou < 0.5
    assert low.any()
    apart = losses.torchvision_ciou_loss(a, b) - losses.mmdet_ciou_loss(a, b)
    assert (apart[low] > -1e-6).all()
    assert apart[low].max() > 0.1
    slopes = losses.torchvision_ciou_loss_slope(a, b).table() - losses.mmdet_ciou_loss_slope(a, b).table()
    assert slopes[low].abs().max() > 0.1


def test_boxes_apart_cost_the_same_everywhere_under_mmdetections_iou_losses() -> None:
    near_by, far = box(75, 50, 20, 20), box(500, 90, 20, 20)
    for name, cost in (("iou_linear", 1), ("iou_square", 1), ("iou_log", -math.log(1e-6))):
        loss = MMDET[name]
        for place in (near_by, far):
            near(loss.value(place, box(*SQUARE), loss.eps), cost, 1e-5)
            near(loss.slope(place, box(*SQUARE), loss.eps), 0, 0)


def test_the_signed_intersection_is_the_intersection_where_boxes_overlap_and_below_0_where_not() -> None:
    a, b = random_pairs()
    pair = losses.Pair(a, b)
    signed = library_boxes.signed_intersection(pair)
    near(signed[pair.meet], pair.intersection[pair.meet])
    assert (signed[~pair.meet] < 0).all()
    near(library_boxes.mmdet_eiou_loss_slope(box(75, 50, 20, 20), box(*SQUARE)).x.sign(), 1, 0)


def test_siou_as_the_library_has_it_forgives_distance_and_as_the_paper_has_it_does_not() -> None:
    apart, square = box(200, 54, 20, 20), box(*SQUARE)
    near(library_boxes.mmdet_siou_loss(apart, square), 0, 0)
    near(library_boxes.mmdet_siou_loss_slope(apart, square), 0, 0)
    assert library_boxes.mmdet_siou_loss(apart, square, neg_gamma=True) > 1
    assert library_boxes.mmdet_siou_loss_slope(apart, square, neg_gamma=True).x > 0


def test_siou_by_hand() -> None:
    a, b = box(0, 0, 4, 2), box(1, 1, 2, 2)
    # Overlap 2 x 1 of 10; angle 1 on the diagonal, gamma -1; enclosing box 4 x 3; widths differ by half.
    distance = 2 - math.exp(-1 / 16) - math.exp(-1 / 9)
    near(library_boxes.mmdet_siou_loss(a, b, 0, neg_gamma=True), 1 - 0.2 + (distance + (1 - math.exp(-0.5)) ** 4) / 2)


def test_the_bounded_iou_by_hand() -> None:
    a, b = box(0.5, 0, 4, 1), box(0, 0, 2, 2)
    x, w = 1 - (2 - 1) / (2 + 1), 1 - 2 / 4
    near(library_boxes.mmdet_bounded_iou_loss(a, b, 0), [x - 0.1, 0, w - 0.1, 0.4])


EMPTY = {
    "a point": (50, 50, 0, 0),
    "another point": (40, 50, 0, 0),
    "a line": (50, 50, 0, 20),
    "a lying line": (50, 50, 20, 0),
    "a square": SQUARE,
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@every
def test_no_slope_is_ever_nan(name: str, dtype: torch.dtype) -> None:
    table = torch.tensor(tuple(EMPTY.values()), dtype=dtype)
    first, second = torch.broadcast_tensors(table[:, None], table)
    assert EVERY[name][1](Boxes.of(first), Boxes.of(second)).table().isfinite().all()


def test_values_are_nan_where_the_libraries_are() -> None:
    point, square = box(50, 50, 0, 0), box(*SQUARE)
    assert losses.torchvision_ciou_loss(point, square).isnan()
    assert losses.torchvision_ciou_loss(square, point).isnan()
    assert library_boxes.torchvision_complete_box_iou(point, square).isnan()
    assert library_boxes.mmdet_siou_loss(point, point).isnan()
    assert losses.mmdet_ciou_loss(point, point).isfinite()
    for name in ("box_iou", "generalized_box_iou", "distance_box_iou"):
        assert TORCHVISION_IOUS[name][0](point, point).isnan()
    single, exact = box(*SQUARE, dtype=torch.float32), box(*SQUARE)
    assert losses.mmdet_ciou_loss(single, single).isnan()
    assert losses.mmdet_ciou_loss(exact, exact).isfinite()
    assert losses.torchvision_ciou_loss(single, single) == 0


def test_two_points_on_one_another_cost_1_in_both_libraries() -> None:
    point = box(50, 50, 0, 0)
    assert losses.torchvision_giou_loss(point, point) == 1
    assert losses.mmdet_giou_loss(point, point) == 1


def test_only_mmdetection_lets_touching_boxes_pull() -> None:
    touching, square = box(70, 50, 20, 20), box(*SQUARE)
    theirs = automatic(losses.mmdet_diou_loss, touching, square)
    ours = losses.mmdet_diou_loss_slope(touching, square).table()
    # One more step to the left would add a strip of 20 to a union of 800.
    near(theirs - ours, torch.tensor([20 / 800, 0, -20 / 1600, 0], dtype=torch.float64), 1e-9)


def rules_case(library: str, loss: str, pair: str) -> Case:
    (found,) = (case for case in CASES[library] if (case.loss, case.pair) == (loss, pair))
    return found


def test_the_table_of_rules_names_every_nan_and_no_other_number_is_one() -> None:
    undefined = set()
    for library, cases in CASES.items():
        for case in cases:
            assert all(math.isfinite(number) for number in case.ours)
            is_nan = math.isnan(case.cost) or any(math.isnan(number) for number in case.theirs)
            assert is_nan == bool(case.because)
            if is_nan:
                undefined.add((library, case.loss, case.pair, case.because))
    assert undefined == {
        ("torchvision", "ciou", "points", "shape"),
        ("torchvision", "ciou", "line", "shape"),
        ("mmdetection", "ciou", "identical", "trade_off"),
    }


def test_the_table_of_rules_says_who_pulls_where_boxes_touch() -> None:
    shares = {rule.library: (rule.tie, rule.touch) for rule in LIBRARY_RULES}
    assert shares == {
        "lossviz": (0.5, 0),
        "torchvision": (0.5, 0),
        "mmdetection": (0.5, 1),
        "tensorflow": (1, 1),
        "darknet": (0, 1),
    }
    for library in ("lossviz", "torchvision", "mmdetection"):
        case = rules_case(library, "diou", "touching")
        assert case.ours[0] == pytest.approx(0.012, abs=1e-7)
        assert case.theirs[0] == pytest.approx(0.012 + 0.025 * shares[library][1], abs=1e-7)
        assert rules_case(library, "giou", "points").cost == 1


def test_darknet_s_own_numbers_say_that_touching_boxes_pull_in_full_and_edges_on_edges_not_at_all() -> None:
    with np.load(DARKNET) as file:
        ours, theirs, found = (file[name].tolist() for name in ("a", "b", "dintersect"))
    (rule,) = (rule for rule in LIBRARY_RULES if rule.library == "darknet")
    where = [n for n, pair in enumerate(zip(ours, theirs, strict=True)) if pair == ([0.25, *H], [0.75, *H])]
    # One more step to the right would add a strip as high as both boxes; half of it comes with the width.
    assert [found[n] for n in where] == [[0.5 * rule.touch, 0, 0.25 * rule.touch, 0]]
    same = [
        n for n, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] == pair[1] and pair[0][2] * pair[0][3]
    ]
    assert same
    assert all(found[n] == [rule.tie] * 4 for n in same)
