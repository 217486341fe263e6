"""The output tensor: which anchor, number and class a channel is, and where it lies in memory, in two layouts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lossviz.scenes.gallery import scene_of

ATTRIBUTES = ("x", "y", "w", "h", "objectness")
"""Names of the first entries of every anchor; the classes follow."""
LAYOUTS = ("darknet", "nhwc")
SCENE = "coffee"
"""The scene that raw numbers come from: yolov3-tiny has the heads 13 and 26."""


@dataclass(frozen=True)
class Output:
    """The last layer of a network: ``anchors`` x (5 + ``classes``) channels over ``side`` x ``side`` cells.

    ``head``: that of the scene with numbers for it; empty where there are none. ``names``: the list of class names.
    """

    anchors: int
    classes: int
    side: int
    names: str
    head: str = ""

    @property
    def entries(self) -> int:
        """Return how many numbers one anchor has in one cell."""
        return len(ATTRIBUTES) + self.classes

    @property
    def channels(self) -> int:
        """Return how many numbers one cell has."""
        return self.anchors * self.entries

    @property
    def cells(self) -> int:
        """Return how many cells the grid has."""
        return self.side**2

    @property
    def numbers(self) -> int:
        """Return how many numbers one image has: what Darknet calls outputs."""
        return self.channels * self.cells


OUTPUTS: Mapping[str, Output] = {
    "voc": Output(5, 20, 13, "voc"),
    "coco": Output(5, 80, 13, "coco"),
    "v3-13": Output(3, 80, 13, "coco", "13"),
    "v3-26": Output(3, 80, 26, "coco", "26"),
    "v3-52": Output(3, 80, 52, "coco"),
}


class Place(NamedTuple):
    """One number of one image, counted from 0."""

    anchor: int
    entry: int
    row: int
    column: int


def place_of(output: Output, channel: int, cell: tuple[int, int]) -> Place:
    """Return the number in a channel and a cell: channel = anchor (5 + C) + entry."""
    return Place(*divmod(channel, output.entries), *cell)


def channel_of(output: Output, place: Place) -> int:
    """Return the channel of a number, the inverse of ``place_of``."""
    return place.anchor * output.entries + place.entry


class Part(NamedTuple):
    """One summand of an index: what is counted, and by which factors two of it lie apart in memory."""

    name: str
    factors: tuple[str, ...]


PARTS: Mapping[str, tuple[Part, ...]] = {
    "darknet": (
        Part("batch", ("A", "(5+C)", "H", "W")),
        Part("anchor", ("(5+C)", "H", "W")),
        Part("entry", ("H", "W")),
        Part("row", ("W",)),
        Part("column", ()),
    ),
    "nhwc": (
        Part("batch", ("H", "W", "A", "(5+C)")),
        Part("row", ("W", "A", "(5+C)")),
        Part("column", ("A", "(5+C)")),
        Part("anchor", ("(5+C)",)),
        Part("entry", ()),
    ),
}
"""Parts of a number's index, from the slowest to the fastest, by layout.

Darknet, entry_index of its region and yolo layers: batch outputs + anchor (5+C) H W + entry H W + row W + column.
NHWC: ((row W) + column) A (5+C) + anchor (5+C) + entry; a reshape to B, H, W, A, 5+C has these very strides.
"""


def stride_of(output: Output, part: Part) -> int:
    """Return how many numbers two of what a part counts lie apart."""
    sizes = {"A": output.anchors, "(5+C)": output.entries, "H": output.side, "W": output.side}
    return math.prod(sizes[factor] for factor in part.factors)


def spelled(layout: str) -> str:
    """Return the index of a layout in letters."""
    return " + ".join("·".join((part.name, *part.factors)) for part in PARTS[layout])


def with_numbers(output: Output, layout: str, place: Place) -> str:
    """Return the index of a layout with the numbers of one place in the first image."""
    counted = {"batch": 0, **place._asdict()}
    summands = (f"{counted[part.name]}·{stride_of(output, part)}" for part in PARTS[layout])
    return " + ".join(summands)


def index_of(output: Output, layout: str, place: Place, batch: int = 0) -> int:
    """Return where a number lies in memory."""
    counted = {"batch": batch, **place._asdict()}
    return sum(counted[part.name] * stride_of(output, part) for part in PARTS[layout])


def place_at(output: Output, layout: str, index: int) -> Place:
    """Return which number lies at an index, of whichever image."""
    found = {}
    for part in PARTS[layout]:
        found[part.name], index = divmod(index, stride_of(output, part))
    return Place(**{name: found[name] for name in Place._fields})


def nearby(output: Output, layout: str, index: int, reach: int) -> dict[int, Place]:
    """Return the numbers that lie beside one in memory, within the image."""
    near = range(max(0, index - reach), min(output.numbers, index + reach + 1))
    return {one: place_at(output, layout, one) for one in near}


def attribute_of(entry: int) -> str:
    """Return what an entry is called: x, y, w, h, objectness, or class."""
    return ATTRIBUTES[entry] if entry < len(ATTRIBUTES) else "class"


def class_of(entry: int) -> int:
    """Return the class of an entry behind the first five."""
    return entry - len(ATTRIBUTES)


def plane_of(output: Output, channel: int) -> npt.NDArray[np.float64] | None:
    """Return the raw numbers of one channel in the scene; None where no network of ours has this output."""
    if not output.head:
        return None
    (head,) = (one for one in scene_of(SCENE).heads if one.name == output.head)
    anchor, entry = divmod(channel, output.entries)
    found: npt.NDArray[np.float64] = head.raw[0, anchor, entry].double().numpy()
    return found


def activated(entry: int, raw: float) -> float:
    """Return what YOLOv3 makes of a raw number: e^t for width and height, sigma(t) for all others."""
    return math.exp(raw) if attribute_of(entry) in ("w", "h") else 1 / (1 + math.exp(-raw))


def rivals(output: Output, anchor: int) -> tuple[int, int, int]:
    """Return the channels that one may take for the objectness of an anchor: the true one first, two misreadings.

    All objectnesses side by side after all x, y, w, h; objectness behind the classes.
    """
    block = anchor * output.entries
    return block + 4, 4 * output.anchors + anchor, block + output.entries - 1
