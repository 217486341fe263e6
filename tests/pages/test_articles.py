"""The map of the four articles: every row has its place, and the place shows what the row is about."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from helpers.links import said
from helpers.sampling import sampled
from streamlit.testing.v1 import AppTest

from lossviz.articles.state import ArticlesState, from_query
from lossviz.articles.view import FOLDER, PSEUDO, Article, Place, Row, articles, markdown
from lossviz.core.text import LANGUAGES
from lossviz.core.visit import Visit as Visitor
from lossviz.core.visit import visit_from
from lossviz.lab.state import from_query as lab_state
from pages import all_pages

Visit = Callable[..., AppTest]
ROWS = [(article, row) for article in articles().values() for row in article.rows]
PLACES = sorted({place for _, row in ROWS for place in row.places}, key=str)
EXPLAINED = {"yolov3_loss": 8, "yolov2_loss": 14, "tensorflow_yolov3": 11, "mmdetection": 5}
"""Rows of the list of what the articles explain."""


def shown(page: AppTest) -> str:
    """All that a page sends to the browser, its style apart."""
    protos = (str(getattr(element, "proto", "")) for element in elements(page.main))
    return "".join(proto.replace("\\\\", "").replace('\\"', '"') for proto in protos if "<style>" not in proto)


def elements(block: Any) -> Iterator[Any]:
    """The leaves of the page's tree."""
    for child in block.children.values():
        yield from elements(child) if hasattr(child, "children") else (child,)


def test_every_row_of_the_four_articles_is_there_once() -> None:
    assert {key: len(article.rows) for key, article in articles().items()} == EXPLAINED
    for article in articles().values():
        assert len({row.key for row in article.rows}) == len(article.rows)
        assert all(row.places for row in article.rows)


@pytest.mark.parametrize(("article", "row"), ROWS, ids=lambda one: one.key)
def test_a_row_is_said_in_both_languages(article: Article, row: Row) -> None:
    for words in (article.short, article.title, article.lead, row.title, row.text, *filter(None, [row.truth])):
        assert words.en
        assert words.zh
        assert words.in_(PSEUDO) == f"⟦{words.en}⟧"
        assert words is article.short or words.en != words.zh


def test_the_markdown_map_is_the_same_map() -> None:
    assert (FOLDER / "README.md").read_text("utf-8") == markdown() + "\n", "run: python -m lossviz.articles"


def matter(place: Place) -> tuple[tuple[str, str]]:
    """The page, and what is to be found there: of the terms and lines of a page any one."""
    return ((place.page, place.finds.rpartition("-")[0] or place.finds),)


def spelled(place: Place) -> str:
    return f"{place.page} {place.query}"


@pytest.mark.parametrize("place", sampled(PLACES, matter), ids=spelled)
def test_the_place_opens_without_a_note_and_shows_what_the_row_is_about(visit: Visit, place: Place) -> None:
    page = visit(place.page, **place.asked)
    assert not page.warning
    assert place.finds
    assert place.finds in shown(page)


@pytest.mark.parametrize("place", PLACES, ids=spelled)
def test_the_link_is_spelled_as_the_page_itself_would_write_it_so_that_one_step_back_leads_here(place: Place) -> None:
    reads = {page.path: page.reads for page in all_pages()} | {"lab": lab_state}
    read = reads[place.page]
    assert read
    visit, bad = visit_from(place.asked, Visitor(), {})
    state, worse = read(place.asked)
    assert (*bad, *worse) == ()
    assert list(place.asked.items()) == list(said(visit.to_query() | state.to_query()).items())


def test_every_page_is_in_the_map_of_some_article() -> None:
    named = {place.page for place in PLACES}
    assert named == {page.path for page in all_pages()} - {"start", "articles", "lessons", "words", "list"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", EXPLAINED)
def test_an_entry_page_leads_through_all_rows_of_its_article(visit: Visit, key: str, lang: str) -> None:
    said = shown(visit("articles", **{"from": key, "lang": lang}))
    for row in articles()[key].rows:
        assert f'data-row="{row.key}"' in said
    assert f"?lang={lang}" in said or lang == "en"
    assert from_query({"from": key}) == (ArticlesState(key), ())


def test_a_link_to_no_article_opens_the_first_with_a_note(visit: Visit) -> None:
    page = visit("articles", **{"from": "nowhere"})
    assert len(page.warning) == 1
    assert 'data-row="two_readings"' in shown(page)
