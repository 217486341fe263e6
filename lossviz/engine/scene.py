"""What a loss is computed from: heads and true boxes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, takewhile
from typing import TypeVar, cast

import torch
from jaxtyping import Float, Int
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
    """How many truths belong to each image."""
    classes: tuple[int, ...]
    """The same as ``kinds``, where it need not be fetched from a device."""
    known: dict[object, object] = field(init=False, default_factory=dict, compare=False, repr=False)
    """What a rule of assignment worked out for all heads together, when it was asked about the first."""

    def once(self, key: object, work: Callable[[], T]) -> T:
        """Return what ``work`` gives, worked out once under this key for all heads."""
        if key not in self.known:
            self.known[key] = work()
        return cast("T", self.known[key])

    @cached_property
    def image(self) -> Int[Tensor, " m"]:
        """Return the number of each truth's image."""
        numbers = [image for image, count in enumerate(self.images) for _ in range(count)]
        return torch.tensor(numbers, dtype=torch.long, device=self.kinds.device)

    @cached_property
    def table(self) -> Float[Tensor, "m 4"]:
        """Return x, y, w, h of each truth, in shares of the network input."""
        return torch.stack([*self.boxes], -1)

    def only(self, kept: Sequence[bool]) -> "Truths":
        """Return the truths that are marked."""
        marks = iter(kept)
        images = tuple(sum(islice(marks, count)) for count in self.images)
        stay = [number for number, mark in enumerate(kept) if mark]
        rows = torch.tensor(stay, dtype=torch.long, device=self.kinds.device)
        return Truths(self.boxes.pick(rows), self.kinds[rows], images, tuple(self.classes[number] for number in stay))

    @cached_property
    def by_image(self) -> tuple[Boxes, ...]:
        """Return each image's truths, columns of shape (m, 1, 1, 1) to meet a head's grid."""
        return tuple(Boxes.of(rows) for rows in self.table.view(-1, 1, 1, 1, 4).split(list(self.images)))


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
        """Return width and height of the network input in pixels.

        Where no file says so, the coarsest cell is 32 wide.
        """
        columns, rows = min(head.grid for head in self.heads)
        return self.net or (32 * columns, 32 * rows)

    def in_pixels(self, boxes: Boxes) -> Boxes:
        """Return boxes given in shares of the network input in pixels.

        There numbers are round, and equal overlaps stay equal.
        """
        width, height = self.pixels
        return Boxes(boxes.x * width, boxes.y * height, boxes.w * width, boxes.h * height)

    @cached_property
    def raw(self) -> Float[Tensor, " n"]:
        """Return the raw outputs of all heads, flattened and joined."""
        return torch.cat([head.raw.flatten() for head in self.heads])

    @cached_property
    def strides(self) -> tuple[Int[Tensor, " n"], Int[Tensor, " n"]]:
        """Return where in ``raw`` each predictor's first channel lies, and how far the next one is, all heads end to end."""
        first, step, base = [], [], 0
        for head in self.heads:
            first.append(head.firsts + base)
            step.append(torch.full_like(first[-1], head.cells))
            base += head.raw.numel()
        return torch.cat(first), torch.cat(step)

    def on(self, device: str) -> "Scene":
        """Return the same scene on another device; itself where it is there."""
        if self.truth.device.type == device:
            return self
        heads = tuple(replace(head, raw=head.raw.to(device), anchors=head.anchors.to(device)) for head in self.heads)
        there = replace(self, heads=heads, truth=self.truth.to(device))
        vars(there)["listed"] = self.listed
        return there

    @cached_property
    def listed(self) -> list[list[list[float]]]:
        """Return x and class of every row of ``truth``, on the host."""
        rows: list[list[list[float]]] = self.truth[:, :, ::4].tolist()
        return rows

    def live(self, limit: int) -> Truths:
        """Return the truths in each image's rows up to the first x = 0, at most ``limit`` of an image."""
        rows = [[*takewhile(lambda row: row[0], image[:limit])] for image in self.listed]
        images = tuple(map(len, rows))
        kept = torch.cat([rows[:count] for rows, count in zip(self.truth, images, strict=True)])
        classes = tuple(int(kind) for image in rows for _, kind in image)
        return Truths(Boxes.of(kept[:, :4]), kept[:, 4].long(), images, classes)

    def renamed(self, kind: int) -> int:
        """Return a class after ``class_map``."""
        return self.class_map[kind] if self.class_map else kind

    def mapped(self, kinds: Int[Tensor, " m"]) -> Int[Tensor, " m"]:
        """Return the classes after ``class_map``; unchanged where it is empty."""
        if not self.class_map:
            return kinds
        return torch.tensor(self.class_map, device=kinds.device)[kinds]
