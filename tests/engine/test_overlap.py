"""Overlap of two boxes: cases anybody can draw, then laws over random boxes."""

import math
from collections.abc import Callable
from itertools import product

import pytest
import torch
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Pair, all_ious

Number = Callable[[Boxes, Boxes], Tensor]
Slope = Callable[[Boxes, Boxes], Boxes]

NAMES = ("intersection", "union", "iou", "giou", "centre_distance", "diou", "ciou")
FAMILY = ("iou", "giou", "diou", "ciou")


def box(*xywh: float) -> Boxes:
    return Boxes.of(torch.tensor(xywh, dtype=torch.float64))


def pair(name: str) -> tuple[Number, Slope]:
    return lambda a, b: getattr(Pair(a, b), name), lambda a, b: getattr(Pair(a, b), f"{name}_slope")


def random_pairs(count: int = 2000, seed: int = 1) -> tuple[Boxes, Boxes]:
    """Boxes apart, overlapping and within one another; no edge lies on an edge."""
    dice = torch.Generator().manual_seed(seed)
    table = torch.rand(2, count, 4, generator=dice, dtype=torch.float64)
    table[..., 2:] = 0.05 + 0.6 * table[..., 2:] ** 2
    return Boxes.of(table[0]), Boxes.of(table[1])


def near(ours: Tensor | Boxes, theirs: object, atol: float = 1e-12) -> None:
    found = ours.table() if isinstance(ours, Boxes) else ours
    expected = torch.as_tensor(theirs, dtype=torch.float64).expand_as(found)
    torch.testing.assert_close(found, expected, rtol=0, atol=atol)


UNIT = (10, 10, 1, 1)

# name: first box, second box, intersection, union, width and height of the hull
DRAWN = {
    "identical": (UNIT, UNIT, 1, 1, 1, 1),
    "a quarter inside": ((10.5, 10.5, 1, 1), UNIT, 0.25, 1.75, 1.5, 1.5),
    "half shifted": ((10.5, 10, 1, 1), UNIT, 0.5, 1.5, 1.5, 1),
    "side by side": ((11, 10, 1, 1), UNIT, 0, 2, 2, 1),
    "one above the other": ((10, 9, 1, 1), UNIT, 0, 2, 1, 2),
    "corner to corner": ((11, 11, 1, 1), UNIT, 0, 2, 2, 2),
    "apart": ((13, 10, 1, 1), UNIT, 0, 2, 4, 1),
    "apart both ways": ((13, 14, 1, 1), UNIT, 0, 2, 4, 5),
    "contained": ((10.1, 10.05, 0.5, 0.5), UNIT, 0.25, 1, 1, 1),
    "containing": ((10, 10, 2, 2), UNIT, 1, 4, 2, 2),
    "a cross": ((10, 10, 3, 1), (10, 10, 1, 3), 1, 5, 3, 3),
    "half as wide": ((10, 10, 0.5, 1), UNIT, 0.5, 1, 1, 1),
}
drawn = pytest.mark.parametrize("case", DRAWN.values(), ids=DRAWN)


@drawn
def test_drawn_boxes_share_and_cover_what_one_can_count(case: tuple) -> None:
    a, b = box(*case[0]), box(*case[1])
    _, _, shared, covered, width, height = case
    near(Pair(a, b).intersection, shared)
    near(Pair(a, b).union, covered)
    near(torch.stack(Pair(a, b).hull), (width, height))
    near(Pair(a, b).iou, shared / covered)
    near(Pair(a, b).giou, shared / covered - (width * height - covered) / (width * height))
    squared = (case[0][0] - case[1][0]) ** 2 + (case[0][1] - case[1][1]) ** 2
    near(Pair(a, b).diou, shared / covered - squared / (width**2 + height**2))


@drawn
def test_drawn_boxes_give_the_same_numbers_the_other_way_round(case: tuple) -> None:
    a, b = box(*case[0]), box(*case[1])
    for name in NAMES:
        number, _ = pair(name)
        near(number(a, b), number(b, a))


def test_the_overlap_length_of_boxes_apart_is_minus_the_gap() -> None:
    width, height = Pair(box(13, 10, 1, 1), box(*UNIT)).overlap_widths
    near(width, -2)
    near(height, 1)


def test_identical_boxes_have_the_largest_value_of_every_kind() -> None:
    for name in FAMILY:
        near(pair(name)[0](box(*UNIT), box(*UNIT)), 1)


def test_apart_iou_is_flat_but_giou_still_pulls() -> None:
    a, b = box(13, 10, 1, 1), box(*UNIT)
    near(Pair(a, b).iou_slope, 0, 0)
    near(Pair(a, b).giou, -0.5)
    near(Pair(a, b).giou_slope.table()[:3], (-0.125, 0, 0.1875))


def test_apart_diou_pulls_along_the_shortest_way() -> None:
    near(Pair(box(13, 10, 1, 1), box(*UNIT)).diou_slope.table()[:3], (-0.1038, 0, 0.1246), 5e-5)
    near(Pair(box(12, 10.3, 1, 1), box(*UNIT)).diou_slope, (-0.1594, 0.0369, 0.1074, 0.0465), 5e-5)


def test_inside_iou_and_giou_do_not_centre_but_diou_does() -> None:
    a, b = box(10.1, 10.05, 0.5, 0.5), box(*UNIT)
    near(Pair(a, b).iou, 0.25)
    near(Pair(a, b).giou, 0.25)
    near(Pair(a, b).diou, 0.24375)
    for slope in (Pair(a, b).iou_slope, Pair(a, b).giou_slope):
        near(slope.x, 0, 0)
        near(slope.y, 0, 0)
    near(Pair(a, b).diou_slope.table()[:2], (-0.1, -0.05))


def test_equal_squared_errors_are_unequal_ious() -> None:
    truth = box(0, 0, 4, 4)
    near(Pair(box(1, 0, 4, 4), truth).iou, 0.6)
    near(Pair(box(0, 0, 5, 4), truth).iou, 0.8)
    near(Pair(box(0.5**0.5, 0.5**0.5, 4, 4), truth).iou, 0.5125, 5e-5)


def test_ciou_also_counts_the_shape() -> None:
    a, b = box(10, 10, 2, 1), box(10, 10, 1, 2)
    v = 4 / math.pi**2 * (math.atan(2) - math.atan(0.5)) ** 2
    near(Pair(a, b).ciou, 1 / 3 - v * v / (1 - 1 / 3 + v))
    near(Pair(box(10.2, 10, 2, 1), box(10, 10, 4, 2)).ciou, Pair(box(10.2, 10, 2, 1), box(10, 10, 4, 2)).diou)


@pytest.mark.parametrize("name", NAMES)
def test_the_closed_slope_is_what_automatic_differentiation_finds(name: str) -> None:
    number, slope = pair(name)
    a, b = random_pairs()
    table = a.table().requires_grad_()
    (found,) = torch.autograd.grad(number(Boxes.of(table), b).sum(), table)
    near(slope(a, b), found)


@pytest.mark.parametrize("name", NAMES)
def test_the_closed_slope_is_the_slope_of_the_value(name: str) -> None:
    number, slope = pair(name)
    a, b = random_pairs()
    if name == "ciou":  # its trade-off is held fast
        alpha = Pair(a, b).aspect_trade_off

        def number(a: Boxes, b: Boxes) -> Tensor:
            return Pair(a, b).diou - alpha * Pair(a, b).aspect

    step, table, columns = 1e-6, a.table(), []
    for k in range(4):
        nudge = torch.zeros(4, dtype=torch.float64)
        nudge[k] = step
        columns.append((number(Boxes.of(table + nudge), b) - number(Boxes.of(table - nudge), b)) / (2 * step))
    # Central differences: 1e-16 / step, and step^2 times a third derivative of small boxes.
    near(slope(a, b), torch.stack(columns, -1), 1e-7)


def test_the_slopes_of_lengths_are_the_slopes_of_the_values() -> None:
    a, b = random_pairs()
    for lengths, closed in (pair("overlap_widths"), pair("hull")):
        table = a.table().requires_grad_()
        width, height = lengths(Boxes.of(table), b)
        (of_width,) = torch.autograd.grad(width.sum(), table)
        (of_height,) = torch.autograd.grad(height.sum(), table)
        near(closed(a, b), of_width + of_height)
        near(of_width[:, [1, 3]], 0, 0)


def test_every_kind_keeps_its_bounds_and_giou_diou_ciou_are_at_most_the_iou() -> None:
    a, b = random_pairs()
    both = Pair(a, b)
    assert ((both.iou >= 0) & (both.iou <= 1)).all()
    digit = 1e-14  # equal where the hull is one of the boxes, but for the last digit
    assert ((both.giou > -1) & (both.giou <= both.iou + digit)).all()
    assert ((both.diou > -1) & (both.diou <= both.iou)).all()
    assert ((both.ciou > -2) & (both.ciou <= both.diou)).all()
    assert ((both.centre_distance >= 0) & (both.centre_distance < 1)).all()
    assert (both.intersection <= torch.minimum(a.area, b.area) + digit).all()
    assert (both.union >= torch.maximum(a.area, b.area) - digit).all()


@pytest.mark.parametrize("name", FAMILY)
def test_every_kind_is_symmetric_and_free_of_scale_and_place(name: str) -> None:
    number, slope = pair(name)
    a, b = random_pairs()
    near(number(a, b), number(b, a))
    grown = [Boxes.of(c.table() * 416) for c in (a, b)]
    near(number(*grown), number(a, b))
    near(slope(*grown), slope(a, b).table() / 416)
    moved = [Boxes(c.x + 3, c.y - 2, c.w, c.h) for c in (a, b)]
    near(number(*moved), number(a, b))


@pytest.mark.parametrize("name", FAMILY)
def test_a_mirrored_pair_has_the_mirrored_slope(name: str) -> None:
    number, slope = pair(name)
    a, b = random_pairs()
    turned = [Boxes(c.y, c.x, c.h, c.w) for c in (a, b)]
    near(number(*turned), number(a, b))
    near(slope(*turned), slope(a, b).table()[:, [1, 0, 3, 2]])


def test_an_edge_that_lies_on_an_edge_counts_half() -> None:
    near(Pair(box(*UNIT), box(*UNIT)).intersection_slope, (0, 0, 0.5, 0.5))
    near(Pair(box(*UNIT), box(*UNIT)).hull_slope, (0, 0, 0.5, 0.5))
    # Left edges equal: the right edge moves the overlap in full, the left one half.
    near(Pair(box(9.75, 10, 0.5, 0.5), box(*UNIT)).intersection_slope, (0.25, 0, 0.375, 0.5))


@pytest.mark.parametrize("name", FAMILY)
def test_identical_boxes_do_not_pull(name: str) -> None:
    near(pair(name)[1](box(*UNIT), box(*UNIT)), 0, 0)


@pytest.mark.parametrize(("name", "in_h"), [("giou", 0), ("diou", 0.0311)])
def test_where_tops_and_bottoms_are_level_the_slope_is_that_of_automatic_differentiation(
    name: str, in_h: float
) -> None:
    number, slope = pair(name)
    a, b = box(13, 10, 1, 1).table().requires_grad_(), box(*UNIT)
    (found,) = torch.autograd.grad(number(Boxes.of(a), b), a)
    near(slope(Boxes.of(a.detach()), b), found)
    near(found[3], in_h, 5e-5)


@pytest.mark.parametrize("place", [(11, 10), (10, 11), (11, 11), (9, 9), (13, 10)])
def test_boxes_that_only_touch_have_no_slope_of_overlap(place: tuple[float, float]) -> None:
    near(Pair(box(*place, 1, 1), box(*UNIT)).intersection_slope, 0, 0)
    near(Pair(box(*place, 1, 1), box(*UNIT)).iou_slope, 0, 0)
    near(Pair(box(*place, 1, 1), box(*UNIT)).union_slope, (0, 0, 1, 1), 0)


EMPTY = {
    "a point": (0.5, 0.5, 0, 0),
    "another point": (0.25, 0.5, 0, 0),
    "a line": (0.5, 0.5, 0, 0.5),
    "a lying line": (0.5, 0.5, 0.5, 0),
    "a box": (0.5, 0.5, 0.5, 0.5),
    "so small that its area is 0": (0.5, 0.5, 1e-200, 1e-200),
}


@pytest.mark.parametrize("name", NAMES)
def test_empty_boxes_never_give_nan(name: str) -> None:
    number, slope = pair(name)
    for first, second in product(EMPTY, EMPTY):
        a, b = box(*EMPTY[first]), box(*EMPTY[second])
        assert number(a, b).isfinite(), (first, second)
        # A slope of 1/side is no surprise; the largest number there is would be.
        assert (slope(a, b).table().abs() <= 1e201).all(), (first, second)


def test_two_boxes_without_area_do_not_overlap() -> None:
    for first in ("a point", "a line"):
        for second in ("a point", "a line"):
            assert Pair(box(*EMPTY[first]), box(*EMPTY[second])).iou == 0


def test_all_with_all_in_place_are_the_pairs_ious_and_change_nothing() -> None:
    a, b = random_pairs(60)
    a.w[:9], b.h[:9] = 0, 0
    b = b.pick((slice(20), None))
    before = a.table(), b.table()
    assert torch.equal(all_ious(a, b), Pair(a, b).iou)
    assert torch.equal(a.table(), before[0])
    assert torch.equal(b.table(), before[1])


def test_all_with_all_is_written_at_the_call() -> None:
    a, b = random_pairs(7)
    table = Pair(a.pick((slice(None), None)), b.pick(None)).iou
    assert table.shape == (7, 7)
    near(table.diagonal(), Pair(a, b).iou)


# --- a pair shares its pieces ---------------------------------------------------------------------------------------------


def surface(kind: str, n: int = 41) -> tuple[Boxes, Boxes]:
    """Boxes over a grid as a row, a column and two numbers; edges on edges among them."""
    line = torch.linspace(-2, 2, n, dtype=torch.float64) if kind == "places" else torch.linspace(0, 4, n).double()
    one, two = torch.tensor(0.5, dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64)
    row, column = line[None], line[:, None]
    a = Boxes(row, column, one, two) if kind == "places" else Boxes(one, two, row, column)
    return a, box(0.5, 0, 1, 1.5)


@pytest.mark.parametrize("kind", ["places", "sizes"])
@pytest.mark.parametrize("name", FAMILY)
def test_a_surface_from_rows_and_columns_is_that_from_full_tables(name: str, kind: str) -> None:
    a, b = surface(kind)
    measure, full = MEASURES[name], Pair(Boxes.of(a.table()), b)
    near(measure.value(Pair(a, b)), measure.value(full))
    near(measure.slope(Pair(a, b)), measure.slope(full).table())
    assert measure.slope(Pair(a, b)).table().isfinite().all()


def test_rows_stay_rows_and_columns_stay_columns() -> None:
    pair = Pair(*surface("places"))
    for lengths in (pair.overlap_widths, pair.shared, pair.hull):
        assert [tuple(length.shape) for length in lengths] == [(1, 41), (41, 1)]
    for slope in (pair.overlap_widths_slope, pair.shared_slope, pair.hull_slope):
        assert [tuple(column.shape) for column in slope] == [(1, 41), (41, 1), (1, 41), (41, 1)]
    assert pair.aspect.shape == ()


@pytest.mark.parametrize("name", FAMILY)
def test_the_measures_are_the_pairs_pieces(name: str) -> None:
    a, b = random_pairs(50)
    number, slope = pair(name)
    assert torch.equal(number(a, b), MEASURES[name].value(Pair(a, b)))
    assert torch.equal(slope(a, b).table(), MEASURES[name].slope(Pair(a, b)).table())


def test_boxes_meet_where_they_share_an_area() -> None:
    assert Pair(box(10.5, 10.5, 1, 1), box(*UNIT)).meet
    for place in ((11, 10), (11, 11), (13, 10), (10, 13)):
        assert not Pair(box(*place, 1, 1), box(*UNIT)).meet


def test_overlap_and_hull_lengths_together_are_both_sides() -> None:
    a, b = random_pairs(500)
    both = Pair(a, b)
    near(both.overlap_widths[0] + both.hull[0], a.w + b.w)
    near(both.overlap_widths[1] + both.hull[1], a.h + b.h)
