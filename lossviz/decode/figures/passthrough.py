"""Input and output of the passthrough, with the pair in hand, and where the outputs' pixels lie."""

from collections.abc import Sequence

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.decode.charts.passthrough import Drawing, Pair, input_drawing, output_drawing
from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.figures.parts.tiles import draw_tiles, tiles_high
from lossviz.decode.passthrough import WAYS, Cell, cell_of, counts, kinds, output_shape, sources
from lossviz.decode.words import pair_says, share
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import Look, Rect, whole
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table, table_tall

GAP = 0.15
"""Inches between tiles and words."""
PAIR = 4.5
"""Inches from which on both drawings stand side by side above the words."""
BROAD = 0.58
"""Part of a post's width that the tiles take."""


def applies(content: DecodeContent) -> bool:
    """Return whether the page shows the passthrough."""
    return content.state.tab == "passthrough"


def pair_of(content: DecodeContent) -> Pair:
    """Return the output in hand with the pixel it reads."""
    state = content.state
    return Pair(state.way, state.small, Cell(*state.output), state.back)


def drawings(content: DecodeContent) -> tuple[Drawing, Drawing]:
    """Return the drawings of input and output."""
    pair = pair_of(content)
    return input_drawing(pair), output_drawing(pair)


def draw(figure: SubFigure, content: DecodeContent, text: Text, look: Look) -> None:
    """Draw tiles side by side and words beside them in a post; one below the other in a column."""
    area, pictures = whole(figure), drawings(content)
    if look.wide:
        half = (BROAD * area.w - GAP) / 2
        for number, drawing in enumerate(pictures):
            place = area._replace(x=area.x + number * (half + 2 * GAP), w=half)
            draw_tiles(figure, place, drawing, text, look)
        area = area.within(BROAD * area.w + 3 * GAP)
    else:
        places, high = tiles_in(pictures, area.w)
        for (x, y, wide), drawing in zip(places, pictures, strict=True):
            place = Rect(area.x + x, area.y, wide, area.h - y)
            draw_tiles(figure, place, drawing, text, look)
        area = area.within(top=high)
    rest = prose(figure, area, words(content, text), points(look), look).within(top=GAP)
    draw_table(figure, rest, rows(content, text), points(look), look)


def tiles_in(pictures: Sequence[Drawing], inches: float) -> tuple[list[tuple[float, float, float]], float]:
    """Return each drawing's x, distance from the top and width, and the height of all: side by side if there is room."""
    if inches < PAIR:
        highs = [tiles_high(drawing, inches) + GAP for drawing in pictures]
        return [(0.0, sum(highs[:n]), inches) for n in range(len(pictures))], sum(highs)
    wide = (inches - 2 * GAP) / len(pictures)
    places = [(n * (wide + 2 * GAP), 0.0, wide) for n in range(len(pictures))]
    return places, max(tiles_high(drawing, wide) for drawing in pictures) + GAP


def points(look: Look) -> float:
    """Return the font size of the words."""
    return look.size.body if look.wide else look.size.small


def words(content: DecodeContent, text: Text) -> list[str]:
    """Return the lines for what is read, and for what frames and colours mean."""
    return [says(content, text), text("reorg_key")]


def rows(content: DecodeContent, text: Text) -> list[Row]:
    """Return a row of a table for each program: shares of all outputs."""
    heads = text("reorg_way"), text("reorg_own"), text("reorg_beside"), text("reorg_far")
    found = [Row(heads, quiet=True)]
    for way in WAYS:
        many = counts(way, content.state.small)
        parts = many["own"], many["above"] + many["below"], many["far"]
        found.append(Row((text(f"reorg_way_{way}"), *(share(part, sum(many.values())) for part in parts))))
    return found


def tall(content: DecodeContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: tiles, words, table."""
    inches = look.size.width - 2 * look.size.margin
    _, tiles = tiles_in(drawings(content), inches)
    said = prose_tall(words(content, text), points(look), inches)
    return tiles + said + table_tall(rows(content, text), points(look)) + 2 * GAP


def table(content: DecodeContent) -> Table:
    """Return a row for each output: the pixel each program reads for it, and where that lies under the chosen one."""
    size, state = content.state.small, content.state
    shape = output_shape(size)
    read = {way: sources(way, size).ravel().tolist() for way in WAYS}
    found: Table = [["output", "channel", "row", "column", *read, "lies"]]
    for index, lies in enumerate(kinds(state.way, size).ravel().tolist()):
        found.append([index, *cell_of(index, shape), *(read[way][index] for way in read), lies])
    return found


def says(content: DecodeContent, text: Text) -> str:
    """Return the words for which pixel the output reads, and for where that lies."""
    pair = pair_of(content)
    return pair_says(pair.way, pair.output, pair.source, text, back=pair.back)


FIGURE = ExportFigure(
    "passthrough",
    subject="decode",
    order=4,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: content.state.tab == "passthrough",
)
