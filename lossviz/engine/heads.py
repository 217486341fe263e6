"""Raw outputs to boxes and back, for the heads of YOLOv2 and YOLOv3."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lossviz.engine.boxes import Boxes

REACH = 7.0
"""Largest |t_x|, |t_y| that a box is encoded to: s(7) = .99909, so a centre never sits exactly on its cell's edge."""


class Part(NamedTuple):
    """Some of a predictor's raw channels, and the name of the target they are held against."""

    name: str
    channels: slice


CENTRE = Part("centre", slice(0, 2))
SIZE = Part("size", slice(2, 4))
OBJECTNESS = Part("objectness", slice(4, 5))
CLASSES = Part("classes", slice(5, None))
OBJECTNESS_IN_SOFTMAX = Part("objectness", slice(4, None))
CLASSES_IN_SOFTMAX = Part("classes", slice(4, None))
BOX = Part("box", slice(0, 4))
ROOT = Part("root", slice(2, 4))
PLACE = Part("place", slice(0, 2))
CLASS_ZERO = Part("class 0", slice(5, 6))
ALL = Part("all", slice(0, None))


def channels(part: Part, count: int, like: Tensor) -> Int[Tensor, " k"]:
    """Return the numbers of the part's channels, of ``count`` in all."""
    steps = range(count)[part.channels]
    return torch.arange(steps.start, steps.stop, device=like.device)


class Place(NamedTuple):
    """The place of one predictor: which image, which anchor of the head, which cell."""

    image: int
    anchor: int
    row: int
    column: int


@dataclass(frozen=True)
class Head:
    """One grid of predictors: raw outputs and anchors.

    ``raw`` has the channels x, y, w, h, objectness, classes. ``anchors`` are all anchors of the network as shares of its
    input, ``mask`` tells which of them this head's slots use. ``number`` is what Darknet prints after "Region".
    """

    name: str
    raw: Float[Tensor, "b a channels h w"]
    anchors: Float[Tensor, "k 2"]
    mask: tuple[int, ...]
    number: int = 0

    @property
    def classes(self) -> int:
        """Return the number of classes."""
        return self.raw.shape[2] - 5

    @property
    def grid(self) -> tuple[int, int]:
        """Return the numbers of columns and of rows."""
        return self.raw.shape[4], self.raw.shape[3]

    @property
    def cells(self) -> int:
        """Return the number of cells, rows x columns."""
        return self.raw.shape[3] * self.raw.shape[4]

    @property
    def predictors(self) -> int:
        """Return the number of predictors, images x anchors x rows x columns."""
        images, anchors, _, rows, columns = self.raw.shape
        return images * anchors * rows * columns

    @cached_property
    def own_anchors(self) -> Float[Tensor, "a 2"]:
        """Return the anchors of this head's slots, in their order, in shares of the network input."""
        return self.anchors[list(self.mask)]

    @cached_property
    def place_of_anchor(self) -> Int[Tensor, " k"]:
        """Return at which place of the mask each anchor of the network stands; -1: another head has it."""
        places = [self.mask.index(k) if k in self.mask else -1 for k in range(len(self.anchors))]
        return torch.tensor(places, device=self.anchors.device)

    @cached_property
    def sides(self) -> tuple[Float[Tensor, "a 1 1"], Float[Tensor, "a 1 1"]]:
        """Return widths and heights of the head's own anchors, to meet the grid."""
        width, height = self.own_anchors.unbind(-1)
        return width[:, None, None], height[:, None, None]

    def slot(self, place: Place) -> int:
        """Return the number of a predictor, counted by image, anchor, row, column, the last running fastest."""
        _, anchors, _, rows, columns = self.raw.shape
        return ((place.image * anchors + place.anchor) * rows + place.row) * columns + place.column

    def place(self, slot: int) -> Place:
        """Return the place of the predictor of that number."""
        _, anchors, _, rows, columns = self.raw.shape
        above, column = divmod(slot, columns)
        above, row = divmod(above, rows)
        image, anchor = divmod(above, anchors)
        return Place(image, anchor, row, column)

    @cached_property
    def firsts(self) -> Int[Tensor, " n"]:
        """Return where in the flattened raw tensor each predictor's first channel lies; the next is ``cells`` further."""
        images, anchors, count = self.raw.shape[:3]
        maps, cells = (torch.arange(n, device=self.raw.device) for n in (images * anchors, self.cells))
        return (maps[:, None] * (count * self.cells) + cells).flatten()

    def gather(self, slot: Int[Tensor, " n"], part: Part) -> Float[Tensor, "n k"]:
        """Return these predictors' raw outputs of a part, one row a predictor."""
        steps = channels(part, self.raw.shape[2], slot) * self.cells
        return torch.take(self.raw, self.firsts[slot][:, None] + steps)

    def places(self, slot: Int[Tensor, " n"]) -> tuple[Int[Tensor, " n"], Int[Tensor, " n"], Int[Tensor, " n"]]:
        """Return anchor, row and column of each of these predictors."""
        _, anchors, _, rows, columns = self.raw.shape
        above = slot // columns
        return above // rows % anchors, above % rows, slot % columns

    @cached_property
    def corners(self) -> tuple[Float[Tensor, "1 w"], Float[Tensor, "h 1"]]:
        """Return the column number and the row number of each cell."""
        columns, rows = self.grid
        kind = {"dtype": self.raw.dtype, "device": self.raw.device}
        return torch.arange(columns, **kind)[None, :], torch.arange(rows, **kind)[:, None]  # type: ignore[call-overload]


def predicted_boxes(head: Head) -> Boxes:
    r"""Return the box each predictor draws, columns of shape (images, anchors, rows, columns).

    $$ b_x = \frac{i + \sigma(t_x)}{W}, \quad b_w = p_w e^{t_w} $$

    i: the predictor's column, W: columns of the grid, p_w: the anchor's width as a share of the input.

    Source: Redmon and Farhadi 2016, arXiv:1612.08242, section 2, "Direct location prediction".
    """
    (column, row), (columns, rows), (width, height) = head.corners, head.grid, head.sides
    x, y = torch.sigmoid(head.raw[:, :, CENTRE.channels]).unbind(2)
    w, h = torch.exp(head.raw[:, :, SIZE.channels]).unbind(2)
    return Boxes((column + x) / columns, (row + y) / rows, w * width, h * height)


def sigmoid_outputs(settings: object, raw: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
    """Return raw outputs with everything but the size put through a sigmoid; the last axis holds the channels."""
    return torch.cat([torch.sigmoid(raw[..., :2]), raw[..., 2:4], torch.sigmoid(raw[..., 4:])], -1)


def softmax_outputs(settings: object, raw: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
    """Return raw outputs with centre and objectness through a sigmoid, the classes through a softmax.

    The last axis holds the channels.
    """
    plain = [torch.sigmoid(raw[..., :2]), raw[..., 2:4], torch.sigmoid(raw[..., 4:5])]
    return torch.cat([*plain, torch.softmax(raw[..., 5:], -1)], -1)


def cell_of(boxes: Boxes, columns: int, rows: int) -> tuple[Int[Tensor, "*n"], Int[Tensor, "*n"]]:
    """Return column and row of the cell that holds each centre.

    A centre exactly on an edge belongs to the right or lower cell.
    """
    column, row = boxes.x * columns, boxes.y * rows
    return column.clamp(0, columns - 1).long(), row.clamp(0, rows - 1).long()


def encode(boxes: Boxes, corner: Boxes, grid: tuple[int, int]) -> Float[Tensor, "n 4"]:
    r"""Return the raw x, y, w, h with which a predictor draws these boxes.

    $$ t_x = \ln\frac{\sigma}{1 - \sigma}, \; \sigma = b_x W - i, \quad t_w = \ln\frac{b_w}{p_w} $$

    ``corner`` holds the predictor's column and row (x, y) and its anchor (w, h). t_x and t_y stay within +-REACH.
    """
    columns, rows = grid
    t_x = torch.logit(boxes.x * columns - corner.x, eps=1e-12).clamp(-REACH, REACH)
    t_y = torch.logit(boxes.y * rows - corner.y, eps=1e-12).clamp(-REACH, REACH)
    return torch.stack([t_x, t_y, (boxes.w / corner.w).log(), (boxes.h / corner.h).log()], -1)


class Predictor(NamedTuple):
    """A predictor by name: one anchor in one cell of one head of the first image."""

    head: str
    anchor: int
    row: int
    column: int

    def __str__(self) -> str:
        """Return the predictor as a link spells it: 13.1.6.5 for head, anchor, row and column."""
        return f"{self.head}.{self.anchor}.{self.row}.{self.column}"
