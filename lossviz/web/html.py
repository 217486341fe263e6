"""Numbers, classes and predictors as HTML, spelled in the same way on every page."""

import math
import re
from html import escape

import streamlit as st

from lossviz.core.markup import TAG
from lossviz.core.markup import indexed as indexed
from lossviz.core.text import Text, four, minus, paragraph
from lossviz.core.visit import Visit
from lossviz.core.words import WORDS, form_of, meaning
from lossviz.engine.evaluate import Report
from lossviz.engine.heads import Predictor
from lossviz.scenes.gallery import FOLDER
from lossviz.web.versions import version

CODE = re.compile(r"`([^`]+)`")


def passage(words: str, text: Text) -> str:
    """Return a paragraph from the catalogue: what stands between backticks as code, its words explained."""
    coded = CODE.sub(r"<code>\1</code>", escape(words))
    return f"<p>{glossed(coded, text)}</p>"


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


def about(markup: str, explanation: str) -> str:
    """Return markup that explains itself: to a mouse that rests on it, to a tap and to the keyboard."""
    return f'<span class="lz-about" role="button" tabindex="0" title="{escape(explanation)}">{markup}</span>'


EXPLAINS = 'class="lz-about"'


def glossed(markup: str, text: Text, *words: str) -> str:
    """Return markup in which each word of core/words.py, or of those named, explains itself where it first appears."""
    parts = TAG.split(markup)
    for word in words or WORDS:
        form = form_of(word, text.lang)
        free = (n for n in range(0, len(parts), 2) if n == 0 or EXPLAINS not in parts[n - 1])
        found, n = next(((found, n) for n in free if (found := form.search(parts[n]))), (None, 0))
        if found:
            before, after = parts[n][: found.start()], parts[n][found.end() :]
            parts[n : n + 1] = [before, *TAG.split(about(found[0], meaning(word, text)))[1:-1], after]
    return "".join(parts)


def cells(*texts: str, tag: str = "td") -> str:
    """Return one row of a table; the texts are HTML."""
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in texts) + "</tr>"


def table_of(testid: str, head: str, body: str, kind: str = "lz-measures") -> str:
    """Return a table from its rows; the rows are HTML."""
    top = f"<thead>{head}</thead>" if head else ""
    return f'<table class="lz-table {kind}" data-testid="{testid}">{top}<tbody>{body}</tbody></table>'


def question_alone(question: str) -> str:
    """Return a page's question as the sentence above it, without what answers it."""
    return f'<p class="lz-sentence"><b>{indexed(escape(question))}</b></p>'


def hidden_line(visit: Visit) -> str:
    """Return a line that says that the answers are hidden; nothing where they are to be seen."""
    words = escape(visit.text("answers_hidden"))
    return "" if visit.answers else f'<p class="lz-quiet" data-testid="answers-hidden">{words}</p>'


def note(sentence: str) -> str:
    """Return a sentence as a line in small print."""
    return f'<p class="lz-quiet">{indexed(escape(sentence))}</p>'


def photo_address(photo: str) -> str:
    """Return where the browser finds a photograph, relative to a page."""
    return f"scenes/{photo}?version={version(FOLDER / photo)}"


def served(path: str) -> str:
    """Return where the application serves something itself, under the path that the server was given.

    A page asks for it by an address relative to its own: a proxy may have put something before that path.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{'/' + base if base else ''}/{path}"


MARKS = re.compile(r"([\\`*_\[\]$<>~#|:&])")


def label(words: str) -> str:
    """Return words for a label, which Streamlit reads as Markdown: nothing in them means anything but itself."""
    return MARKS.sub(r"\\\1", words)


def stacked(*blocks: str) -> str:
    """Return pieces of markup one below the other, as far apart as elements of the page; empty ones are left out."""
    return "".join(f'<div class="lz-piece">{block}</div>' for block in blocks if block)
