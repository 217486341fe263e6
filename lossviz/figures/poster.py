"""The picture of a link's state: the figure that its page shows at that level, and what it is called."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from PIL import Image

from lossviz.core.text import Text
from lossviz.engine.device import computing_on
from lossviz.figures.content import Content, ExportFigure
from lossviz.figures.look import POST, Look
from lossviz.figures.page import picture
from lossviz.figures.registry import applicable, on_screen
from lossviz.figures.subjects import subjects
from lossviz.figures.take import file_name

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


def figure_of(page: str, query: Mapping[str, str]) -> tuple[ExportFigure[Any], Content] | None:
    """Return the figure that a page shows for a link, and what it draws; None where it has none."""
    subject = subjects().get(page)
    if not subject or not subject.content:
        return None
    content = subject.content(subject.reads(query)[0], f"{page}?{urlencode(query)}")
    key = on_screen(content, query.get("level", "1"))
    return applicable(content)[key], content


def pictured(page: str, query: Mapping[str, str], lang: str, *, dark: bool) -> Pictured | None:
    """Return the words for the picture of a link's state; None where its page has no figure."""
    with computing_on("cpu"):
        found = figure_of(page, query)
        if not found:
            return None
        (figure, content), text = found, Text(lang)
        return Pictured(
            figure.title_of(content, text),
            figure.alt(content, text),
            file_name(figure, content, lang, Look(POST, dark=dark), "png"),
        )


def poster_picture(page: str, query: Mapping[str, str], lang: str, dark: bool) -> bytes:
    """Return the picture of a link's state as WebP, from the CPU's numbers; empty where its page has no figure."""
    with computing_on("cpu"):
        found = figure_of(page, query)
        return light(picture(*found, Text(lang), Look(POSTER, dark=dark), "png")) if found else b""


def light(png: bytes) -> bytes:
    """Return a picture as WebP."""
    stream = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(stream, KIND, quality=82)
    return stream.getvalue()


def has_figure(page: str) -> bool:
    """Return whether a page has figures at all."""
    subject = subjects().get(page)
    return bool(subject and subject.content)


def settled(page: str, query: Mapping[str, str]) -> dict[str, str]:
    """Return what a page makes of the keys of its state: nothing but known keys and good values."""
    found: dict[str, str] = subjects()[page].reads(query)[0].to_query()
    return found
