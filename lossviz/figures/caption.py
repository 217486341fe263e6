"""What is written about a figure: its title, and the caption below it."""

from dataclasses import dataclass

from lossviz.core.hosts import loopback
from lossviz.core.text import Text, paragraph
from lossviz.figures.content import Content, ended


@dataclass(frozen=True)
class Imprint:
    """What whoever publishes a figure says of it: another title, whom to credit, where others reach the app."""

    title: str = ""
    credit: str = ""
    site: str = ""


NOTHING = Imprint()


def address(link: str, site: str, lang: str) -> str:
    """Return a link as others can follow it; one without a server is opened in that language.

    It leads to the site, if there is one. An address of one machine alone leads nobody there: page and state remain.
    """
    place, _, query = link.partition("?")
    host, _, page = place.rpartition("/")
    if link and "://" not in link:
        query = f"lang={lang}&{query}".rstrip("&")
    host = site or ("" if loopback(link) else host)
    return "/".join(filter(None, [host, page])) + (f"?{query}" if query else "") if link else ""


def titled(content: Content, text: Text, imprint: Imprint = NOTHING) -> str:
    """Return the title above a figure."""
    return imprint.title or content.title(text)


def caption(content: Content, text: Text, imprint: Imprint = NOTHING) -> str:
    """Return the caption of a figure in one line: title, details, credit, link."""
    parts = [ended(titled(content, text, imprint), text), *content.details(text)]
    if imprint.credit:
        parts.append(text("caption_credit", credit=imprint.credit))
    said, link = paragraph([part for part in parts if part]), address(content.link, imprint.site, text.lang)
    return f"{said} {link}" if link else said
