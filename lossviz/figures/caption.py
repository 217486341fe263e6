"""The caption that stands below a figure."""

from lossviz.core.text import Text, paragraph
from lossviz.figures.content import Content


def caption(content: Content, text: Text) -> str:
    """Return the caption of a figure in one line: title, details, link."""
    parts = [content.title(text) + text("list_end"), *content.details(text)]
    said = paragraph([part for part in parts if part])
    return f"{said} {content.link}" if content.link else said
