"""A page on a projector is a stage: one screen of 1280 x 720 that does not scroll, its tools out of sight until wanted."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import drawn, expect, rested, small_texts
from playwright.sync_api import Page

from lossviz.core.examples import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Stage = Callable[[str], Page]

LINKS = [
    *("?", "ledger?", "ledger?diff=all", "ledger?time=1", "articles?", "lessons?", "lessons?lesson=iou", "words?"),
    *(f"{page}?level={level}" for page in ("lab", "overlap", "assignment", "objectness", "decode") for level in "123"),
    *("lab?at=13.1.6.8&steps=30", "lab?at=13.1.6.8&steps=40&of=duel", "lab?mode=label", "lab?recipe=mmdet_v3&level=2"),
    *(f"overlap?level=3&check={check}" for check in ("iou&step=5", "giou&step=5", "laws", "rules")),
    *("race?tab=one", "race?tab=all", "race?who=iou.giou.diou.ciou.l2.smooth_l1.darknet"),
    *("objectness?level=2&see=race", "objectness?level=2&see=darknet", "objectness?level=3&line=16"),
    *("decode?tab=tensor", "decode?tab=passthrough", "decode?tab=passthrough&size=real"),
    *("zoo?", "zoo?tab=reductions", "zoo?tab=distributions", "zoo?tab=stability", "zoo?tab=stability&form=weighted"),
]
SAMPLE = [("lab?level=2", "zh")]

SCROLLS = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const frames = "[role=region], .st-key-tensor-strip, .st-key-ledger-history";
  const over = (node) => /auto|scroll/.test(getComputedStyle(node).overflowY) && node.scrollHeight > node.clientHeight + 1;
  const inner = [...main.querySelectorAll("*")].filter((node) => node.clientHeight && over(node) && !node.closest(frames));
  return { document: document.documentElement.scrollHeight, main: main.scrollHeight, wide: main.scrollWidth,
    inner: inner.map((node) => node.className) };
}"""
STILL = {"document": 720, "main": 720, "wide": 1280, "inner": []}

SEEN = """() => [...document.querySelectorAll(".st-key-toolbar, .st-key-toolbar *")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true })).length"""
PLACES = """() => [...document.querySelectorAll("[data-testid=stMain] [data-testid=stElementContainer]")]
  .filter((node) => !node.closest(".st-key-toolbar, .st-key-stage, .st-key-corner, .st-key-language"))
  .map((node) => Object.values(node.getBoundingClientRect().toJSON()).map(Math.round).join(" "))"""


@pytest.fixture
def stage(visit: Callable[..., Page]) -> Stage:
    """Opens a link on a screen of 1280 x 720."""

    def stage(link: str, **options: Any) -> Page:
        page = visit(f"/{link}&view=present", viewport={"width": 1280, "height": 720}, **options)
        expect(page.get_by_test_id("stHtml").first).to_be_attached()
        drawn(page, 300)
        return page

    return stage


def holds(page: Page) -> None:
    assert (page.evaluate(SCROLLS), small_texts(page), page.evaluate(SEEN)) == (STILL, [], 0)


def show_tools(page: Page) -> None:
    page.evaluate("document.documentElement.classList.add('lz-tools')")


@pytest.mark.parametrize(("link", "lang"), SAMPLE)
def test_a_stage_is_one_screen_of_large_letters_without_tools(stage: Stage, link: str, lang: str) -> None:
    holds(stage(f"{link}&lang={lang}"))


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("link", LINKS)
def test_every_page_and_level_is_one_screen(stage: Stage, link: str, lang: str) -> None:
    holds(stage(f"{link}&lang={lang}"))


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("page", "key"), [(page, key) for page, found in PAGES.items() for key in found])
def test_every_example_is_one_screen(stage: Stage, page: str, key: str, lang: str) -> None:
    example = PAGES[page][key]
    query = "&".join(f"{name}={value}" for name, value in example.query.items())
    holds(stage(f"{page}?{query}&level={example.level}&lang={lang}"))


@pytest.mark.parametrize("link", ["lab?level=1&slides=lab%3F|overlap%3F"])
def test_the_tools_lie_over_a_page_that_does_not_move(stage: Stage, link: str) -> None:
    page = stage(link)
    expect(page.locator(".st-key-levels, .st-key-tab").first).to_be_hidden()
    drawn(page, 600)
    before = page.evaluate(PLACES)
    assert min(float(place.split()[1]) for place in before if place.split()[3] != "0") < 30
    show_tools(page)
    expect(page.locator(".st-key-levels, .st-key-tab").first).to_be_visible()
    assert page.evaluate(PLACES) == before
    assert small_texts(page) == []
    box = page.locator(".st-key-toolbar").bounding_box()
    assert box is not None
    assert (box["x"], round(box["y"]), box["width"]) == (0, 70, 1280)


def test_hidden_tools_work_for_scripts_and_are_as_dark_as_the_page(stage: Callable[..., Page]) -> None:
    page = stage("lab?level=1", color_scheme="dark")
    page.locator(".st-key-levels [role=radio]").nth(2).evaluate("node => node.click()")
    expect(page.get_by_test_id("map")).to_be_visible()
    rested(page)
    ground = "name => getComputedStyle(document.querySelector(name)).backgroundColor"
    assert page.evaluate(ground, ".st-key-toolbar") == page.evaluate(ground, "[data-testid=stApp]")
