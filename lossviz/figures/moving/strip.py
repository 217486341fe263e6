"""A moving figure as an animation that any page plays: GIF or WebP."""

import io
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from PIL import Image, ImageColor

from lossviz.figures.look import Look
from lossviz.figures.theme import MEASURE, OTHER, PREDICTION, TRUTH

REST = 1000
"""Milliseconds that the last frame stands before the first one comes again."""
TICK = {"gif": 10, "webp": 1}
"""Milliseconds in which a kind of file counts."""
COLOURS, NEAR = 256, 8
WAYS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "gif": [{"disposal": 1}],
    "webp": [{"lossless": True, "method": 4}, {"quality": 80, "method": 4}],
}
"""How an animation may be kept: without loss, and with some where that is worth it, as of photographs."""
WORTH = 0.5
"""Part of its bytes that a file without loss has to lose for it."""
SAMPLES = 8
"""Frames that the colours of a GIF are taken from."""


def strip(frames: Sequence[bytes], kind: str, fps: int, look: Look) -> bytes:
    """Return the frames, PNGs of one width, as an animation that begins anew for ever. ``kind`` is gif or webp."""
    sizes = [Image.open(io.BytesIO(frame)).size for frame in frames]
    size = sizes[0][0], max(high for _, high in sizes)
    pages = [on_page(frame, size, look) for frame in frames]
    if kind == "gif":
        colours = palette(pages[:: max(1, len(pages) // SAMPLES)], look)
        pages = [page.quantize(palette=colours, dither=Image.Dither.NONE) for page in pages]
    standing = times(len(pages), fps, TICK[kind])
    made = [saved(pages, kind, standing, way) for way in WAYS[kind]]
    return made[-1] if len(made[-1]) < WORTH * len(made[0]) else made[0]


def times(count: int, fps: int, tick: int) -> list[int]:
    """Return how many milliseconds each frame stands, in whole ticks that keep the pace; the last one rests."""
    ends = [round(n * 1000 / fps / tick) * tick for n in range(count)]
    return [*(end - start for start, end in pairwise(ends)), REST]


def saved(pages: Sequence[Image.Image], kind: str, standing: Sequence[int], way: Mapping[str, Any]) -> bytes:
    """Return the animation as a file."""
    stream = io.BytesIO()
    pages[0].save(stream, kind, save_all=True, append_images=pages[1:], duration=standing, loop=0, **way)
    return stream.getvalue()


def on_page(frame: bytes, size: tuple[int, int], look: Look) -> Image.Image:
    """Return a frame on the look's ground, as high as the highest."""
    page = Image.new("RGB", size, look.paper)
    with Image.open(io.BytesIO(frame)) as image:
        page.paste(image.convert("RGB"))
    return page


def palette(pages: Sequence[Image.Image], look: Look) -> Image.Image:
    """Return the 256 colours of all frames, so that what stands still does not flicker; ours are among them as they are."""
    width, height = pages[0].size
    sheet = Image.new("RGB", (width, height * len(pages)))
    for n, page in enumerate(pages):
        sheet.paste(page, (0, n * height))
    names = (look.paper, look.ink, look.quiet, look.rule, TRUTH, PREDICTION, OTHER, *map(look.colour, MEASURE.values()))
    ours = [ImageColor.getrgb(name) for name in dict.fromkeys(names)]
    flat = sheet.quantize(COLOURS - len(ours), Image.Quantize.MEDIANCUT).getpalette() or []
    others = [colour for colour in zip(*[iter(flat)] * 3, strict=True) if not any(near(colour, own) for own in ours)]
    found = Image.new("P", (1, 1))
    found.putpalette([part for colour in [*ours, *others][:COLOURS] for part in colour])
    return found


def near(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether Pillow may take one colour for the other."""
    return max(abs(a - b) for a, b in zip(one, other, strict=False)) < NEAR
