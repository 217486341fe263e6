"""IoU, GIoU, DIoU and CIoU of two boxes, each with its closed-form slope in the first box.

A ``Pair`` works each piece out once, so that four measures and their slopes share what they have in common. It compares
one to one; all with all is ``Pair(a.pick(index_a), b.pick(index_b)).iou`` at the call. Columns keep their own shapes as
long as they can: where x is a row and y a column of a surface, widths stay rows and heights stay columns.

Ties: where an edge of ``a`` lies exactly on the edge of ``b``, it counts half: the slope is the mean of those on either
side, as torch has it. (Darknet counts it as not moving, TensorFlow in full.) Boxes that only touch do not pull.
Empty boxes: 0/0 is read as 0 (no overlap, no distance, no aspect difference), so no slope here is ever nan.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lossviz.engine.boxes import Boxes

Numbers = Float[Tensor, "..."]
Lengths = tuple[Numbers, Numbers]
"""A number along x and a number along y."""


def quotient(over: Numbers | float, under: Numbers) -> Numbers:
    """Return over / under, and 0 where that is not finite: 0/0, or the slope of a box without area."""
    return (over / under).nan_to_num_(0.0, 0.0, 0.0)


def above(ours: Numbers, theirs: Numbers) -> Numbers:
    """Return 1 where ours is the larger, 0 where it is the smaller, 1/2 where they are equal."""
    return ((ours - theirs).sign() + 1) / 2


def all_ious(a: Boxes, b: Boxes) -> Numbers:
    """Return ``Pair(a, b).iou`` where the columns of ``a`` have one shape: each step takes the place of the one before.

    Where thousands of boxes meet dozens, memory is what takes time; so nothing is kept for a slope.
    """
    width = torch.minimum(a.right, b.right).sub_(torch.maximum(a.left, b.left)).clamp_min_(0)
    height = torch.minimum(a.bottom, b.bottom).sub_(torch.maximum(a.top, b.top)).clamp_min_(0)
    shared = width.mul_(height)
    return shared.div_((a.area + b.area).sub_(shared)).nan_to_num_(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Pair:
    """Two boxes and what they have to do with one another; slopes are in the first box, ``a``."""

    a: Boxes
    b: Boxes

    @cached_property
    def overlap_widths(self) -> Lengths:
        """Return the signed length of the overlap along x and along y; negative is the gap of boxes apart."""
        a, b = self.a, self.b
        width = torch.minimum(a.right, b.right) - torch.maximum(a.left, b.left)
        height = torch.minimum(a.bottom, b.bottom) - torch.maximum(a.top, b.top)
        return width, height

    @cached_property
    def overlap_widths_slope(self) -> Boxes:
        """Return d width/dx, d height/dy, d width/dw and d height/dh of the signed overlap lengths."""
        a, b = self.a, self.b
        left, right = above(a.left, b.left), above(b.right, a.right)
        top, bottom = above(a.top, b.top), above(b.bottom, a.bottom)
        return Boxes(right - left, bottom - top, (right + left) / 2, (bottom + top) / 2)

    @cached_property
    def meet(self) -> Bool[Tensor, "..."]:
        """Return whether the boxes share an area; touching is not meeting."""
        width, height = self.overlap_widths
        return (width > 0) & (height > 0)

    @cached_property
    def shared(self) -> Lengths:
        """Return the overlap lengths, 0 along an axis on which the boxes are apart."""
        width, height = self.overlap_widths
        return width.clamp_min(0), height.clamp_min(0)

    @cached_property
    def shared_slope(self) -> Boxes:
        """Return the slope of the overlap lengths, 0 where the boxes are apart or only touch."""
        (width, height), slope = self.shared, self.overlap_widths_slope
        across, down = width.sign(), height.sign()
        return Boxes(slope.x * across, slope.y * down, slope.w * across, slope.h * down)

    @cached_property
    def intersection(self) -> Numbers:
        r"""Return the area $$ |A \cap B| $$ of the intersection, 0 for boxes that are apart."""
        width, height = self.shared
        return width * height

    @cached_property
    def intersection_slope(self) -> Boxes:
        """Return the slope of the intersection; exactly 0 for boxes that are apart or only touch."""
        (width, height), slope = self.shared, self.shared_slope
        return Boxes(slope.x * height, slope.y * width, slope.w * height, slope.h * width)

    @cached_property
    def union(self) -> Numbers:
        r"""Return the area of the union, $$ |A \cup B| = |A| + |B| - |A \cap B| $$."""
        return self.a.area + self.b.area - self.intersection

    @cached_property
    def union_slope(self) -> Boxes:
        """Return the slope of the union, d|A| - d|A ∩ B|."""
        i = self.intersection_slope
        return Boxes(-i.x, -i.y, self.a.h - i.w, self.a.w - i.h)

    @cached_property
    def hull(self) -> Lengths:
        """Return width and height of the smallest enclosing box."""
        a, b = self.a, self.b
        width = torch.maximum(a.right, b.right) - torch.minimum(a.left, b.left)
        height = torch.maximum(a.bottom, b.bottom) - torch.minimum(a.top, b.top)
        return width, height

    @cached_property
    def hull_slope(self) -> Boxes:
        """Return d width/dx, d height/dy, d width/dw and d height/dh of the enclosing box.

        Overlap and hull lengths together are both boxes' sides.
        """
        overlap = self.overlap_widths_slope
        return Boxes(-overlap.x, -overlap.y, 1 - overlap.w, 1 - overlap.h)

    @cached_property
    def iou(self) -> Numbers:
        r"""Return the intersection over union.

        $$ \mathrm{IoU} = \frac{|A \cap B|}{|A \cup B|} \in [0, 1] $$

        It is flat (slope exactly 0) where the boxes are apart.
        """
        return quotient(self.intersection, self.union)

    @cached_property
    def iou_slope(self) -> Boxes:
        """Return the slope of the IoU by the quotient rule, (dI - IoU dU) / U, with dU = d|A| - dI."""
        i = self.intersection_slope
        gain, loss = quotient(1 + self.iou, self.union), quotient(self.iou, self.union)
        return Boxes(gain * i.x, gain * i.y, gain * i.w - loss * self.a.h, gain * i.h - loss * self.a.w)

    @cached_property
    def hull_area(self) -> Numbers:
        """Return the area |C| of the smallest enclosing box."""
        width, height = self.hull
        return width * height

    @cached_property
    def giou(self) -> Numbers:
        r"""Return the generalised IoU.

        $$ \mathrm{GIoU} = \mathrm{IoU} - \frac{|C| - |A \cup B|}{|C|} \in (-1, 1] $$

        C is the smallest enclosing box. GIoU still has a slope where the boxes are apart.

        Source: Rezatofighi et al. 2019, arXiv:1902.09630, algorithm 1.
        """
        return self.iou - quotient(self.hull_area - self.union, self.hull_area)

    @cached_property
    def giou_slope(self) -> Boxes:
        """Return the slope of the GIoU: that of the IoU, and that of U/C, (dU - U/C dC) / C."""
        (width, height), grow, i, u = self.hull, self.hull_slope, self.iou_slope, self.union_slope
        per, filled = quotient(1, self.hull_area), quotient(self.union, self.hull_area)
        return Boxes(
            i.x + per * (u.x - filled * (grow.x * height)),
            i.y + per * (u.y - filled * (grow.y * width)),
            i.w + per * (u.w - filled * (grow.w * height)),
            i.h + per * (u.h - filled * (grow.h * width)),
        )

    @cached_property
    def diagonal(self) -> Numbers:
        """Return the squared diagonal of the smallest enclosing box."""
        width, height = self.hull
        return width**2 + height**2

    @cached_property
    def centre_distance(self) -> Numbers:
        """Return the squared distance of the centres over the squared diagonal of the hull, in [0, 1)."""
        return quotient((self.a.x - self.b.x) ** 2 + (self.a.y - self.b.y) ** 2, self.diagonal)

    @cached_property
    def centre_distance_slope(self) -> Boxes:
        """Return the slope of ``centre_distance`` by the quotient rule.

        d(diagonal^2) = 2 (width d width + height d height).
        """
        (width, height), grow, per = self.hull, self.hull_slope, quotient(2, self.diagonal)
        ratio = self.centre_distance * per
        return Boxes(
            (self.a.x - self.b.x) * per - ratio * (width * grow.x),
            (self.a.y - self.b.y) * per - ratio * (height * grow.y),
            -ratio * (width * grow.w),
            -ratio * (height * grow.h),
        )

    @cached_property
    def diou(self) -> Numbers:
        r"""Return the distance IoU.

        $$ \mathrm{DIoU} = \mathrm{IoU} - \frac{\rho^2}{c^2} \in (-1, 1] $$

        rho: distance of the centres; c: diagonal of the smallest enclosing box.

        Source: Zheng et al. 2020, arXiv:1911.08287, equation 7.
        """
        return self.iou - self.centre_distance

    @cached_property
    def diou_slope(self) -> Boxes:
        """Return the slope of the DIoU: that of the IoU, less that of rho^2/c^2."""
        i, d = self.iou_slope, self.centre_distance_slope
        return Boxes(i.x - d.x, i.y - d.y, i.w - d.w, i.h - d.h)

    @cached_property
    def aspect_gap(self) -> Numbers:
        """Return arctan(w/h) of b minus that of a, in radians."""
        return torch.atan2(self.b.w, self.b.h) - torch.atan2(self.a.w, self.a.h)

    @cached_property
    def aspect(self) -> Numbers:
        r"""Return CIoU's v, the difference of the aspect ratios' angles squared and scaled.

        $$ v = \frac{4}{\pi^2} (\arctan\frac{w_b}{h_b} - \arctan\frac{w_a}{h_a})^2 \in [0, 1] $$
        """
        return 4 / math.pi**2 * self.aspect_gap**2

    @cached_property
    def aspect_trade_off(self) -> Numbers:
        r"""Return CIoU's alpha, 0 for equal shapes; it is a constant for the gradient.

        $$ \alpha = \frac{v}{1 - \mathrm{IoU} + v} $$
        """
        return quotient(self.aspect, 1 - self.iou + self.aspect).detach()

    @cached_property
    def ciou(self) -> Numbers:
        r"""Return the complete IoU.

        $$ \mathrm{CIoU} = \mathrm{DIoU} - \alpha v $$

        alpha carries no gradient. For identical boxes alpha is 0/0: read as 0 here, nan in several libraries.

        Source: Zheng et al. 2020, arXiv:1911.08287, equations 8 to 11.
        """
        return self.diou - self.aspect_trade_off * self.aspect

    @cached_property
    def aspect_slope(self) -> Lengths:
        """Return d v/dw and d v/dh, without the paper's shortcut of dropping 1/(w^2 + h^2)."""
        a = self.a
        pull = quotient(-8 / math.pi**2 * self.aspect_gap, a.w**2 + a.h**2)
        return pull * a.h, -pull * a.w

    @cached_property
    def ciou_slope(self) -> Boxes:
        """Return the slope of the CIoU: that of the DIoU, less alpha times that of v."""
        d, (wider, taller) = self.diou_slope, self.aspect_slope
        return Boxes(d.x, d.y, d.w - self.aspect_trade_off * wider, d.h - self.aspect_trade_off * taller)


@dataclass(frozen=True)
class Measure:
    """A measure of how well two boxes agree, and its slope in the first box."""

    value: Callable[[Pair], Numbers]
    slope: Callable[[Pair], Boxes]


MEASURES = {
    "iou": Measure(lambda pair: pair.iou, lambda pair: pair.iou_slope),
    "giou": Measure(lambda pair: pair.giou, lambda pair: pair.giou_slope),
    "diou": Measure(lambda pair: pair.diou, lambda pair: pair.diou_slope),
    "ciou": Measure(lambda pair: pair.ciou, lambda pair: pair.ciou_slope),
}
