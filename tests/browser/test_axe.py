"""What axe-core finds on the pages, their levels and views, in both languages: nothing serious or critical that is ours."""

from collections.abc import Callable
from itertools import product

import pytest

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
from browser.axe import EXCEPTIONS, examined, headings
from browser.driving import drawn, expect
from playwright.sync_api import Page

from lossviz.core.languages import TAGS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

PAGES = (
    "",
    "lab",
    "overlap",
    "assignment",
    "race",
    "decode",
    "zoo",
    "objectness",
    "ledger",
    "lessons",
    "words",
    "articles",
    "list",
)
LEVELS = {"lab": 3, "overlap": 3, "assignment": 3, "decode": 3, "objectness": 3}
"""How many levels a page has, where it has more than one."""
TABS = {
    "race": ("tab=all",),
    "zoo": ("tab=reductions", "tab=distributions", "tab=stability"),
    "decode": ("tab=tensor", "tab=passthrough"),
    "objectness": ("level=2&see=race", "level=2&see=darknet"),
    "lessons": ("lesson=iou",),
    "overlap": ("lesson=iou&card=2",),
    "ledger": ("time=1",),
    "lab": ("hide=answers&slides=lab%3F%23One%23Ask%7Crace%3F%7Coverlap%3Fhide%3Danswers",),
    "list": ("slides=lab%3F%23One%23Ask%7Crace%3F",),
}
"""What else there is on a page, by link."""
LANGUAGES = ("en", "zh")
LOOKS = ("page", "embed", "present", "dark")
LOOK = {"decode": "dark", "race": "embed", "ledger": "present"}
"""Pages that the quick test opens otherwise than as a light page."""
QUICK = ("list",)
"""The page that is always examined."""
BUTTONS = ("share", "examples", "words", "take_away", "what", "rules", "losses", "settings_open", "about", "programs")
Visit = Callable[..., Page]


def faults(page: Page) -> list[str]:
    """What is wrong on the page as it stands once it rests: grave findings of axe-core, headings out of order."""
    expect(page.locator("h1")).to_be_attached()
    drawn(page, 450)  # what scrolls is given to the keyboard at rest
    return examined(page).faults + headings(page)


def opened(visit: Visit, path: str, look: str, lang: str, query: str = "") -> Page:
    """A page in a language and a view, or in the dark theme."""
    view = "" if look in ("page", "dark") else f"&view={look}"
    page = visit(f"/{path}?lang={lang}{view}&{query}", color_scheme="dark" if look == "dark" else "light")
    expect(page.locator("html")).to_have_attribute("lang", TAGS[lang])
    return page


def behind(page: Page) -> list[str]:
    """What is wrong behind each button that opens something."""
    found = []
    for key in BUTTONS:
        button = page.locator(f".st-key-{key} [data-testid=stPopoverButton]:visible").first
        if button.count():
            button.click()
            expect(page.get_by_test_id("stPopoverBody").locator("button, input, a").first).to_be_attached()
            drawn(page, 1100 if key == "take_away" else 450)  # what colours the code comes late
            found += [f"behind {key}: {fault}" for fault in examined(page).faults]
            page.keyboard.press("Escape")
            expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    return found


@pytest.mark.parametrize(
    ("path", "lang"),
    [
        pytest.param(path, LANGUAGES[n % 2], marks=() if path in QUICK else pytest.mark.slow)
        for n, path in enumerate(PAGES)
    ],
)
def test_nothing_grave_is_found_on_a_page_and_its_levels(visit: Visit, path: str, lang: str) -> None:
    page = opened(visit, path, LOOK.get(path, "page"), lang)
    found = faults(page)
    for level in range(1, LEVELS.get(path, 1)):
        page.locator(".st-key-levels button").nth(level).click()
        expect(page.locator(".st-key-levels button").nth(level)).to_have_attribute("aria-checked", "true")
        found += faults(page)
    assert found == []


@pytest.mark.slow
def test_nothing_grave_is_found_on_a_card_and_behind_share(visit: Visit) -> None:
    page = opened(visit, "overlap", "page", "zh", "lesson=iou&card=2")
    expect(page.get_by_test_id("card-ask")).to_be_visible()
    found = faults(page)
    page.locator(".st-key-share button").first.click()
    expect(page.get_by_test_id("qr")).to_be_visible()
    assert found + faults(page) == []


@pytest.mark.slow
@pytest.mark.parametrize(("path", "look"), [*product(PAGES, LOOKS)])
def test_nothing_grave_is_found_anywhere(visit: Visit, path: str, look: str) -> None:
    found = []
    links = [*(f"level={level + 1}" for level in range(LEVELS.get(path, 1))), *TABS.get(path, ())]
    for query, lang in product(links, LANGUAGES):
        page = opened(visit, path, look, lang, query)
        found += [f"{query} {lang}: {fault}" for fault in faults(page) + behind(page)]
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(EXCEPTIONS)))
def test_no_exception_is_unused(visit: Visit, number: int) -> None:
    page = visit(f"/{EXCEPTIONS[number]['where']}")
    drawn(page, 1000)
    assert number in examined(page).used
