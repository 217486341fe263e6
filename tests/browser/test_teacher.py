"""A teacher's documents on paper: a handout is one page, a plan at most two; the app prints the document alone."""

import re
from collections.abc import Callable

import pytest

pytest.importorskip("playwright")

from browser.driving import drawn, expect
from playwright.sync_api import Page

from lossviz.core.text import LANGUAGES, Text
from lossviz.lessons.plans import UNITS
from lossviz.lessons.teacher.documents import file_of
from lossviz.lessons.teacher.edition import Edition

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]
PRINTED = ("iou", "bce")
"""A lesson of five cards, and the longest one of six."""
EVERY = [(key, lang) for key in UNITS for lang in LANGUAGES]


def pages(page: Page) -> int:
    """How many sheets of A4 the page takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def on_paper(page: Page, key: str, lang: str, kind: str) -> int:
    page.set_content(file_of(kind, UNITS[key], Edition(Text(lang), word="night-b")))
    return pages(page)


def held(page: Page, key: str, lang: str) -> None:
    assert on_paper(page, key, lang, "plan") <= 2
    if UNITS[key].whole is None:
        assert on_paper(page, key, lang, "handout") == 1


def test_a_handout_is_one_page_and_a_plan_at_most_two(visit: Callable[..., Page]) -> None:
    page = visit("/_stcore/health")
    for key in PRINTED:
        for lang in LANGUAGES:
            held(page, key, lang)
    assert on_paper(page, "iou", "en", "keys") == 1


@pytest.mark.slow
@pytest.mark.parametrize(("key", "lang"), EVERY)
def test_every_handout_is_one_page_and_every_plan_at_most_two(visit: Callable[..., Page], key: str, lang: str) -> None:
    held(visit("/_stcore/health"), key, lang)


def test_the_app_prints_the_document_and_nothing_else(visit: Callable[..., Page]) -> None:
    page = visit("/lessons?role=teacher&lesson=iou&see=handout&lang=zh", color_scheme="dark")
    paper = page.get_by_test_id("paper-handout")
    expect(paper).to_be_visible()
    drawn(page)
    assert pages(page) == 1
    page.emulate_media(media="print")
    expect(paper.locator("h1")).to_be_visible()
    for part in (
        page.get_by_test_id("stHeader"),
        page.locator(".st-key-teacher-choices"),
        page.locator("main h1").first,
    ):
        expect(part).to_be_hidden()
    assert paper.evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(255, 255, 255)"
    page.emulate_media(media="screen")
