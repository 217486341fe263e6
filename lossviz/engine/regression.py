r"""Boxes on their way to a target: the Distance-IoU paper's simulation, and other losses on the same track.

One step moves a box b along the ascent direction g of a measure (the descent direction of a loss):

$$ b \leftarrow b + \lambda\,(2 - \mathrm{IoU})\,g $$

with the IoU before the step. Nothing is clamped, there is no momentum. The error is |dx| + |dy| + |dw| + |dh|.

Source: Zheng et al. 2020, arXiv:1911.08287, section 3.2; Zzh-tju/DIoU, simulation experiment/test_1715k.m, 391f42d.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Numbers, Pair
from lossviz.engine.published import PublishedPair, SimulatedPair

STEPS = 200
RATE = 0.1

PLANE = 5.0, 15.0
"""Darknet's box term needs a plane: one cell from 5 to 15 along x and y, with one anchor of 1 x 1."""
SIDE = PLANE[1] - PLANE[0]
INSIDE = 1e-6
"""Least distance of a centre from the plane's edge, as a share of its side, so that the sigmoid is never 0 or 1."""


def rates(steps: int = STEPS, rate: float = RATE, schedule: str = "paper") -> list[float]:
    """Return the learning rate of each step.

    "paper" divides it by 10 after 80 % of the steps and again after 90 %; "constant" leaves it.
    """
    if schedule == "constant":
        return [rate] * steps
    return [
        rate if 10 * k <= 8 * steps else rate / 10 if 10 * k <= 9 * steps else rate / 100 for k in range(1, steps + 1)
    ]


def pair_of(boxes: Boxes, target: Boxes, *, published: bool) -> Pair:
    """Return the pair whose slopes the simulation follows: the published ones or the true ones."""
    return PublishedPair(boxes, target) if published else SimulatedPair(boxes, target)


def moved(boxes: Boxes, direction: Boxes, push: Numbers | float) -> Boxes:
    """Return the boxes moved along the direction, by ``push`` times its length."""
    return Boxes(*(column + push * slope for column, slope in zip(boxes, direction, strict=True)))


def step(boxes: Boxes, target: Boxes, rate: Numbers | float, *, measure: str, published: bool) -> Boxes:
    """Return the boxes after one step of the simulation, all by the same measure."""
    pair = pair_of(boxes, target, published=published)
    return moved(boxes, MEASURES[measure].slope(pair), rate * (2 - pair.iou))


def error(boxes: Boxes, target: Boxes) -> Numbers:
    """Return the error |dx| + |dy| + |dw| + |dh| of each box, in the unit of the boxes."""
    x, y, w, h = ((ours - theirs).abs() for ours, theirs in zip(boxes, target, strict=True))
    return x + y + w + h


def l2(boxes: Boxes, target: Boxes) -> Boxes:
    """Return the direction down half the squared error of x, y, w, h: the difference itself."""
    return Boxes(*(theirs - ours for ours, theirs in zip(boxes, target, strict=True)))


def smooth_l1(boxes: Boxes, target: Boxes) -> Boxes:
    """Return the direction down smooth L1 of x, y, w, h with beta 1: the difference, at most 1 in size."""
    return Boxes(*(difference.clamp(-1, 1) for difference in l2(boxes, target)))


def to_t(boxes: Boxes) -> Boxes:
    """Return the raw outputs of Darknet's layer that draw these boxes: x = 5 + 10 sigmoid(t_x), w = exp(t_w)."""
    x, y = (((centre - PLANE[0]) / SIDE).logit(INSIDE) for centre in (boxes.x, boxes.y))
    return Boxes(x, y, boxes.w.log(), boxes.h.log())


def from_t(t: Boxes) -> Boxes:
    """Return the boxes that raw outputs stand for."""
    x, y = (PLANE[0] + SIDE * raw.sigmoid() for raw in (t.x, t.y))
    return Boxes(x, y, t.w.exp(), t.h.exp())


def darknet_step(boxes: Boxes, target: Boxes, push: Numbers | float) -> Boxes:
    """Return the boxes after a step down YOLOv3's box term, taken in the raw outputs.

    A small truth counts more, by 2 - w h in shares of the plane. The slopes are sigmoid(t) - target for the centre and
    t - log(target) for the sides.
    """
    weight = 2 - target.area / SIDE**2
    t, goal = to_t(boxes), to_t(target)
    down = Boxes(goal.x.sigmoid() - t.x.sigmoid(), goal.y.sigmoid() - t.y.sigmoid(), goal.w - t.w, goal.h - t.h)
    return from_t(moved(t, down, push * weight))


PLAIN: dict[str, Callable[[Boxes, Boxes, Numbers | float], Boxes]] = {
    "l2": lambda boxes, target, push: moved(boxes, l2(boxes, target), push),
    "smooth_l1": lambda boxes, target, push: moved(boxes, smooth_l1(boxes, target), push),
    "darknet": darknet_step,
}
"""A step of each loss that is no measure of overlap, by name."""


@torch.inference_mode()
def race(  # noqa: PLR0913 - the knobs are the page's
    start: Float[Tensor, " 4"],
    target: Float[Tensor, " 4"],
    contenders: Sequence[str] = tuple(MEASURES),
    *,
    published: bool = False,
    rate: float = RATE,
    schedule: str = "paper",
    factor: bool = True,
    steps: int = STEPS,
) -> Float[Tensor, "n k 4"]:
    """Return where each contender's box (x, y, w, h) is after each step, from the start on; in float64.

    Shape (contenders, steps + 1, 4). ``published`` changes the four measures only. ``factor`` is 2 - IoU: each
    contender's push counts it, also Darknet's, whose own 2 - w h comes on top.
    """
    goal = Boxes.of(target.double())
    now = start.double()[:, None].expand(4, len(contenders))
    track = [now]
    for each in rates(steps, rate, schedule):
        now = next_columns(now, goal, contenders, each, published=published, factor=factor)
        track.append(now)
    return torch.stack(track).permute(2, 0, 1)


def next_columns(
    now: Float[Tensor, "4 n"], target: Boxes, contenders: Sequence[str], rate: float, *, published: bool, factor: bool
) -> Float[Tensor, "4 n"]:
    """Return all contenders' boxes after one step, a column each.

    One pair serves all measures, each takes its own slope from it.
    """
    boxes = Boxes(*now.unbind())
    pair = pair_of(boxes, target, published=published)
    push = rate * (2 - pair.iou) if factor else torch.full_like(boxes.x, rate)
    here = [number for number, name in enumerate(contenders) if name in MEASURES]
    slopes = [column for number in here for column in MEASURES[contenders[number]].slope(pair)]
    after = now.clone()
    if here:
        own = torch.stack(slopes).unflatten(0, (-1, 4))[range(len(here)), :, here].T
        after[:, here] += push[here] * own
    for number, name in enumerate(contenders):
        if name in PLAIN:
            after[:, number] = PLAIN[name](boxes.pick(number), target, push[number]).table()
    return after


def ious(track: Float[Tensor, "*n 4"], target: Float[Tensor, " 4"]) -> Float[Tensor, "*n"]:
    """Return the IoU with the target at each place of a track."""
    return Pair(Boxes.of(track), Boxes.of(target.to(track))).iou


def errors(track: Float[Tensor, "*n 4"], target: Float[Tensor, " 4"]) -> Float[Tensor, "*n"]:
    """Return the error at each place of a track."""
    return error(Boxes.of(track), Boxes.of(target.to(track)))
