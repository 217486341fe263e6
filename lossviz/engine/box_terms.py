"""Losses of the decoded box: the raw numbers become a box, and the box is held against the truth.

z: raw x, y, w, h (or two of them); t: first what is wanted, then what one must know of the predictor to decode.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.engine.assign import Selection as Predictors
from lossviz.engine.boxes import Boxes
from lossviz.engine.formula import Formula, Rows, Targets, formula
from lossviz.engine.heads import Head
from lossviz.engine.overlap import MEASURES, Numbers, Pair
from lossviz.engine.scene import Scene

Column = Float[Tensor, "n 1"]


def two_zeros(t: Targets) -> Float[Tensor, "n 2"]:
    """Return the floor 0 of a loss of two channels: a perfect prediction costs nothing."""
    return t.new_zeros(()).expand(len(t), 2)


def one_zero(t: Targets) -> Column:
    """Return the floor 0 of a loss with one number a box: a perfect box costs nothing."""
    return t.new_zeros(()).expand(len(t), 1)


def drawn(z: Rows, t: Float[Tensor, "n 10"]) -> Float[Tensor, "n 4"]:
    r"""Return the boxes of raw x, y, w, h in pixels.

    $$ b_x = s_x (\sigma(z_x) + i), \quad b_w = p_w e^{z_w} $$

    t: wanted x, y, w, h, then p_w, p_h, s_x, s_y: the anchor and the cell, all in pixels; then the cell's column i and
    row.
    """
    return torch.cat([(torch.sigmoid(z[:, :2]) + t[:, 8:]) * t[:, 6:8], z[:, 2:].exp() * t[:, 4:6]], 1)


def drawn_slope(z: Rows, t: Float[Tensor, "n 10"], slope: Boxes) -> Rows:
    r"""Return the slope in raw x, y, w, h from the slope in the box, by the chain rule.

    $$ \partial b_x / \partial z_x = s_x \sigma (1 - \sigma), \; \partial b_w / \partial z_w = b_w $$
    """
    s = torch.sigmoid(z[:, :2])
    inner = torch.cat([s * (1 - s) * t[:, 6:8], z[:, 2:].exp() * t[:, 4:6]], 1)
    return slope.table() * inner


def box_loss(name: str, latex: str, value: Callable[[Pair], Numbers], slope: Callable[[Pair], Boxes]) -> Formula:
    """Return the loss 1 - a measure of agreement of two boxes: one number for the four channels of a box."""

    def cost(z: Rows, t: Targets) -> Column:
        return 1 - value(Pair(Boxes.of(drawn(z, t)), Boxes.of(t[:, :4])))[:, None]

    def cost_slope(z: Rows, t: Targets) -> Rows:
        return -drawn_slope(z, t, slope(Pair(Boxes.of(drawn(z, t)), Boxes.of(t[:, :4]))))

    return Formula(name, latex, cost, cost_slope, one_zero, drawn)


BOX_LOSSES = {
    key: box_loss(f"{key}_loss", rf"(1 - \mathrm{{{name}}}(b(z), t))", MEASURES[key].value, MEASURES[key].slope)
    for key, name in {"iou": "IoU", "giou": "GIoU", "diou": "DIoU", "ciou": "CIoU"}.items()
}
"""The losses 1 - IoU, 1 - GIoU, 1 - DIoU and 1 - CIoU by name; one number for a whole box."""


def box_rows(slots: Predictors, truth: Boxes, head: Head, scene: Scene) -> Float[Tensor, "n 10"]:
    """Return the targets of a box loss, one row a predictor.

    Wanted x, y, w, h, the anchor and the cell in pixels, the cell's column and row.
    """
    (width, height), (columns, rows) = scene.pixels, head.grid
    size = head.raw.new_tensor([width, height, width, height])
    cell = head.raw.new_tensor([width / columns, height / rows])
    anchor, row, column = head.places(slots.slot)
    corner = torch.stack([column, row], -1)
    anchors = head.own_anchors[anchor] * size[:2]
    return torch.cat([truth.table() * size, anchors, cell.expand_as(anchors), corner.to(cell)], 1)


def root(z: Rows, t: Float[Tensor, "n 4"]) -> Rows:
    r"""Return the roots of the decoded sides, $$ \sqrt{b_w} = \sqrt{p_w}\, e^{z_w / 2} $$.

    t: wanted root w and root h, then root p_w and root p_h of the anchor.
    """
    return t[:, 2:] * (z / 2).exp()


def root_minus_target_times_slope(z: Rows, t: Float[Tensor, "n 4"]) -> Rows:
    """Return (root - t) root / 2: the root of an exponential is half as steep as itself."""
    return (root(z, t) - t[:, :2]) * root(z, t) / 2


@formula(r"\tfrac12 (\sqrt{p}\,e^{z/2} - t)^2", slope=root_minus_target_times_slope, floor=two_zeros, seen=root)
def half_squared_of_root(z: Rows, t: Targets) -> Rows:
    """Return half the squared error of the root of the decoded side, as YOLOv1 has it; sides are shares."""
    return (root(z, t) - t[:, :2]) ** 2 / 2


def twice_root_slope(z: Rows, t: Targets) -> Rows:
    """Return (root - t) root, the slope of the squared error of the root without the half."""
    return 2 * root_minus_target_times_slope(z, t)


@formula(r"(\sqrt{p}\,e^{z/2} - t)^2", slope=twice_root_slope, floor=two_zeros, seen=root)
def squared_of_root(z: Rows, t: Targets) -> Rows:
    """Return the squared error of the root of the decoded side, without the half."""
    return (root(z, t) - t[:, :2]) ** 2


def root_rows(slots: Predictors, truth: Boxes, head: Head) -> Float[Tensor, "n 4"]:
    """Return the targets of a loss of roots, one row a predictor.

    Root w and root h of the truth, root p_w and root p_h of the anchor, in shares of the input.
    """
    anchor, _, _ = head.places(slots.slot)
    return torch.cat([torch.stack([truth.w, truth.h], -1), head.own_anchors[anchor]], 1).sqrt()
