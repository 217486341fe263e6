"""IoU, GIoU, DIoU and CIoU of two boxes, each with its closed-form slope in the first box.

Functions compare one to one; all with all is ``iou(a.pick(index_a), b.pick(index_b))`` at the call.

Ties: where an edge of ``a`` lies exactly on the edge of ``b``, it counts half: the slope is the mean of those on either
side, as torch has it. (Darknet counts it as not moving, TensorFlow in full.) Boxes that only touch do not pull.
Empty boxes: 0/0 is read as 0 (no overlap, no distance, no aspect difference), so no slope here is ever nan.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.engine.boxes import Boxes

Numbers = Float[Tensor, "*n"]


def quotient(over: Numbers, under: Numbers) -> Numbers:
    """Over / under, and 0 where that is not finite: 0/0, or the slope of a box without area."""
    return (over / under).nan_to_num(0.0, 0.0, 0.0)


def above(ours: Numbers, theirs: Numbers) -> Numbers:
    """1 where ours is the larger, 0 where it is the smaller, 1/2 where they are equal."""
    return ((ours - theirs).sign() + 1) / 2


def overlap_widths(a: Boxes, b: Boxes) -> tuple[Numbers, Numbers]:
    """Signed length of the overlap along x and along y; negative is the gap between boxes that are apart."""
    width = torch.minimum(a.right, b.right) - torch.maximum(a.left, b.left)
    height = torch.minimum(a.bottom, b.bottom) - torch.maximum(a.top, b.top)
    return width, height


def overlap_widths_slope(a: Boxes, b: Boxes) -> Boxes:
    """Of the signed overlap lengths: d width/dx, d height/dy, d width/dw, d height/dh."""
    left, right = above(a.left, b.left), above(b.right, a.right)
    top, bottom = above(a.top, b.top), above(b.bottom, a.bottom)
    return Boxes(right - left, bottom - top, (right + left) / 2, (bottom + top) / 2)


def intersection(a: Boxes, b: Boxes) -> Numbers:
    r"""$$ |A \cap B| $$, 0 for boxes that are apart."""
    width, height = overlap_widths(a, b)
    return width.clamp_min(0) * height.clamp_min(0)


def intersection_slope(a: Boxes, b: Boxes) -> Boxes:
    """Product rule; exactly 0 for boxes that are apart or only touch."""
    width, height = overlap_widths(a, b)
    slope = overlap_widths_slope(a, b)
    meet = (width > 0) & (height > 0)
    return Boxes(
        torch.where(meet, slope.x * height, 0),
        torch.where(meet, slope.y * width, 0),
        torch.where(meet, slope.w * height, 0),
        torch.where(meet, slope.h * width, 0),
    )


def union(a: Boxes, b: Boxes) -> Numbers:
    r"""$$ |A \cup B| = |A| + |B| - |A \cap B| $$."""
    return a.area + b.area - intersection(a, b)


def union_slope(a: Boxes, b: Boxes) -> Boxes:
    """d|A| - d|A ∩ B|."""
    i = intersection_slope(a, b)
    return Boxes(-i.x, -i.y, a.h - i.w, a.w - i.h)


def hull(a: Boxes, b: Boxes) -> tuple[Numbers, Numbers]:
    """Width and height of the smallest enclosing box."""
    width = torch.maximum(a.right, b.right) - torch.minimum(a.left, b.left)
    height = torch.maximum(a.bottom, b.bottom) - torch.minimum(a.top, b.top)
    return width, height


def hull_slope(a: Boxes, b: Boxes) -> Boxes:
    """Likewise: d width/dx, d height/dy, d width/dw, d height/dh of the smallest enclosing box."""
    left, right = above(b.left, a.left), above(a.right, b.right)
    top, bottom = above(b.top, a.top), above(a.bottom, b.bottom)
    return Boxes(right - left, bottom - top, (right + left) / 2, (bottom + top) / 2)


def iou(a: Boxes, b: Boxes) -> Numbers:
    r"""Intersection over union.

    $$ \mathrm{IoU} = \frac{|A \cap B|}{|A \cup B|} \in [0, 1] $$

    Flat (slope exactly 0) where the boxes are apart.
    """
    i = intersection(a, b)
    return quotient(i, a.area + b.area - i)


def iou_slope(a: Boxes, b: Boxes) -> Boxes:
    """Quotient rule: (dI - IoU dU) / U."""
    u, value = union(a, b), iou(a, b)
    over, under = intersection_slope(a, b), union_slope(a, b)
    return Boxes(*(quotient(di - value * du, u) for di, du in zip(over, under, strict=True)))


def giou(a: Boxes, b: Boxes) -> Numbers:
    r"""Generalised IoU.

    $$ \mathrm{GIoU} = \mathrm{IoU} - \frac{|C| - |A \cup B|}{|C|} \in (-1, 1] $$

    C is the smallest enclosing box. Still has a slope where the boxes are apart.

    Source: Rezatofighi et al. 2019, arXiv:1902.09630, algorithm 1.
    """
    width, height = hull(a, b)
    c = width * height
    return iou(a, b) - quotient(c - union(a, b), c)


def giou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The slope of the IoU, and that of U/C."""
    width, height = hull(a, b)
    grow, u, c = hull_slope(a, b), union(a, b), width * height
    hull_area = Boxes(grow.x * height, grow.y * width, grow.w * height, grow.h * width)
    return Boxes(
        *(
            di + quotient(du - quotient(u, c) * dc, c)
            for di, du, dc in zip(iou_slope(a, b), union_slope(a, b), hull_area, strict=True)
        )
    )


def centre_distance(a: Boxes, b: Boxes) -> Numbers:
    """Squared distance of the centres over the squared diagonal of the smallest enclosing box, in [0, 1)."""
    width, height = hull(a, b)
    return quotient((a.x - b.x) ** 2 + (a.y - b.y) ** 2, width**2 + height**2)


def centre_distance_slope(a: Boxes, b: Boxes) -> Boxes:
    """Quotient rule; d(diagonal^2) = 2 (width d width + height d height)."""
    width, height = hull(a, b)
    grow, ratio, diagonal = hull_slope(a, b), centre_distance(a, b), width**2 + height**2
    return Boxes(
        quotient(2 * (a.x - b.x) - ratio * 2 * width * grow.x, diagonal),
        quotient(2 * (a.y - b.y) - ratio * 2 * height * grow.y, diagonal),
        quotient(-ratio * 2 * width * grow.w, diagonal),
        quotient(-ratio * 2 * height * grow.h, diagonal),
    )


def diou(a: Boxes, b: Boxes) -> Numbers:
    r"""Distance IoU.

    $$ \mathrm{DIoU} = \mathrm{IoU} - \frac{\rho^2}{c^2} \in (-1, 1] $$

    rho: distance of the centres; c: diagonal of the smallest enclosing box.

    Source: Zheng et al. 2020, arXiv:1911.08287, equation 7.
    """
    return iou(a, b) - centre_distance(a, b)


def diou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The slope of the IoU, less that of rho^2/c^2."""
    pairs = zip(iou_slope(a, b), centre_distance_slope(a, b), strict=True)
    return Boxes(*(di - dd for di, dd in pairs))


def aspect_gap(a: Boxes, b: Boxes) -> Numbers:
    """arctan(w/h) of b minus that of a, in radians."""
    return torch.atan2(b.w, b.h) - torch.atan2(a.w, a.h)


def aspect(a: Boxes, b: Boxes) -> Numbers:
    r"""$$ v = \frac{4}{\pi^2} (\arctan\frac{w_b}{h_b} - \arctan\frac{w_a}{h_a})^2 \in [0, 1] $$."""
    return 4 / math.pi**2 * aspect_gap(a, b) ** 2


def aspect_trade_off(a: Boxes, b: Boxes) -> Numbers:
    r"""$$ \alpha = \frac{v}{1 - \mathrm{IoU} + v} $$, 0 for equal shapes. A constant for the gradient."""
    v = aspect(a, b)
    return quotient(v, 1 - iou(a, b) + v).detach()


def ciou(a: Boxes, b: Boxes) -> Numbers:
    r"""Complete IoU.

    $$ \mathrm{CIoU} = \mathrm{DIoU} - \alpha v $$

    alpha carries no gradient. For identical boxes alpha is 0/0: read as 0 here, nan in several libraries.

    Source: Zheng et al. 2020, arXiv:1911.08287, equations 8 to 11.
    """
    return diou(a, b) - aspect_trade_off(a, b) * aspect(a, b)


def ciou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The slope of the DIoU, less alpha times that of v, without the paper's shortcut of dropping 1/(w^2 + h^2)."""
    d = diou_slope(a, b)
    pull = aspect_trade_off(a, b) * 8 / math.pi**2 * aspect_gap(a, b)
    square = a.w**2 + a.h**2
    return Boxes(d.x, d.y, d.w + quotient(pull * a.h, square), d.h - quotient(pull * a.w, square))
