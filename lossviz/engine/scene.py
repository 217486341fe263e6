"""What a loss is computed from: heads and true boxes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar, cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import Head

T = TypeVar("T")


@dataclass(frozen=True)
class Truths:
    """The live truths of all images, one after another."""

    boxes: Boxes
    kinds: Int[Tensor, " m"]
    images: tuple[int, ...]
    """How many belong to each image."""
    known: dict[object, object] = field(default_factory=dict, compare=False, repr=False)
    """What a rule of assignment worked out for all heads together, when it was asked about the first."""

    def once(self, key: object, work: Callable[[], T]) -> T:
        """Work out what all heads need once."""
        if key not in self.known:
            self.known[key] = work()
        return cast("T", self.known[key])

    @cached_property
    def image(self) -> Int[Tensor, " m"]:
        """The image of each truth."""
        numbers = [image for image, count in enumerate(self.images) for _ in range(count)]
        return torch.tensor(numbers, dtype=torch.long, device=self.kinds.device)

    @cached_property
    def table(self) -> Float[Tensor, "m 4"]:
        """x, y, w, h of each truth."""
        return self.boxes.table()

    def only(self, kept: Bool[Tensor, " m"]) -> "Truths":
        """Some of them."""
        counts = [int(mine.sum()) for mine in kept.split(list(self.images))]
        return Truths(self.boxes.pick(kept), self.kinds[kept], tuple(counts))

    @cached_property
    def by_image(self) -> tuple[Boxes, ...]:
        """Each image's truths, of shape (m, 1, 1, 1) to meet a head's grid."""
        columns = [column.view(-1, 1, 1, 1).split(list(self.images)) for column in self.boxes]
        return tuple(Boxes(*pieces) for pieces in zip(*columns, strict=True))


@dataclass(frozen=True)
class Scene:
    """Raw outputs of one or more heads and the truths of the same images.

    ``truth`` rows are x, y, w, h (shares of the input) and class; the first row whose x is exactly 0 ends an image's list.
    ``class_map`` renames classes, if not empty. ``settings`` are those a file carries. Without ``train`` a program only
    activates its outputs.
    """

    heads: tuple[Head, ...]
    truth: Float[Tensor, "b m 5"]
    class_map: tuple[int, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)
    train: bool = True
    net: tuple[int, int] | None = None
    """Width and height of the network input in pixels, where a file says so."""

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the network input in pixels; where no file says so, the coarsest cell is 32 wide."""
        columns, rows = min(head.grid for head in self.heads)
        return self.net or (32 * columns, 32 * rows)

    def in_pixels(self, boxes: Boxes) -> Boxes:
        """Shares of the network input as pixels: there numbers are round, and equal overlaps stay equal."""
        width, height = self.pixels
        return Boxes(boxes.x * width, boxes.y * height, boxes.w * width, boxes.h * height)

    @cached_property
    def raw(self) -> Float[Tensor, " n"]:
        """The raw outputs of all heads, flattened and joined."""
        return torch.cat([head.raw.flatten() for head in self.heads])

    def on(self, device: str) -> "Scene":
        """The same scene on another device."""
        heads = tuple(replace(head, raw=head.raw.to(device), anchors=head.anchors.to(device)) for head in self.heads)
        return replace(self, heads=heads, truth=self.truth.to(device))

    def live(self, limit: int) -> Truths:
        """Each image's rows up to the first x = 0, at most ``limit``."""
        rows = self.truth[:, :limit]
        going_on = (rows[..., 0] != 0).cumprod(1).bool()
        kept = rows[going_on]
        images = tuple(int(n) for n in going_on.sum(1).tolist())
        return Truths(Boxes.of(kept[:, :4]), kept[:, 4].long(), images)

    def mapped(self, kinds: Int[Tensor, " m"]) -> Int[Tensor, " m"]:
        """The classes after ``class_map``."""
        if not self.class_map:
            return kinds
        return torch.tensor(self.class_map, device=kinds.device)[kinds]
