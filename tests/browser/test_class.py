"""A class of five states over four pages: prepared, presented on a stage, turned by keys, revealed, followed on phones."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
from browser.driving import back, becomes, drawn, expect, grab, query, rested, until, value
from playwright.sync_api import Page

from lossviz.core.slides import parts_of, unpacked
from lossviz.lab.state import State
from lossviz.lab.view import view_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

ADDED = (("Loss Lab", ""), ("IoU losses", ""), ("Box race", ""), ("Objectness", ""), ("Loss Lab", "MSE"))
"""The pages whose states are added, by their names in the menu, and what is chosen there first."""
FIVE = (
    ("lab", "Coffee", "Which term is the largest?", False),
    ("overlap", "Which way?", "Let them vote", True),
    ("race", "", "", False),
    ("objectness", "", "", True),
    ("lab", "The same as MSE", "", False),
)
"""The list that comes of it: page, name, note, whether answers are hidden."""
STAGE = {"width": 1280, "height": 720}
"""The smallest projector that is met in a class."""


def number(page: Page, expected: int) -> None:
    """Wait for a state of the list, and until nothing runs."""
    expect(page.get_by_test_id("slide-number")).to_have_attribute("data-value", str(expected))
    rested(page)


def turned(page: Page, key: str, expected: int) -> None:
    page.keyboard.press(key)
    number(page, expected)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()


def link_of(page: Page, place: int) -> str:
    """The query of a link that the list's page shows."""
    shown = page.locator("code").nth(place)
    expect(shown).to_contain_text("slides=")
    return shown.inner_text().replace("\n", "").partition("?")[2]


def entries(link: str) -> list[str]:
    return unpacked(dict(parse_qsl(link))["slides"])


@pytest.mark.slow
def test_a_class_is_prepared_presented_revealed_and_followed_on_two_phones(
    visit: Callable[..., Page],
) -> None:
    page = visit("/lab", alone=True)
    prepared(page)
    until(page, lambda: [parts_of(entry)[2:] for entry in entries(link_of(page, 0))] == [five[1:3] for five in FIVE])
    lecturer, students = link_of(page, 0), link_of(page, 1)
    presented(page, lecturer)
    for lang in ("en", "zh"):
        followed(visit, students, lang)


def test_two_states_are_added_and_turned_by_a_key(visit: Callable[..., Page]) -> None:
    page = visit("/lab", alone=True)
    added(page, ADDED[:2])
    press(page, "list-edit")
    until(page, lambda: [parts_of(entry)[0] for entry in entries(link_of(page, 0))] == ["lab", "overlap"])
    page.goto(page.url.rpartition("/")[0] + f"/lab?{link_of(page, 0)}")
    number(page, 1)
    expect(page.locator("[data-box=prediction]")).to_be_visible()
    drawn(page, 1000)  # the program that hears the keys comes after the page
    turned(page, "PageDown", 2)
    expect(page.locator("[data-box=moving]")).to_be_visible()


def added(page: Page, states: tuple[tuple[str, str], ...]) -> None:
    """Add states to the list, each on its page, behind Share, which stays open at the last one."""
    for count, (title, choice) in enumerate(states, 1):
        page.get_by_role("link", name=title, exact=True).first.click()
        if choice:
            page.get_by_role("radio", name=choice, exact=True).click()
            expect(page).to_have_url(re.compile("obj=mse"))
        drawn(page)
        press(page, "share")
        page.get_by_test_id("stPopoverBody").get_by_text("For class").click()
        press(page, "list-add")
        expect(page.get_by_test_id("slide-number")).to_have_attribute("data-count", str(count))
        rested(page)
        if count < len(states):
            page.keyboard.press("Escape")


def prepared(page: Page) -> None:
    """Add five states from four pages, then name them and hide answers in one place."""
    added(page, ADDED)
    press(page, "list-edit")
    for place, (_, name, noted, hidden) in enumerate(FIVE):
        written(page, f"entry-name-{place}", "input", name)
        written(page, f"entry-note-{place}", "textarea", noted)
        if hidden:
            answers_hidden(page, place)


def answers_hidden(page: Page, place: int) -> None:
    """Choose what an entry hides; a run that ends, or a page that scrolls, closes the menu that was just opened."""
    field = page.locator(f".st-key-entry-hide-{place} input")
    for _ in range(5):
        drawn(page)
        field.fill("the answers")
        page.wait_for_timeout(300)
        field.press("Enter")
        page.keyboard.press("Escape")
        drawn(page)
        if "hide=answers" in unpacked(query(page)["slides"])[place]:
            return
    raise AssertionError(f"nothing is hidden in entry {place}")


def written(page: Page, key: str, kind: str, words: str) -> None:
    if words:
        page.locator(f".st-key-{key} {kind}").fill(words)
        page.locator(f".st-key-{key} {kind}").blur()
        until(
            page,
            lambda: (
                words
                in [*map("".join, (parts_of(entry)[2:] for entry in unpacked(query(page)["slides"])))][int(key[-1])]
            ),
        )


def presented(page: Page, link: str) -> None:
    """Go through the class as a lecturer does: a clicker, the keyboard, a drag between, an answer revealed."""
    page.set_viewport_size(STAGE)
    page.goto(page.url.rpartition("/")[0] + f"/lab?{link}")
    number(page, 1)
    expect(page.locator(".st-key-toolbar")).not_to_be_visible()
    grab(page, page.locator("[data-box=prediction]"), 40, 10)
    page.mouse.up()
    expect(page).to_have_url(re.compile("raw="))
    rested(page)
    turned(page, "PageDown", 2)
    expect(value(page, "giou")).to_have_count(0)
    drawn(page)
    grab(page, page.locator("[data-box=moving]"), 20, 10)
    page.mouse.up()
    until(page, lambda: "box" in query(page))
    rested(page)
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(value(page, "giou")).to_be_visible()
    rested(page)
    turned(page, "ArrowRight", 3)
    turned(page, "PageDown", 4)
    turned(page, " ", 5)
    becomes(page, "loss", view_of(State(objectness="mse")).loss)
    turned(page, "Home", 1)
    turned(page, "End", 5)
    entries = page.evaluate("history.length")
    turned(page, "PageDown", 5)
    assert page.evaluate("history.length") == entries, "the last one has no next"
    turned(page, "ArrowLeft", 4)
    back(page)
    number(page, 5)
    corners(page)


def corners(page: Page) -> None:
    """See the tools, the timer and the code where they are asked for."""
    page.mouse.move(640, 300)
    page.keyboard.press("t")
    expect(page.locator(".st-key-toolbar")).to_be_visible()
    page.get_by_role("button", name="Timer: 2 min").click()
    page.keyboard.press("t")
    expect(page.locator(".st-key-stage")).not_to_be_visible()
    expect(page.locator("[data-lz-clock]")).to_have_text(re.compile(r"^(2:00|1:5\d)$"))
    page.mouse.move(640, 1)
    expect(page.locator(".st-key-toolbar")).to_be_visible()
    page.mouse.move(640, 360)
    expect(page.locator(".st-key-toolbar")).not_to_be_visible()
    page.keyboard.press("q")
    code = page.get_by_test_id("qr-full")
    expect(code).to_have_attribute("data-link", re.compile(r"^http://(?!127)[^/]+/lab\?(?!.*view=)"))
    box = code.locator("img").bounding_box()
    assert box is not None
    assert box["height"] > 480
    assert box["y"] + box["height"] <= STAGE["height"]
    page.keyboard.press("Escape")
    expect(code).to_have_count(0)


def followed(visit: Callable[..., Page], link: str, lang: str) -> None:
    """Open the class' link on a phone: its own page, without notes, and the answer to find out."""
    screen = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}
    phone = visit(f"/lab?{link.replace('lang=en', f'lang={lang}')}", **screen)
    number(phone, 1)
    expect(phone.get_by_test_id("slide-note")).to_have_count(0)
    phone.locator(".st-key-slide-after button").tap()
    number(phone, 2)
    expect(value(phone, "giou")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 375
    assert [parts_of(entry)[0] for entry in entries(link)] == [five[0] for five in FIVE]
    until(phone, lambda: {"view", "hide"} & query(phone).keys() == {"hide"})
