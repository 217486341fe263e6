"""A moving figure of a motion: every frame is the figure of its state, drawn as any other is."""

import re
from collections.abc import Callable
from dataclasses import replace

from lossviz.core.text import paragraph
from lossviz.engine.device import computing_on
from lossviz.figures.caption import address, detailed, titled
from lossviz.figures.look import COLUMN, SIZES, Size
from lossviz.figures.moving.document import Layout, Said, document
from lossviz.figures.moving.motion import Motion
from lossviz.figures.moving.strip import strip
from lossviz.figures.moving.tidy import tidy
from lossviz.figures.page import picture
from lossviz.figures.take import Asked, Opened, Picture, short

MOVING = {"gif": "image/gif", "webp": "image/webp", "html": "text/html"}
USUAL, LARGEST = 800, 1200
"""Pixels along the longer side of an animation, and at most for a size of one's own."""
FPS, FASTEST = 20, 50
"""Frames a second, unless asked otherwise, and at most: browsers slow down faster GIFs."""
LINES, MAPS = 400_000, 1_500_000
"""Most bytes of an HTML file: of lines and boxes, and where it has a photograph or a map."""
MAPPED = re.compile(rb'<image|id="(?:QuadMesh|QuadContourSet|PathCollection)')
Progress = Callable[[int, int], object]


def film(motion: Motion, asked: Asked, fps: int = FPS, progress: Progress | None = None) -> Picture:
    """Return a motion as a file of its kind: gif, webp or html, from the CPU's numbers, the same each time.

    ``progress`` is told how many pictures are drawn, and of how many.

    Raises: ValueError, one sentence, for a figure that a frame does not have, too large a file, and a grid that is no HTML.
    """
    checked(motion, asked)
    start = motion.frames[motion.start]
    with computing_on("cpu"):
        key = start.named(asked.figure).key
        steady = replace(asked, figure=key, look=replace(asked.look, around=hull(motion)))
        if asked.kind == "html":
            data = page_of(motion, steady, fps, progress)
        else:
            look = replace(steady.look, size=sized(steady.look.size))
            data = strip(drawn(motion, replace(steady, look=look), "png", progress), asked.kind, fps, look)
        said = said_of(start, steady)
        return Picture(named_of(motion, asked), asked.kind, data, f"{said.title} {said.details} {said.link}", said.says)


def checked(motion: Motion, asked: Asked) -> None:
    """Check that a motion can be a file of that kind. Raises: ValueError."""
    if asked.kind != "html" and len(motion.axes) > 1:
        raise ValueError("expected one sweep for an animation: two make a grid, which only html holds")
    size = sized(asked.look.size)
    if asked.kind != "html" and size.dots * max(size.width, size.height or 0) > LARGEST + 1:
        raise ValueError(f"expected an animation of at most {LARGEST} pixels a side, not {size.key}")


def speed_of(fps: int) -> int:
    """Return frames a second that browsers play. Raises: ValueError."""
    if not 1 <= fps <= FASTEST:
        raise ValueError(f"expected 1 to {FASTEST} frames a second, not {fps}")
    return fps


def hull(motion: Motion) -> tuple[tuple[float, float, float, float], ...]:
    """Return a box around all that a window shows in some frame, so that it stands still; none where nothing has one."""
    boxes = [box for frame in motion.frames for box in frame.content.boxes]
    if not boxes:
        return ()
    left, top = (min(box[side] - box[side + 2] / 2 for box in boxes) for side in (0, 1))
    right, bottom = (max(box[side] + box[side + 2] / 2 for box in boxes) for side in (0, 1))
    return (((left + right) / 2, (top + bottom) / 2, right - left, bottom - top),)


def sized(size: Size) -> Size:
    """Return a page's size with as many pixels as an animation needs; a size of one's own keeps its pixels."""
    longer = max(size.width, size.height or 0)
    return replace(size, dots=min(size.dots, USUAL / longer)) if size.key in SIZES else size


def named_of(motion: Motion, asked: Asked) -> str:
    """Return the name of the file: page, figure, what moves, a number, language, size, look; HTML has both looks."""
    start = motion.frames[motion.start]
    figure = start.named(asked.figure)
    subject, name = start.content.subject, short(figure)
    parts = ["lossviz", subject, *([name] if name != subject else []), *motion.name_parts, asked.text.lang]
    look = [] if asked.kind == "html" else [asked.look.key]
    return "-".join([*parts, asked.look.size.key, *look]) + f".{asked.kind}"


def drawn(
    motion: Motion, asked: Asked, kind: str, progress: Progress | None, done: int = 0, of: int = 0
) -> list[bytes]:
    """Return all frames as files, one by one, and say so."""
    made = []
    for n, frame in enumerate(motion.frames, done + 1):
        made.append(picture(frame.named(asked.figure), frame.content, asked.text, asked.look, kind, asked.imprint))
        if progress:
            progress(n, of or len(motion.frames))
    return made


def page_of(motion: Motion, asked: Asked, fps: int, progress: Progress | None) -> bytes:
    """Return the HTML file of a motion. Raises: ValueError where it would be too large."""
    sizes = layouts_of(asked.look.size, plane=len(motion.axes) > 1)
    count = len(sizes) * len(motion.frames)
    layouts, mapped = [], False
    for n, (name, size) in enumerate(sizes.items()):
        look = replace(asked.look, size=size, dark=False, clear=False, live=True, themed=True)
        made = drawn(motion, replace(asked, look=look), "svg", progress, n * len(motion.frames), count)
        mapped = mapped or bool(MAPPED.search(made[motion.start]))
        layouts.append(Layout(name, [tidy(svg, name[0]) for svg in made]))
    said = [said_of(frame, asked) for frame in motion.frames]
    data = document(motion, layouts, said, fps, asked.text)
    most = MAPS if mapped else LINES
    if len(data) > most:
        fit = int(len(motion.frames) * most / len(data))
        raise ValueError(
            f"expected a file of at most {most // 1000} kB; {len(motion.frames)} frames make {len(data) // 1000} kB: "
            f"ask for fewer (about {max(fit, 2)}), or for a size of one layout (column)"
        )
    return data


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
