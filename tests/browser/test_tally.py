"""The bars in a real browser: nodes for life, an order that slides, picks by pointer and keys, lines to the picture."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from browser.driving import drawn, expect, middle
from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

SCRIPT = """
import math
import streamlit as st
from lossviz.components.box_canvas import WORDS, CanvasBox, box_canvas
from lossviz.components.tally import TallyRow, tally

choice, memory = st.query_params, st.session_state
left, right = st.columns(2) if "beside" in choice else (st.container(), st.container())
memory.setdefault("picks", [])

def picked(name):
    memory.picks = [*memory.picks, name]

turned = st.checkbox("turn")
longer = st.checkbox("longer")
few = st.checkbox("few")
chinese = "zh" in choice
labels = ["边界框中心坐标误差", "宽和高", "有物体的置信度", "无物体的置信度", "类别"] if chinese else \\
         ["Centre", "Width and height", "Objectness, object", "No object anywhere", "Class"]
names = ["centre", "size", "object", "empty", "class"]
values = [2.0, 0.51, 1.2, 0.004, math.nan]
ties = [((.5, .5), (.25, .75)), ((.5, .5),), (), tuple((i / 50, .1) for i in range(50)), ((.8, .2), (math.nan, 0.))]
rows = [TallyRow(name, label, value * (0.8 if longer else 0.5), f"{value:.3f}", mark, "about " + name, tie)
        for name, label, value, mark, tie in zip(names, labels, values, [1.2, None, 0.9, 0.1, None], ties)]
if turned:
    rows = rows[::-1]
if few:
    rows = rows[1:]
with left:
    if not st.checkbox("no picture", key="bare"):
        box_canvas(boxes=[CanvasBox("truth-0", "truth", "cup", (.5, .5, .4, .4))], words=dict.fromkeys(WORDS, "word"),
                   description="A cup", rev=1, seq=0, key="canvas")
with right:
    if not st.checkbox("no bars"):
        tally(rows, end=2, ticks=[(0, "0"), (0.5, "0.5"), (1, "1"), (1.5, "1.5"), (2, "2"), (3, "3")],
              axis="Share of the loss" if not chinese else "在损失中所占的部分", description="the terms", key="bars",
              testid="bars", selected=choice.get("selected"), on_pick=None if "still" in choice else picked)
st.text("picks " + " ".join(memory.picks))
st.container(height=1500, border=False)
"""

SLIDES = """() => {
  const seen = (window.seen = []);
  const item = document.querySelector("[data-row=centre]");
  const look = () => {
    seen.push(item.getBoundingClientRect().top - item.parentNode.getBoundingClientRect().top);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture
def address(tries: tuple[str, Path]) -> str:
    address, folder = tries
    (folder / "bars.py").write_text(SCRIPT, "utf-8")
    return address


@pytest.fixture
def bars(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the script with these words in its query."""

    def bars(query: str = "", *, picture: bool = True, **options: object) -> Page:
        page = visit(f"/?script=bars&embed=true&{query}", **{"viewport": {"width": 1366, "height": 900}, **options})
        expect(row(page, "centre")).to_be_visible()
        if picture:
            expect(page.get_by_test_id("box-canvas")).to_be_visible()
        expect(page.get_by_text("picks")).to_be_visible()
        return page

    return bars


def row(page: Page, name: str) -> Locator:
    return page.locator(f"[data-row={name}] .lzt-row")


def order(page: Page) -> list[str]:
    """The names of the rows as they are seen, from top to bottom."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("[data-row]")]
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top).map((node) => node.dataset.row)"""
    )
    return found


def check(page: Page, label: str) -> None:
    page.get_by_text(label, exact=True).click()


def width(page: Page, name: str) -> float:
    return float(page.evaluate(f"document.querySelector('[data-row={name}] [data-bar]').getBoundingClientRect().width"))


def lines(page: Page, count: int) -> list[list[float]]:
    """The lines as x, y, x, y in the window, once there are so many."""
    expect(page.locator(".lzt-ties")).to_have_attribute("data-ties", str(count))
    outside, inside = page.evaluate(
        "[...document.querySelectorAll('.lzt-ties .lzt-page, .lzt-ties .lzt-ink')].map((path) => path.getAttribute('d'))"
    )
    starts, ends = ([re.split("[L,]", line) for line in path.split("M")[1:]] for path in (outside, inside))
    assert [start[2:] for start in starts] == [end[:2] for end in ends], "the two parts of a line meet"
    return [[float(value) for value in start[:2] + end[2:]] for start, end in zip(starts, ends, strict=True)]


def meets(page: Page, name: str, places: list[tuple[float, float]]) -> None:
    """Once the page rests, lines go from the left end of the bar to these places of the picture."""
    drawn(page)
    bar = page.locator(f"[data-row={name}] [data-bar]").bounding_box()
    canvas = page.get_by_test_id("box-canvas").bounding_box()
    assert bar
    assert canvas
    for line, (x, y) in zip(lines(page, len(places)), places, strict=True):
        start = bar["x"], bar["y"] + bar["height"] / 2
        end = canvas["x"] + x * canvas["width"], canvas["y"] + y * canvas["height"]
        assert line == pytest.approx([*start, *end], abs=2)


def test_rows_and_their_focus_last_through_updates_and_order(bars: Callable[..., Page]) -> None:
    page = bars()
    page.evaluate("document.querySelectorAll('[data-row]').forEach((node) => { node.mark = node.dataset.row; })")
    row(page, "object").focus()
    before = width(page, "centre")
    page.evaluate(SLIDES)
    check(page, "longer")
    page.wait_for_function(
        "before => document.querySelector('[data-row=centre] [data-bar]').getBoundingClientRect().width > 1.5 * before",
        arg=before,
    )
    assert set(page.evaluate("window.seen")) == {0}, "no row moves when only lengths change"
    row(page, "object").focus()
    page.get_by_text("turn", exact=True).evaluate("node => node.closest('label').control.click()")  # takes no focus
    page.wait_for_function("window.seen.at(-1) === 4 * 31")
    assert order(page) == ["class", "empty", "object", "size", "centre"]
    between = {place for place in page.evaluate("window.seen") if 2 < place < 4 * 31 - 2}
    assert len(between) >= 3, "it slides"
    marks = page.evaluate("[...document.querySelectorAll('[data-row]')].map((node) => node.mark)")
    assert marks == ["class", "empty", "object", "size", "centre"], "Tab follows what is seen"
    assert page.evaluate("document.activeElement.parentNode.dataset.row") == "object"


@pytest.mark.slow
def test_a_row_goes_and_comes_alone(bars: Callable[..., Page]) -> None:
    page = bars()
    page.evaluate("document.querySelector('[data-row=class]').mark = 'mine'")
    check(page, "few")
    expect(row(page, "centre")).to_have_count(0)
    check(page, "few")
    expect(row(page, "centre")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-row=class]').mark") == "mine"
    page.wait_for_function("!document.querySelector('.lzt-sliding')")
    assert order(page) == ["centre", "size", "object", "empty", "class"]


@pytest.mark.slow
def test_nothing_moves_for_who_wants_no_motion(bars: Callable[..., Page]) -> None:
    page = bars(reduced_motion="reduce")
    page.evaluate(SLIDES)
    check(page, "turn")
    page.wait_for_function("window.seen.at(-1) === 4 * 31")
    assert set(page.evaluate("window.seen")) == {0, 4 * 31}


def test_lengths_marks_and_numbers(bars: Callable[..., Page]) -> None:
    page = bars()
    plot = page.locator(".lzt-axis").bounding_box()
    assert plot
    assert width(page, "centre") == pytest.approx(plot["width"] / 2, abs=1)
    assert width(page, "empty") >= 1
    assert width(page, "class") == 0
    mark = page.locator("[data-row=centre] [data-mark]").bounding_box()
    number = page.locator("[data-row=centre] [data-shown]").bounding_box()
    assert mark
    assert number
    assert mark["x"] + 1 == pytest.approx(plot["x"] + 0.6 * plot["width"], abs=1)
    assert mark["x"] + 2 < number["x"] < mark["x"] + 12
    expect(page.locator("[data-row=size] [data-mark]")).to_be_hidden()
    expect(page.locator(".lzt-axis span")).to_have_text(["0", "0.5", "1", "1.5", "2"])
    expect(page.get_by_role("list", name="the terms").get_by_role("listitem")).to_have_count(5)


def test_pointer_and_keys_pick(bars: Callable[..., Page]) -> None:
    page = bars()
    row(page, "size").click()
    expect(page.get_by_text("picks size", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("picks size object", exact=True)).to_be_visible()
    page.get_by_role("button", name="Class nan").focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("picks size object class", exact=True)).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollTop") == 0


@pytest.mark.slow
def test_rows_without_picks_are_no_buttons(bars: Callable[..., Page]) -> None:
    page = bars("still&selected=size")
    expect(page.get_by_role("img", name="Centre 2.000")).to_be_visible()
    assert page.locator("[data-row] [role=button], [data-row] [tabindex]").count() == 0
    expect(row(page, "size")).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("beside", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_lines_end_at_the_places_on_the_picture(bars: Callable[..., Page], *, beside: bool) -> None:
    size = {"width": 1366, "height": 900} if beside else {"width": 375, "height": 1000}
    page = bars("selected=centre" + "&beside" * beside, viewport=size)
    expect(row(page, "centre")).to_have_attribute("aria-pressed", "true")
    lines(page, 2)
    meets(page, "centre", [(0.5, 0.5), (0.25, 0.75)])
    row(page, "class").hover()
    lines(page, 1)
    meets(page, "class", [(0.8, 0.2)])
    page.mouse.move(0, 0)
    lines(page, 2)
    row(page, "size").focus()
    lines(page, 1)
    meets(page, "size", [(0.5, 0.5)])
    row(page, "empty").hover()
    assert len(lines(page, 40)) == 40
    row(page, "object").hover()
    lines(page, 0)


def test_lines_follow_the_page_and_the_rows(bars: Callable[..., Page]) -> None:
    page = bars("selected=centre&beside")
    before = lines(page, 2)
    page.mouse.move(600, 880)
    page.mouse.wheel(0, 60)
    page.wait_for_function(
        "start => { const d = document.querySelector('.lzt-page').getAttribute('d');"
        " return d && Number(d.split(/[ML,]/)[2]) === start - 60; }",
        arg=before[0][1],
    )
    meets(page, "centre", [(0.5, 0.5), (0.25, 0.75)])
    check(page, "turn")
    page.wait_for_function("document.querySelector('.lzt-sliding')")
    page.wait_for_function("!document.querySelector('.lzt-sliding')")
    meets(page, "centre", [(0.5, 0.5), (0.25, 0.75)])
    page.set_viewport_size({"width": 1100, "height": 900})
    page.wait_for_function("() => document.querySelector('.lzt-root').clientWidth < 560")
    page.wait_for_timeout(100)
    meets(page, "centre", [(0.5, 0.5), (0.25, 0.75)])
    page.mouse.wheel(0, 2000)
    lines(page, 0)


@pytest.mark.slow
def test_lines_go_with_the_picture_and_with_the_bars(bars: Callable[..., Page]) -> None:
    page = bars("selected=centre&beside")
    lines(page, 2)
    check(page, "no picture")
    lines(page, 0)
    check(page, "no picture")
    lines(page, 2)
    meets(page, "centre", [(0.5, 0.5), (0.25, 0.75)])
    check(page, "no bars")
    expect(page.locator(".lzt-ties")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("query", ["zh&selected=centre", pytest.param("selected=empty", marks=pytest.mark.slow)])
def test_nothing_overlaps_and_nothing_leaves_the_box(bars: Callable[..., Page], query: str) -> None:
    page = bars(query, viewport={"width": 732, "height": 900})
    check(page, "longer")
    page.wait_for_function("document.querySelector('[data-row=centre] [data-bar]').style.width === '80%'")
    for pixels in (732, 375, 282):
        page.set_viewport_size({"width": pixels, "height": 900})
        drawn(page)
        fits(page, pixels)


def fits(page: Page, pixels: int) -> None:
    """Every row, and the axis below, in a window so wide."""
    root = page.get_by_test_id("bars").bounding_box()
    assert root
    for item in page.locator("[data-row]").all():
        text, number, bar = (item.locator(name).bounding_box() for name in (".lzt-text", "[data-shown]", ".lzt-track"))
        assert text
        assert number
        assert bar
        assert text["x"] >= root["x"]
        assert text["x"] + text["width"] <= bar["x"]
        assert number["x"] + number["width"] <= root["x"] + root["width"]
        assert text["height"] <= 31
        assert item.evaluate("node => node.getBoundingClientRect().height") == 31
    ticks = [span.bounding_box() for span in page.locator(".lzt-axis span:not(.lzt-crowded)").all()]
    assert len(ticks) >= 2
    assert all(a and b and a["x"] + a["width"] <= b["x"] for a, b in pairwise(ticks))
    assert page.evaluate("document.documentElement.scrollWidth") <= pixels


def test_colours_follow_the_theme(bars: Callable[..., Page]) -> None:
    page = bars()
    ink = "getComputedStyle(document.querySelector('.lzt-root')).color"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => {ink} !== '{light}'")
    assert page.evaluate(ink) == page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).color")


@pytest.mark.slow
def test_a_press_beside_the_rows_picks_nothing(bars: Callable[..., Page]) -> None:
    page = bars()
    page.mouse.click(*middle(page.locator(".lzt-title")))
    row(page, "centre").click()
    expect(page.get_by_text("picks centre", exact=True)).to_be_visible()
