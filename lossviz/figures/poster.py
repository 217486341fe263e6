"""The picture of a link's state: the figure that its page shows at that level, and what it is called."""

import io
from dataclasses import dataclass, replace

from PIL import Image

from lossviz.core.text import Text
from lossviz.engine.device import computing_on
from lossviz.figures.look import POST, Look
from lossviz.figures.page import picture
from lossviz.figures.take import Opened, file_name

POSTER = replace(POST, dots=110, bare=True)
"""The size of a poster: a post's, 1320 pixels wide; its title stands below the frame."""
KIND = "webp"
"""The format of a poster: a photograph in it takes a fifth of what it takes as PNG."""


@dataclass(frozen=True)
class Pictured:
    """What a picture of a state is called."""

    title: str
    alt: str
    file: str
    """The name of its file, with .png."""


def pictured(one: Opened) -> Pictured:
    """Return the words for the picture of a link's state, as it is saved for a post."""
    with computing_on("cpu"):
        figure, content, lang = one.named(""), one.content, one.visit.lang
        name = file_name(figure, content, lang, Look(POST, dark=one.visit.theme == "dark"), "png")
        return Pictured(figure.title_of(content, Text(lang)), figure.alt(content, Text(lang)), name)


def poster_picture(one: Opened, *, dark: bool) -> bytes:
    """Return the picture of a link's state as WebP, from the CPU's numbers.

    Raises: ValueError where the numbers take too long.
    """
    with computing_on("cpu"):
        return light(picture(one.named(""), one.content, Text(one.visit.lang), Look(POSTER, dark=dark), "png"))


def light(png: bytes) -> bytes:
    """Return a picture as WebP."""
    stream = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(stream, KIND, quality=82)
    return stream.getvalue()
