"""What the visitor of the page on decoding chose, and how a link spells it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lossviz.core.link import Query, Reader, decimals, each, numbers, one_of, read, six, spell, switch, version, whole
from lossviz.engine.boxes import XYWH
from lossviz.scenes.limits import WIDEST

TABS = ("box", "tensor", "passthrough")
CHANNELS = ("x", "y", "w", "h")
"""Names of the raw numbers, in their order."""
FORMS = ("free", "units", "inverse")
"""What the second level shows: Faster R-CNN's form, cells and pixels, the way back."""
EDGES = ("overflow", "bounded")
"""What the third level shows: where exp breaks, and the form that cannot."""
TENSORS = {
    "voc": (125, 13, 13),
    "coco": (425, 13, 13),
    "v3-13": (255, 13, 13),
    "v3-26": (255, 26, 26),
    "v3-52": (255, 52, 52),
}
"""Channels, rows and columns of each network's output."""
LAYOUTS = ("darknet", "nhwc")
WAYS = ("darknet", "space_to_depth", "darkflow")
REORGS = {"toy": (16, 2, 2), "real": (256, 13, 13)}
"""Channels, rows and columns of what each passthrough hands on."""


@dataclass(frozen=True)
class DecodeState:
    """Raw numbers of one predictor, one number of an output tensor, one of the passthrough's outputs.

    ``raw``: t_x, t_y, t_w, t_h; ``hand``: which of them one looks at. ``channel``, ``cell`` (row, column): the number that
    is chosen in the tensor ``of`` a network.
    ``output``: channel, row, column; ``small``: of the toy or the real one; ``back``: its gradient instead of its value.
    """

    dragged: ClassVar[tuple[str, ...]] = ("raw",)
    """Names of the fields that a hand drags."""

    tab: str = "box"
    raw: XYWH = (0.6, -0.4, 0.4, 0.7)
    hand: int = 0
    form: str = "free"
    edge: str = "overflow"
    of: str = "v3-13"
    channel: int = 89
    cell: tuple[int, int] = (5, 6)
    layout: str = "darknet"
    way: str = "darknet"
    small: str = "toy"
    output: tuple[int, int, int] = (0, 0, 0)
    back: bool = False

    def with_raw(self, raw: Sequence[float]) -> "DecodeState":
        """Return the state with other raw numbers, within their bounds, as a link spells them."""
        t_x, t_y, t_w, t_h = (six(min(max(value, -WIDEST), WIDEST)) for value in raw)
        return replace(self, raw=(t_x, t_y, t_w, t_h))

    def with_one(self, channel: int, value: float) -> "DecodeState":
        """Return the state in which one raw number is another."""
        return self.with_raw([value if k == channel else old for k, old in enumerate(self.raw)])

    def over(self, of: str) -> "DecodeState":
        """Return the state with another tensor; channel and cell stay where there is room for them."""
        channels, rows, columns = TENSORS[of]
        row, column = self.cell
        cell = min(row, rows - 1), min(column, columns - 1)
        return replace(self, of=of, channel=min(self.channel, channels - 1), cell=cell)

    def sized(self, small: str) -> "DecodeState":
        """Return the state with the toy or the real passthrough; the output stays where there is room for it."""
        channel, row, column = (min(at, count - 1) for at, count in zip(self.output, REORGS[small], strict=True))
        return replace(self, small=small, output=(channel, row, column))

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on, leaving out how one looks at them."""
        return self.raw, self.of, self.channel, self.cell, self.layout, self.way, self.small, self.output, self.back

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, PLAIN, KEYS, SPELLED)


def places(counts: Sequence[int]) -> Callable[[str], tuple[int, ...]]:
    """Return a reader of whole numbers, each below its count, underscores between them."""
    return each([whole(count - 1) for count in counts])


PLAIN = DecodeState()
KEYS = {
    "tab": "tab",
    "raw": "raw",
    "hand": "number",
    "form": "as",
    "edge": "edge",
    "of": "of",
    "channel": "ch",
    "cell": "cell",
    "layout": "layout",
    "way": "way",
    "small": "size",
    "output": "out",
    "back": "back",
}
SPELLED: dict[str, Callable[[Any], str]] = {
    "raw": numbers,
    "cell": lambda cell: "_".join(map(str, cell)),
    "output": lambda output: "_".join(map(str, output)),
    "back": lambda back: str(int(back)),
}
CHOICES: dict[str, Reader] = {
    "tab": one_of(*TABS),
    "raw": decimals([(-WIDEST, WIDEST)] * 4),
    "hand": whole(len(CHANNELS) - 1),
    "form": one_of(*FORMS),
    "edge": one_of(*EDGES),
    "of": one_of(*TENSORS),
    "layout": one_of(*LAYOUTS),
    "way": one_of(*WAYS),
    "small": one_of(*REORGS),
    "back": switch,
}


def from_query(query: Query) -> tuple[DecodeState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    found: dict[str, Any] = read(query, PLAIN, KEYS, CHOICES, bad)
    channels, *grid = TENSORS[found["of"]]
    readers: dict[str, Reader] = {
        "channel": whole(channels - 1),
        "cell": places(grid),
        "output": places(REORGS[found["small"]]),
    }
    found |= read(query, PLAIN, KEYS, readers, bad)
    return DecodeState(**found), tuple(bad)
