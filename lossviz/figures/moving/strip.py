"""A moving figure as an animation that any page plays: GIF or WebP."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from lossviz.figures.look import Look

REST = 1000
"""Milliseconds that the last frame stands before the first one comes again."""
COLOURS = 256
WAYS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "gif": [{"disposal": 1}],
    "webp": [{"lossless": True, "method": 4}, {"quality": 80, "method": 4}],
}
"""How an animation may be kept; the smallest is taken: lines are small without loss, photographs with some."""
SAMPLES = 8
"""Frames that the colours of a GIF are taken from."""


def strip(frames: Sequence[bytes], kind: str, fps: int, look: Look) -> bytes:
    """Return the frames, PNGs of one width, as an animation that begins anew for ever. ``kind`` is gif or webp."""
    images = [Image.open(io.BytesIO(frame)) for frame in frames]
    size = images[0].width, max(image.height for image in images)
    pages = [on_page(image, size, look) for image in images]
    if kind == "gif":
        pages = with_one_palette(pages)
    times = [round(1000 / fps)] * (len(pages) - 1) + [REST]
    return min((saved(pages, kind, times, way) for way in WAYS[kind]), key=len)


def saved(pages: Sequence[Image.Image], kind: str, times: Sequence[int], way: Mapping[str, Any]) -> bytes:
    """Return the animation as a file."""
    stream = io.BytesIO()
    pages[0].save(stream, kind, save_all=True, append_images=pages[1:], duration=times, loop=0, **way)
    return stream.getvalue()


def on_page(image: Image.Image, size: tuple[int, int], look: Look) -> Image.Image:
    """Return a frame on the look's ground, as high as the highest."""
    page = Image.new("RGB", size, look.paper)
    page.paste(image.convert("RGB"))
    return page


def with_one_palette(pages: Sequence[Image.Image]) -> list[Image.Image]:
    """Return the frames in the same 256 colours, so that what stands still does not flicker."""
    some = [*pages[:: max(1, len(pages) // SAMPLES)]]
    width, height = some[0].size
    sheet = Image.new("RGB", (width, height * len(some)))
    for n, page in enumerate(some):
        sheet.paste(page, (0, n * height))
    palette = sheet.quantize(COLOURS, Image.Quantize.MEDIANCUT)
    return [page.quantize(palette=palette, dither=Image.Dither.NONE) for page in pages]
