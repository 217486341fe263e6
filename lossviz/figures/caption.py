"""What stands below a figure."""

from lossviz.core.text import Text
from lossviz.figures.content import Content


def caption(content: Content, text: Text) -> str:
    """Title, details, link."""
    parts = [content.title(text) + text("list_end"), *content.details(text), content.link]
    return " ".join(part for part in parts if part)
