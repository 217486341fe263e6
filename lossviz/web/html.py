"""Numbers, classes and predictors as HTML, spelled in the same way on every page."""

import math
from html import escape

import streamlit as st

from lossviz.core.text import Text, four, minus, paragraph
from lossviz.engine.evaluate import Report
from lossviz.engine.heads import Predictor
from lossviz.scenes.gallery import FOLDER
from lossviz.web.versions import version


def number(testid: str, value: float | None) -> str:
    """Return a number for people, with more digits for scripts."""
    exact = "" if value is None or not math.isfinite(value) else f"{value:.13g}"
    return f'<b class="lz-number" data-testid="{testid}" data-value="{exact}">{minus(four(value))}</b>'


def predictor_name(predictor: Predictor, text: Text) -> str:
    """Return a predictor's head, cell and anchor in words, counted from 0 as in a link."""
    head, anchor, row, column = predictor
    return text("predictor", head=head, anchor=anchor, row=row, column=column)


def remark(report: Report, text: Text) -> str:
    """Return what a reader of a program's numbers should know, in whole sentences; empty where there is nothing."""
    return paragraph([text(one.key, **one.values) + text("list_end") for one in report.notes])


def capital(sentence: str) -> str:
    """Return a sentence with a capital at its beginning."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def cells(*texts: str, tag: str = "td") -> str:
    """Return one row of a table; the texts are HTML."""
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"


def table_of(testid: str, head: str, body: str, kind: str = "lz-measures") -> str:
    """Return a table from its rows; the rows are HTML."""
    top = f"<thead>{head}</thead>" if head else ""
    return f'<table class="lz-table {kind}" data-testid="{testid}">{top}<tbody>{body}</tbody></table>'


def note(sentence: str) -> str:
    """Return a sentence as a line in small print."""
    return f'<p class="lz-quiet">{escape(sentence)}</p>'


def photo_address(photo: str) -> str:
    """Return where the browser finds a photograph, relative to a page."""
    return f"scenes/{photo}?version={version(FOLDER / photo)}"


def served(path: str) -> str:
    """Return where the application serves something itself, under the path that the server was given.

    A page asks for it by an address relative to its own: a proxy may have put something before that path.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/{path}"


def stacked(*blocks: str) -> str:
    """Return pieces of markup one below the other, as far apart as elements of the page; empty ones are left out."""
    return "".join(f'<div class="lz-piece">{block}</div>' for block in blocks if block)
