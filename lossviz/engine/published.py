"""The slopes of the Distance-IoU paper's well-known simulation as its authors wrote them by hand.

A ``PublishedPair`` has the true values; seven differences make its slopes part from those of a ``Pair``:

1. ``SIDES``: the slope of the IoU (in GIoU also that of U/C) in the sides is that of the edges, right minus left: twice
   the true one, since an edge moves by half of what a side grows.
2. ``UNCLAMPED``: in GIoU's U/C the overlap lengths of boxes apart stay negative, and their product still counts.
3. ``HULL``: in rho^2/c^2 each side of the hull gets the slopes of both: its height moves with x and w as its width
   does, its width with y and h as its height does.
4. ``SIGN``: in rho^2/c^2 the slope of c^2 has the wrong sign in x and y.
5. ``SPAN``: a prediction that reaches beyond the target on both sides of an axis is said to shrink the hull by growing:
   the slope of the hull's side in its own is -1, where it is 1.
6. ``ASPECT``: in v the factor 1/(w^2 + h^2) is missing. That is no slip: the paper leaves it out for stable convergence.
7. ``STRICT``: an edge on an edge moves neither overlap nor hull.

Without any defect, these are the true slopes. The eps in alpha is no defect: it is there with the true slopes too, in a
``SimulatedPair``. The program also copies one edge's slope to the other where a side is 0 or
below; such a box meets nothing, so that both are 0 there and nothing comes of it.

Source: Zzh-tju/DIoU, simulation experiment/test_1715k.m, dIOU.m, dGIOU.m, dDIOU.m and dCIOU.m, 391f42d. The factor of v:
Zheng et al. 2020, arXiv:1911.08287, below equation 12.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import torch
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import Lengths, Numbers, Pair, above, quotient

ALPHA_EPS = 1e-7


class Defect(Enum):
    """What the published slopes do otherwise than the true ones."""

    SIDES = "sides"
    UNCLAMPED = "unclamped"
    HULL = "hull"
    SIGN = "sign"
    SPAN = "span"
    ASPECT = "aspect"
    STRICT = "strict"


ALL_DEFECTS = frozenset(Defect)


@dataclass(frozen=True)
class Edges:
    """A number for each edge of a box: whether it counts, or the slope of something in its place."""

    left: Tensor
    right: Tensor
    top: Tensor
    bottom: Tensor

    def each(self, other: "Edges", combine: Callable[[Tensor, Tensor], Tensor]) -> "Edges":
        """Return the numbers of both combined, edge by edge."""
        return Edges(
            combine(self.left, other.left),
            combine(self.right, other.right),
            combine(self.top, other.top),
            combine(self.bottom, other.bottom),
        )

    def of_area(self, width: Tensor, height: Tensor) -> "Edges":
        """Return the slope of width x height, for edges that count in full, in part or not at all."""
        return Edges(-self.left * height, self.right * height, -self.top * width, self.bottom * width)


@dataclass(frozen=True)
class SimulatedPair(Pair):
    """Two boxes as the simulation has them: the true slopes, and an eps in CIoU's alpha."""

    @cached_property
    def aspect_trade_off(self) -> Numbers:
        r"""Return CIoU's alpha with the simulation's eps, a constant for the gradient.

        $$ \alpha = \frac{v}{1 - \mathrm{IoU} + v + 10^{-7}} $$
        """
        return quotient(self.aspect, 1 - self.iou + self.aspect + ALPHA_EPS).detach()


@dataclass(frozen=True)
class PublishedPair(SimulatedPair):
    """Two boxes with the published slopes; ``defects`` says which of the seven defects act."""

    defects: frozenset[Defect] = ALL_DEFECTS

    def larger(self, ours: Tensor, theirs: Tensor) -> Tensor:
        """Return 1 where ours is the larger, else 0; with STRICT neither of two equal numbers is the larger."""
        return (ours > theirs).to(ours.dtype) if Defect.STRICT in self.defects else above(ours, theirs)

    @cached_property
    def inner(self) -> Edges:
        """Return which edges of a bound the overlap."""
        a, b = self.a, self.b
        left, right = self.larger(a.left, b.left), self.larger(b.right, a.right)
        return Edges(left, right, self.larger(a.top, b.top), self.larger(b.bottom, a.bottom))

    @cached_property
    def outer(self) -> Edges:
        """Return which edges of a bound the hull."""
        a, b = self.a, self.b
        left, right = self.larger(b.left, a.left), self.larger(a.right, b.right)
        return Edges(left, right, self.larger(b.top, a.top), self.larger(a.bottom, b.bottom))

    def sides(self, edges: Edges) -> Boxes:
        """Return the slope in x, y, w, h from that of the edges.

        With SIDES a side's slope is the difference of its edges', of which half would be true.
        """
        share = 1 if Defect.SIDES in self.defects else 0.5
        w, h = (edges.right - edges.left) * share, (edges.bottom - edges.top) * share
        return Boxes(edges.left + edges.right, edges.top + edges.bottom, w, h)

    @cached_property
    def areas(self) -> Numbers:
        """Return |A| + |B|, from the edges.

        Where losses of rounding grow, the program's own are followed.
        """
        a, b = ((box.bottom - box.top) * (box.right - box.left) for box in (self.a, self.b))
        return a + b

    @cached_property
    def union(self) -> Numbers:
        """Return the area of the union, from the edges as the program has it."""
        return self.areas - self.intersection

    @cached_property
    def area_edges(self) -> Edges:
        """Return the slope of |A| in its edges."""
        every = torch.ones_like(self.a.left + self.a.top)
        return Edges(every, every, every, every).of_area(self.a.right - self.a.left, self.a.bottom - self.a.top)

    @cached_property
    def iou_edges(self) -> Edges:
        """Return the slope (U dI - I dU) / U^2 of the IoU in the edges, 0 where the boxes do not meet."""
        i, u, di = self.intersection, self.union, self.inner.of_area(*self.overlap_widths)
        du = self.area_edges.each(di, torch.sub)
        return di.each(du, lambda di, du: torch.where(self.meet, quotient(u * di - i * du, u**2), 0))

    @cached_property
    def iou_slope(self) -> Boxes:
        """Return the slope of the IoU, with the defect SIDES."""
        return self.sides(self.iou_edges)

    @cached_property
    def filled_edges(self) -> Edges:
        """Return the slope (C dU - U dC) / C^2 of U/C in the edges.

        With UNCLAMPED two negative overlap lengths make an area.
        """
        width, height = self.overlap_widths
        i, di = width * height, self.inner.of_area(width, height)
        if Defect.UNCLAMPED not in self.defects:
            i, di = self.intersection, di.each(di, lambda one, _: torch.where(self.meet, one, 0))
        u, c = self.areas - i, self.hull_area
        du, dc = self.area_edges.each(di, torch.sub), self.outer.of_area(*self.hull)
        return du.each(dc, lambda du, dc: quotient(c * du - u * dc, c**2))

    @cached_property
    def giou_slope(self) -> Boxes:
        """Return the slope of the GIoU, with the defects SIDES and UNCLAMPED."""
        return self.sides(self.iou_edges.each(self.filled_edges, torch.add))

    @cached_property
    def hull_slope(self) -> Boxes:
        """Return the slope of the enclosing box's sides, with the defect STRICT."""
        edge = self.outer
        w, h = (edge.right + edge.left) / 2, (edge.bottom + edge.top) / 2
        return Boxes(edge.right - edge.left, edge.bottom - edge.top, w, h)

    @cached_property
    def centre_distance_slope(self) -> Boxes:
        """Return the slope of rho^2/c^2, with the defects HULL, SIGN and SPAN."""
        (width, height), grow, per = self.hull, self.hull_slope, quotient(2, self.diagonal)
        ratio = self.centre_distance * per
        mixed = 1 if Defect.HULL in self.defects else 0
        turned = -1 if Defect.SIGN in self.defects else 1
        return Boxes(
            (self.a.x - self.b.x) * per - turned * ratio * (width + mixed * height) * grow.x,
            (self.a.y - self.b.y) * per - turned * ratio * (height + mixed * width) * grow.y,
            -ratio * (width * self.own(grow.w) + mixed * height * grow.w),
            -ratio * (height * self.own(grow.h) + mixed * width * grow.h),
        )

    def own(self, grow: Tensor) -> Tensor:
        """Return the slope of the hull's side in the box's own side; with SPAN it is -1 where the box spans b."""
        return torch.where(grow == 1, -1, grow) if Defect.SPAN in self.defects else grow

    @cached_property
    def aspect_gap(self) -> Numbers:
        """Return the difference of the angles of the aspect ratios, with the defect ASPECT.

        It takes the arctangent of the ratio, which turns its sign where one side is negative.
        """
        if Defect.ASPECT not in self.defects:
            return super().aspect_gap
        return (torch.atan(self.b.w / self.b.h) - torch.atan(self.a.w / self.a.h)).nan_to_num(0.0)

    @cached_property
    def aspect_slope(self) -> Lengths:
        """Return d v/dw and d v/dh, which with the defect ASPECT lack 1/(w^2 + h^2)."""
        if Defect.ASPECT not in self.defects:
            return super().aspect_slope
        pull = -8 / math.pi**2 * self.aspect_gap
        return pull * self.a.h, -pull * self.a.w
