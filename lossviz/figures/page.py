"""The page around a figure: title above, caption below; and the bytes of its file, the same for the same state."""

import csv
import io

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from lossviz.core.text import Text, paragraph
from lossviz.figures.content import C, Content, ExportFigure
from lossviz.figures.look import LEADING, Look, whole, wrapped, write

FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
UNDATED = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}}
LINES_OF_LINK = 2


def picture(figure: ExportFigure[C], content: C, text: Text, look: Look, kind: str) -> bytes:
    """Return the bytes of a figure's file. ``kind`` is png, svg or pdf."""
    stream = io.BytesIO()
    kind_of_text = "none" if look.live else "path"
    with mpl.rc_context(
        {"svg.hashsalt": "lossviz", "svg.fonttype": kind_of_text, "mathtext.default": "regular"}  # indices in our font
    ):
        drawn = page(figure, content, text, look)
        drawn.savefig(stream, format=kind, dpi=look.size.dots, metadata=UNDATED[kind])
    return stream.getvalue()


def page(figure: ExportFigure[C], content: C, text: Text, look: Look) -> Figure:
    """Return the whole page: title, figure, caption."""
    size = look.size
    inner = size.width - 2 * size.margin
    above = wrapped(content.title(text), size.title, inner)
    below = small_print(content, text, look, inner)
    top = size.margin + len(above) * LEADING * size.title / 72 + 0.4 * size.title / 72
    bottom = size.margin + len(below) * LEADING * size.small / 72 + 0.6 * size.small / 72
    body = (size.height - top - bottom) if size.height else figure.tall(content, text, look)
    drawn = Figure(figsize=(size.width, top + body + bottom), dpi=100, facecolor=look.paper)
    grid = GridSpec(
        3,
        3,
        drawn,
        width_ratios=[size.margin, inner, size.margin],
        height_ratios=[top, body, bottom],
        wspace=0,
        hspace=0,
    )
    height = whole(drawn).h
    for n, line in enumerate(above):
        write(drawn, (size.margin, height - size.margin - n * LEADING * size.title / 72), line, size.title, look.ink)
    for n, line in enumerate(reversed(below)):
        at = (size.margin, size.margin + n * LEADING * size.small / 72)
        write(drawn, at, line, size.small, look.quiet, va="baseline")
    figure.draw(drawn.add_subfigure(grid[1, 1]), content, text, look)
    return drawn


def small_print(content: Content, text: Text, look: Look, inches: float) -> list[str]:
    """Return the caption in lines; a link begins its own and is cut off where it would fill the page."""
    points = look.size.small
    link = wrapped(content.link, points, inches, LINES_OF_LINK) if content.link else []
    return [*wrapped(paragraph(content.details(text)), points, inches), *link]


def table(figure: ExportFigure[C], content: C) -> bytes:
    """Return the figure's numbers as CSV, in full precision, names as in links and in the command line's JSON."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(figure.table(content))
    return stream.getvalue().encode()
