"""Eight deeds on each page make eight entries of the history, and Back and Forward restore each state."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import address, drawn, grab, until
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Deed = Callable[[Page], None]
STILL = 120
"""Milliseconds without a run after which a page rests."""


# ---- deeds ----


def radio(key: str, number: int) -> Deed:
    """Choose an entry of a row."""
    return lambda page: page.locator(f".st-key-{key} [role=radio]").nth(number).click()


def button(key: str) -> Deed:
    return lambda page: page.locator(f".st-key-{key} button").first.click()


def switch(key: str) -> Deed:
    return lambda page: page.locator(f".st-key-{key} label").first.click()


def example(key: str) -> Deed:
    """Open an example from the list."""

    def deed(page: Page) -> None:
        button("examples")(page)
        page.locator(f".st-key-{key} button").click()

    return deed


def drag(box: str, dx: float, dy: float) -> Deed:
    def deed(page: Page) -> None:
        grab(page, page.locator(f"[data-box={box}]"), dx, dy)
        page.mouse.up()

    return deed


def press(thing: str, key: str) -> Deed:
    """Press a key on a box or a grip."""

    def deed(page: Page) -> None:
        page.locator(thing).first.focus()
        page.keyboard.press(key)

    return deed


def about(page: Page) -> None:
    """Ask about the other ground-truth box."""
    button("about")(page)
    page.locator(".st-key-ledger_truth [role=radiogroup] label").first.click()


CHINESE = radio("language", 1)
ENGLISH = radio("language", 0)
UNDO = button("undo")
GRIP = "[data-grip='0']"
DEEDS: dict[str, tuple[Deed, ...]] = {
    "lab": (
        drag("prediction", 30, 10),
        radio("levels", 1),
        CHINESE,
        radio("objectness", 2),
        press("[data-box=prediction]", "ArrowLeft"),
        UNDO,
        example("preset-rank"),
        radio("mode", 1),
    ),
    "overlap": (
        drag("moving", -40, 20),
        radio("levels", 1),
        radio("measure", 2),
        CHINESE,
        press("[data-box=moving]", "ArrowRight"),
        UNDO,
        example("example-aspect"),
        radio("levels", 2),
    ),
    "race": (
        drag("start", 40, -20),
        radio("gradient", 1),
        CHINESE,
        press("[data-film=slider]", "ArrowRight"),
        radio("tab", 1),
        UNDO,
        example("example-inside"),
        ENGLISH,
    ),
    "assignment": (
        drag("truth-0", 40, 30),
        radio("levels", 1),
        radio("head", 2),
        CHINESE,
        press("[data-box=truth-0]", "ArrowRight"),
        UNDO,
        example("example-several"),
        radio("levels", 0),
    ),
    "objectness": (
        press(GRIP, "ArrowRight"),
        radio("axis", 1),
        CHINESE,
        radio("levels", 1),
        radio("part", 1),
        UNDO,
        example("example-iou"),
        radio("levels", 2),
    ),
    "decode": (
        drag("box", 30, 20),
        radio("levels", 1),
        radio("form", 2),
        CHINESE,
        UNDO,
        radio("decode-tab", 1),
        example("example-row"),
        radio("reorg-way", 2),
    ),
    "zoo": (
        press(GRIP, "ArrowRight"),
        radio("zoo-by", 1),
        switch("zoo-log"),
        CHINESE,
        radio("tab", 2),
        press(GRIP, "ArrowUp"),
        UNDO,
        example("example-flat"),
    ),
    "ledger": (
        radio("rows", 1),
        CHINESE,
        switch("ledger_map"),
        switch("ledger_time"),
        about,
        UNDO,
        example("example-floor"),
        ENGLISH,
    ),
}


# ---- what one sees ----

SEEN = """() => [...document.querySelectorAll("[data-testid][data-value]")]
  .filter((node) => node.dataset.testid !== "slide-number" && node.checkVisibility())
  .map((node) => `${node.dataset.testid} ${node.dataset.value}`).sort()"""
PLACES = "nodes => nodes.map((node) => `${node.dataset.box} ${node.getAttribute('aria-valuetext')}`).sort()"


def seen(page: Page) -> dict[str, Any]:
    """Address, language and level as the page shows them, its sentence, its visible numbers, where its boxes are."""
    levels = page.locator(".st-key-levels [role=radio][aria-checked=true]")
    return {
        "path": page.evaluate("location.pathname"),
        "query": address(page),
        "lang": page.evaluate("document.documentElement.lang"),
        "level": levels.first.inner_text() if levels.count() else "",
        "said": page.locator(".lz-sentence").all_inner_texts(),
        "numbers": page.evaluate(SEEN),
        "boxes": page.locator("[data-box]").evaluate_all(PLACES),
    }


def rest(page: Page, wanted: dict[str, Any]) -> dict[str, Any]:
    """What is seen, once it is what is wanted and the page rests; or, after some patience, once it rests."""
    for _ in range(20):
        drawn(page, STILL)
        if (found := seen(page)) == wanted:
            break
    return found


def tried(page: Page, deeds: tuple[Deed, ...]) -> None:
    """Do the deeds, each with one entry; then go all the way back and forth."""
    until(page, lambda: address(page).keys() >= {"lang", "level"})
    drawn(page)
    noted, entries = [seen(page)], page.evaluate("history.length")
    for number, deed in enumerate(deeds, 1):
        before = page.url
        deed(page)
        until(page, lambda before=before: page.url != before)  # type: ignore[misc]
        drawn(page, 2 * STILL)
        assert page.evaluate("history.length") == entries + number, f"entries of deed {number}"
        noted.append(seen(page))
    assert sum(bool(one["numbers"] or one["boxes"]) for one in noted) > len(deeds) / 2
    places = [*range(len(deeds) - 1, -1, -1), *range(1, len(deeds) + 1)]
    for step, place in enumerate(places):
        (page.go_back if step < len(deeds) else page.go_forward)()
        assert rest(page, noted[place]) == noted[place], f"step {step + 1}, to place {place}"
    assert page.evaluate("history.length") == entries + len(deeds)


@pytest.mark.slow
@pytest.mark.parametrize("path", DEEDS)
def test_back_and_forward_restore_each_of_eight_deeds(visit: Callable[..., Page], path: str) -> None:
    height = 900 + list(DEEDS).index(path)  # a window of its own: a history holds fifty entries
    tried(visit(f"/{path}", alone=True, viewport={"width": 1366, "height": height}), DEEDS[path])
