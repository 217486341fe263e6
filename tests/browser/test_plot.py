"""The chart in a real browser: one node for life, never empty, in the colours of the page, nothing from elsewhere."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import drawn, expect, grab, middle, swipe
from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

SCRIPT = """
import time
from dataclasses import replace

import numpy as np
import streamlit as st
from lossviz.components.plot import Handle, plot, plot_event

choice, memory = st.query_params, st.session_state
MARGIN = {"l": 50, "r": 10, "t": 10, "b": 50}

def reset():
    memory.update(rev=memory.rev + 1, at=(3., 3.))

@st.fragment
def handled():
    several = "several" in choice
    way = np.linspace(0, 10, 101)
    curves = (way, (way - 5) ** 2 / 5) if "along" in choice else ()
    along = tuple((tuple(way.tolist()), tuple(curve.tolist())) for curve in curves)
    handle = Handle(*memory.at, label="the box", words="at {x} and {y}", low=(1., 0.), high=(9., 10.), rev=memory.rev,
                    step=.5, locked=choice.get("locked", "none"), subplots=several, along=along)
    drag = plot_event("map", handle=handle, seq=memory.seq)
    if drag:
        memory.update(at=(drag.x, drag.y), seq=drag.seq, log=memory.log + drag.kind[0])
    if "wall" in choice and drag and drag.x > 7:
        reset()
    if "stubborn" in choice:
        memory.at = (1.5, 1.5)
    time.sleep(float(choice.get("slow", 0)))
    x, y = memory.at
    with st.container(height=60):
        st.text(f"at {x:.4g} {y:.4g} log {memory.log}")
    grid = np.linspace(0, 10, 41)
    data, layout = [], {"margin": MARGIN, "shapes": [{"type": "circle", "x0": x - .2, "x1": x + .2, "y0": y, "y1": y + .4}]}
    for n in ("", "2") if several else ("",):
        data.append({"type": "contour", "x": grid, "y": grid, "z": np.add.outer(grid, grid) + ("follow" in choice) * x,
                     "xaxis": "x" + n, "yaxis": "y" + n, "showscale": False})
        layout["xaxis" + n] = {"range": [0, 10], "domain": [.55, 1] if n else [0, .45 if several else 1], "anchor": "y" + n}
        layout["yaxis" + n] = {"range": [10, 0], "anchor": "x" + n}
    plot({"data": data, "layout": layout}, key="map", height=400, description="a map", testid="map", square=True,
         handle=replace(handle, x=x, y=y, rev=memory.rev), seq=memory.seq)

def followed():
    x = np.arange(1, 101)
    layout = {"margin": MARGIN, "xaxis": {"type": choice["axis"], "range": [0, 2] if choice["axis"] == "log" else [0, 100]}}
    plot({"data": [{"type": "scatter", "x": x, "y": 1 / x}], "layout": layout}, key="curve", height=300,
         description="a curve", testid="curve", cursor=True)

if "axis" in choice:
    followed()
    st.stop()
if "handle" in choice:
    if "rev" not in memory:
        memory.update(rev=1, seq=0, at=(5., 5.), log="")
    handled()
    st.container(height=900)
    st.stop()

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


@pytest.fixture
def address(tries: tuple[str, Path]) -> str:
    address, folder = tries
    (folder / "plot.py").write_text(SCRIPT, "utf-8")
    return address


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """A page with both charts drawn."""
    page = visit("/?script=plot", viewport={"width": 1366, "height": 900})
    expect(page.locator("[data-testid=waves] .gtitle")).to_be_attached()
    expect(page.locator("[data-testid=grid] .heatmaplayer image")).to_be_attached()
    drawn(page, 100)
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
        "performance.getEntriesByType('resource').filter(e => e.name.includes('plotly-cartesian.min.js')).length"
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


POINTS = """() => {
  const node = document.querySelector("[data-testid=waves]");
  const lines = [...node.querySelectorAll(".scatterlayer path.js-line")];
  const drawn = lines.map((line) => line.getAttribute("d").match(/-?[\\d.]+,-?[\\d.]+/g).length);
  return [drawn, node.calcdata.map((one) => one.length)];
}"""


def test_the_chart_is_a_described_image_without_buttons_and_keeps_a_trace_hidden(page: Page) -> None:
    expect(page.get_by_role("img", name="two waves")).to_be_visible()
    assert page.locator(".lossviz-plot a, .lossviz-plot .modebar-btn").count() == 0
    lines = page.locator("[data-testid=waves] .scatterlayer path.js-line")
    expect(lines).to_have_count(2)
    drawn, known = page.evaluate(POINTS)
    assert drawn == known  # Plotly leaves out no point of a curve: it would have corners
    page.locator("[data-testid=waves] .legendtoggle").first.click()
    expect(lines).to_have_count(1)
    before = page.locator("[data-testid=waves] .gtitle").text_content()
    page.get_by_text("again").click()
    expect(page.locator("[data-testid=waves] .gtitle")).not_to_have_text(before or "")
    expect(lines).to_have_count(1)


# ---- a place to drag ----


@pytest.fixture
def bench(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the map with a handle, with these words in its query."""

    def bench(query: str = "", **options: Any) -> Page:
        page = visit(
            f"/?script=plot&embed=true&handle&{query}", **{"viewport": {"width": 800, "height": 900}, **options}
        )
        expect(grip(page)).to_be_visible()
        expect(page.locator("[data-testid=map] .contourlayer path").first).to_be_attached()
        return page

    return bench


def grip(page: Page, number: int = 0) -> Locator:
    return page.locator(f".lossviz-plot-grip[data-grip='{number}']")


def told(page: Page, pattern: str) -> None:
    """Wait until the server has been told so."""
    expect(page.get_by_test_id("stText")).to_have_text(re.compile(f"^{pattern}$"))


PIXEL = """([x, y, n]) => {
  const node = document.querySelector("[data-testid=map]"), { left, top } = node.getBoundingClientRect();
  const axes = [node._fullLayout["xaxis" + n], node._fullLayout["yaxis" + n]];
  return [left + axes[0]._offset + axes[0].d2p(x), top + axes[1]._offset + axes[1].d2p(y)];
}"""


def stands(page: Page, x: float, y: float, number: int = 0) -> None:
    """Wait until the middle of the grip is at this place of the chart."""
    wanted = page.evaluate(PIXEL, [x, y, number + 1 if number else ""])
    page.wait_for_function(
        """([number, x, y]) => {
          const box = document.querySelector(`.lossviz-plot-grip[data-grip="${number}"]`).getBoundingClientRect();
          return Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) < 0.6;
        }""",
        arg=[number, *wanted],
    )


def unit(page: Page) -> float:
    """Pixels of one unit along x."""
    return float(page.evaluate(PIXEL, [1, 0, ""])[0] - page.evaluate(PIXEL, [0, 0, ""])[0])


def down(page: Page) -> float:
    """Pixels of one unit along y."""
    return float(page.evaluate(PIXEL, [0, 1, ""])[1] - page.evaluate(PIXEL, [0, 0, ""])[1])


WATCH_MAP = """() => {
  const node = document.querySelector("[data-testid=map]");
  node.mark = "mine";
  const seen = (window.seen = { frames: 0, empty: 0, strange: 0 });
  const look = () => {
    const now = document.querySelector("[data-testid=map]");
    seen.frames += 1;
    seen.strange += now?.mark !== "mine";
    seen.empty += !now?.querySelector(".contourlayer path")?.getAttribute("d");
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.parametrize("query", ["", pytest.param("follow&slow=.1", marks=pytest.mark.slow)])
def test_a_drag_is_followed_by_the_server_over_a_picture_that_is_never_empty(
    bench: Callable[..., Page], query: str
) -> None:
    page = bench(query)
    page.evaluate(WATCH_MAP)
    step = unit(page)
    grab(page, grip(page), step, -down(page) / 2)
    stands(page, 6, 4.5)
    told(page, "at 6 4.5 log m+")
    x, y = middle(grip(page))
    page.mouse.move(x + step, y, steps=3)
    told(page, "at 7 4.5 log m+")
    page.mouse.up()
    told(page, "at 7 4.5 log m+e")
    seen = page.evaluate("window.seen")
    assert (seen["empty"], seen["strange"]) == (0, 0)


@pytest.mark.slow
def test_while_only_shapes_move_plotly_keeps_what_it_has_worked_out(bench: Callable[..., Page]) -> None:
    page = bench()
    node = "document.querySelector('[data-testid=map]')"
    page.evaluate(f"window.before = {node}.calcdata")
    circle = f"{node}.querySelector('.shapelayer path').getAttribute('d')"
    drawn = page.evaluate(circle)
    grip(page).press("ArrowRight")
    page.wait_for_function(f"drawn => {circle} !== drawn", arg=drawn)
    assert page.evaluate(f"{node}.calcdata === window.before")
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function(f"{node}.calcdata !== window.before")


@pytest.mark.slow
def test_a_handle_does_not_leave_its_limits(bench: Callable[..., Page]) -> None:
    page = bench()
    grab(page, grip(page), -600, -600)
    stands(page, 1, 0)
    page.mouse.up()
    told(page, "at 1 0 log m+e")


@pytest.mark.slow
def test_pressing_the_grip_without_moving_says_nothing(bench: Callable[..., Page]) -> None:
    page = bench()
    grab(page, grip(page), 0, 0)
    page.mouse.up()
    grip(page).press("ArrowRight")
    told(page, "at 5.5 5 log m+e")


def test_a_click_on_the_chart_brings_the_handle_there_and_a_press_that_wanders_does_not(
    bench: Callable[..., Page],
) -> None:
    page = bench()
    x, y = page.evaluate(PIXEL, [2, 8, ""])
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y)
    page.mouse.up()
    page.mouse.click(x, y)
    stands(page, 2, 8)
    told(page, "at 2 8 log e")
    page.mouse.click(*page.evaluate(PIXEL, [-0.5, 8, ""]))  # left of the axis
    page.mouse.click(*page.evaluate(PIXEL, [9.5, 8, ""]))  # beyond the limit
    stands(page, 9, 8)
    told(page, "at 9 8 log ee")


@pytest.mark.slow
def test_keys_move_it_as_one_sees_it_and_esc_takes_the_series_back(bench: Callable[..., Page]) -> None:
    page = bench()
    slider = page.get_by_role("slider", name="the box")
    slider.focus()
    for keys, x, y in (
        (["ArrowRight"], 5.5, 5),
        (["ArrowUp"], 5.5, 4.5),
        (["Shift+ArrowDown"], 5.5, 4.55),
        (["PageUp"], 5.5, 0),
        (["End"], 5.5, 10),
        (["ArrowLeft", "Home"], 1, 10),
        (["End"], 9, 10),
        (["ArrowLeft"], 8.5, 10),
    ):
        for key in keys:
            slider.press(key)
        expect(slider).to_have_attribute("aria-valuetext", f"at {x} and {y}")
        told(page, rf"at {x} {y} log [me]+e")
    slider.press("PageDown")
    slider.press("ArrowDown")
    expect(slider).to_have_attribute("aria-valuetext", "at 3.5 and 10")
    slider.press("Escape")
    stands(page, 8.5, 10)
    told(page, "at 8.5 10 log [me]+c")


@pytest.mark.slow
def test_esc_takes_a_running_drag_back(bench: Callable[..., Page]) -> None:
    page = bench()
    grab(page, grip(page), 80, 40)
    told(page, "at .* log m+")
    page.keyboard.press("Escape")
    stands(page, 5, 5)
    told(page, "at 5 5 log m+c")
    page.mouse.move(300, 300)
    page.mouse.up()
    stands(page, 5, 5)
    told(page, "at 5 5 log m+c")


@pytest.mark.parametrize(("locked", "place"), [("x", (5, 6)), pytest.param("y", (6, 5), marks=pytest.mark.slow)])
def test_a_locked_coordinate_does_not_move(bench: Callable[..., Page], locked: str, place: tuple[float, float]) -> None:
    page = bench(f"locked={locked}")
    grab(page, grip(page), unit(page), down(page))
    page.mouse.up()
    stands(page, *place)
    told(page, f"at {place[0]} {place[1]} log m+e")


@pytest.mark.slow
def test_the_place_from_the_server_waits_for_the_end_of_a_drag(bench: Callable[..., Page]) -> None:
    page = bench("stubborn")
    stands(page, 1.5, 1.5)
    step = unit(page)
    grab(page, grip(page), step, 0)
    told(page, "at 1.5 1.5 log m+")
    page.mouse.move(middle(grip(page))[0] + step, middle(grip(page))[1], steps=4)
    told(page, "at 1.5 1.5 log mm+")
    stands(page, 3.5, 1.5)
    page.mouse.up()
    told(page, "at 1.5 1.5 log m+e")
    stands(page, 1.5, 1.5)


def test_another_revision_ends_a_drag(bench: Callable[..., Page]) -> None:
    page = bench("wall")
    step = unit(page)
    grab(page, grip(page), 2.5 * step, 0)
    stands(page, 3, 3)
    page.mouse.move(middle(grip(page))[0] + 30, 300)
    page.mouse.up()
    stands(page, 3, 3)
    told(page, "at 3 3 log m+")
    grip(page).press("ArrowRight")
    told(page, "at 3.5 3 log m+e")


@pytest.mark.slow
def test_a_finger_drags_the_grip_and_scrolls_the_page_elsewhere(bench: Callable[..., Page]) -> None:
    page = bench("", has_touch=True, viewport={"width": 375, "height": 640})
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    swipe(page, *middle(grip(page)), -down(page))
    told(page, r"at 5 4 log m+e")
    assert page.evaluate(scrolled) == 0
    x, y = page.evaluate(PIXEL, [8, 9, ""])
    swipe(page, x, y, -150)
    page.wait_for_function(f"{scrolled} > 50")
    told(page, r"at 5 4 log m+e")
    page.touchscreen.tap(*page.evaluate(PIXEL, [3, 7, ""]))
    told(page, r"at 3 [\d.]+ log m+ee")  # the page may still be scrolling


def test_the_grip_is_large_enough_and_no_part_of_the_image(bench: Callable[..., Page]) -> None:
    page = bench()
    box = grip(page).bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 24
    assert page.locator("[role=img] [role=slider]").count() == 0
    slider = page.get_by_role("slider", name="the box")
    expect(slider).to_have_attribute("aria-valuetext", "at 5 and 5")
    expect(slider).to_have_attribute("aria-valuenow", "5")
    expect(slider).to_have_attribute("aria-valuemax", "9")


@pytest.mark.slow
def test_every_subplot_shows_the_grip_at_the_same_place_and_keys_know_one(bench: Callable[..., Page]) -> None:
    page = bench("several")
    expect(page.get_by_role("slider")).to_have_count(1)
    stands(page, 5, 5, 1)
    grab(page, grip(page, 1), 2 * unit(page), 0)
    page.mouse.up()
    for number in (0, 1):
        stands(page, 7, 5, number)
    told(page, "at 7 5 log m+e")
    page.mouse.click(*page.evaluate(PIXEL, [4, 2, 2]))
    for number in (0, 1):
        stands(page, 4, 2, number)


@pytest.mark.slow
def test_along_curves_each_subplots_grip_stays_on_its_own_wherever_the_pointer_goes(bench: Callable[..., Page]) -> None:
    page = bench("several&along&locked=y&follow")
    stands(page, 5, 5, 0)
    stands(page, 5, 0, 1)
    grab(page, grip(page, 0), 2 * unit(page), 300)
    for number, height in enumerate((7, 0.8)):
        stands(page, 7, height, number)
    told(page, "at 7 5 log m+")
    page.mouse.up()
    told(page, "at 7 5 log m+e")
    grab(page, grip(page, 1), unit(page), -80)
    page.mouse.up()
    for number, height in enumerate((8, 1.8)):
        stands(page, 8, height, number)
    slider = page.get_by_role("slider", name="the box")
    slider.focus()
    slider.press("End")
    for number, height in enumerate((9, 3.2)):
        stands(page, 9, height, number)
    page.mouse.click(*page.evaluate(PIXEL, [3, 9, 2]))
    for number, height in enumerate((3, 0.8)):
        stands(page, 3, height, number)
    told(page, "at 3 5 log [me]+e")


@pytest.mark.slow
def test_a_square_chart_is_lower_on_a_narrow_screen(bench: Callable[..., Page]) -> None:
    page = bench(viewport={"width": 375, "height": 812})
    size = "(() => { const { width, height } = document.querySelector('[data-testid=map]').getBoundingClientRect();"
    page.wait_for_function(f"{size} return width < 375 && Math.abs(height - width) < 1; }})()")
    page.set_viewport_size({"width": 800, "height": 900})
    page.wait_for_function(f"{size} return width > 500 && height === 400; }})()")


# ---- a line at the step that is played ----


@pytest.mark.parametrize(
    ("axis", "share"),
    [pytest.param("log", {10: 0.5, 1000: 1, 0: 0, -3: 0}, marks=pytest.mark.slow), ("linear", {25: 0.25, -1: 0})],
)
def test_the_line_follows_the_step_without_a_new_picture(
    visit: Callable[..., Page], axis: str, share: dict[float, float]
) -> None:
    page = visit(f"/?script=plot&embed=true&axis={axis}")
    expect(page.locator("[data-testid=curve] path.js-line")).to_be_attached()
    line = page.locator(".lossviz-plot-cursor")
    expect(line).to_have_count(0)
    page.evaluate("document.querySelector('[data-testid=curve]').on('plotly_afterplot', () => (window.drawn = true))")
    area = page.locator("[data-testid=curve] .nsewdrag").bounding_box()
    assert area
    say = "step => window.dispatchEvent(new CustomEvent('lossviz:step', { detail: { step, playing: true } }))"
    for step, wanted in share.items():
        page.evaluate(say, step)
        expect(line).to_be_attached()
        box = line.bounding_box()
        assert box
        assert box["x"] + box["width"] / 2 == pytest.approx(area["x"] + wanted * area["width"], abs=0.6)
        assert (box["y"], box["height"]) == pytest.approx((area["y"], area["height"]), abs=0.6)
    for nonsense in (None, "7"):
        page.evaluate(say, nonsense)
    assert line.bounding_box() == box
    assert page.evaluate("window.drawn") is None
