"""The box losses as torchvision and mmdetection really compute them, each with its closed-form slope in the first box.

a: prediction; b: target; u: IoU. Values are the libraries' own, eps and nan included: where they divide 0 by 0, so do
these, and the docstring says for which boxes. Slopes follow the rule of ``overlap``: an edge on an edge counts half,
boxes that only touch do not pull, 0/0 is 0, so no slope is nan. ``LIBRARY_RULES`` says what the libraries do instead.

eps is an area in the unit of the boxes: 1e-7 is nothing for pixels and something for shares. Both boxes with swapped
corners are the one case left out: mmdetection then cuts the enclosing box at 0.

Sources: torchvision 0.28.0, ``torchvision/ops``: ``boxes.py``, ``giou_loss.py``, ``diou_loss.py``, ``ciou_loss.py``;
mmdetection 3.3.0, ``mmdet/models/losses/iou_loss.py``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import Numbers, Pair, above, quotient


def each(formula: Callable[..., Tensor], *slopes: Boxes) -> Boxes:
    """Return the same formula applied to the columns x, y, w and h."""
    return Boxes(*(formula(*columns) for columns in zip(*slopes, strict=True)))


def inside(value: Numbers, least: float = -math.inf, most: float = math.inf) -> Numbers:
    """Return the slope of a value cut to a range: 1 within, 0 beyond, 1/2 on the border."""
    return above(value, torch.full_like(value, least)) * above(torch.full_like(value, most), value)


# Pieces with an eps of their own.


def shifted_iou(p: Pair, eps: float) -> Numbers:
    """Return u = I / (U + eps): identical boxes fall short of 1 by eps / area."""
    return p.intersection / (p.union + eps)


def shifted_iou_slope(p: Pair, eps: float) -> Boxes:
    """Return the slope (dI - u dU) / (U + eps) of the IoU with eps in the first box."""
    u, under = quotient(p.intersection, p.union + eps), p.union + eps
    return each(lambda di, du: quotient(di - u * du, under), p.intersection_slope, p.union_slope)


def distance(p: Pair, eps: float) -> Numbers:
    """Return the squared distance of the centres over the squared diagonal of the enclosing box + eps."""
    return ((p.a.x - p.b.x) ** 2 + (p.a.y - p.b.y) ** 2) / (p.diagonal + eps)


def distance_slope(p: Pair, eps: float) -> Boxes:
    """Return the slope of ``distance`` in the first box, by the quotient rule.

    d(diagonal) = 2 (width d width + height d height).
    """
    (width, height), grow, under = p.hull, p.hull_slope, p.diagonal + eps
    ratio = quotient((p.a.x - p.b.x) ** 2 + (p.a.y - p.b.y) ** 2, under)
    return Boxes(
        quotient(2 * (p.a.x - p.b.x - ratio * width * grow.x), under),
        quotient(2 * (p.a.y - p.b.y - ratio * height * grow.y), under),
        quotient(-2 * ratio * width * grow.w, under),
        quotient(-2 * ratio * height * grow.h, under),
    )


def hull_area_slope(p: Pair) -> Boxes:
    """Return the slope of the enclosing box's area, width times height, in the first box."""
    (width, height), grow = p.hull, p.hull_slope
    return Boxes(grow.x * height, grow.y * width, grow.w * height, grow.h * width)


def aspect_gap(p: Pair, eps: float) -> Numbers:
    """Return arctan(w / (h + eps)) of b minus that of a, in radians.

    It is nan without eps for a box that has neither width nor height.
    """
    return torch.atan(p.b.w / (p.b.h + eps)) - torch.atan(p.a.w / (p.a.h + eps))


def aspect(p: Pair, eps: float) -> Numbers:
    r"""Return CIoU's v, the squared difference of the aspect ratios' angles, scaled to 0 to 1.

    $$ v = \frac{4}{\pi^2} (\arctan\frac{w_b}{h_b} - \arctan\frac{w_a}{h_a})^2 $$
    """
    return 4 / math.pi**2 * aspect_gap(p, eps) ** 2


def with_aspect(slope: Boxes, p: Pair, alpha: Numbers, eps: float) -> Boxes:
    """Return a slope plus alpha times that of v; alpha is held fast, and what is nan in v does not pull."""
    height = p.a.h + eps
    pull = quotient(alpha * 8 / math.pi**2 * aspect_gap(p, eps), p.a.w**2 + height**2)
    return Boxes(slope.x, slope.y, slope.w - pull * height, slope.h + pull * p.a.w)


# torchvision: eps is added to what is divided by.


def torchvision_giou_loss(a: Boxes, b: Boxes, eps: float = 1e-7) -> Numbers:
    r"""Return torchvision's GIoU loss of each pair; C is the area of the enclosing box.

    $$ 1 - \frac{I}{U + \epsilon} + \frac{C - U}{C + \epsilon} $$

    Two points on one another cost 1, not 0.

    Source: torchvision 0.28.0, torchvision/ops/giou_loss.py.
    """
    p = Pair(a, b)
    return 1 - shifted_iou(p, eps) + (p.hull_area - p.union) / (p.hull_area + eps)


def torchvision_giou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-7) -> Boxes:
    """Return the slope -du + (dC - dU - (C - U) / (C + eps) dC) / (C + eps) in the first box."""
    p = Pair(a, b)
    under = p.hull_area + eps
    wasted = quotient(p.hull_area - p.union, under)
    return each(
        lambda di, du, dc: quotient(dc - du - wasted * dc, under) - di,
        *(shifted_iou_slope(p, eps), p.union_slope, hull_area_slope(p)),
    )


def torchvision_diou_loss(a: Boxes, b: Boxes, eps: float = 1e-7) -> Numbers:
    r"""Return torchvision's DIoU loss of each pair; c is the diagonal of the enclosing box.

    $$ 1 - \frac{I}{U + \epsilon} + \frac{\rho^2}{c^2 + \epsilon} $$

    Source: torchvision 0.28.0, torchvision/ops/diou_loss.py.
    """
    p = Pair(a, b)
    return 1 - shifted_iou(p, eps) + distance(p, eps)


def torchvision_diou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-7) -> Boxes:
    """Return the slope of the DIoU loss: that of the distance less that of the IoU."""
    p = Pair(a, b)
    return each(torch.sub, distance_slope(p, eps), shifted_iou_slope(p, eps))


def torchvision_ciou_loss(a: Boxes, b: Boxes, eps: float = 1e-7) -> Numbers:
    r"""Return torchvision's CIoU loss of each pair.

    $$ \mathrm{DIoU\ loss} + \alpha v, \quad \alpha = \frac{v}{1 - u + v + \epsilon} $$

    alpha carries no gradient. eps enters alpha only: the DIoU loss within keeps 1e-7, whatever is asked for. nan where
    a box has neither width nor height.

    Source: torchvision 0.28.0, torchvision/ops/ciou_loss.py.
    """
    p = Pair(a, b)
    v = aspect(p, 0)
    alpha = (v / (1 - shifted_iou(p, 1e-7) + v + eps)).detach()
    return torchvision_diou_loss(a, b) + alpha * v


def torchvision_ciou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-7) -> Boxes:
    """Return the slope of the CIoU loss: that of the DIoU loss, plus alpha dv."""
    p = Pair(a, b)
    v = aspect(p, 0)
    alpha = quotient(v, 1 - shifted_iou(p, 1e-7) + v + eps)
    return with_aspect(torchvision_diou_loss_slope(a, b), p, alpha, 0)


# mmdetection: eps is added in some losses and a least value in others.


# The slope that mmdetection gives differs from ours where boxes touch: it cuts the overlap at 0 and lets the slope of
# exactly 0 through.


def mmdet_giou_loss(a: Boxes, b: Boxes, eps: float = 1e-7) -> Numbers:
    r"""Return mmdetection's GIoU loss of each pair, with U and C not below eps.

    $$ 1 - \frac{I}{U} + \frac{C - U}{C} $$

    Two points on one another cost 1, not 0.

    Source: mmdetection 3.3.0, mmdet/models/losses/iou_loss.py.
    """
    p = Pair(a, b)
    union, c = p.union.clamp_min(eps), p.hull_area.clamp_min(eps)
    return 1 - p.intersection / union + (c - union) / c


def mmdet_giou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-7) -> Boxes:
    """Return the slope -(dI - I/U dU) / U - (dU - U/C dC) / C, where U or C below eps does not move."""
    p = Pair(a, b)
    union, c = p.union.clamp_min(eps), p.hull_area.clamp_min(eps)
    u, filled = quotient(p.intersection, union), quotient(union, c)
    moves, c_moves = inside(p.union, least=eps), inside(p.hull_area, least=eps)
    return each(
        lambda di, du, dc: -quotient(di - u * moves * du, union) - quotient(moves * du - filled * c_moves * dc, c),
        *(p.intersection_slope, p.union_slope, hull_area_slope(p)),
    )


mmdet_diou_loss = torchvision_diou_loss
mmdet_diou_loss_slope = torchvision_diou_loss_slope


def mmdet_ciou_loss(a: Boxes, b: Boxes, eps: float = 1e-7) -> Numbers:
    r"""Return mmdetection's CIoU loss of each pair, cut to 0 to 2.

    $$ 1 - u + \frac{\rho^2}{c^2 + \epsilon} + \alpha v, \quad \alpha = [u > \tfrac12] \frac{v}{1 - u + v} $$

    eps is added to heights too. nan where u is exactly 1 and the shapes are equal: identical boxes in float32, whose
    area swallows eps.

    Source: mmdetection 3.3.0, mmdet/models/losses/iou_loss.py.
    """
    p = Pair(a, b)
    u, v = shifted_iou(p, eps), aspect(p, eps)
    alpha = ((u > 0.5) * v / (1 - u + v)).detach()
    return (1 - u + distance(p, eps) + alpha * v).clamp(0, 2)


def mmdet_ciou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-7) -> Boxes:
    """Return the slope of the CIoU loss: that of the DIoU loss, plus alpha dv; 0 where the loss is cut."""
    p = Pair(a, b)
    u, v = shifted_iou(p, eps), aspect(p, eps)
    alpha = (u > 0.5) * quotient(v, 1 - u + v)
    kept = inside(1 - u + distance(p, eps) + alpha * v, 0, 2)
    return each(lambda d: kept * d, with_aspect(mmdet_diou_loss_slope(a, b, eps), p, alpha, eps))


# The losses by name.


@dataclass(frozen=True)
class LibraryLoss:
    """A library's loss, value(a, b, eps) with one number a pair, its slope in a, and the library's default eps."""

    value: Callable[..., Numbers]
    slope: Callable[..., Boxes]
    eps: float = 1e-7


TORCHVISION = {
    "giou": LibraryLoss(torchvision_giou_loss, torchvision_giou_loss_slope),
    "diou": LibraryLoss(torchvision_diou_loss, torchvision_diou_loss_slope),
    "ciou": LibraryLoss(torchvision_ciou_loss, torchvision_ciou_loss_slope),
}
MMDET = {
    "giou": LibraryLoss(mmdet_giou_loss, mmdet_giou_loss_slope),
    "diou": LibraryLoss(mmdet_diou_loss, mmdet_diou_loss_slope),
    "ciou": LibraryLoss(mmdet_ciou_loss, mmdet_ciou_loss_slope),
}


# What the libraries do where a formula leaves it open.


@dataclass(frozen=True)
class LibraryRule:
    """How a library counts an edge that lies on another, and boxes that only touch.

    tie: share of the slope that such an edge of the prediction gets; touch: share of the overlap's slope that is let
    through where the overlap is exactly 0.
    """

    library: str
    tie: float
    touch: float


LIBRARY_RULES = (
    LibraryRule("lossviz", 0.5, 0.0),
    LibraryRule("torchvision", 0.5, 0.0),
    LibraryRule("mmdetection", 0.5, 1.0),
    LibraryRule("tensorflow", 1.0, 1.0),
    LibraryRule("darknet", 0.0, 1.0),
)
"""Our rule and those of the libraries, ours first.

TensorFlow's are those of its maximum and minimum, which pass the whole slope of equal arguments to the first one, none to
the second; here the prediction is the first, as in YunYang1994/tensorflow-yolov3, core/yolov3.py, 03cb272. Darknet's are
those of the comparisons in its box.c, pjreddie/darknet, f6afaab: an edge counts where it lies strictly within the other
box, and the overlap is never cut, so that boxes that touch get its slope in full, boxes apart even another one. Nothing of
it is used: ``diou`` there returns the differences of x, y, w, h first.
"""
