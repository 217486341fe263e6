"""How numbers of an output tensor and cells of the passthrough are called, on the page and in figures."""

import math

from lossviz.core.text import Text, four
from lossviz.decode.passthrough import Cell, kind_of
from lossviz.decode.tensor import ATTRIBUTES, Output, Place, attribute_of, class_of


def attributes(text: Text) -> dict[str, str]:
    """Return the names of the first five numbers of every anchor."""
    return {name: text(f"channel_{number}") for number, name in enumerate(ATTRIBUTES)}


def number_name(output: Output, place: Place, text: Text) -> str:
    """Return what a number is called: anchor 1, objectness; anchor 0, class 41 (cup)."""
    attribute = attribute_of(place.entry)
    if attribute != "class":
        return text("tensor_number", anchor=place.anchor, name=attributes(text)[attribute])
    kind = class_of(place.entry)
    return text("tensor_number_class", anchor=place.anchor, kind=kind, name=text.kind(output.names, kind))


def cell_name(cell: Cell) -> str:
    """Return channel, row and column of a cell: (0, 1, 0)."""
    return f"({cell.channel}, {cell.row}, {cell.column})"


def pair_says(way: str, output: Cell, source: Cell, text: Text, *, back: bool) -> str:
    """Return which pixel an output reads, or where its gradient goes, and whether that is its own block, in words."""
    key = "reorg_goes" if back else "reorg_reads"
    said = text(key, way=text(f"reorg_way_{way}"), output=cell_name(output), pixel=cell_name(source))
    return f"{said} {text(f'reorg_lies_{kind_of(source, output)}')}"


def share(count: int, total: int) -> str:
    """Return a share in per cent, to the second digit behind the point where it is no whole number."""
    return f"{100 * count / total:.2f}".rstrip("0").rstrip(".") + " %"


def percent(share: float) -> str:
    """Return a share in per cent, with four digits; what lies below 100 is not rounded to it, as long as it is below."""
    rest = 100 * (1 - share)
    short = four(100 * share)
    return f"{100 * share:.{1 - math.floor(math.log10(rest))}f}" if rest > 0 and short == four(100) else short
