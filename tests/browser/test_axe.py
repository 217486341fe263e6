"""What axe-core finds on the pages, their levels and views, in both languages: nothing serious or critical that is ours."""

from collections.abc import Callable
from itertools import product

import pytest

pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")
from browser.axe import EXCEPTIONS, Found, examined, headings
from browser.driving import drawn, expect
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

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
}
"""What else there is on a page, by link."""
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
)
LANGUAGES = ("en", "zh")
LOOKS = ("page", "embed", "present", "dark")
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
    expect(page.locator("html")).to_have_attribute("lang", {"en": "en", "zh": "zh-Hans"}[lang])
    return page


@pytest.mark.parametrize(("path", "lang"), [(path, LANGUAGES[n % 2]) for n, path in enumerate(PAGES)])
def test_nothing_grave_is_found_on_a_page_and_its_levels(visit: Visit, path: str, lang: str) -> None:
    page = opened(visit, path, "page", lang)
    found = faults(page)
    for level in range(1, LEVELS.get(path, 1)):
        page.locator(".st-key-levels button").nth(level).click()
        expect(page.locator(".st-key-levels button").nth(level)).to_have_attribute("aria-checked", "true")
        found += faults(page)
    assert found == []


def test_nothing_grave_is_found_behind_the_buttons_and_on_a_card(visit: Visit) -> None:
    page = opened(visit, "overlap", "page", "zh", "lesson=iou&card=2")
    expect(page.get_by_test_id("card-ask")).to_be_visible()
    found = faults(page)
    page.locator(".st-key-share button").first.click()
    expect(page.get_by_test_id("qr")).to_be_visible()
    assert found + faults(page) == []


@pytest.mark.parametrize(
    ("path", "look", "query"), [("lab", "embed", ""), ("objectness", "present", ""), ("lab", "dark", "level=2")]
)
def test_nothing_grave_is_found_in_a_frame_on_a_projector_and_in_the_dark(
    visit: Visit, path: str, look: str, query: str
) -> None:
    assert faults(opened(visit, path, look, "en", query)) == []


EVERYTHING = [
    (path, query)
    for path in PAGES
    for query in (*(f"level={level + 1}" for level in range(LEVELS.get(path, 1))), *TABS.get(path, ()))
]
BUTTONS = ("share", "examples", "words", "take_away", "what", "rules", "losses", "settings_open", "about", "programs")


def behind(page: Page) -> list[Found]:
    """What axe finds behind each button that opens something."""
    found = []
    for key in BUTTONS:
        button = page.locator(f".st-key-{key} [data-testid=stPopoverButton]:visible").first
        if button.count():
            button.click()
            expect(page.get_by_test_id("stPopoverBody").locator("button, input, a").first).to_be_attached()
            drawn(page, 450)
            found.append(examined(page))
            page.keyboard.press("Escape")
            expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    return found


@pytest.mark.slow
def test_nothing_grave_is_found_anywhere_and_no_exception_is_unused(visit: Visit) -> None:
    found, used = list[str](), set[int]()
    for (path, query), lang, look in product(EVERYTHING, LANGUAGES, LOOKS):
        page = opened(visit, path, look, lang, query)
        where = f"/{path}?{query} {lang} {look}: "
        found += [where + fault for fault in faults(page)]
        for one in [examined(page), *(behind(page) if look in ("page", "dark") else ())]:
            found += [where + fault for fault in one.faults]
            used |= one.used
    assert found == []
    assert [one for number, one in enumerate(EXCEPTIONS) if number not in used] == []
