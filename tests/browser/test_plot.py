"""The chart in a real browser: one node for life, never empty, in the colours of the page, nothing from elsewhere."""

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright")
from browser.driving import served
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SCRIPT = """
import numpy as np
import streamlit as st
from lossviz.components.plot import plot

LAYOUT = {"yaxis": {"range": [-1, 1]}, "showlegend": True}

def frame():
    st.session_state.n = n = st.session_state.get("n", -1) + 1
    x = np.linspace(0, 6, 101)
    data = [{"type": "scatter", "name": name, "x": x, "y": np.sin(x + n + k)} for k, name in enumerate(("one", "two"))]
    plot({"data": data, "layout": LAYOUT | {"title": {"text": f"frame {n}"}}}, key="waves", height=300,
         description="two waves", testid="waves")

st.fragment(frame, run_every=0.1 if st.checkbox("run") else None)()
grid = {"type": "heatmap", "z": np.eye(10, dtype=np.float32), "customdata": np.arange(100).reshape(10, 10)}

def remember(click):
    st.session_state.told = click.point

click = plot({"data": [grid], "layout": {}}, key="grid", height=320, description="a grid", testid="grid",
             on_click=remember)
st.text(f"click {click}")
st.text(f"told {st.session_state.get('told')}")
st.session_state.reports = st.session_state.get("reports", 0) + (click is not None)
st.text(f"reports {st.session_state.reports}")
st.button("again")
"""

WATCH = """() => {
  const node = document.querySelector("[data-testid=waves]");
  node.mark = "mine";
  const seen = (window.seen = { frames: 0, empty: 0, strange: 0, titles: [] });
  const look = () => {
    const now = document.querySelector("[data-testid=waves]");
    seen.frames += 1;
    seen.strange += now?.mark !== "mine";
    seen.empty += !now?.querySelector(".scatterlayer path.js-line")?.getAttribute("d");
    const title = now?.querySelector(".gtitle")?.textContent;
    if (seen.titles.at(-1) !== title) seen.titles.push(title);
    requestAnimationFrame(look);
  };
  look();
}"""


def click_cell_3_7(page: Page) -> None:
    """Click the middle of column 7 from the left and row 3 from the bottom, of ten by ten."""
    grid = page.locator("[data-testid=grid] .nsewdrag")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.65 * box["height"])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("plot")
    (folder / "app.py").write_text(SCRIPT)
    with served(folder / "app.py", folder / "log", folder) as address:
        yield address


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A page with both charts drawn."""
    page = visit(viewport={"width": 1366, "height": 900})
    expect(page.locator("[data-testid=waves] .gtitle")).to_be_attached()
    expect(page.locator("[data-testid=grid] .heatmaplayer image")).to_be_attached()
    return page


def test_ten_updates_a_second_keep_the_node_and_show_no_empty_frame(page: Page) -> None:
    page.evaluate(WATCH)
    page.get_by_text("run", exact=True).click()
    page.wait_for_function("window.seen.titles.length > 12")
    seen = page.evaluate("window.seen")
    assert seen["frames"] > 12
    assert (seen["empty"], seen["strange"]) == (0, 0)
    numbers = [int(title.split()[1]) for title in seen["titles"]]
    assert numbers == sorted(numbers)
    downloads = (
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('plotly-cartesian.min.js')).length"
    )
    assert page.evaluate(downloads) == 1


def test_a_click_is_told_once_and_then_forgotten(page: Page) -> None:
    click_cell_3_7(page)
    expect(page.get_by_text("click PlotClick(curve=0, point=(3, 7), x=7, y=3, customdata=37)")).to_be_visible()
    expect(page.get_by_text("told (3, 7)")).to_be_visible()
    page.get_by_text("again").click()
    expect(page.get_by_text("click None")).to_be_visible()
    expect(page.get_by_text("reports 1")).to_be_visible()


def test_a_press_that_wanders_is_no_click(page: Page) -> None:
    box = page.locator("[data-testid=grid] .nsewdrag").bounding_box()
    assert box
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 80, steps=4)
    page.mouse.up()
    before = page.locator("[data-testid=waves] .gtitle").text_content()
    page.get_by_text("again").click()
    expect(page.locator("[data-testid=waves] .gtitle")).not_to_have_text(before or "")
    click_cell_3_7(page)
    expect(page.get_by_text("told (3, 7)")).to_be_visible()
    expect(page.get_by_text("reports 1")).to_be_visible()


def test_the_chart_follows_the_width_of_the_page_at_its_own_height(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 812})
    page.wait_for_function(
        """() => [...document.querySelectorAll(".lossviz-plot")].every((node) => {
             const svg = node.querySelector(".main-svg");
             return node.clientWidth < 375 && +svg.getAttribute("width") === node.clientWidth;
           })"""
    )
    assert page.locator("[data-testid=waves] .main-svg").first.get_attribute("height") == "300"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_dark_theme_reaches_a_drawn_chart_without_a_new_node(page: Page) -> None:
    ink = "getComputedStyle(document.querySelector('[data-testid=waves] .gtitle')).fill"
    page_ink = "getComputedStyle(document.querySelector('[data-testid=stApp]')).color"
    assert page.evaluate(ink) == page.evaluate(page_ink)
    light = page.evaluate(ink)
    page.evaluate("document.querySelector('[data-testid=waves]').mark = 'mine'")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => {ink} === {page_ink} && {ink} !== '{light}'")
    assert page.evaluate("document.querySelector('[data-testid=waves]').mark") == "mine"


def test_the_chart_is_a_described_image_without_buttons_and_keeps_a_trace_hidden(page: Page) -> None:
    expect(page.get_by_role("img", name="two waves")).to_be_visible()
    assert page.locator(".lossviz-plot a, .lossviz-plot .modebar-btn").count() == 0
    lines = page.locator("[data-testid=waves] .scatterlayer path.js-line")
    expect(lines).to_have_count(2)
    page.locator("[data-testid=waves] .legendtoggle").first.click()
    expect(lines).to_have_count(1)
    before = page.locator("[data-testid=waves] .gtitle").text_content()
    page.get_by_text("again").click()
    expect(page.locator("[data-testid=waves] .gtitle")).not_to_have_text(before or "")
    expect(lines).to_have_count(1)
