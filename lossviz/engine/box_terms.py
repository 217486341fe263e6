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
    """A perfect prediction of two channels costs nothing."""
    return t.new_zeros(()).expand(len(t), 2)


def one_zero(t: Targets) -> Column:
    """A perfect box costs nothing."""
    return t.new_zeros(()).expand(len(t), 1)


def drawn(z: Rows, t: Float[Tensor, "n 10"]) -> Float[Tensor, "n 4"]:
    r"""The box of raw x, y, w, h in pixels.

    $$ b_x = s_x (\sigma(z_x) + i), \quad b_w = p_w e^{z_w} $$

    t: wanted x, y, w, h, then p_w, p_h, s_x, s_y: the anchor and the cell, all in pixels; then the cell's column i and row.
    """
    return torch.cat([(torch.sigmoid(z[:, :2]) + t[:, 8:]) * t[:, 6:8], z[:, 2:].exp() * t[:, 4:6]], 1)


def drawn_slope(z: Rows, t: Float[Tensor, "n 10"], slope: Boxes) -> Rows:
    r"""Chain rule: $$ \partial b_x / \partial z_x = s_x \sigma (1 - \sigma), \; \partial b_w / \partial z_w = b_w $$."""
    s = torch.sigmoid(z[:, :2])
    inner = torch.cat([s * (1 - s) * t[:, 6:8], z[:, 2:].exp() * t[:, 4:6]], 1)
    return slope.table() * inner


def box_loss(name: str, latex: str, value: Callable[[Pair], Numbers], slope: Callable[[Pair], Boxes]) -> Formula:
    """1 - a measure of agreement: one number for the four channels of a box."""

    def cost(z: Rows, t: Targets) -> Column:
        return 1 - value(Pair(Boxes.of(drawn(z, t)), Boxes.of(t[:, :4])))[:, None]

    def cost_slope(z: Rows, t: Targets) -> Rows:
        return -drawn_slope(z, t, slope(Pair(Boxes.of(drawn(z, t)), Boxes.of(t[:, :4]))))

    return Formula(name, latex, cost, cost_slope, one_zero, drawn)


BOX_LOSSES = {
    key: box_loss(f"{key}_loss", rf"(1 - \mathrm{{{name}}}(b(z), t))", MEASURES[key].value, MEASURES[key].slope)
    for key, name in {"iou": "IoU", "giou": "GIoU", "diou": "DIoU", "ciou": "CIoU"}.items()
}
"""1 - IoU and its successors; one number for a whole box."""


def box_rows(slots: Predictors, truth: Boxes, head: Head, scene: Scene) -> Float[Tensor, "n 10"]:
    """The targets of a box loss: wanted x, y, w, h, the anchor and the cell in pixels, the cell's column and row."""
    (width, height), (columns, rows) = scene.pixels, head.grid
    size = head.raw.new_tensor([width, height, width, height])
    cell = head.raw.new_tensor([width / columns, height / rows])
    anchor = torch.div(slots.slot, head.cells, rounding_mode="floor") % head.raw.shape[1]
    corner = torch.stack([slots.slot % columns, torch.div(slots.slot, columns, rounding_mode="floor") % rows], -1)
    anchors = head.own_anchors[anchor] * size[:2]
    return torch.cat([truth.table() * size, anchors, cell.expand_as(anchors), corner.to(cell)], 1)


def root(z: Rows, t: Float[Tensor, "n 4"]) -> Rows:
    r"""$$ \sqrt{b_w} = \sqrt{p_w}\, e^{z_w / 2} $$, with t: wanted root w, root h, then root p_w, root p_h."""
    return t[:, 2:] * (z / 2).exp()


def root_minus_target_times_slope(z: Rows, t: Float[Tensor, "n 4"]) -> Rows:
    """(root - t) root / 2: the root of an exponential is half as steep as itself."""
    return (root(z, t) - t[:, :2]) * root(z, t) / 2


@formula(r"\tfrac12 (\sqrt{p}\,e^{z/2} - t)^2", slope=root_minus_target_times_slope, floor=two_zeros, seen=root)
def half_squared_of_root(z: Rows, t: Targets) -> Rows:
    """Squared error of the root of the decoded side, as YOLOv1 has it; sides are shares of the image."""
    return (root(z, t) - t[:, :2]) ** 2 / 2


def twice_root_slope(z: Rows, t: Targets) -> Rows:
    """Without the half, twice as steep."""
    return 2 * root_minus_target_times_slope(z, t)


@formula(r"(\sqrt{p}\,e^{z/2} - t)^2", slope=twice_root_slope, floor=two_zeros, seen=root)
def squared_of_root(z: Rows, t: Targets) -> Rows:
    """The same without the half."""
    return (root(z, t) - t[:, :2]) ** 2


def root_rows(slots: Predictors, truth: Boxes, head: Head) -> Float[Tensor, "n 4"]:
    """The targets of a loss of roots: root w, root h of the truth, root p_w, root p_h of the anchor, shares of the input."""
    anchor = torch.div(slots.slot, head.cells, rounding_mode="floor") % head.raw.shape[1]
    return torch.cat([torch.stack([truth.w, truth.h], -1), head.own_anchors[anchor]], 1).sqrt()
