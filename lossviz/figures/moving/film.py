"""A moving figure of a motion: every frame is the figure of its state, drawn as any other is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar

from lossviz.core.text import paragraph
from lossviz.engine.device import computing_on
from lossviz.figures.caption import address, detailed, titled
from lossviz.figures.look import COLUMN, SIZES, Look, Size
from lossviz.figures.moving.document import Layout, Said, document
from lossviz.figures.moving.motion import Motion
from lossviz.figures.moving.strip import strip
from lossviz.figures.moving.tidy import tidy
from lossviz.figures.page import picture
from lossviz.figures.take import Asked, Opened, Picture, short

MOVING = {"gif": "image/gif", "webp": "image/webp", "html": "text/html"}
USUAL, LARGEST = 800, 1200
"""Pixels along the longer side of an animation, and at most for a size of one's own."""
PIXELS = 100_000_000
"""Most pixels of all frames together: all are in memory at once."""
TALL = 1.6
"""About how high a page without a fixed height is, by its width."""
FPS, FASTEST = 20, 50
"""Frames a second, unless asked otherwise, and at most: browsers slow down faster GIFs."""
LINES, MAPS = 400_000, 1_500_000
"""Most bytes of an HTML file: of lines and boxes, and where it has a photograph or a map."""
MAPPED = 60_000
"""Letters of one frame from which on it is a map: thousands of cells or contours."""
Progress = Callable[[int, int], object]
Draw = Callable[[str], bytes]
P = TypeVar("P")


def film(motion: Motion, asked: Asked, fps: int = FPS, progress: Progress | None = None) -> Picture:
    """Return a motion as a file of its kind: gif, webp or html, from the CPU's numbers, the same each time.

    ``progress`` is told how many frames are drawn, and of how many.

    Raises: ValueError, one sentence, for a figure that a frame does not have, too large a file, and a grid that is no HTML.
    """
    checked(motion, asked)
    start = motion.frames[motion.start]
    with computing_on("cpu"):
        steady = replace(asked, figure=start.named(asked.figure).key, look=steadied(asked.look, motion))
        make = page_of if asked.kind == "html" else animation_of
        data = make(motion, steady, fps, progress)
        said = said_of(start, steady)
        return Picture(named_of(motion, asked), asked.kind, data, f"{said.title} {said.details} {said.link}", said.says)


def checked(motion: Motion, asked: Asked) -> None:
    """Check that a motion can be a file of that kind. Raises: ValueError."""
    if asked.kind != "html" and len(motion.axes) > 1:
        raise ValueError("expected one sweep for an animation: two make a grid, which only html holds")
    size = sized(asked.look.size)
    wide, high = (side * size.dots for side in sides(size))
    if asked.kind != "html" and max(wide, high) > LARGEST + 1:
        raise ValueError(f"expected an animation of at most {LARGEST} pixels a side, not {size.key}")
    fit = int(PIXELS / (wide * high))
    if asked.kind != "html" and len(motion.frames) > fit:
        raise ValueError(f"expected at most {fit} frames of the size {size.key}, not {len(motion.frames)}")


def speed_of(fps: int) -> int:
    """Return frames a second that browsers play. Raises: ValueError."""
    if not 1 <= fps <= FASTEST:
        raise ValueError(f"expected 1 to {FASTEST} frames a second, not {fps}")
    return fps


def steadied(look: Look, motion: Motion) -> Look:
    """Return the look with windows and axes of bars that have room for all frames, so that they stand still."""
    return replace(look, around=hull(motion), reach=max(replace(frame).content.reach for frame in motion.frames))


def hull(motion: Motion) -> tuple[tuple[float, float, float, float], ...]:
    """Return a box around all that a window shows in some frame, so that it stands still; none where nothing has one."""
    boxes = [box for frame in motion.frames for box in replace(frame).content.boxes]
    if not boxes:
        return ()
    left, top = (min(box[side] - box[side + 2] / 2 for box in boxes) for side in (0, 1))
    right, bottom = (max(box[side] + box[side + 2] / 2 for box in boxes) for side in (0, 1))
    return (((left + right) / 2, (top + bottom) / 2, right - left, bottom - top),)


def sized(size: Size) -> Size:
    """Return a page's size with as many pixels as an animation needs; a size of one's own keeps its pixels."""
    return replace(size, dots=min(size.dots, USUAL / max(sides(size)))) if size.key in SIZES else size


def sides(size: Size) -> tuple[float, float]:
    """Return width and height of a page in inches, of one without a fixed height about."""
    return size.width, size.height or TALL * size.width


def named_of(motion: Motion, asked: Asked) -> str:
    """Return the name of the file: page, figure, what moves, a number, language, size, look; HTML has both looks."""
    start = motion.frames[motion.start]
    figure = start.named(asked.figure)
    subject, name = start.content.subject, short(figure)
    parts = ["lossviz", subject, *([name] if name != subject else []), *motion.name_parts, asked.text.lang]
    look = [] if asked.kind == "html" else [asked.look.key]
    return "-".join([*parts, asked.look.size.key, *look]) + f".{asked.kind}"


@dataclass(frozen=True)
class Frame(Generic[P]):
    """One frame: its words, and its picture in each of the looks that were asked for."""

    said: Said
    pictures: tuple[P, ...]


def drawn(
    motion: Motion, asked: Asked, looks: Sequence[Look], finish: Callable[[Draw, int], P], progress: Progress | None
) -> list[Frame[P]]:
    """Return all frames, drawn one by one; what a frame was worked out from is not kept.

    ``finish`` makes what is kept of a picture: it takes what draws it as a kind of file, and the number of its look.
    """
    made = []
    for n, frame in enumerate(motion.frames, 1):
        one = replace(frame)
        figure, content = one.named(asked.figure), one.content
        draws = [partial(picture, figure, content, asked.text, look, imprint=asked.imprint) for look in looks]
        made.append(Frame(said_of(one, asked), tuple(finish(draw, k) for k, draw in enumerate(draws))))
        if progress:
            progress(n, len(motion.frames))
    return made


def animation_of(motion: Motion, asked: Asked, fps: int, progress: Progress | None) -> bytes:
    """Return the GIF or WebP file of a motion."""
    look = replace(asked.look, size=sized(asked.look.size))
    frames = drawn(motion, asked, [look], lambda draw, _: draw("png"), progress)
    return strip([frame.pictures[0] for frame in frames], asked.kind, fps, look)


def page_of(motion: Motion, asked: Asked, fps: int, progress: Progress | None) -> bytes:
    """Return the HTML file of a motion. Raises: ValueError where it would be too large."""
    sizes = layouts_of(asked.look.size, plane=len(motion.axes) > 1)
    themed = replace(asked.look, dark=False, clear=False, live=True, themed=True)
    looks = [replace(themed, size=size) for size in sizes.values()]
    names = [*sizes]
    frames = drawn(motion, asked, looks, lambda draw, k: tidy(draw("svg"), names[k][0]), progress)
    layouts = [Layout(name, [frame.pictures[n] for frame in frames]) for n, name in enumerate(names)]
    data = document(motion, layouts, [frame.said for frame in frames], fps, asked.text)
    most = MAPS if mapped(frames[motion.start].pictures[0]) else LINES
    if len(data) > most:
        fit = max(2, int(len(frames) * most / len(data)))
        raise ValueError(
            f"expected a file of at most {most // 1000} kB, but {len(frames)} frames make {len(data) // 1000} kB: "
            f"ask for fewer (about {fit}), or for --size column, which is drawn once"
        )
    return data


def mapped(svg: str) -> bool:
    """Return whether a frame has a photograph or a map."""
    return "<image" in svg or len(svg) > MAPPED


def layouts_of(size: Size, *, plane: bool) -> dict[str, Size]:
    """Return how a figure is drawn for narrow screens and for wide ones: without title and caption, which are text there.

    A grid has one of them only, for it has many frames.
    """
    narrow = {"narrow": replace(COLUMN, bare=True)}
    if plane or size.width <= COLUMN.width:
        return narrow
    return narrow | {"wide": replace(size, bare=True)}


def said_of(frame: Opened, asked: Asked) -> Said:
    """Return the words of a frame: title, what there is to see, the caption's details, where the state can be seen again."""
    figure, content, text = frame.named(asked.figure), frame.content, asked.text
    return Said(
        titled(figure, content, text, asked.imprint),
        figure.says(content, text),
        paragraph(detailed(figure, content, text, asked.imprint)),
        address(content.link, asked.imprint.site, text.lang),
    )
