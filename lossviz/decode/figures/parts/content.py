"""What the figures of raw numbers and what they come to are drawn from."""

import re
from functools import cached_property

from lossviz.core.text import Text, four, minus
from lossviz.decode.passthrough import SIZES, output_shape
from lossviz.decode.state import DecodeState
from lossviz.decode.tensor import OUTPUTS
from lossviz.decode.view import ANCHOR, CELLS, NET, DecodeView, view_of
from lossviz.figures.content import StateContent

SYMBOLS = {r"\sigma": "σ", r"\cdot": "×", r"\infty": "∞", r"\ln": "ln"}

NETWORKS = {"voc": "YOLOv2, VOC", "coco": "YOLOv2, COCO"} | {f"v3-{side}": "YOLOv3" for side in (13, 26, 52)}
"""Names of the networks that the output tensors belong to."""


class DecodeContent(StateContent[DecodeState]):
    """A state of the page on decoding and what it shows."""

    subject = "decode"

    @cached_property
    def found(self) -> DecodeView:
        """Return the box and everything else that follows from the raw numbers."""
        return view_of(self.state)

    def title(self, text: Text) -> str:
        """Return the title of what the page shows.

        It is the raw numbers and the box; the chosen number of a tensor; or the passthrough's program and sizes.
        """
        if self.state.tab != "box":
            return tensor_title(self.state, text) if self.state.tab == "tensor" else reorg_title(self.state, text)
        raw = minus(", ".join(f"{value:.4g}" for value in self.found.raw))
        return text("caption_decode_title", raw=raw, box=minus(", ".join(map(four, self.found.cells))))

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: grid, anchor, source."""
        if self.state.tab != "box":
            return [text(f"caption_{self.state.tab}_source")]
        anchor = f"{ANCHOR[0]:g} × {ANCHOR[1]:g}"
        return [text("caption_decode_grid", cells=CELLS, net=NET, anchor=anchor), text("caption_decode_source")]


def on_box(content: DecodeContent) -> bool:
    """Return whether the page shows the box."""
    return content.state.tab == "box"


def tensor_title(state: DecodeState, text: Text) -> str:
    """Return the title of a tensor: which network, how many channels."""
    output = OUTPUTS[state.of]
    return text("caption_tensor_title", network=NETWORKS[state.of], channels=output.channels, side=output.side)


def reorg_title(state: DecodeState, text: Text) -> str:
    """Return the title of a passthrough: which program, from which sizes to which."""
    sizes = (
        f"{rows} × {columns} × {channels}"
        for channels, rows, columns in (SIZES[state.small], output_shape(state.small))
    )
    return text("caption_passthrough_title", way=text(f"reorg_way_{state.way}"), sizes=" → ".join(sizes))


def formulas(found: DecodeView) -> list[str]:
    """Return the formulas of centre and size along both axes, with their numbers, as plain text."""
    lines = []
    for key in ("centre", "size"):
        for axis in (0, 1):
            latex, numbers, value = found.worked(key, axis)
            lines.append(minus(f"{plain(latex)} = {plain(numbers)} = {four(value)}"))
    return lines


def plain(latex: str) -> str:
    """Return one of our formulas on one line: fractions with a slash, powers of e as exp( )."""
    line = re.sub(r"e\^\{([^{}]*)\}", r"exp(\1)", latex)
    line = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1) / \2", line)
    for name, symbol in SYMBOLS.items():
        line = line.replace(name, symbol)
    return re.sub(r"10\^\{(-?\d+)\}", r"1e\1", line).strip()
