"""The page around a figure: title above, caption below; and the bytes of its file, the same for the same state."""

import csv
import io
import re
from dataclasses import dataclass, replace
from html import escape
from itertools import product
from threading import Lock
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from lossviz.core.text import Text, paragraph
from lossviz.figures.caption import NOTHING, Imprint, address, detailed, titled
from lossviz.figures.content import C, ExportFigure
from lossviz.figures.look import LEADING, Look, whole, wrapped, write

FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
LINES_OF_LINK = 2
DRAWING = Lock()
"""Held while a page is drawn: matplotlib's settings are those of the whole process."""
LEAST, STEP = 0.4, 0.02
"""Part of a page's width below which a figure is no longer drawn, and by which it is made smaller."""
SIDE_BY_SIDE = 6.0
"""Inches of a page's width from which on what is too high for it may stand side by side."""
SMALL, FINEST = 0.84, 7.0
"""By how much letters are made smaller where that is not enough, and the points that they have at least."""


class NoRoomError(ValueError):
    """Raised for a figure that a size has no room for."""

    def __init__(self, size: str) -> None:
        """Say what would do."""
        super().__init__(
            f"expected a higher size than {size} for this figure, or one without a fixed height (column, plot)"
        )


@dataclass(frozen=True)
class Plan:
    """Where a figure stands on its page, in inches: the page's height, lines above and below, the figure's size and look."""

    high: float
    above: list[str]
    below: list[str]
    top: float
    wide: float
    tall: float
    look: Look


def picture(
    figure: ExportFigure[C], content: C, text: Text, look: Look, kind: str, imprint: Imprint = NOTHING
) -> bytes:
    """Return the bytes of a figure's file. ``kind`` is png, svg or pdf.

    Raises: NoRoomError where the figure does not fit the size.
    """
    stream = io.BytesIO()
    title, alt = titled(figure, content, text, imprint), figure.alt(content, text, imprint.title)
    with (
        DRAWING,
        mpl.rc_context(
            {
                "svg.hashsalt": "lossviz",
                "svg.fonttype": "none" if look.live else "path",
                "mathtext.default": "regular",  # indices in our font
            }
        ),
    ):
        drawn = page(figure, content, text, look, imprint)
        drawn.savefig(stream, format=kind, dpi=look.size.dots, metadata=metadata(kind, title, alt, imprint.credit))
    return with_words(stream.getvalue(), title, alt) if kind == "svg" else stream.getvalue()


def metadata(kind: str, title: str, alt: str, credit: str) -> dict[str, Any]:
    """Return what a file says of itself; no date, so that the same state has the same bytes."""
    author = {"Author": credit} if credit else {}
    kinds: dict[str, dict[str, Any]] = {
        "png": {"Software": "lossviz", "Title": title, "Description": alt, **author},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "ModDate": None, "Creator": "lossviz", "Title": title, "Subject": alt, **author},
    }
    return kinds[kind]


def with_words(svg: bytes, title: str, alt: str) -> bytes:
    """Return an SVG that says what it is to those who hear it: a role, a title and a description."""
    words = f"<title>{escape(title, quote=False)}</title>\n <desc>{escape(alt, quote=False)}</desc>"
    found = re.sub(
        r"<svg\b([^>]*)>",
        lambda start: f'<svg role="img"{start[1]}>\n {words}',
        svg.decode(),
        count=1,
    )
    return found.encode()


def page(figure: ExportFigure[C], content: C, text: Text, look: Look, imprint: Imprint = NOTHING) -> Figure:
    """Return the whole page: title, figure, caption. Raises: NoRoomError where the figure does not fit the size."""
    size, plan = look.size, planned(figure, content, text, look, imprint)
    drawn = Figure(figsize=(size.width, plan.high), dpi=100, facecolor=look.ground)
    side = (size.width - plan.wide) / 2
    grid = GridSpec(
        3,
        3,
        drawn,
        width_ratios=[side, plan.wide, side],
        height_ratios=[plan.top, plan.tall, plan.high - plan.top - plan.tall],
        wspace=0,
        hspace=0,
    )
    height = whole(drawn).h
    for n, line in enumerate(plan.above):
        write(drawn, (size.margin, height - size.margin - n * LEADING * size.title / 72), line, size.title, look.ink)
    for n, line in enumerate(reversed(plan.below)):
        at = (size.margin, size.margin + n * LEADING * size.small / 72)
        write(drawn, at, line, size.small, look.quiet, va="baseline")
    figure.draw(drawn.add_subfigure(grid[1, 1], facecolor=look.ground), content, text, plan.look)
    return drawn


def planned(figure: ExportFigure[C], content: C, text: Text, look: Look, imprint: Imprint) -> Plan:
    """Return where title, figure and caption stand; what keeps its proportions is made smaller until it fits."""
    size = look.size
    inner = size.width - 2 * size.margin
    above = [] if size.bare else wrapped(titled(figure, content, text, imprint), size.title, inner)
    below = [] if size.bare else small_print(figure, content, text, look, imprint, inner)
    top, bottom = size.margin, size.margin
    if not size.bare:
        top += len(above) * LEADING * size.title / 72 + 0.4 * size.title / 72
        bottom += len(below) * LEADING * size.small / 72 + 0.6 * size.small / 72
    if size.height is None:
        tall = figure.tall(content, text, look)
        return Plan(top + tall + bottom, above, below, top, inner, tall, look)
    room = size.height - top - bottom
    if size.wide or (figure.fills and room > LEAST * inner):
        if room < LEAST * size.height:
            raise NoRoomError(size.key)
        return Plan(size.height, above, below, top, inner, room, look)
    wide, tall, smaller = narrowed(figure, content, text, look, room)
    return Plan(size.height, above, below, top + (room - tall) / 2, wide, tall, smaller)


def narrowed(figure: ExportFigure[C], content: C, text: Text, look: Look, room: float) -> tuple[float, float, Look]:
    """Return width, height and look of a figure that is as large as the room's height allows."""
    size = look.size
    inner = size.width - 2 * size.margin
    steps = range(round((1 - LEAST) / STEP) + 1)
    for letters, n in product((1.0, SMALL), steps):
        wide, body, small = inner * (1 - n * STEP), size.body * letters, max(size.small * letters, FINEST)
        smaller = replace(look, size=replace(size, width=wide + 2 * size.margin, body=body, small=small))
        tall = figure.tall(content, text, smaller)
        if tall <= room:
            return wide, tall, smaller
    if size.width < SIDE_BY_SIDE:
        raise NoRoomError(size.key)
    return inner, room, replace(look, size=replace(size, wide=True, body=size.body * SMALL, small=FINEST))


def small_print(
    figure: ExportFigure[C], content: C, text: Text, look: Look, imprint: Imprint, inches: float
) -> list[str]:
    """Return the caption in lines; a link begins its own and is cut off where it would fill the page."""
    points, link = look.size.small, address(content.link, imprint.site, text.lang)
    said = wrapped(paragraph(detailed(figure, content, text, imprint)), points, inches)
    return [*said, *(wrapped(link, points, inches, LINES_OF_LINK) if link else [])]


def table(figure: ExportFigure[C], content: C) -> bytes:
    """Return the figure's numbers as CSV, in full precision, names as in links and in the command line's JSON."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(figure.table(content))
    return stream.getvalue().encode()
