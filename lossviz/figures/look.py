"""How figures look: sizes, colours of paper and ink, the font; and places on the page in inches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.textpath import text_to_path

from lossviz.core.assets import ASSETS
from lossviz.engine.boxes import XYWH
from lossviz.figures.theme import ON_DARK

FONT = ASSETS / "fonts" / "NotoSansSC-subset.otf"
FAMILY = ["Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
"""Fonts of live text: it is set in the first of these that the reader has."""
LEADING = 1.4
"""Line height over font size."""


@dataclass(frozen=True)
class Size:
    """The size of a page: inches, dots an inch in a PNG, points of its fonts; without a height as high as it needs.

    ``wide``: things stand side by side. ``bare``: neither title nor caption.
    """

    key: str
    width: float
    height: float | None
    dots: float
    title: float
    body: float
    small: float
    margin: float
    wide: bool = False
    bare: bool = False


POST = Size("post", 12, 6.75, 200, title=19, body=13, small=10, margin=0.36, wide=True)
"""The size of a picture for a post: 1200 by 675 pixels, twice as fine."""
COLUMN = Size("column", 3.5, None, 300, title=9.5, body=7.6, small=7, margin=0.08)
"""The size of a figure in one column of a paper."""
SQUARE = Size("square", 7, 7, 2160 / 7, title=14, body=9.36, small=8.64, margin=0.26)
"""A square of 1080 by 1080 pixels, twice as fine."""
PLOT = Size("plot", 6, None, 200, title=12, body=9.36, small=8.64, margin=0.08, bare=True)
"""The figure alone, 1200 pixels wide, for those who write title and caption themselves."""
SIZES = {size.key: size for size in (POST, COLUMN, SQUARE, PLOT)}
PIXELS = re.compile(r"([1-9][0-9]{2,3})x([1-9][0-9]{2,3})")
FEWEST, MOST = 320, 4096
"""Fewest and most pixels along a side of a size of one's own."""
TALL, ASIDE, POSTLIKE = 0.7, 1.25, 1.6
"""Width over height below which a page is like a column, from which on things stand side by side, and like a post."""
NARROWEST, WIDEST = 0.4, 2.4
"""Least and most width over height."""
LEGIBLE = 6.5
"""Least pixels of the smallest letters."""


def size_of(name: str) -> Size:
    """Return the size of that name, or that many pixels wide and high (``1200x630``). Raises: ValueError."""
    if name in SIZES:
        return SIZES[name]
    found = PIXELS.fullmatch(name)
    wide, high = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (FEWEST <= wide <= MOST and FEWEST <= high <= MOST and NARROWEST <= wide / high <= WIDEST):
        known = ", ".join(SIZES)
        raise ValueError(
            f"expected a size such as {known} or 1200x630 ({FEWEST} to {MOST} pixels a side, "
            f"width over height {NARROWEST} to {WIDEST}), not {name!r}"
        )
    ratio = wide / high
    aside = replace(SQUARE, wide=True, body=8.4, small=7.4)
    base = COLUMN if ratio < TALL else SQUARE if ratio < ASIDE else aside if ratio < POSTLIKE else POST
    tall = base.height or base.width / ratio
    sized = replace(base, key=name, width=tall * ratio, height=tall, dots=high / tall)
    if sized.small / 72 * sized.dots < LEGIBLE:
        raise ValueError(f"expected a larger size than {name}: its smallest letters cannot be read")
    return sized


INK = "#000000", "#fafafa"
"""The colours of words and numbers on a light and on a dark ground."""


@dataclass(frozen=True)
class Look:
    """The size and the colours of a figure.

    ``live``: text in an SVG stays text. ``clear``: the ground is left out, for a page or a slide of any light colour.
    ``themed``: colours that differ on a dark ground are stand-ins (``STAND_INS``), for a document that has both looks.
    ``around``: boxes for which a window on a plane has room beside its own, so that it stands still while they move;
    ``reach``: a length for which an axis of bars has room, so that it stands still, too.
    """

    size: Size = POST
    dark: bool = False
    live: bool = False
    clear: bool = False
    themed: bool = False
    around: tuple[XYWH, ...] = ()
    reach: float = 0.0

    @property
    def key(self) -> str:
        """Return the name of the colours."""
        return "plain" if self.clear else "dark" if self.dark else "light"

    @property
    def wide(self) -> bool:
        """Return whether there is the width for things to stand side by side."""
        return self.size.wide

    @property
    def ground(self) -> str:
        """Return the colour that fills the page."""
        return "none" if self.clear else self.paper

    @property
    def paper(self) -> str:
        """Return the colour of the ground."""
        return self.either("#ffffff", "#0e1117")

    @property
    def ink(self) -> str:
        """Return the colour of words and numbers."""
        return self.either(*INK)

    @property
    def quiet(self) -> str:
        """Return the colour of what stands back."""
        return self.either("#444444", "#b4b8c0")

    @property
    def rule(self) -> str:
        """Return the colour of the lines of a scale."""
        return self.either("#dddddd", "#3a404c")

    @property
    def blank(self) -> str:
        """Return the colour of a map where it has no number."""
        return self.either("#ececec", "#3a404c")

    @property
    def line(self) -> float:
        """Return the width of a curve, in points."""
        return 2.4 if self.wide else 1.3

    def colour(self, name: str) -> str:
        """Return a line's or a bar's colour as it stands on this ground: 4.5:1 and more where it is dark."""
        return self.either(name, ON_DARK[name]) if name in ON_DARK else name

    def either(self, light: str, dark: str) -> str:
        """Return the colour that belongs to the ground; for a document with both grounds, what stands for both colours."""
        if not self.themed:
            return dark if self.dark else light
        stand_in = f"#{crc32(f'{light} {dark}'.encode()) & 0xFFFFFF:06x}"
        STAND_INS[stand_in] = light, dark
        return stand_in


STAND_INS: dict[str, tuple[str, str]] = {}
"""The colours on a light and on a dark ground that a stand-in was used for."""


LOOKS = ("light", "dark", "plain")
"""The names of the colours: on a light and on a dark ground, and without one."""


@cache
def font(points: float) -> FontProperties:
    """Return the bundled font, which has Latin and Chinese, in that size."""
    return FontProperties(fname=FONT, size=points, family=FAMILY)


@cache
def letters() -> frozenset[int]:
    """Return the characters that the font has."""
    return frozenset(get_font(str(FONT)).get_charmap())


@lru_cache(maxsize=4096)
def width(words: str, points: float) -> float:
    """Return the width of a line of words, in inches."""
    wide, _, _ = text_to_path.get_text_width_height_descent(words, font(points), ismath=False)
    return float(wide) / 72


def widest(lines: Sequence[str], points: float) -> float:
    """Return the width of the widest line, in inches; 0 without lines."""
    return max((width(line, points) for line in lines), default=0.0)


def wrapped(words: str, points: float, inches: float, most: int = 99) -> list[str]:
    """Return words in lines that fit; Chinese breaks anywhere, a long path behind a slash and the like.

    What does not fit into ``most`` lines ends in dots.
    """
    lines, line, filled = [], "", 0.0
    parts = (part for piece in pieces(words) for part in fitting(piece, points, inches))
    for part in parts:
        if line and filled + width(part.rstrip(), points) > inches:
            lines.append(line.rstrip())
            line, filled = "", 0.0
        line += part
        filled += width(part, points)
    lines.append(line.rstrip())
    if len(lines) > most:
        last = lines[most - 1]
        while last and width(last + "…", points) > inches:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last}…"]
    return lines


STICKS, LEADS = "，。；：、）”", "（“"
"""Chinese punctuation that never begins a line, and that never ends one."""
LONGEST = 24
"""Most letters without a blank that are kept on one line, as long as they fit into one."""
STRETCH = re.compile(r"[!-~−·]+|.")
"""Letters that no line breaks between, such as a word or a number; or one Chinese character."""
JOINT = re.compile(r"(?<=[/_,&=?~;|:])(?![/_,&=?~;|:])|(?<=[.\-])(?=[^\W\d]{4})")
"""Where a long path, address or name of code may break: behind what joins its words, but not within a number
nor before the ending of a file's name."""


def pieces(words: str) -> list[str]:
    """Return the pieces between which a line may break.

    It may break after blanks, around Chinese characters, and where the words of a long path or address are joined.
    """
    found: list[str] = []
    for run in words.split(" "):
        glued = False
        for part in STRETCH.findall(run) or [""]:
            first, *others = joints(part) if len(part) > LONGEST else [part]
            if glued or (first in STICKS and found and not found[-1].endswith(" ")):
                found[-1] += first
            else:
                found.append(first)
            found += others
            glued = part in LEADS
        found[-1] += " "
    return found


def joints(word: str) -> list[str]:
    """Return the parts of a long word, each with what joins it to the next."""
    return [part for part in JOINT.split(word) if part]


def fitting(piece: str, points: float, inches: float) -> list[str]:
    """Return the piece, in parts if it is wider than a line: at its joints, and only then between its letters."""
    if width(piece.rstrip(), points) <= inches:
        return [piece]
    parts = joints(piece)
    if len(parts) == 1:
        return list(piece)
    return [smaller for part in parts for smaller in fitting(part, points, inches)]


MOST_PICTURE, BESIDE = 0.54, 0.35
"""Most of a page's width that a picture takes where words stand beside it, and the inches between them."""


class Rect(NamedTuple):
    """A place on the page, in inches from the lower left."""

    x: float
    y: float
    w: float
    h: float

    def within(self, left: float = 0, bottom: float = 0, right: float = 0, top: float = 0) -> "Rect":
        """Return the place without these margins."""
        return Rect(self.x + left, self.y + bottom, self.w - left - right, self.h - bottom - top)

    def square(self) -> "Rect":
        """Return the largest square in the place, to the left and in the middle of the height."""
        side = min(self.w, self.h)
        return Rect(self.x, self.y + (self.h - side) / 2, side, side)


def split(area: Rect, look: Look, high: float, gap: float) -> tuple[Rect, Rect]:
    """Return the places of a picture and of the words about it.

    They stand side by side where there is the width, the picture a square; else the words stand below it, ``gap`` under a
    picture that is ``high``.
    """
    if look.wide:
        side = min(area.h, MOST_PICTURE * area.w)
        return Rect(area.x, area.y + area.h - side, side, side), area.within(side + BESIDE)
    return area.within(bottom=area.h - high), area.within(top=high + gap)


def whole(figure: Figure | SubFigure) -> Rect:
    """Return the place that a whole figure takes."""
    dots = figure.dpi
    return Rect(0, 0, float(figure.bbox.width / dots), float(figure.bbox.height / dots))


def axes_in(figure: Figure | SubFigure, place: Rect, look: Look) -> Axes:
    """Return new axes at that place, in the colours of the look."""
    page = whole(figure)
    axes = figure.add_axes((place.x / page.w, place.y / page.h, place.w / page.w, place.h / page.h))
    axes.set_facecolor(look.ground)
    axes.spines[:].set_color(look.quiet)
    axes.spines[:].set_linewidth(look.line / 3)
    axes.tick_params(colors=look.quiet, width=look.line / 3, length=look.size.small / 3, pad=look.size.small / 4)
    return axes


def write(
    figure: Figure | SubFigure, at: tuple[float, float], words: str, points: float, colour: str, **more: Any
) -> None:
    """Write words at a point given in inches: the top of the first line unless ``va`` says otherwise."""
    page = whole(figure)
    line = figure.text(
        at[0] / page.w, at[1] / page.h, indexed(narrow(words)), fontproperties=font(points), color=colour, va="top"
    )
    line.set(**more)


INDEX = re.compile(r"\b([a-z])_([a-z])\b")


def indexed(words: str) -> str:
    """Return the words with the index of t_x below the line, as matplotlib writes it; a dollar stays a dollar."""
    return INDEX.sub(r"$\1_{\2}$", words.replace("$", r"\$"))


def narrow(words: str) -> str:
    """Return the words with plain quotation marks where there is no Chinese.

    The font has curly ones only as wide as a Chinese character.
    """
    return words if any(ord(c) > 0x2E7F for c in words) else words.translate({0x201C: '"', 0x201D: '"'})


def plain(axes: Axes, look: Look) -> None:
    """Set the axes' ticks in our font; called when nothing else will be drawn."""
    for tick in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        tick.set_fontproperties(font(look.size.small))
        tick.set_color(look.quiet)
