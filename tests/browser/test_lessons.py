"""Cards in a browser: by mouse, by keyboard, by touch; what was done outlasts a reload, and stays in the browser."""

import json
from collections.abc import Callable

import pytest

pytest.importorskip("playwright")

from browser.driving import PHONE, drawn, expect
from playwright.sync_api import Page

from lossviz.core.lessons import CARDS, LESSONS, Card
from lossviz.core.text import Text

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]
KEPT = 'localStorage.getItem("lossviz.lessons.1")'
CHOICES = ".st-key-card-choice label[data-testid=stRadioOption]"
FIRST = {card.page: card for card in reversed(CARDS.values())}
"""The first card of each page."""


def address(card: Card, lang: str = "en") -> str:
    return f"/{card.page}?lang={lang}&lesson={card.lesson}&card={LESSONS[card.lesson].cards.index(card) + 1}"


def answered(page: Page, *, touch: bool = False) -> None:
    """Choose the first answer, and be sure of it."""
    for part in (page.locator(CHOICES).first, page.locator(".st-key-lesson_sure button")):
        expect(part).to_be_enabled()
        part.tap() if touch else part.click()
    expect(page.get_by_test_id("card-do")).to_be_visible()
    drawn(page)


def reached(page: Page) -> None:
    expect(page.get_by_test_id("card-verdict")).to_be_visible()
    for line in page.get_by_test_id("card-goal").all():
        expect(line).to_have_attribute("data-reached", "true")


def test_a_card_is_done_by_keyboard_and_outlasts_a_reload(visit: Callable[..., Page]) -> None:
    page = visit(address(CARDS["numbers/cage"]))
    expect(page.get_by_test_id("card-ask")).to_be_visible()
    page.keyboard.press("F6")
    page.locator(".st-key-card-choice input").first.focus()
    page.keyboard.press("Space")
    sure = page.locator(".st-key-lesson_sure button")
    expect(sure).to_be_enabled()
    sure.press("Enter")
    expect(page.get_by_test_id("card-do")).to_be_visible()
    drawn(page)
    lines = page.get_by_test_id("card-goal")
    expect(lines.first).to_have_attribute("data-reached", "false")
    expect(lines.last).to_have_attribute("data-reached", "true")
    field = page.get_by_test_id("channels").locator("[data-channel='0'] input[type=number]")
    field.fill("6")
    field.press("Enter")
    reached(page)
    page.wait_for_function(f"({KEPT} ?? '').includes('reached')")
    kept = json.loads(page.evaluate(KEPT))
    assert kept["numbers/cage"]["sure"] is True
    assert kept["numbers/cage"]["reached"] >= kept["numbers/cage"]["began"] > 0
    page.reload()
    reached(page)
    assert page.evaluate(KEPT)
    page.goto(page.url.partition("/decode")[0] + "/lessons?lang=en")
    text = Text("en")
    expect(page.get_by_test_id("lesson-numbers")).to_contain_text(text("lessons_count", reached=1, count=6, minutes=15))


@pytest.mark.slow
def test_where_the_browser_keeps_nothing_the_page_says_so_and_the_card_goes_on(visit: Callable[..., Page]) -> None:
    page = visit("/lab?lang=en&hide=bars")
    page.add_init_script(
        "delete window.localStorage; Object.defineProperty(window, 'localStorage', {get() { throw 0 }})"
    )
    page.goto(page.url.partition("/lab")[0] + "/lessons?lang=en")
    expect(page.get_by_text(Text("en")("lessons_blocked"))).to_be_visible()
    page.locator(".st-key-open-short button").click()
    answered(page)
    page.locator(".st-key-card-show button").click()
    reached(page)


@pytest.mark.slow
@pytest.mark.parametrize("path", FIRST)
def test_the_first_card_of_each_page_is_answered_and_shown_by_mouse(visit: Callable[..., Page], path: str) -> None:
    page = visit(address(FIRST[path], "zh"))
    answered(page)
    page.locator(".st-key-card-show button").click()
    reached(page)
    page.locator(".st-key-card-next button").click()
    expect(page.get_by_test_id("card-ask").or_(page.get_by_test_id("takes"))).to_be_visible()


@pytest.mark.slow
def test_a_card_is_done_by_touch_on_a_phone(visit: Callable[..., Page]) -> None:
    page = visit(address(CARDS["numbers/cage"]), **PHONE)
    answered(page, touch=True)
    field = page.get_by_test_id("channels").locator("[data-channel='0'] input[type=number]")
    field.tap()
    field.fill("6")
    field.press("Enter")
    reached(page)
    page.locator(".st-key-card-next button").tap()
    expect(page.get_by_test_id("card-ask")).to_be_visible()
