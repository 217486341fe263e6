"""Boxes as four columns, and where their edges lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

XYWH = tuple[float, float, float, float]
"""A box in plain numbers: centre x and y, width, height; shares of the network input unless said otherwise."""


@dataclass(frozen=True)
class Boxes:
    """Boxes by centre and size: four tensors that broadcast against one another.

    Columns, not an ``n 4`` table: a grid of centres meets a list of sizes without being copied, and a slope in
    (x, y, w, h) is a ``Boxes`` too. All lengths are shares of the network input. Edges are worked out once.
    """

    x: Float[Tensor, "..."]
    y: Float[Tensor, "..."]
    w: Float[Tensor, "..."]
    h: Float[Tensor, "..."]

    @classmethod
    def of(cls, xywh: Float[Tensor, "*n 4"]) -> "Boxes":
        """Return the columns of a table whose last axis is (x, y, w, h)."""
        return cls(*xywh.unbind(-1))

    def __iter__(self) -> Iterator[Tensor]:
        """Return the columns x, y, w, h in this order."""
        return iter((self.x, self.y, self.w, self.h))

    def table(self) -> Float[Tensor, "*n 4"]:
        """Return one table with the last axis (x, y, w, h)."""
        return torch.stack(torch.broadcast_tensors(*self), -1)

    def pick(self, index: object) -> "Boxes":
        """Return the boxes with the same index or reshaping view taken from each column."""
        return Boxes(*(column[index] for column in self))  # type: ignore[index]

    @cached_property
    def half(self) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
        """Return half the width and half the height: how far the edges are from the centre."""
        return self.w / 2, self.h / 2

    @cached_property
    def left(self) -> Float[Tensor, "..."]:
        """Return the edge at x - w/2."""
        return self.x - self.half[0]

    @cached_property
    def right(self) -> Float[Tensor, "..."]:
        """Return the edge at x + w/2."""
        return self.x + self.half[0]

    @cached_property
    def top(self) -> Float[Tensor, "..."]:
        """Return the edge at y - h/2."""
        return self.y - self.half[1]

    @cached_property
    def bottom(self) -> Float[Tensor, "..."]:
        """Return the edge at y + h/2."""
        return self.y + self.half[1]

    @cached_property
    def area(self) -> Float[Tensor, "..."]:
        """Return width times height."""
        return self.w * self.h
