"""What is written about a figure: its title, and the caption below it."""

from dataclasses import dataclass

from lossviz.core.hosts import loopback
from lossviz.core.text import Text, paragraph
from lossviz.figures.content import C, ExportFigure, ended


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


def titled(figure: ExportFigure[C], content: C, text: Text, imprint: Imprint = NOTHING) -> str:
    """Return the title above a figure."""
    return imprint.title or figure.title_of(content, text)


def detailed(figure: ExportFigure[C], content: C, text: Text, imprint: Imprint = NOTHING) -> list[str]:
    """Return the sentences below a figure: what was chosen, where the numbers come from, whom to credit."""
    credit = [text("caption_credit", credit=imprint.credit)] if imprint.credit else []
    return [*filter(None, figure.details_of(content, text)), *credit]


def caption(figure: ExportFigure[C], content: C, text: Text, imprint: Imprint = NOTHING) -> str:
    """Return the caption of a figure in one line: title, details, credit, link."""
    title = ended(titled(figure, content, text, imprint), text)
    said = paragraph([title, *detailed(figure, content, text, imprint)])
    link = address(content.link, imprint.site, text.lang)
    return f"{said} {link}" if link else said
