"""What else torchvision and mmdetection compute of two boxes, beside the losses on the pages, and what they do at borders.

Values, slopes and eps are as in ``lossviz.engine.box_losses``; in SIoU and the bounded IoU eps is a length. The table
``MMDET`` has all losses of mmdetection with one number a pair, ``cases`` what each library makes of boxes on a border.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from lossviz.engine import box_losses
from lossviz.engine.box_losses import (
    TORCHVISION,
    LibraryLoss,
    aspect,
    distance,
    distance_slope,
    each,
    inside,
    shifted_iou,
    shifted_iou_slope,
    with_aspect,
)
from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Lengths, Measure, Numbers, Pair, above, quotient


def smooth(x: Numbers, beta: float) -> Numbers:
    r"""Smooth L1. $$ x^2 / 2\beta $$ below beta, $$ x - \beta / 2 $$ from there on; x is not negative."""
    return torch.where(x < beta, x**2 / (2 * beta), x - beta / 2)


def smooth_slope(x: Numbers, beta: float) -> Numbers:
    """x / beta, then 1."""
    return torch.where(x < beta, x / beta, 1)


# torchvision: its four IoUs. The library compares all with all; the function compares one to one, as all do here.


def torchvision_box_iou(a: Boxes, b: Boxes) -> Numbers:
    """I / U without eps: nan for two boxes without area."""
    return shifted_iou(Pair(a, b), 0)


def torchvision_box_iou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The plain IoU's."""
    return Pair(a, b).iou_slope


def torchvision_generalized_box_iou(a: Boxes, b: Boxes) -> Numbers:
    """IoU - (C - U) / C without eps: nan for two boxes without area or an enclosing box without."""
    p = Pair(a, b)
    return shifted_iou(p, 0) - (p.hull_area - p.union) / p.hull_area


def torchvision_generalized_box_iou_slope(a: Boxes, b: Boxes) -> Boxes:
    """The plain GIoU's."""
    return Pair(a, b).giou_slope


def torchvision_distance_box_iou(a: Boxes, b: Boxes, eps: float = 1e-7) -> Numbers:
    """IoU without eps, less the distance with eps. nan like the IoU."""
    p = Pair(a, b)
    return shifted_iou(p, 0) - distance(p, eps)


def torchvision_distance_box_iou_slope(a: Boxes, b: Boxes, eps: float = 1e-7) -> Boxes:
    """That of the IoU less that of the distance."""
    p = Pair(a, b)
    return each(torch.sub, p.iou_slope, distance_slope(p, eps))


def torchvision_complete_box_iou(a: Boxes, b: Boxes, eps: float = 1e-7) -> Numbers:
    """Distance IoU - alpha v, alpha = v / (1 - IoU + v + eps). nan also for a box with neither width nor height."""
    p = Pair(a, b)
    v = aspect(p, 0)
    alpha = (v / (1 - shifted_iou(p, 0) + v + eps)).detach()
    return torchvision_distance_box_iou(a, b, eps) - alpha * v


def torchvision_complete_box_iou_slope(a: Boxes, b: Boxes, eps: float = 1e-7) -> Boxes:
    """That of the distance IoU, less alpha dv."""
    p = Pair(a, b)
    v = aspect(p, 0)
    alpha = quotient(v, 1 - p.iou + v + eps)
    return with_aspect(torchvision_distance_box_iou_slope(a, b, eps), p, -alpha, 0)


TORCHVISION_IOUS = {
    "box_iou": (torchvision_box_iou, torchvision_box_iou_slope),
    "generalized_box_iou": (torchvision_generalized_box_iou, torchvision_generalized_box_iou_slope),
    "distance_box_iou": (torchvision_distance_box_iou, torchvision_distance_box_iou_slope),
    "complete_box_iou": (torchvision_complete_box_iou, torchvision_complete_box_iou_slope),
}


# mmdetection.


def mmdet_iou(a: Boxes, b: Boxes, eps: float) -> Numbers:
    r"""$$ u = \max(\frac{I}{\max(U, 10^{-6})}, \epsilon) $$."""
    p = Pair(a, b)
    return (p.intersection / p.union.clamp_min(1e-6)).clamp_min(eps)


def mmdet_iou_slope(a: Boxes, b: Boxes, eps: float) -> Boxes:
    """0 below eps, so also for boxes apart."""
    p = Pair(a, b)
    under = p.union.clamp_min(1e-6)
    u = p.intersection / under
    kept, moves = inside(u, least=eps), inside(p.union, least=1e-6)
    return each(lambda di, du: kept * (di - u * moves * du) / under, p.intersection_slope, p.union_slope)


def mmdet_iou_linear_loss(a: Boxes, b: Boxes, eps: float = 1e-6) -> Numbers:
    """1 - u."""
    return 1 - mmdet_iou(a, b, eps)


def mmdet_iou_linear_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-6) -> Boxes:
    """-du."""
    return each(torch.neg, mmdet_iou_slope(a, b, eps))


def mmdet_iou_square_loss(a: Boxes, b: Boxes, eps: float = 1e-6) -> Numbers:
    """1 - u^2."""
    return 1 - mmdet_iou(a, b, eps) ** 2


def mmdet_iou_square_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-6) -> Boxes:
    """-2 u du."""
    u = mmdet_iou(a, b, eps)
    return each(lambda du: -2 * u * du, mmdet_iou_slope(a, b, eps))


def mmdet_iou_log_loss(a: Boxes, b: Boxes, eps: float = 1e-6) -> Numbers:
    """-ln u: the same -ln eps for all boxes apart, 13.8."""
    return -mmdet_iou(a, b, eps).log()


def mmdet_iou_log_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-6) -> Boxes:
    """-du / u."""
    u = mmdet_iou(a, b, eps)
    return each(lambda du: -du / u, mmdet_iou_slope(a, b, eps))


def inner_edges(p: Pair) -> tuple[Lengths, Lengths]:
    """From the corner of the enclosing box to the larger left and top edges, and to the smaller right and bottom ones."""
    x1, y1 = (p.a.left - p.b.left).abs(), (p.a.top - p.b.top).abs()
    width, height = p.overlap_widths
    return (x1, y1), (x1 + width, y1 + height)


def signed_intersection(p: Pair) -> Numbers:
    r"""$$ X_2 Y_2 + \min(X) \min(Y) - X_1 \max(Y) - \max(X) Y_1 $$: the intersection, below 0 for boxes apart.

    X_1, X_2: ``inner_edges`` along x. Boxes that overlap have X_1 < X_2, and this is (X_2 - X_1)(Y_2 - Y_1).
    """
    (x1, y1), (x2, y2) = inner_edges(p)
    low, high = torch.minimum, torch.maximum
    return x2 * y2 + low(x1, x2) * low(y1, y2) - x1 * high(y1, y2) - high(x1, x2) * y1


def signed_intersection_slope(p: Pair) -> Boxes:
    """Product rule, along x with Y fixed and along y with X fixed."""
    (x1, y1), (x2, y2) = inner_edges(p)
    left, top = (p.a.left - p.b.left).sign(), (p.a.top - p.b.top).sign()
    grow = p.overlap_widths_slope
    across, down = above(x2, x1), above(y2, y1)

    def along(d1: Numbers, d2: Numbers, meet: Numbers, other: Lengths) -> Numbers:
        """d1, d2: how the inner edges of this axis move; meet: whether the boxes overlap along it."""
        o1, o2 = other
        low, high = torch.minimum(o1, o2), torch.maximum(o1, o2)
        d_low, d_high = meet * d1 + (1 - meet) * d2, meet * d2 + (1 - meet) * d1
        return d2 * o2 + d_low * low - d1 * high - d_high * o1

    return Boxes(
        along(left, left + grow.x, across, (y1, y2)),
        along(top, top + grow.y, down, (x1, x2)),
        along(-left / 2, grow.w - left / 2, across, (y1, y2)),
        along(-top / 2, grow.h - top / 2, down, (x1, x2)),
    )


def mmdet_eiou_loss(a: Boxes, b: Boxes, eps: float = 1e-7, *, smooth_point: float = 0.1) -> Numbers:
    r"""Extended IoU, not "efficient" IoU. $$ \mathrm{smooth}(1 - \frac{I}{U + \epsilon}) $$ with the signed I.

    Source: Peng and Yu 2021, A Systematic IoU-Related Method: Beyond Simplified Regression for Better Localization.
    """
    p = Pair(a, b)
    i = signed_intersection(p)
    return smooth(1 - i / (a.area + b.area - i + eps), smooth_point)


def mmdet_eiou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-7, *, smooth_point: float = 0.1) -> Boxes:
    """-smooth' (dI - u dU) / (U + eps)."""
    p = Pair(a, b)
    i = signed_intersection(p)
    under = a.area + b.area - i + eps
    u = quotient(i, under)
    steep = smooth_slope(1 - u, smooth_point)
    nothing = torch.zeros_like(i)
    return each(
        lambda di, d_area: -steep * quotient(di - u * (d_area - di), under),
        *(signed_intersection_slope(p), Boxes(nothing, nothing, a.h, a.w)),
    )


@dataclass(frozen=True)
class Siou:
    """What SIoU compares, and along which way the prediction moves it.

    dx, dy: distance of the centres, eps added; ``angle``: 0 where they differ along one axis, 1 on the diagonal.
    gamma: -(2 - angle) in the paper and with ``neg_gamma``; +(2 - angle) otherwise, the library's default.
    """

    p: Pair
    eps: float
    sign: float

    @property
    def centres(self) -> Lengths:
        """From the prediction's to the target's, with eps."""
        return self.p.b.x - self.p.a.x + self.eps, self.p.b.y - self.p.a.y + self.eps

    @property
    def hull(self) -> Lengths:
        """Sides of the enclosing box, not below eps."""
        width, height = self.p.hull
        return width.clamp_min(self.eps), height.clamp_min(self.eps)

    @property
    def hull_slope(self) -> Boxes:
        """0 along a side below eps."""
        (width, height), grow = self.p.hull, self.p.hull_slope
        across, down = inside(width, least=self.eps), inside(height, least=self.eps)
        return Boxes(grow.x * across, grow.y * down, grow.w * across, grow.h * down)

    @property
    def gamma(self) -> Numbers:
        r"""$$ \pm(2 - \frac{2 |d_x d_y|}{d_x^2 + d_y^2}) $$: the sine of twice the angle."""
        dx, dy = self.centres
        return self.sign * (2 - 2 * (dx * dy).abs() / (dx**2 + dy**2))

    def gamma_slope(self) -> Lengths:
        """In the prediction's x and y."""
        dx, dy = self.centres
        turn = 2 * self.sign * quotient(dy**2 - dx**2, (dx**2 + dy**2) ** 2)
        return turn * dx.sign() * dy.abs(), -turn * dy.sign() * dx.abs()

    def distance(self) -> Numbers:
        r"""$$ 2 - e^{\gamma r_x} - e^{\gamma r_y}, \quad r_x = (d_x / c_w)^2 $$."""
        (dx, dy), (width, height) = self.centres, self.hull
        return 2 - (self.gamma * (dx / width) ** 2).exp() - (self.gamma * (dy / height) ** 2).exp()

    def distance_slope(self) -> Boxes:
        """-e^(gamma r) (r d gamma + gamma dr) for both axes; dr = -2 r (1/dx + d width / width)."""
        (dx, dy), (width, height), grow, gamma = self.centres, self.hull, self.hull_slope, self.gamma
        turn_x, turn_y = self.gamma_slope()
        across, down = quotient(dx, width), quotient(dy, height)
        weight_x, weight_y = (gamma * across**2).exp(), (gamma * down**2).exp()
        turned = weight_x * across**2 + weight_y * down**2
        pull_x = weight_x * gamma * 2 * quotient(across, width)
        pull_y = weight_y * gamma * 2 * quotient(down, height)
        return Boxes(
            pull_x * (1 + across * grow.x) - turned * turn_x,
            pull_y * (1 + down * grow.y) - turned * turn_y,
            pull_x * across * grow.w,
            pull_y * down * grow.h,
        )

    def sides(self) -> tuple[Lengths, Lengths]:
        """Widths, and heights with eps."""
        return (self.p.a.w, self.p.b.w), (self.p.a.h + self.eps, self.p.b.h + self.eps)

    def shape(self) -> Numbers:
        r"""$$ \sum_s (1 - e^{-\omega_s})^4, \quad \omega_s = |s_a - s_b| / \max(s_a, s_b) $$ for w and h."""
        of_width, of_height = ((ours - theirs).abs() / torch.maximum(ours, theirs) for ours, theirs in self.sides())
        return (1 - (-of_width).exp()) ** 4 + (1 - (-of_height).exp()) ** 4

    def shape_slope(self) -> Lengths:
        """In w and h. 4 (1 - e^-omega)^3 e^-omega d omega."""
        in_width, in_height = (self.side_slope(ours, theirs) for ours, theirs in self.sides())
        return in_width, in_height

    def side_slope(self, ours: Numbers, theirs: Numbers) -> Numbers:
        """Of one side's share of the shape cost."""
        larger, sign = torch.maximum(ours, theirs), (ours - theirs).sign()
        omega = quotient((ours - theirs).abs(), larger)
        fade = (-omega).exp()
        return 4 * (1 - fade) ** 3 * fade * quotient(sign - omega * above(ours, theirs), larger)


def mmdet_siou_loss(a: Boxes, b: Boxes, eps: float = 1e-7, *, neg_gamma: bool = False) -> Numbers:
    r"""SCYLLA-IoU. $$ 1 - u + (\Delta + \Omega) / 2 $$ cut to 0 to 2: ``Siou.distance`` and ``Siou.shape``.

    Without ``neg_gamma`` (the default) distance lowers the loss, against the paper: boxes far apart cost exactly 0 and
    do not pull. nan for two boxes without width.

    Source: Gevorgyan 2022, arXiv:2205.12740, equations 1 to 6.
    """
    p = Pair(a, b)
    s = Siou(p, eps, -1.0 if neg_gamma else 1.0)
    return (1 - shifted_iou(p, eps) + (s.distance() + s.shape()) / 2).clamp(0, 2)


def mmdet_siou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-7, *, neg_gamma: bool = False) -> Boxes:
    """-du + (d distance + d shape) / 2; 0 where the loss is cut."""
    p = Pair(a, b)
    s = Siou(p, eps, -1.0 if neg_gamma else 1.0)
    kept = inside(1 - shifted_iou(p, eps) + (s.distance() + s.shape()) / 2, 0, 2).nan_to_num()
    u, away, (in_width, in_height) = shifted_iou_slope(p, eps), s.distance_slope(), s.shape_slope()
    return Boxes(
        kept * (away.x / 2 - u.x),
        kept * (away.y / 2 - u.y),
        kept * ((away.w + in_width) / 2 - u.w),
        kept * ((away.h + in_height) / 2 - u.h),
    )


def mmdet_bounded_iou_loss(a: Boxes, b: Boxes, eps: float = 1e-3, *, beta: float = 0.2) -> Boxes:
    r"""The best IoU that each of x, y, w, h alone would allow: four losses, smooth(1 - best).

    $$ \max(\frac{w_b - 2 |d_x|}{w_b + 2 |d_x| + \epsilon}, 0), \quad
    \min(\frac{w_b}{w_a + \epsilon}, \frac{w_a}{w_b + \epsilon}) $$

    Source: Tychsen-Smith and Petersson 2018, arXiv:1711.00164.
    """
    return each(lambda x: smooth(x, beta), best_missed(a, b, eps))


def mmdet_bounded_iou_loss_slope(a: Boxes, b: Boxes, eps: float = 1e-3, *, beta: float = 0.2) -> Boxes:
    """Each of the four in its own coordinate; it depends on no other."""
    gap_x, gap_y = 2 * (a.x - b.x).abs(), 2 * (a.y - b.y).abs()
    slope = Boxes(
        place_slope(gap_x, b.w, eps) * (a.x - b.x).sign(),
        place_slope(gap_y, b.h, eps) * (a.y - b.y).sign(),
        side_missed_slope(a.w, b.w, eps),
        side_missed_slope(a.h, b.h, eps),
    )
    return each(lambda x, dx: smooth_slope(x, beta) * dx, best_missed(a, b, eps), slope)


def best_missed(a: Boxes, b: Boxes, eps: float) -> Boxes:
    """1 less the four best IoUs."""
    gap_x, gap_y = 2 * (a.x - b.x).abs(), 2 * (a.y - b.y).abs()
    return Boxes(
        1 - ((b.w - gap_x) / (b.w + gap_x + eps)).clamp_min(0),
        1 - ((b.h - gap_y) / (b.h + gap_y + eps)).clamp_min(0),
        1 - torch.minimum(b.w / (a.w + eps), a.w / (b.w + eps)),
        1 - torch.minimum(b.h / (a.h + eps), a.h / (b.h + eps)),
    )


def place_slope(gap: Numbers, side: Numbers, eps: float) -> Numbers:
    """Of 1 - (side - gap) / (side + gap + eps), where gap is twice the distance; 0 where the centre has left the box."""
    return above(side, gap) * quotient(2 * (2 * side + eps), (side + gap + eps) ** 2)


def side_missed_slope(ours: Numbers, theirs: Numbers, eps: float) -> Numbers:
    """Of 1 - min(theirs / (ours + eps), ours / (theirs + eps))."""
    larger = above(ours / (theirs + eps), theirs / (ours + eps))
    return larger * quotient(theirs, (ours + eps) ** 2) - (1 - larger) * quotient(1.0, theirs + eps)


MMDET = box_losses.MMDET | {
    "iou_linear": LibraryLoss(mmdet_iou_linear_loss, mmdet_iou_linear_loss_slope, 1e-6),
    "iou_square": LibraryLoss(mmdet_iou_square_loss, mmdet_iou_square_loss_slope, 1e-6),
    "iou_log": LibraryLoss(mmdet_iou_log_loss, mmdet_iou_log_loss_slope, 1e-6),
    "eiou": LibraryLoss(mmdet_eiou_loss, mmdet_eiou_loss_slope),
    "siou": LibraryLoss(mmdet_siou_loss, mmdet_siou_loss_slope),
    "siou_neggamma": LibraryLoss(
        partial(mmdet_siou_loss, neg_gamma=True), partial(mmdet_siou_loss_slope, neg_gamma=True)
    ),
}


# Boxes on a border.


def plain(measure: Measure) -> LibraryLoss:
    """1 - measure, without eps."""
    return LibraryLoss(
        lambda a, b, eps: 1 - measure.value(Pair(a, b)),
        lambda a, b, eps: each(torch.neg, measure.slope(Pair(a, b))),
        0,
    )


@dataclass(frozen=True)
class Case:
    """One pair of boxes, in pixels, under one loss: what it costs, our slope in x, y, w, h, and the library's own.

    ``because``: where the library's cost or slope is nan, what it divides by 0: "shape" (w/h of a box without height) or
    "trade_off" (alpha of equal shapes that overlap in full).
    """

    loss: str
    pair: str
    cost: float
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    because: str = ""


PAIRS = {
    "identical": ((50, 50, 20, 20), (50, 50, 20, 20)),
    "touching": ((70, 50, 20, 20), (50, 50, 20, 20)),
    "line": ((50, 50, 10, 0), (50, 50, 20, 20)),
    "points": ((50, 50, 0, 0), (50, 50, 0, 0)),
}
SHOWN = ("giou", "diou", "ciou")
Slope = Callable[[LibraryLoss, Boxes, Boxes], Boxes]


def case(loss: LibraryLoss, name: str, pair: str, own_slope: Slope, because: str) -> Case:
    """In float32, as the libraries compute."""
    a, b = (Boxes.of(torch.tensor(xywh, dtype=torch.float32)) for xywh in PAIRS[pair])
    cost, theirs = loss.value(a, b, loss.eps), own_slope(loss, a, b).table()
    undefined = bool(cost.isnan() or theirs.isnan().any())
    ours = loss.slope(a, b, loss.eps).table()
    return Case(name, pair, cost.item(), numbers(ours), numbers(theirs), because if undefined else "")


def numbers(table: Tensor) -> tuple[float, ...]:
    """Plain numbers, without a minus before 0."""
    return tuple((table + 0.0).tolist())


def our_slope(loss: LibraryLoss, a: Boxes, b: Boxes) -> Boxes:
    """The rule of ``overlap``."""
    return loss.slope(a, b, loss.eps)


def automatic_slope(loss: LibraryLoss, a: Boxes, b: Boxes) -> Boxes:
    """What differentiation of the library's formula gives, with torch's halves at ties: touching boxes pull."""
    table = a.table().requires_grad_()
    return Boxes.of(torch.autograd.grad(loss.value(Boxes.of(table), b, loss.eps).sum(), table)[0])


def torchvision_slope(loss: LibraryLoss, a: Boxes, b: Boxes) -> Boxes:
    """Touching boxes are left out before torchvision differentiates: ours, and nan where its formula gives that."""
    found = automatic_slope(loss, a, b)
    return each(lambda own, our: torch.where(own.isnan(), own, our), found, our_slope(loss, a, b))


def cases(losses: dict[str, LibraryLoss], own_slope: Slope, because: str = "") -> tuple[Case, ...]:
    """Every pair under every loss."""
    return tuple(case(losses[name], name, pair, own_slope, because) for name in SHOWN for pair in PAIRS)


CASES = {
    "lossviz": cases({name: plain(MEASURES[name]) for name in SHOWN}, our_slope),
    "torchvision": cases(TORCHVISION, torchvision_slope, "shape"),
    "mmdetection": cases(MMDET, automatic_slope, "trade_off"),
}
