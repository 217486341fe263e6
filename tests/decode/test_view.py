"""From raw numbers to a box and back: closed forms, formulas as printed, other forms, where 32 bits end."""

import math

import pytest
import torch
from helpers.latex import evaluate
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.decode.state import PLAIN
from lossviz.decode.view import (
    ANCHOR,
    CELLS,
    CURVES,
    FORMULAS,
    HIGHEST,
    LIMITS,
    MOVES,
    NET,
    PHOTO,
    SHARES,
    DecodeView,
    curve_of,
    encoded,
    filled,
    inner_edge,
    moved,
    overflow_of,
    tex,
    turned,
    view_of,
)
from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import Pair

Raw = tuple[float, float, float, float]
NEAR = st.floats(-6, 6)


def sigma(t: float) -> float:
    return 1 / (1 + math.exp(-t))


def test_all_zeros_draw_the_anchor_in_the_middle_of_its_cell() -> None:
    found = DecodeView((0.0, 0.0, 0.0, 0.0))
    assert found.cells == pytest.approx((1.5, 1.5, *ANCHOR))
    assert found.free == pytest.approx(found.box)
    assert found.bounded == pytest.approx(found.box)


@given(st.tuples(NEAR, NEAR, NEAR, NEAR))
@settings(deadline=None)
def test_every_form_is_its_closed_form_and_the_way_back_is_the_way(raw: Raw) -> None:
    t_x, t_y, t_w, t_h = raw
    found = DecodeView(raw)
    sizes = (ANCHOR[0] * math.exp(t_w), ANCHOR[1] * math.exp(t_h))
    assert found.cells == pytest.approx((1 + sigma(t_x), 1 + sigma(t_y), *sizes))
    assert found.pixels == pytest.approx([PHOTO / CELLS * part for part in found.cells])
    assert found.free[:2] == pytest.approx((t_x * SHARES[0] + 0.5, t_y * SHARES[1] + 0.5))
    later = (0.5 + 2 * sigma(t_x), 0.5 + 2 * sigma(t_y), 1.25 * (2 * sigma(t_w)) ** 2, (2 * sigma(t_h)) ** 2)
    assert [CELLS * part for part in found.bounded] == pytest.approx(later)
    assert encoded(found.box) == pytest.approx(raw, abs=1e-9)
    assert [way.raw for way in found.back] == pytest.approx(raw, abs=1e-9)


@given(st.tuples(NEAR, NEAR, NEAR, NEAR))
@settings(deadline=None)
def test_every_slope_is_that_of_autograd(raw: Raw) -> None:
    t = torch.tensor(raw, dtype=torch.float64, requires_grad=True)
    found = DecodeView(raw)
    names = ("sigmoid", "sigmoid", "exp", "exp"), ("later_centre", "later_centre", "later_size", "later_size")
    for factors, curves in zip((found.usual, found.later), names, strict=True):
        values = torch.stack([CURVES[name](t[n]) for n, name in enumerate(curves)])
        (slopes,) = torch.autograd.grad(values.sum(), t)
        assert [factor.value for factor in factors] == pytest.approx(values.tolist())
        assert [factor.slope for factor in factors] == pytest.approx(slopes.tolist())
    cells = [slope * unit for (_, slope), unit in zip(found.usual, (1, 1, *ANCHOR), strict=True)]
    assert found.slopes == pytest.approx(cells)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("key", FORMULAS)
def test_every_printed_formula_comes_to_the_number_beside_it(key: str, axis: int) -> None:
    for raw in (PLAIN.raw, (-1.5, 2.0, -0.7, 1.2)):
        found = DecodeView(raw)
        latex, numbers, value = found.worked(key, axis)
        assert float(evaluate(latex, **found.letters(key, axis))) == pytest.approx(value, rel=1e-12)
        assert float(evaluate(numbers)) == pytest.approx(value, rel=2e-3)


def test_a_formula_along_y_has_the_letters_of_y() -> None:
    assert turned(FORMULAS["centre"], 1) == r"b_y = \frac{c_y + \sigma(t_y)}{H}"
    assert turned(FORMULAS["free"], 1) == r"y = t_y \cdot h_a + y_a"
    assert filled(r"x = t_x + \sigma(t_x) e^{t_x}", {"t_x": -2.0}) == r" (-2) + \sigma(-2) e^{-2}"
    assert [tex(value) for value in (4.49e38, -math.inf, 0.25)] == [r"4.49 \cdot 10^{38}", r"-\infty", "0.25"]


def test_cells_and_pixels_are_the_same_box() -> None:
    found = view_of(PLAIN)
    assert found.worked("size", 0).value == found.worked("size_pixels", 0).value == found.box[2]
    assert found.letters("size_pixels", 0)["p_w"] / NET == pytest.approx(found.letters("size", 0)["p_w"] / CELLS)


def test_both_forms_start_with_the_anchor_and_slope_one_and_only_one_is_bounded() -> None:
    for factors in (DecodeView((0, 0, 0, 0)).usual, DecodeView((0, 0, 0, 0)).later):
        assert factors[2] == pytest.approx((1.0, 1.0))
    huge = DecodeView((120, -120, 120, 120))
    assert [factor.value for factor in huge.later] == pytest.approx([1.5, -0.5, 4, 4])
    assert huge.factors[0] > 1e52
    border = DecodeView((math.log(3), -math.log(3), 0, 0))
    assert [factor.value for factor in border.later[:2]] == pytest.approx([1, 0], abs=1e-15)


def test_on_the_border_there_is_no_way_back_and_32_bits_lose_it_first() -> None:
    near, far = (DecodeView((t, -t, 0.0, 0.0)).back for t in (20.0, 120.0))
    assert near[0].raw == pytest.approx(20, abs=1e-6)
    assert (near[0].short, near[1].short) == (math.inf, -math.inf)
    assert (far[0].raw, far[0].of) == (math.inf, 1.0)
    assert DecodeView((16.0, 0.0, 0.0, 0.0)).back[0].short < 17


def test_nothing_is_nan_before_the_third_move() -> None:
    raw, seen = list(PLAIN.raw), []
    for channel, value in MOVES:
        raw[channel] = value
        seen.append(overflow_of(raw))
    assert overflow_of(PLAIN.raw).situation == "fine"
    assert [found.situation for found in seen] == ["infinite", "giou", "lost"]
    first, second, third = seen
    assert (first.pixels, math.isfinite(first.share), second.share, second.iou) == (math.inf, True, math.inf, 0.0)
    assert math.isnan(third.area)
    assert math.isnan(third.iou)
    assert third.slope == 89.0


@given(st.tuples(NEAR, NEAR, NEAR, NEAR))
@settings(deadline=None)
def test_while_all_is_finite_the_measures_are_the_engines(raw: Raw) -> None:
    found = overflow_of(raw)
    sides = [side * math.exp(t) for side, t in zip(SHARES, raw[2:], strict=True)]
    box, label = (Boxes.of(torch.tensor([[0.5, 0.5, *wh]], dtype=torch.float64)) for wh in (sides, SHARES))
    pair = Pair(box, label)
    assert found.iou == pytest.approx(float(pair.iou), rel=1e-5)
    assert found.giou == pytest.approx(float(Pair(box, label).giou), rel=1e-4, abs=1e-6)


def test_exp_leaves_32_bits_where_it_is_said_to() -> None:
    below, above = (torch.tensor(HIGHEST + step, dtype=torch.float32).exp() for step in (-1e-4, 1e-4))
    assert torch.isfinite(below)
    assert torch.isinf(above)
    assert pytest.approx(88.7228, abs=1e-4) == HIGHEST


def test_a_hand_stops_where_the_slope_is_as_flat_as_is_said() -> None:
    place, slope = inner_edge()
    assert LIMITS[0][1] * CELLS - 1 == pytest.approx(place)
    assert (f"{place:.5f}", f"{slope:.5f}", f"{0.25 / slope:.0f}") == ("0.99909", "0.00091", "275")


def test_a_part_of_the_box_that_was_not_moved_keeps_its_raw_number() -> None:
    state = PLAIN.with_raw((20, -0.4, 100, 0.7))
    x, y, w, h = view_of(state).shown()
    after = moved(state, (x, y + 0.05, w, h))
    assert (after.raw[0], after.raw[2], after.raw[3]) == (20, 100, 0.7)
    assert view_of(after).box[1] == pytest.approx(y + 0.05, abs=1e-6)


def test_a_curve_rises_from_end_to_end() -> None:
    for name in CURVES:
        xs, ys = curve_of(name, -4, 4)
        assert (xs[0], xs[-1]) == (-4, 4)
        assert list(ys) == sorted(ys)
