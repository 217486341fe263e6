"""Boxes on their way: one step by hand, then whole races."""

import pytest
import torch
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.engine.published import PublishedPair, SimulatedPair
from lossviz.engine.regression import (
    PLAIN,
    error,
    errors,
    from_t,
    ious,
    race,
    rates,
    smooth_l1,
    step,
    to_t,
)


def vector(*numbers: float) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


CONTENDERS = (*MEASURES, *PLAIN)
START, TARGET = vector(12, 12, 1, 1), vector(10, 10, 1, 2)


def near(ours: Tensor, theirs: object, atol: float = 1e-12) -> None:
    torch.testing.assert_close(ours, torch.as_tensor(theirs, dtype=torch.float64).expand_as(ours), rtol=0, atol=atol)


def test_the_papers_schedule_steps_down_at_80_and_90_percent() -> None:
    assert rates() == [0.1] * 160 + [0.01] * 20 + [0.001] * 20
    assert rates(10) == [0.1] * 8 + [0.01, 0.001]
    assert rates(7, 0.5, "constant") == [0.5] * 7
    assert rates(1) == [0.001]


def test_a_step_goes_by_the_iou_before_it() -> None:
    boxes, target = Boxes.of(vector(10.5, 10, 1, 1)), Boxes.of(vector(10, 10, 1, 1))
    after = step(boxes, target, 0.1, measure="iou", published=False)
    # IoU 1/3: overlap .5, union 1.5; d IoU/dx = -(1 + 1/3)/1.5.
    near(after.x, 10.5 - 0.1 * (2 - 1 / 3) * (4 / 3) / 1.5)
    near(after.y, 10)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("published", [True, False])
def test_a_step_follows_the_slopes_it_is_told_to(name: str, published: bool) -> None:
    boxes, target = Boxes.of(START), Boxes.of(TARGET)
    pair = (PublishedPair if published else SimulatedPair)(boxes, target)
    after = step(boxes, target, 0.1, measure=name, published=published)
    near(after.table(), START + 0.1 * (2 - pair.iou) * MEASURES[name].slope(pair).table())


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("factor", [True, False])
def test_a_race_is_every_contenders_own_way(published: bool, factor: bool) -> None:
    ways = race(START, TARGET, CONTENDERS, published=published, factor=factor, steps=60)
    assert ways.shape == (7, 61, 4)
    assert ways.dtype == torch.float64
    near(ways[:, 0], START)
    for name, way in zip(CONTENDERS, ways, strict=True):
        alone = race(START, TARGET, [name], published=published, factor=factor, steps=60)[0]
        near(way, alone)
        now, goal = Boxes.of(START), Boxes.of(TARGET)
        for number, rate in enumerate(rates(60), 1):
            push = rate * (2 - Pair(now, goal).iou) if factor else rate
            if name in PLAIN:
                now = PLAIN[name](now, goal, push)
            else:
                pair: Pair = PublishedPair(now, goal) if published else SimulatedPair(now, goal)
                moved = now.table() + push * MEASURES[name].slope(pair).table()
                now = Boxes.of(moved)
            near(now.table(), way[number], 1e-9)


def test_iou_alone_never_leaves_a_start_without_overlap() -> None:
    ways = race(START, TARGET, steps=200)
    assert (ways[0] == START).all()
    assert (errors(ways, TARGET)[1:, -1] < 0.01).all()
    assert (ious(ways, TARGET)[1:, -1] > 0.99).all()


def test_the_order_of_contenders_is_the_order_of_ways() -> None:
    one, two = (race(START, TARGET, names, steps=20) for names in (("giou", "l2"), ("l2", "giou")))
    near(one, two.flip(0), 0)


def test_the_error_is_the_sum_of_four_distances() -> None:
    near(error(Boxes.of(START), Boxes.of(TARGET)), 2 + 2 + 0 + 1)
    near(errors(START, TARGET), 5)


def test_smooth_l1_pulls_with_at_most_one() -> None:
    near(smooth_l1(Boxes.of(vector(7, 10.5, 3, 1)), Boxes.of(TARGET)).table(), (1, -0.5, -1, 1))


def test_darknets_box_is_its_raw_outputs() -> None:
    boxes = Boxes.of(vector(10, 7.5, 2, 0.5))
    near(from_t(to_t(boxes)).table(), boxes.table())
    near(to_t(Boxes.of(vector(10, 10, 1, 1))).table(), 0)


def test_darknets_term_goes_down_in_t_with_its_own_weight() -> None:
    target = Boxes.of(vector(10, 10, 1, 2))
    after = to_t(PLAIN["darknet"](Boxes.of(vector(12, 10, 1, 1)), target, 0.1))
    weight = 2 - 0.1 * 0.2
    before = to_t(Boxes.of(vector(12, 10, 1, 1)))
    near(after.x, before.x + 0.1 * weight * (0.5 - 0.7))
    near(after.h, 0.1 * weight * torch.tensor(2.0, dtype=torch.float64).log())
    near(after.y, 0)
    near(after.w, 0)


def test_no_degenerate_start_gives_nan() -> None:
    for start in (vector(5, 15, 1, 1), vector(0, 20, 2, 2), vector(10, 10, 1e-3, 1e-3)):
        for published in (True, False):
            assert race(start, TARGET, CONTENDERS, published=published, steps=50).isfinite().all()
