"""The caption that stands below a figure."""

from lossviz.core.text import Text
from lossviz.figures.content import Content


def caption(content: Content, text: Text) -> str:
    """Return the caption of a figure in one line: title, details, link."""
    parts = [content.title(text) + text("list_end"), *content.details(text), content.link]
    return " ".join(part for part in parts if part)
