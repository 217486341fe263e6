"""Every sentence of the page on IoU losses that depends on the boxes, held against numbers worked out here.

Nothing of the engine is used to judge a sentence: boxes are four plain numbers, measures are written out below, slopes are
differences of them, taken to either side.
"""

import itertools
import math
import random
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from lossviz.core.plane import inside
from lossviz.core.text import Text, four
from lossviz.engine.published import Defect
from lossviz.overlap.charts.surface import flat_cells
from lossviz.overlap.checks import laws, libraries, verdicts
from lossviz.overlap.state import AXES, MEASURES, OverlapState
from lossviz.overlap.surface import terrain_of
from lossviz.overlap.view import SITUATIONS, OverlapView, view_of
from lossviz.overlap.widgets.board import between
from lossviz.overlap.words import (
    aspect_printed,
    aspect_slopes,
    board_says,
    flat_share,
    rule_keys,
    situation,
    situation_keys,
    step_key,
)

Box = tuple[float, float, float, float]
TEXT = Text("en")
STEP = 1e-6
STEEP = 1e-7
"""Slope below which a difference is rounding; the measures' own slopes are 0 or well above it in the states below."""


# ---- the measures, written out ----


def edges(box: Box) -> Box:
    x, y, w, h = box
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def sides(a: Box, b: Box) -> tuple[float, float]:
    """The signed overlap lengths, without rounding in the last digits."""
    (l1, t1, r1, b1), (l2, t2, r2, b2) = edges(a), edges(b)
    return round(min(r1, r2) - max(l1, l2), 9), round(min(b1, b2) - max(t1, t2), 9)


def iou(a: Box, b: Box) -> float:
    (l1, t1, r1, b1), (l2, t2, r2, b2) = edges(a), edges(b)
    shared = max(0.0, min(r1, r2) - max(l1, l2)) * max(0.0, min(b1, b2) - max(t1, t2))
    union = a[2] * a[3] + b[2] * b[3] - shared
    return shared / union if union else 0.0


def around(a: Box, b: Box) -> tuple[float, float]:
    (l1, t1, r1, b1), (l2, t2, r2, b2) = edges(a), edges(b)
    return max(r1, r2) - min(l1, l2), max(b1, b2) - min(t1, t2)


def giou(a: Box, b: Box) -> float:
    u = iou(a, b)
    areas = a[2] * a[3] + b[2] * b[3]
    union, hull = areas - areas * u / (1 + u), math.prod(around(a, b))
    return u - (hull - union) / hull if hull else u


def diou(a: Box, b: Box) -> float:
    c = sum(side**2 for side in around(a, b))
    return iou(a, b) - (((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) / c if c else 0.0)


def v(a: Box, b: Box) -> float:
    return 4 / math.pi**2 * (math.atan2(b[2], b[3]) - math.atan2(a[2], a[3])) ** 2


def alpha(a: Box, b: Box) -> float:
    under = 1 - iou(a, b) + v(a, b)
    return v(a, b) / under if under > 1e-15 else 0.0


def ciou(a: Box, b: Box) -> float:
    return diou(a, b) - alpha(a, b) * v(a, b)


WRITTEN: dict[str, Callable[[Box, Box], float]] = {"iou": iou, "giou": giou, "diou": diou, "ciou": ciou}


def one_sided(value: Callable[[Box, Box], float], a: Box, b: Box, axis: int, step: float) -> float:
    moved = tuple(side + step * (k == axis) for k, side in enumerate(a))
    return (value(moved, b) - value(a, b)) / step  # type: ignore[arg-type]


def slope(name: str, a: Box, b: Box, axis: int) -> float:
    """The mean of the slopes on either side; alpha is held fast."""
    fixed = alpha(a, b)
    value = (lambda p, q: diou(p, q) - fixed * v(p, q)) if name == "ciou" else WRITTEN[name]
    return (one_sided(value, a, b, axis, STEP) + one_sided(value, a, b, axis, -STEP)) / 2


def steep(name: str, a: Box, b: Box, axes: tuple[int, ...] = (0, 1, 2, 3)) -> bool:
    return any(abs(slope(name, a, b, axis)) > STEEP for axis in axes)


# ---- states: those anybody can draw, extreme ones, random ones ----

DRAWN: list[tuple[Box, Box]] = [
    ((10, 10, 2, 2), (10, 10, 2, 2)),  # identical
    ((10, 10, 0.1, 0.1), (10, 10, 0.1, 0.1)),
    ((10, 10, 9, 0.01), (10, 10, 9, 0.01)),
    ((10.1, 9.9, 0.5, 0.5), (10, 10, 1, 1)),  # one inside the other
    ((10, 10, 3, 3), (10.1, 9.8, 1, 1)),
    ((10, 10, 1, 1), (10, 10, 3, 3)),
    ((10, 10, 3, 3), (10, 10, 1, 1)),
    ((10, 10.2, 1, 1), (10, 10, 3, 3)),
    ((9.75, 10, 0.5, 0.5), (10, 10, 1, 1)),  # inside, edge on edge
    ((9.75, 9.75, 0.5, 0.5), (10, 10, 1, 1)),
    ((10, 10, 1, 0.5), (10, 10, 1, 1)),
    ((10, 10.25, 1, 0.5), (10, 10, 1, 1)),
    ((10.5, 10, 2, 2), (10, 10, 2, 2)),  # shifted along one axis
    ((10, 11.9, 2, 2), (10, 10, 2, 2)),
    ((10, 10, 2, 4), (10, 10, 4, 2)),  # concentric cross
    ((10, 10, 0.02, 8), (10, 10, 8, 0.02)),
    ((10.3, 10.1, 2, 4), (10, 10, 4, 2)),
    ((12, 10, 2, 2), (10, 10, 2, 2)),  # touching edges
    ((10, 8, 2, 2), (10, 10, 2, 2)),
    ((12, 11, 2, 2), (10, 10, 2, 2)),
    ((11.5, 10, 1, 0.5), (10, 10, 2, 2)),
    ((12, 12, 2, 2), (10, 10, 2, 2)),  # touching corners
    ((8, 12, 2, 2), (10, 10, 2, 2)),
    ((12, 13, 2, 2), (10, 10, 2, 2)),  # apart along y, touching along x
    ((13, 10, 1, 1), (10, 10, 1, 1)),  # apart
    ((14, 14, 1, 2), (6, 6, 1, 1)),
    ((10, 10, 0, 1), (10, 10, 1, 1)),  # zero sides
    ((10, 10, 0, 0), (10, 10, 1, 1)),
    ((10, 10, 0, 0), (10, 10, 0, 0)),
    ((10, 10, 0, 2), (10, 10, 2, 0)),
    ((12, 10, 1, 1), (10, 10, 1, 0)),
    ((5, 5, 10, 10), (15, 15, 10, 10)),  # over the border
    ((5, 10, 10, 1), (6, 10, 10, 1)),
    ((15, 5, 0.01, 10), (5, 15, 10, 0.01)),
    ((10, 10, 4, 1), (10, 10, 2, 2)),  # IoU of a third, and of exactly a half
    ((10, 10, 2, 1), (10, 10, 2, 2)),
    ((10, 10, 2, 1.01), (10, 10, 2, 2)),
]


def drawn_by_chance(count: int) -> list[tuple[Box, Box]]:
    """Boxes on a coarse lattice, where ties are common, and anywhere."""
    dice = random.Random(7)

    def lattice() -> Box:
        return tuple(dice.choice([8, 8.5, 9, 9.5, 10, 10.5, 11, 12]) for _ in range(2)) + tuple(
            dice.choice([0.5, 1, 1, 2, 3, 4]) for _ in range(2)
        )  # type: ignore[return-value]

    def anywhere() -> Box:
        return inside((dice.uniform(5, 15), dice.uniform(5, 15), 10 ** dice.uniform(-2, 1), 10 ** dice.uniform(-2, 1)))

    return [(make(), make()) for make in (lattice, anywhere) for _ in range(count)]


PAIRS = DRAWN + drawn_by_chance(70)


def views() -> list[tuple[Box, Box, OverlapView]]:
    return [(a, b, view_of(OverlapState(a, b))) for a, b in PAIRS]


VIEWS = views()


def shown(key: str) -> list[tuple[Box, Box, OverlapView]]:
    found = [one for one in VIEWS if key in situation_keys(one[2])]
    assert found, key
    return found


# ---- how the boxes lie ----


def test_every_situation_and_every_sentence_of_it_occurs() -> None:
    assert {found.situation for *_, found in VIEWS} == set(SITUATIONS)
    extra = ("touching_edge", "contained_off", "contained_centred", "contained_edge")
    said = {key for *_, found in VIEWS for key in situation_keys(found)}
    assert said == {f"situation_{name}_says" for name in (*SITUATIONS, *extra)}


def test_the_numbers_of_the_view_are_those_of_the_formulas() -> None:
    for a, b, found in VIEWS:
        for name in MEASURES:
            assert found.measures[name].value == pytest.approx(WRITTEN[name](a, b), abs=1e-9)
            if found.situation != "empty" and found.situation != "touching":
                small = min(*a[2:], *b[2:])
                for axis in range(4):
                    expected = slope(name, a, b, axis)
                    near = max(1e-4, 1e-5 / small**2) * max(1, abs(expected))
                    assert found.measures[name].slope[axis] == pytest.approx(expected, abs=near), (name, a, b, axis)


def test_empty_says_no_area_is_shared_and_no_number_is_nan() -> None:
    for a, b, found in shown("situation_empty_says"):
        assert min(*a[2:], *b[2:]) == 0
        assert found.intersection == iou(a, b) == 0
        numbers = [*(n for m in found.measures.values() for n in (m.value, *m.slope)), found.union, found.log_loss]
        assert not any(map(math.isnan, numbers))
    assert all(found.situation == "empty" for a, b, found in VIEWS if min(*a[2:], *b[2:]) == 0)


def test_identical_says_every_measure_is_1_and_where_mmdetection_is_nan() -> None:
    for a, b, _ in shown("situation_identical_says"):
        assert a == b
        assert all(value(a, b) == pytest.approx(1, abs=1e-12) for value in WRITTEN.values())
        assert v(a, b) == 1 - 1 == 0
    for side, is_nan in ((0.5, False), (1.0, False), (1.3, False), (1.5, True), (3.0, True), (9.0, True)):
        box = (10.0, 10.0, side, side)
        losses = libraries(OverlapState(box, box))
        assert math.isnan(losses["mmdetection"]["ciou"]) == is_nan == (side**2 > 2)
        assert math.isfinite(losses["torchvision"]["ciou"])
        assert losses["lossviz"]["ciou"] == pytest.approx(0, abs=1e-5)  # single precision


def test_apart_says_iou_is_0_and_flat_and_the_others_have_a_gradient() -> None:
    for a, b, found in shown("situation_apart_says"):
        assert min(sides(a, b)) < 0
        assert iou(a, b) == 0
        assert not steep("iou", a, b)
        assert found.measures["iou"].slope == (0, 0, 0, 0)
        for name in ("giou", "diou", "ciou"):
            assert steep(name, a, b), (name, a, b)
            assert any(found.measures[name].slope)


def test_touching_says_no_area_is_shared_and_the_page_s_gradient_of_iou_is_0() -> None:
    for a, b, found in shown("situation_touching_says"):
        assert min(sides(a, b)) == 0
        assert iou(a, b) < 1e-9
        assert found.measures["iou"].slope == (0, 0, 0, 0)


def kinks(name: str, a: Box, b: Box) -> list[tuple[float, float]]:
    """The slopes below and above, along each axis."""
    return [tuple(one_sided(WRITTEN[name], a, b, axis, step) for step in (-STEP, STEP)) for axis in range(4)]  # type: ignore[misc]


def test_touching_along_an_edge_says_there_is_a_kink() -> None:
    for a, b, found in VIEWS:
        if found.situation == "touching":
            flat = [min(map(abs, pair)) < STEEP for pair in kinks("iou", a, b)]
            kinked = [max(map(abs, pair)) > STEEP for pair in kinks("iou", a, b)]
            assert all(flat)
            assert any(kinked) == ("situation_touching_edge_says" in situation_keys(found)), (a, b)


def test_contained_says_giou_equals_iou() -> None:
    for a, b, _ in shown("situation_contained_says"):
        assert giou(a, b) == pytest.approx(iou(a, b), abs=1e-12)
        assert around(a, b) == pytest.approx(max(a, b, key=lambda box: box[2] * box[3])[2:], abs=1e-9)


def test_contained_off_says_iou_and_giou_cannot_centre_and_the_others_can() -> None:
    for a, b, found in shown("situation_contained_off_says"):
        assert a[:2] != b[:2]
        for name in ("iou", "giou"):
            assert not steep(name, a, b, (0, 1))
            assert not found.measures[name].centres
        for name in ("diou", "ciou"):
            towards = sum(slope(name, a, b, axis) * (b[axis] - a[axis]) for axis in (0, 1))
            assert towards > 0
            assert found.measures[name].centres


def test_contained_centred_says_no_measure_has_a_gradient_in_x_and_y() -> None:
    for a, b, found in shown("situation_contained_centred_says"):
        assert a[:2] == b[:2]
        for name in MEASURES:
            assert not steep(name, a, b, (0, 1))
            assert not found.measures[name].centres


def test_contained_edge_says_iou_and_giou_have_a_kink_and_the_page_takes_the_mean() -> None:
    for a, b, found in VIEWS:
        if found.situation == "contained":
            kinked = {n: any(abs(low - high) > 1e-4 for low, high in kinks(n, a, b)) for n in ("iou", "giou")}
            said = "situation_contained_edge_says" in situation_keys(found)
            assert kinked == {"iou": said, "giou": said}, (a, b)
            for name in ("iou", "giou"):
                for (low, high), ours in zip(kinks(name, a, b), found.measures[name].slope, strict=True):
                    assert ours == pytest.approx((low + high) / 2, abs=1e-4 * max(1, abs(low), abs(high)))


def test_overlapping_says_iou_has_a_gradient() -> None:
    for a, b, found in shown("situation_overlapping_says"):
        assert min(sides(a, b)) > 0
        assert steep("iou", a, b)
        assert any(found.measures["iou"].slope)


def test_the_sentence_is_made_of_its_keys_in_every_language() -> None:
    for lang in ("en", "zh"):
        for *_, found in VIEWS[:30]:
            assert situation(found, Text(lang)).startswith(Text(lang)(situation_keys(found)[0]))


def test_the_board_says_what_is_drawn_and_no_more() -> None:
    for a, b, found in VIEWS:
        said = board_says(found, between(found, None), TEXT)
        assert ("the intersection" in said) == (min(sides(a, b)) > 0 and iou(a, b) > 0)
        assert ("between the centres" in said) == (a[:2] != b[:2])
        assert board_says(found, (), TEXT).endswith("nothing.")


def test_the_second_step_to_iou_names_corners_only_where_they_do_not_cross() -> None:
    for a, b, found in VIEWS:
        at = view_of(OverlapState(a, b, check="iou"))
        (l1, t1, r1, b1), (l2, t2, r2, b2) = edges(a), edges(b)
        crossed = max(l1, l2) > min(r1, r2) + 1e-9 or max(t1, t2) > min(b1, b2) + 1e-9
        assert (step_key(at, 2) == "recipe_iou_2_none") == crossed
        assert step_key(at, 1) == "recipe_iou_1"
        assert found.overlap == pytest.approx(sides(a, b), abs=1e-9)


# ---- surfaces ----


@pytest.mark.parametrize("axes", AXES)
def test_what_is_hatched_as_flat_does_not_change(axes: str) -> None:
    for a, b in PAIRS[:: len(PAIRS) // 40]:
        state = OverlapState(a, b, axes=axes)
        for found in terrain_of(state, MEASURES, 31):
            rows, columns = np.nonzero(flat_cells(found))
            for row, column in list(zip(rows, columns, strict=True))[::37]:
                places = itertools.product(found.xs[column : column + 2], found.ys[row : row + 2])
                boxes = [
                    (float(x), float(y), *a[2:]) if axes == "place" else (*a[:2], float(x), float(y)) for x, y in places
                ]
                here = [WRITTEN[found.measure](box, b) for box in boxes]  # type: ignore[arg-type]
                assert max(here) - min(here) < 1e-5, (found.measure, a, b, boxes)


def test_a_share_of_nothing_and_of_everything_is_said_of_these_alone() -> None:
    cells = np.zeros((40, 40), dtype=bool)
    assert flat_share(cells) == "0%"
    cells[0, 0] = True
    assert flat_share(cells) == "<1%"
    assert flat_share(~cells) == ">99%"
    assert flat_share(np.ones((4, 4), dtype=bool)) == "100%"
    cells[:20] = True
    assert flat_share(cells) == "50%"


# ---- the published gradients ----


@pytest.mark.parametrize("some", [VIEWS[::3], pytest.param(VIEWS, marks=pytest.mark.slow)], ids=["few", "all"])
def test_a_verdict_is_the_same_exactly_where_no_reason_is_named(some: list[tuple[Box, Box, OverlapView]]) -> None:
    for a, b, _ in some:
        for verdict in judged(a, b).values():
            assert verdict.same == (not verdict.acting), (verdict, a, b)


def tied(a: Box, b: Box) -> bool:
    return any(round(ours - theirs, 9) == 0 for ours, theirs in zip(edges(a), edges(b), strict=True))


judged = cache(lambda a, b: {one.name: one for one in verdicts(OverlapState(a, b))})


def reasons(a: Box, b: Box, name: str) -> set[Defect]:
    return set(judged(a, b)[name].acting)


def grows(a: Box, b: Box) -> tuple[bool, bool]:
    """Whether the hull changes when the box moves, along x and along y."""
    hull = lambda axis: [around(tuple(s + d * (k == axis) for k, s in enumerate(a)), b) for d in (-1e-4, 1e-4)]  # type: ignore[arg-type] # noqa: E731
    return tuple(abs(hull(k)[0][k] - hull(k)[1][k]) > 1e-9 for k in (0, 1))  # type: ignore[return-value]


def spans(a: Box, b: Box) -> bool:
    (l1, t1, r1, b1), (l2, t2, r2, b2) = edges(a), edges(b)
    beyond = ((l2 - l1, r1 - r2), (t2 - t1, b1 - b2))
    return any(min(round(one, 9), round(other, 9)) > 0 for one, other in beyond)


def test_a_reason_is_named_only_where_its_sentence_is_true() -> None:
    for a, b, _ in VIEWS:
        off = a[:2] != b[:2]
        for name in MEASURES:
            acting = reasons(a, b, name)
            assert Defect.STRICT not in acting or tied(a, b)
            assert Defect.UNCLAMPED not in acting or (name == "giou" and iou(a, b) < 1e-12)
            assert Defect.HULL not in acting or (name in ("diou", "ciou") and off)
            assert Defect.SIGN not in acting or (name in ("diou", "ciou") and off)
            assert (Defect.SPAN in acting) == (name in ("diou", "ciou") and off and spans(a, b)), (name, a, b)
            assert Defect.ASPECT not in acting or (name == "ciou" and v(a, b) > 0)


def test_where_no_edge_is_tied_each_reason_is_named_where_its_sentence_is_true() -> None:
    some = [(a, b) for a, b, _ in VIEWS if not tied(a, b) and min(sides(a, b)) and min(*a[2:], *b[2:]) > 0.05]
    assert len(some) > 40
    for a, b in some:
        wide = [abs(slope("iou", a, b, axis)) > STEEP for axis in (2, 3)]
        assert (Defect.SIDES in reasons(a, b, "iou")) == any(wide), (a, b)
        if min(sides(a, b)) < 0:
            assert Defect.UNCLAMPED in reasons(a, b, "giou")
        assert (Defect.SIGN in reasons(a, b, "diou")) == (a[:2] != b[:2] and any(grows(a, b))), (a, b)
        scale = alpha(a, b) * v(a, b)
        if scale > 1e-9 and abs(a[2] ** 2 + a[3] ** 2 - 1) > 1e-6:
            assert Defect.ASPECT in reasons(a, b, "ciou"), (a, b)


def test_the_printed_slopes_of_v_have_the_wrong_sign() -> None:
    example = view_of(OverlapState((10, 10, 1, 3), (10, 10, 2, 1)))
    assert example.aspect_slope[0] == pytest.approx(-0.191, abs=5e-4)
    assert "∂v/∂w = −0.191" in aspect_printed(example, TEXT)
    for a, b, found in VIEWS:
        if min(a[2:]) < 0.05:
            continue
        true = [one_sided(v, a, b, axis, STEP) for axis in (2, 3)]
        gap = math.atan(b[2] / b[3] if b[3] else math.inf if b[2] else 0) - math.atan(a[2] / a[3])
        printed = [
            8 / math.pi**2 * gap * a[3] / (a[2] ** 2 + a[3] ** 2),
            -8 / math.pi**2 * gap * a[2] / (a[2] ** 2 + a[3] ** 2),
        ]
        assert found.aspect_slope == pytest.approx(true, abs=1e-3 * max(1, *map(abs, true)))
        if aspect_slopes(found):
            assert found.aspect_slope == pytest.approx([-side for side in printed], abs=1e-9)
        assert aspect_slopes(found) == any(abs(side) > 1e-15 for side in printed)


# ---- laws and libraries ----


def test_the_laws_say_the_numbers_of_the_formulas_and_hold_where_they_say_so() -> None:
    for a, b, found in VIEWS:
        said = {law.name: law for law in laws(found)}
        here, back = ([value(*pair) for value in WRITTEN.values()] for pair in ((a, b), (b, a)))
        assert said["symmetry"].left == pytest.approx(here, abs=1e-9)
        assert said["symmetry"].right == pytest.approx(back, abs=1e-9)
        assert 0 <= here[0] <= 1 + 1e-12
        assert all(-1 - 1e-12 <= number <= 1 + 1e-12 for number in here[1:3])
        assert -1.5 < here[3] <= 1 + 1e-12
        assert all(law.holds for law in said.values())


def test_ciou_falls_below_minus_1_and_near_minus_1_5_but_not_to_it() -> None:
    a, b = (5.0, 5.0, 10.0, 1e-3), (1005.0, 1005.0, 1e-3, 10.0)
    assert -1.5 < ciou(a, b) < -1.48
    dice = np.random.default_rng(3)
    low, high = 0.0, 0.0
    for _ in range(20_000):
        a, b = (tuple(dice.uniform(0, 10, 2)) + tuple(10 ** dice.uniform(-4, 1, 2)) for _ in range(2))
        low, high = min(low, ciou(a, b)), max(high, ciou(a, b))
    assert -1.5 < low < -1.3
    assert high <= 1


def test_the_sentence_on_mmdetection_s_alpha_stands_where_the_numbers_differ_for_it() -> None:
    seen = set()
    for a, b, _ in VIEWS:
        if min(*a[2:], *b[2:]) < 0.05:
            continue
        u, term = iou(a, b), alpha(a, b) * v(a, b)
        with_term, without = 1 - diou(a, b) + term, 1 - diou(a, b)
        if abs(u - 0.5) < 1e-6 or 0 < abs(with_term - without) < 1e-3:
            continue  # single precision decides
        stands = "rules_gate" in rule_keys(libraries(OverlapState(a, b)))
        assert stands == (u <= 0.5 and four(with_term) != four(without)), (a, b)
        seen.add(stands)
        losses = libraries(OverlapState(a, b))["mmdetection"]["ciou"]
        if not math.isnan(losses):
            assert losses == pytest.approx(with_term if u > 0.5 else without, abs=2e-3)
            assert 0 <= losses < 2  # the cut to 0 and 2 changes nothing
    assert seen == {True, False}


def test_each_sentence_on_nan_stands_where_its_0_over_0_is() -> None:
    for a, b, _ in VIEWS:
        said = rule_keys(libraries(OverlapState(a, b)))
        assert ("rules_nan_shape" in said) == (a[2:] == (0, 0) or b[2:] == (0, 0))
        nan = "rules_nan_alpha" in said
        assert not nan or a == b
        if a == b and abs(a[2] * a[3] - 2) > 0.2:
            assert nan == (a[2] * a[3] > 2)
