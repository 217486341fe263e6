"""What a visitor can do with the boxes, by mouse, finger and keys, in a real browser."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import grab, middle, served, swipe, width
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SCRIPT = """
import time
import streamlit as st
from lossviz.components.box_canvas import *

choice, memory = st.query_params, st.session_state
START = {"truth-0": (.5, .5, .4, .4), "prediction": (.5, .5, .4, .4)}
if "small" in choice:
    START = {"truth-0": (.5, .5, .03, .03), "prediction": (.5, .5, .03, .03)}
if "rev" not in memory:
    memory.update(rev=1, seq=0, xywh=START, selected="prediction", log=[], pick=None)

def reset():
    memory.update(rev=memory.rev + 1, xywh=START)

st.button("reset", on_click=reset)
st.button("rerun")
limits = ((.4, .6), (.4, .6), (.01, 2.), (.01, 2.)) if "cell" in choice else ANYWHERE

@st.fragment
def bench():
    place = st.container()
    def boxes():
        return [CanvasBox("truth-0", "truth", "cup", memory.xywh["truth-0"]),
                CanvasBox("prediction", "prediction", "said", memory.xywh["prediction"], limits)]
    event = canvas_event("canvas", boxes=boxes(), rev=memory.rev, seq=memory.seq)
    if event:
        memory.update(seq=event.seq, xywh=memory.xywh | event.boxes, selected=event.selected)
        memory.update(log=memory.log + [event.kind], pick=event.pick or memory.pick)
    time.sleep(float(choice.get("slow", 0)))
    for name, xywh in memory.xywh.items():
        st.text(name + " " + " ".join(f"{value:.4f}" for value in xywh))
    st.text("log " + " ".join(memory.log))
    st.text("pick " + ("%.3f %.3f" % memory.pick if memory.pick else "nothing"))
    words = {word: word for word in WORDS} | {"position": "{label} at {x} {y}"}
    with place:
        box_canvas(boxes=boxes(), grid=(13, 13), cells=[CellMark(6, 6)], words=words, description="A cup",
                   rev=memory.rev, seq=memory.seq, selected=memory.selected, key="canvas")

bench()
st.container(height=900)
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("canvas")
    (folder / "page.py").write_text(SCRIPT)
    with served(folder / "page.py", folder / "log", folder) as address:
        yield address


@pytest.fixture
def bench(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the script with these words in its query."""

    def bench(query: str = "", **options: Any) -> Page:
        page = visit(f"/?embed=true&{query}", **{"viewport": {"width": 800, "height": 900}, **options})
        expect(page.locator("[data-box=prediction]")).to_be_visible()
        expect(line(page, "pick")).to_be_visible()
        return page

    return bench


def line(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stText").filter(has_text=re.compile(f"^{name} "))


def test_numbers_follow_during_the_drag_and_the_end_comes_once(bench: Callable[..., Page]) -> None:
    page = bench()
    share = 50 / width(page)
    grab(page, page.locator("[data-box=prediction]"), 50, -50)
    expect(line(page, "prediction")).to_have_text(f"prediction {0.5 + share:.4f} {0.5 - share:.4f} 0.4000 0.4000")
    expect(line(page, "log")).not_to_contain_text("end")
    page.mouse.up()
    expect(line(page, "log")).to_have_text(re.compile(r"^log (move )+end$"))
    expect(line(page, "truth-0")).to_have_text("truth-0 0.5000 0.5000 0.4000 0.4000")


def test_a_box_is_one_node_all_its_life_and_only_another_revision_moves_it_back(bench: Callable[..., Page]) -> None:
    page = bench()
    box = page.locator("[data-box=prediction]")
    box.evaluate("node => { node.mark = 'mine' }")
    grab(page, box, 60, 0)
    page.mouse.up()
    expect(line(page, "log")).to_contain_text("end")
    moved = line(page, "prediction").inner_text()
    page.get_by_role("button", name="rerun").click()
    x, _ = middle(box)
    expect(line(page, "prediction")).to_have_text(moved)
    page.get_by_role("button", name="reset").click()
    expect(box).to_have_attribute("aria-valuetext", "said at 0.500 0.500")
    assert middle(box)[0] == pytest.approx(x - 60, abs=1)
    assert box.evaluate("node => node.mark") == "mine"


@pytest.mark.parametrize("size", ["large", "small"])
def test_each_of_the_eight_grips_can_be_hit_and_pulls_its_own_edges(bench: Callable[..., Page], size: str) -> None:
    page = bench(size)
    side = 0.03 if size == "small" else 0.4
    for grip in ("nw", "n", "ne", "e", "se", "s", "sw", "w"):
        pull_x, pull_y = ("e" in grip) - ("w" in grip), ("s" in grip) - ("n" in grip)
        reach = page.locator(f"[data-grip={grip}] .reach").bounding_box()
        assert reach is not None
        assert min(reach["width"], reach["height"]) >= 23.9
        grab(page, page.locator(f"[data-grip={grip}]"), 20 * pull_x, 20 * pull_y)
        page.mouse.up()
        share = 20 / width(page)
        w, h = side + share * abs(pull_x), side + share * abs(pull_y)
        x, y = 0.5 + share * pull_x / 2, 0.5 + share * pull_y / 2
        expect(line(page, "prediction")).to_have_text(f"prediction {x:.4f} {y:.4f} {w:.4f} {h:.4f}")
        page.keyboard.press("Escape")
        expect(line(page, "prediction")).to_have_text(f"prediction 0.5000 0.5000 {side:.4f} {side:.4f}")


def test_of_two_boxes_in_one_place_either_can_be_dragged(bench: Callable[..., Page]) -> None:
    page = bench("small")
    grab(page, page.locator("[data-box=prediction]"), 0, 30)  # the one in front
    page.keyboard.press("Escape")
    page.mouse.up()
    grab(page, page.locator("[data-chip=truth-0]"), 40, 0)  # the label of the one behind it
    page.mouse.up()
    expect(line(page, "truth-0")).to_have_text(f"truth-0 {0.5 + 40 / width(page):.4f} 0.5000 0.0300 0.0300")
    expect(line(page, "prediction")).to_have_text("prediction 0.5000 0.5000 0.0300 0.0300")
    expect(line(page, "log")).to_contain_text("select")


COUNT_MESSAGES = """() => {
  const { send } = WebSocket.prototype;
  window.sent = 0;
  WebSocket.prototype.send = function (...message) { window.sent += 1; return send.apply(this, message); };
}"""


def test_a_slow_server_gets_one_message_at_a_time_and_the_last_place(bench: Callable[..., Page]) -> None:
    page = bench("slow=1")
    page.evaluate(COUNT_MESSAGES)
    x, y = middle(page.locator("[data-box=prediction]"))
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 61):
        page.mouse.move(x + step, y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    expect(line(page, "log")).to_have_text(re.compile("end$"))
    expect(line(page, "prediction")).to_have_text(f"prediction {0.5 + 60 / width(page):.4f} 0.5000 0.4000 0.4000")
    assert page.evaluate("window.sent") < 20  # of the 60 places, one or two each second


def test_the_centre_stops_at_its_limit_and_one_sees_the_limit(bench: Callable[..., Page]) -> None:
    page = bench("cell")
    expect(page.locator(".limit")).not_to_have_attribute("data-pressed", "")
    grab(page, page.locator("[data-box=prediction]"), 200, 0)
    expect(page.locator(".limit")).to_have_attribute("data-pressed", "")
    expect(line(page, "prediction")).to_have_text("prediction 0.6000 0.5000 0.4000 0.4000")
    page.mouse.up()
    expect(page.locator(".limit")).not_to_have_attribute("data-pressed", "")


def test_a_click_beside_the_boxes_picks_that_point_and_a_click_on_a_box_does_not(bench: Callable[..., Page]) -> None:
    page = bench()
    side = width(page)
    page.locator("[data-box=prediction]").click()
    page.get_by_test_id("box-canvas").click(position={"x": side / 8, "y": side * 3 / 4})
    expect(line(page, "pick")).to_have_text("pick 0.125 0.750")
    expect(line(page, "log")).to_have_text("log pick")


def test_keys_step_and_esc_takes_the_series_back(bench: Callable[..., Page]) -> None:
    page = bench()
    page.locator("[data-box=prediction]").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "PageUp", "Alt+ArrowUp"):
        page.keyboard.press(key)
    expect(line(page, "prediction")).to_have_text("prediction 0.5255 0.5000 0.4000 0.4050")
    expect(page.locator("[data-box=prediction]")).to_have_attribute("aria-valuetext", "said at 0.525 0.500")
    expect(line(page, "log")).to_have_text(re.compile("end$"))
    expect(page.locator("[aria-live=polite]")).to_have_text("said at 0.525 0.500")
    page.keyboard.press("Escape")
    expect(line(page, "prediction")).to_have_text("prediction 0.5000 0.5000 0.4000 0.4000")
    expect(line(page, "log")).to_have_text(re.compile("cancel$"))


def test_number_fields_and_buttons_do_what_dragging_does(bench: Callable[..., Page]) -> None:
    page = bench()
    page.locator("[data-tool=numbers]").click()
    page.locator("[data-field=x]").fill("0.3")
    page.locator("[data-nudge=wider]").click()
    expect(line(page, "prediction")).to_have_text("prediction 0.3000 0.5000 0.4050 0.4000")
    expect(page.locator("[data-field=w]")).to_have_value("0.405")


def test_a_finger_drags_the_selected_box_and_scrolls_everywhere_else(bench: Callable[..., Page]) -> None:
    page = bench(viewport={"width": 300, "height": 640}, has_touch=True, is_mobile=True)
    side = width(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 300
    x, y = middle(page.locator("[data-box=prediction]"))
    swipe(page, x, y + 20, -40)
    expect(line(page, "prediction")).to_have_text(f"prediction 0.5000 {0.5 - 40 / side:.4f} 0.4000 0.4000")
    start = page.get_by_test_id("box-canvas").bounding_box()
    assert start is not None
    swipe(page, start["x"] + 10, start["y"] + side - 10, -120)
    page.wait_for_function(
        "top => document.querySelector('[data-testid=stBidiComponentIsolated]').getBoundingClientRect().top < top - 50",
        arg=start["y"],
    )
    expect(line(page, "pick")).to_have_text("pick nothing")
