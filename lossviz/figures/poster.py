"""The picture of a link's state: the figure that its page shows at that level, and what it is called."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from lossviz.core.text import Text
from lossviz.engine.device import computing_on
from lossviz.figures.content import Content, ExportFigure
from lossviz.figures.look import COLUMN, Look
from lossviz.figures.page import picture
from lossviz.figures.registry import applicable, on_screen

POSTER = replace(COLUMN, dots=144)
"""The size of a poster: a column's, twice as fine as a screen."""


@dataclass(frozen=True)
class Pictured:
    """What a picture of a state is called."""

    title: str
    alt: str
    file: str
    """The name of its file, with .png."""


def figure_of(page: str, query: Mapping[str, str]) -> tuple[ExportFigure[Any], Content] | None:
    """Return the figure that a page shows for a link, and what it draws; None where it has none."""
    pages = import_module("lossviz.lessons.pages")  # the list of subjects stands above this one
    try:
        content = pages.content_of(page, query)
    except LookupError:
        return None
    key = on_screen(content, query.get("level", "1"))
    return applicable(content)[key], content


def pictured(page: str, query: Mapping[str, str], lang: str) -> Pictured | None:
    """Return the words for the picture of a link's state; None where its page has no figure."""
    with computing_on("cpu"):
        found = figure_of(page, query)
        if not found:
            return None
        (figure, content), text = found, Text(lang)
        return Pictured(content.title(text), figure.alt(content, text), f"{content.file_name(figure.key)}.png")


def poster_picture(page: str, query: Mapping[str, str], lang: str, dark: bool) -> bytes:
    """Return the picture of a link's state as PNG, from the CPU's numbers; empty where its page has no figure."""
    with computing_on("cpu"):
        found = figure_of(page, query)
        return picture(*found, Text(lang), Look(POSTER, dark=dark), "png") if found else b""
