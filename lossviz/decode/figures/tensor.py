"""The channels of an output tensor with the chosen one, and its place in memory in two layouts."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, labelled
from lossviz.decode.charts.tensor import edges_of
from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.figures.parts.tiles import anchors_at, draw_strip
from lossviz.decode.state import DecodeState
from lossviz.decode.tensor import (
    LAYOUTS,
    OUTPUTS,
    attribute_of,
    class_of,
    index_of,
    place_of,
    plane_of,
    spelled,
    with_numbers,
)
from lossviz.decode.words import number_name
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import Look, Rect, whole, widest, write
from lossviz.figures.prose import prose, prose_tall

LINE = 2.1
"""Height of a line of channels, in small font sizes."""
GAP = 0.15
"""Inches between words, channels and indices."""


def applies(content: DecodeContent) -> bool:
    """Return whether the page shows a tensor."""
    return content.state.tab == "tensor"


def draw(figure: SubFigure, content: DecodeContent, text: Text, look: Look) -> None:
    """Draw words, the channels with the anchors' names at their left, and the indices below."""
    output = OUTPUTS[content.state.of]
    area = prose(figure, whole(figure), [says(content, text)], look.size.body, look)
    below = prose_tall(indices(content.state, text), points(look), area.w)
    names = [text("anchor_one", anchor=anchor) for anchor in range(output.anchors)]
    side = widest(names, look.size.small) + GAP
    high = min(edges_of(output)[-1] * LINE * look.size.small / 72, area.h - below - 2 * GAP)
    place = Rect(area.x + side, area.y + area.h - high, area.w - side, high)
    draw_strip(figure, place, output, content.state.channel, text, look)
    for name, at in zip(names, anchors_at(output, place), strict=True):
        write(figure, (area.x, at), name, look.size.small, look.quiet, va="center")
    prose(figure, area.within(top=high + GAP), indices(content.state, text), points(look), look)


def points(look: Look) -> float:
    """Return the font size of the indices."""
    return look.size.body if look.wide else look.size.small


def indices(state: DecodeState, text: Text) -> list[str]:
    """Return letters, numbers and result of each layout's index."""
    output = OUTPUTS[state.of]
    place = place_of(output, state.channel, state.cell)
    return [
        labelled(
            text(f"tensor_layout_{layout}"),
            f"{spelled(layout)} = {with_numbers(output, layout, place)} = {index_of(output, layout, place)}",
            text,
        )
        for layout in LAYOUTS
    ]


def tall(content: DecodeContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: words, lines, indices."""
    inches = look.size.width - 2 * look.size.margin
    words = prose_tall([says(content, text)], look.size.body, inches)
    strip = edges_of(OUTPUTS[content.state.of])[-1] * LINE * look.size.small / 72
    return words + strip + prose_tall(indices(content.state, text), points(look), inches) + 2 * GAP


def table(content: DecodeContent) -> Table:
    """Return a row for each channel of the chosen cell."""
    state, output = content.state, OUTPUTS[content.state.of]
    rows: Table = [["channel", "anchor", "number", "class", "row", "column", "index_darknet", "index_nhwc", "raw"]]
    for channel in range(output.channels):
        place = place_of(output, channel, state.cell)
        kind = class_of(place.entry) if attribute_of(place.entry) == "class" else None
        plane = plane_of(output, channel)
        raw = None if plane is None else float(plane[state.cell])
        where = (index_of(output, layout, place) for layout in LAYOUTS)
        rows.append([channel, place.anchor, attribute_of(place.entry), kind, place.row, place.column, *where, raw])
    return rows


def says(content: DecodeContent, text: Text) -> str:
    """Return the words for which number the channel is."""
    output, state = OUTPUTS[content.state.of], content.state
    place = place_of(output, state.channel, state.cell)
    name = number_name(output, place, text)
    return text("tensor_is", channel=state.channel, row=place.row, column=place.column, name=name)


FIGURE = ExportFigure(
    "tensor",
    subject="decode",
    order=3,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: content.state.tab == "tensor",
)
