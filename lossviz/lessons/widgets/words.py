"""The ten words, as a page and behind the question mark of every page."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from lossviz.core.text import Text, paragraph
from lossviz.core.visit import Visit
from lossviz.lessons.words import SIDE, TEN, picture
from lossviz.web.page import Place
from lossviz.web.session import Memory


def page(place: Place) -> None:
    """Draw all ten words with their pictures."""
    st.title(place.text("words_title"))
    scrolls = f' tabindex="0" role="region" aria-label="{escape(place.text("words_title"))}"' if place.staged else ""
    st.html(f'<div class="lz-words"{scrolls}>{"".join(entry(word, place.text) for word in TEN)}</div>')


def entry(word: str, text: Text) -> str:
    """Return a word, its picture and what it means."""
    image = f'<img src="{picture(word)}" alt="" width="{SIDE}" height="{SIDE}">'
    words = f"<h2>{escape(text(f'words_{word}'))}</h2><p>{escape(said(word, text))}</p>"
    return f'<section data-testid="word-{word}">{image}<div>{words}</div></section>'


def said(word: str, text: Text) -> str:
    """Return what a word means."""
    _, keys = TEN[word]
    return paragraph(text(key) for key in keys)


def question_mark(memory: Memory) -> None:
    """Draw the question mark; behind it the words, without pictures, once it is opened."""
    visit, text = memory.visit, memory.visit.text
    folded = st.popover("?", key="words", help=text("words_help"), on_change="rerun")
    if folded.open:
        with folded:
            items = "".join(
                f"<dt>{escape(text(f'words_{word}'))}</dt><dd>{escape(said(word, text))}</dd>" for word in TEN
            )
            st.html(f'<dl class="lz-glossary">{items}</dl><p>{way(visit, text)}</p>')


def way(visit: Visit, text: Text) -> str:
    """Return the link to the page of the words."""
    query = urlencode({"lang": visit.lang})
    return f'<a href="words?{query}" target="_self">{escape(text("words_pictures"))} →</a>'
