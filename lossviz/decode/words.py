"""How numbers of an output tensor and cells of the passthrough are called, on the page and in figures."""

import math

from lossviz.core.text import Text, paragraph
from lossviz.decode.passthrough import Cell, kind_of
from lossviz.decode.tensor import ATTRIBUTES, Output, Place, attribute_of, class_of
from lossviz.decode.view import ANCHOR, CELL, CELLS, HIGHEST, NET, PHOTO, Way, inner_edge
from lossviz.engine.heads import REACH

EDGE, HUGE = 1e-6, 1e4
"""The share of the cell below which a centre is at its border; how many anchors, or one in how many, are past counting."""
SAME = 1e-4
"""A raw number that comes back from 32 bits differs by less, or has lost digits."""


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
    return paragraph([said, text(f"reorg_lies_{kind_of(source, output)}")])


def share(count: int, total: int) -> str:
    """Return a share in per cent, to the second digit behind the point where it is no whole number."""
    return f"{100 * count / total:.2f}".rstrip("0").rstrip(".") + "%"


# ---- when a sentence about the box is true ----


def border_of(t: float) -> str:
    """Return at which border of its cell a centre lies: "low": s(t) < 1e-6, "high": s(-t) < 1e-6, or ""."""
    end = math.log((1 - EDGE) / EDGE)
    return "low" if t < -end else "high" if t > end else ""


def size_of(t: float) -> str:
    """Return whether a size is past counting: "tiny": e^t < 1/10,000 anchors, "huge": e^t > 10,000 anchors, or ""."""
    return "tiny" if t < -math.log(HUGE) else "huge" if t > math.log(HUGE) else ""


def landing(place: float) -> str:
    """Return where a centre, in cells along its axis, lies.

    "decode_in_cell": 1 <= place < 2, its own; "decode_in_other": else 0 <= place < 3; "decode_off": off the picture.
    """
    if not 0 <= place < CELLS:
        return "decode_off"
    return "decode_in_cell" if CELL <= place < CELL + 1 else "decode_in_other"


def way_back(raw: float, way: Way) -> str:
    """Return what 32 bits find on the way back: "none": no finite number, "same": the raw number to 1e-4, else "rough"."""
    if not math.isfinite(way.short):
        return "none"
    return "same" if abs(way.short - raw) <= SAME * max(1.0, abs(raw)) else "rough"


def percent(t: float) -> str:
    """Write where in its cell a centre lies, in per cent with four digits of the distance to the nearer border."""
    share = 1 / (1 + math.exp(-t))
    near = 100 / (1 + math.exp(abs(t)))
    return f"{100 * share:.{max(3 - math.floor(math.log10(near)), 0)}f}"


# ---- other forms, and where arithmetic ends ----

FORM_FORMULAS = {
    "free": ("centre", "free"),
    "units": ("size", "size_pixels", "photo"),
    "inverse": ("back_centre", "back_size"),
}
"""The formulas of each form of the second level."""
UNITS = {"cells": CELLS, "share": 1, "net": NET, "photo": PHOTO}
"""How many of each unit make up a side of the whole picture."""


def pixels_of_anchor() -> str:
    """Return the anchor's width and height in pixels of the network's input."""
    return " × ".join(f"{side * NET / CELLS:g}" for side in ANCHOR)


def units_says(text: Text) -> str:
    """Say in which units either network keeps its anchors."""
    anchor = f"{ANCHOR[0]:g} × {ANCHOR[1]:g}"
    return text("decode_units_about", anchor=anchor, pixels=pixels_of_anchor(), net=NET, photo=PHOTO)


def kind_of_number(value: float) -> str:
    """Return what kind of number a value is: "finite", "infinite" or "nan"."""
    return "finite" if math.isfinite(value) else "nan" if math.isnan(value) else "infinite"


def limits_say(text: Text) -> list[str]:
    """Say where exp ends, and what the bound of a hand means."""
    sigma, slope = inner_edge()
    reach = text(
        "decode_reach", reach=f"{REACH:g}", sigma=f"{sigma:.5f}", slope=f"{slope:.5f}", times=f"{0.25 / slope:.0f}"
    )
    return [text("decode_highest", highest=f"{HIGHEST:.2f}"), reach]
