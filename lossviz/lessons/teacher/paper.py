"""The frame of every document: one sheet of style, on the screen and on paper; a file that needs nothing else."""

import base64
from functools import cache
from html import escape

from lossviz.core.assets import ASSETS
from lossviz.core.languages import TAGS
from lossviz.lessons.teacher.edition import Edition

STYLE = ASSETS / "paper.css"
LINE = '<span class="lz-blank">____</span>'
"""A line to write on."""
BOX = '<span class="lz-box"></span>'
"""A box to tick."""


@cache
def style() -> str:
    """Return the style of all documents."""
    return STYLE.read_text(encoding="utf-8")


def sheet(kind: str, heading: str, under: str, body: str, edition: Edition) -> str:
    """Return a document as it stands on the page: its heading, a line under it, and what it has to say, all HTML."""
    lang = TAGS.get(edition.text.lang, "en")
    return (
        f'<article class="lz-paper lz-paper-{kind}" lang="{lang}" data-testid="paper-{kind}">'
        f"<header><h1>{heading}</h1><p>{under}</p></header>{body}</article>"
    )


def on_screen(document: str) -> str:
    """Return a document with its style, for a page that has a style of its own."""
    return f"<style>{style()}</style>{document}"


def standing_alone(document: str, title: str, edition: Edition) -> str:
    """Return a document as a file: whole, and asking nobody for anything."""
    lang = TAGS.get(edition.text.lang, "en")
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>body {{ margin: 0; }} {style()}</style></head>"
        f"<body>{document}</body></html>\n"
    )


def anchor(link: str, words: str) -> str:
    """Return a link that opens beside the document; the words are HTML."""
    return f'<a href="{escape(link)}" target="_blank" rel="noopener">{words}</a>'


def part(heading: str, body: str) -> str:
    """Return a part of a document with its heading; both are HTML."""
    return f"<section><h2>{heading}</h2>{body}</section>"


def listing(items: list[str], kind: str = "ul") -> str:
    """Return items as a list; each is HTML."""
    return f"<{kind}>{''.join(f'<li>{item}</li>' for item in items)}</{kind}>"


def row(*cells: str, spans: int = 0) -> str:
    """Return a row of a table; the cells are HTML, the last one as wide as ``spans`` of them."""
    last = f' colspan="{spans}"' if spans else ""
    *first, end = cells
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in first)}<td{last}>{end}</td></tr>"


def table(head: list[str], rows: list[str]) -> str:
    """Return a table that repeats its head on every page; what is in it is HTML."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def data_address(picture: bytes) -> str:
    """Return an SVG picture as the address of an image."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture).decode()
