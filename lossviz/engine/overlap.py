"""IoU, GIoU, DIoU and CIoU of two boxes, each with its closed-form slope in the first box.

A ``Pair`` works each piece out once, so that four measures and their slopes share what they have in common. Functions
compare one to one; all with all is ``iou(a.pick(index_a), b.pick(index_b))`` at the call. Columns keep their own shapes
as long as they can: where x is a row and y a column of a surface, widths stay rows and heights stay columns.

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
"""Along x and along y."""


def quotient(over: Numbers | float, under: Numbers) -> Numbers:
    """Over / under, and 0 where that is not finite: 0/0, or the slope of a box without area."""
    return (over / under).nan_to_num(0.0, 0.0, 0.0)


def above(ours: Numbers, theirs: Numbers) -> Numbers:
    """1 where ours is the larger, 0 where it is the smaller, 1/2 where they are equal."""
    return ((ours - theirs).sign() + 1) / 2


@dataclass(frozen=True)
class Pair:
    """Two boxes and what they have to do with one another; slopes are in the first box, ``a``."""

    a: Boxes
    b: Boxes

    @cached_property
    def overlap_widths(self) -> Lengths:
        """Signed length of the overlap along x and along y; negative is the gap between boxes that are apart."""
        a, b = self.a, self.b
        width = torch.minimum(a.right, b.right) - torch.maximum(a.left, b.left)
        height = torch.minimum(a.bottom, b.bottom) - torch.maximum(a.top, b.top)
        return width, height

    @cached_property
    def overlap_widths_slope(self) -> Boxes:
        """Of the signed overlap lengths: d width/dx, d height/dy, d width/dw, d height/dh."""
        a, b = self.a, self.b
        left, right = above(a.left, b.left), above(b.right, a.right)
        top, bottom = above(a.top, b.top), above(b.bottom, a.bottom)
        return Boxes(right - left, bottom - top, (right + left) / 2, (bottom + top) / 2)

    @cached_property
    def meet(self) -> Bool[Tensor, "..."]:
        """Whether the boxes share an area; touching is not meeting."""
        width, height = self.overlap_widths
        return (width > 0) & (height > 0)

    @cached_property
    def shared(self) -> Lengths:
        """The overlap lengths, 0 along an axis on which the boxes are apart."""
        width, height = self.overlap_widths
        return width.clamp_min(0), height.clamp_min(0)

    @cached_property
    def shared_slope(self) -> Boxes:
        """Likewise: 0 where the boxes are apart or only touch."""
        (width, height), slope = self.shared, self.overlap_widths_slope
        across, down = width.sign(), height.sign()
        return Boxes(slope.x * across, slope.y * down, slope.w * across, slope.h * down)

    @cached_property
    def intersection(self) -> Numbers:
        r"""$$ |A \cap B| $$, 0 for boxes that are apart."""
        width, height = self.shared
        return width * height

    @cached_property
    def intersection_slope(self) -> Boxes:
        """Product rule; exactly 0 for boxes that are apart or only touch."""
        (width, height), slope = self.shared, self.shared_slope
        return Boxes(slope.x * height, slope.y * width, slope.w * height, slope.h * width)

    @cached_property
    def union(self) -> Numbers:
        r"""$$ |A \cup B| = |A| + |B| - |A \cap B| $$."""
        return self.a.area + self.b.area - self.intersection

    @cached_property
    def union_slope(self) -> Boxes:
        """d|A| - d|A ∩ B|."""
        i = self.intersection_slope
        return Boxes(-i.x, -i.y, self.a.h - i.w, self.a.w - i.h)

    @cached_property
    def hull(self) -> Lengths:
        """Width and height of the smallest enclosing box."""
        a, b = self.a, self.b
        width = torch.maximum(a.right, b.right) - torch.minimum(a.left, b.left)
        height = torch.maximum(a.bottom, b.bottom) - torch.minimum(a.top, b.top)
        return width, height

    @cached_property
    def hull_slope(self) -> Boxes:
        """d width/dx, d height/dy, d width/dw, d height/dh: overlap and hull lengths together are both boxes' sides."""
        overlap = self.overlap_widths_slope
        return Boxes(-overlap.x, -overlap.y, 1 - overlap.w, 1 - overlap.h)

    @cached_property
    def iou(self) -> Numbers:
        r"""Intersection over union.

        $$ \mathrm{IoU} = \frac{|A \cap B|}{|A \cup B|} \in [0, 1] $$

        Flat (slope exactly 0) where the boxes are apart.
        """
        return quotient(self.intersection, self.union)

    @cached_property
    def iou_slope(self) -> Boxes:
        """Quotient rule, (dI - IoU dU) / U, with dU = d|A| - dI."""
        i = self.intersection_slope
        gain, loss = quotient(1 + self.iou, self.union), quotient(self.iou, self.union)
        return Boxes(gain * i.x, gain * i.y, gain * i.w - loss * self.a.h, gain * i.h - loss * self.a.w)

    @cached_property
    def hull_area(self) -> Numbers:
        """|C| of the smallest enclosing box."""
        width, height = self.hull
        return width * height

    @cached_property
    def giou(self) -> Numbers:
        r"""Generalised IoU.

        $$ \mathrm{GIoU} = \mathrm{IoU} - \frac{|C| - |A \cup B|}{|C|} \in (-1, 1] $$

        C is the smallest enclosing box. Still has a slope where the boxes are apart.

        Source: Rezatofighi et al. 2019, arXiv:1902.09630, algorithm 1.
        """
        return self.iou - quotient(self.hull_area - self.union, self.hull_area)

    @cached_property
    def giou_slope(self) -> Boxes:
        """The slope of the IoU, and that of U/C: (dU - U/C dC) / C."""
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
        """Squared diagonal of the smallest enclosing box."""
        width, height = self.hull
        return width**2 + height**2

    @cached_property
    def centre_distance(self) -> Numbers:
        """Squared distance of the centres over the squared diagonal of the smallest enclosing box, in [0, 1)."""
        return quotient((self.a.x - self.b.x) ** 2 + (self.a.y - self.b.y) ** 2, self.diagonal)

    @cached_property
    def centre_distance_slope(self) -> Boxes:
        """Quotient rule; d(diagonal^2) = 2 (width d width + height d height)."""
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
        r"""Distance IoU.

        $$ \mathrm{DIoU} = \mathrm{IoU} - \frac{\rho^2}{c^2} \in (-1, 1] $$

        rho: distance of the centres; c: diagonal of the smallest enclosing box.

        Source: Zheng et al. 2020, arXiv:1911.08287, equation 7.
        """
        return self.iou - self.centre_distance

    @cached_property
    def diou_slope(self) -> Boxes:
        """The slope of the IoU, less that of rho^2/c^2."""
        i, d = self.iou_slope, self.centre_distance_slope
        return Boxes(i.x - d.x, i.y - d.y, i.w - d.w, i.h - d.h)

    @cached_property
    def aspect_gap(self) -> Numbers:
        """arctan(w/h) of b minus that of a, in radians."""
        return torch.atan2(self.b.w, self.b.h) - torch.atan2(self.a.w, self.a.h)

    @cached_property
    def aspect(self) -> Numbers:
        r"""$$ v = \frac{4}{\pi^2} (\arctan\frac{w_b}{h_b} - \arctan\frac{w_a}{h_a})^2 \in [0, 1] $$."""
        return 4 / math.pi**2 * self.aspect_gap**2

    @cached_property
    def aspect_trade_off(self) -> Numbers:
        r"""$$ \alpha = \frac{v}{1 - \mathrm{IoU} + v} $$, 0 for equal shapes. A constant for the gradient."""
        return quotient(self.aspect, 1 - self.iou + self.aspect).detach()

    @cached_property
    def ciou(self) -> Numbers:
        r"""Complete IoU.

        $$ \mathrm{CIoU} = \mathrm{DIoU} - \alpha v $$

        alpha carries no gradient. For identical boxes alpha is 0/0: read as 0 here, nan in several libraries.

        Source: Zheng et al. 2020, arXiv:1911.08287, equations 8 to 11.
        """
        return self.diou - self.aspect_trade_off * self.aspect

    @cached_property
    def aspect_slope(self) -> Lengths:
        """d v/dw and d v/dh, without the paper's shortcut of dropping 1/(w^2 + h^2)."""
        a = self.a
        pull = quotient(-8 / math.pi**2 * self.aspect_gap, a.w**2 + a.h**2)
        return pull * a.h, -pull * a.w

    @cached_property
    def ciou_slope(self) -> Boxes:
        """The slope of the DIoU, less alpha times that of v."""
        d, (wider, taller) = self.diou_slope, self.aspect_slope
        return Boxes(d.x, d.y, d.w - self.aspect_trade_off * wider, d.h - self.aspect_trade_off * taller)


# The pieces as functions of two boxes; the formulas stand above.


def overlap_widths(a: Boxes, b: Boxes) -> Lengths:
    """Signed length of the overlap along x and along y; negative is the gap between boxes that are apart."""
    return Pair(a, b).overlap_widths


def overlap_widths_slope(a: Boxes, b: Boxes) -> Boxes:
    """d width/dx, d height/dy, d width/dw, d height/dh of the signed overlap lengths."""
    return Pair(a, b).overlap_widths_slope


def intersection(a: Boxes, b: Boxes) -> Numbers:
    r"""$$ |A \cap B| $$, 0 for boxes that are apart."""
    return Pair(a, b).intersection


def intersection_slope(a: Boxes, b: Boxes) -> Boxes:
    """Exactly 0 for boxes that are apart or only touch."""
    return Pair(a, b).intersection_slope


def union(a: Boxes, b: Boxes) -> Numbers:
    r"""$$ |A \cup B| $$."""
    return Pair(a, b).union


def union_slope(a: Boxes, b: Boxes) -> Boxes:
    """d|A| - d|A ∩ B|."""
    return Pair(a, b).union_slope


def hull(a: Boxes, b: Boxes) -> Lengths:
    """Width and height of the smallest enclosing box."""
    return Pair(a, b).hull


def hull_slope(a: Boxes, b: Boxes) -> Boxes:
    """d width/dx, d height/dy, d width/dw, d height/dh of the smallest enclosing box."""
    return Pair(a, b).hull_slope


def iou(a: Boxes, b: Boxes) -> Numbers:
    """Intersection over union, in [0, 1]."""
    return Pair(a, b).iou


def iou_slope(a: Boxes, b: Boxes) -> Boxes:
    """Exactly 0 where the boxes are apart."""
    return Pair(a, b).iou_slope


def giou(a: Boxes, b: Boxes) -> Numbers:
    """Generalised IoU, in (-1, 1]."""
    return Pair(a, b).giou


def giou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The slope of the IoU, and that of U/C."""
    return Pair(a, b).giou_slope


def centre_distance(a: Boxes, b: Boxes) -> Numbers:
    r"""$$ \rho^2 / c^2 $$, in [0, 1)."""
    return Pair(a, b).centre_distance


def centre_distance_slope(a: Boxes, b: Boxes) -> Boxes:
    r"""That of $$ \rho^2 / c^2 $$."""
    return Pair(a, b).centre_distance_slope


def diou(a: Boxes, b: Boxes) -> Numbers:
    """Distance IoU, in (-1, 1]."""
    return Pair(a, b).diou


def diou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The slope of the IoU, less that of rho^2/c^2."""
    return Pair(a, b).diou_slope


def aspect_gap(a: Boxes, b: Boxes) -> Numbers:
    """arctan(w/h) of b minus that of a, in radians."""
    return Pair(a, b).aspect_gap


def aspect(a: Boxes, b: Boxes) -> Numbers:
    """The aspect term v, in [0, 1]."""
    return Pair(a, b).aspect


def aspect_trade_off(a: Boxes, b: Boxes) -> Numbers:
    """CIoU's alpha. A constant for the gradient."""
    return Pair(a, b).aspect_trade_off


def ciou(a: Boxes, b: Boxes) -> Numbers:
    """Complete IoU, in (-2, 1]."""
    return Pair(a, b).ciou


def ciou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The slope of the DIoU, less alpha times that of v."""
    return Pair(a, b).ciou_slope


@dataclass(frozen=True)
class Measure:
    """How well two boxes agree, and the slope of that in the first."""

    value: Callable[[Pair], Numbers]
    slope: Callable[[Pair], Boxes]


MEASURES = {
    "iou": Measure(lambda pair: pair.iou, lambda pair: pair.iou_slope),
    "giou": Measure(lambda pair: pair.giou, lambda pair: pair.giou_slope),
    "diou": Measure(lambda pair: pair.diou, lambda pair: pair.diou_slope),
    "ciou": Measure(lambda pair: pair.ciou, lambda pair: pair.ciou_slope),
}
