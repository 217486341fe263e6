"""What a visitor can do with the raw outputs, by mouse, finger and keys, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import expect, grab, middle, swipe
from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

SCRIPT = """
import math, time
import streamlit as st
from lossviz.components.channels import *

choice, memory = st.query_params, st.session_state
START = {0: .25, 1: -.8123456, 2: .4, 3: -1.1, 4: -6.8123456, 5: 30., 6: -2.2}
LABELS = "x y w h objectness cup teddy_bear".split()
if "rev" not in memory:
    memory.update(rev=1, seq=0, raw=dict(START), selected=4, log=[], order=list(START))

def reset():
    memory.update(rev=memory.rev + 1, raw=dict(START), selected=4)

def elsewhere():  # another part of the page changes a number; no new revision
    memory.raw[2] = 2.5

def turn():
    memory.order = memory.order[::-1]

st.button("reset", on_click=reset)
st.button("elsewhere", on_click=elsewhere)
st.button("turn", on_click=turn)

@st.fragment
def bench():
    place = st.container()
    def rows():
        for index in memory.order:
            raw = memory.raw[index]
            sigma = 1 / (1 + math.exp(-raw))
            gradient = None if index == 6 else (sigma - .5) * 3
            yield Channel(index, LABELS[index], raw, f"σ = {sigma:.4f}", "1" if index == 4 else "–", gradient,
                          "–" if gradient is None else f"{gradient:+.4f}")
    event = channels_event("list", channels=list(rows()), rev=memory.rev, seq=memory.seq)
    if event:
        memory.update(seq=event.seq, log=memory.log + [event.kind])
        if event.kind == "select":
            memory.selected = event.channel
        else:
            memory.raw[event.channel] = event.value
    time.sleep(float(choice.get("slow", 0)))
    st.text("raw " + " ".join(f"{index}:{raw:.7g}" for index, raw in sorted(memory.raw.items())))
    st.text("log " + " ".join(memory.log))
    st.text(f"selected {memory.selected}")
    if "stubborn" in choice:  # a server that always says something else
        memory.raw[4] = 3.
    words = {word: word for word in WORDS} | {"slider": "{label}, slider", "field": "{label}, number"}
    with place:
        channels(list(rows()), selected=memory.selected, words=words, largest=1., rev=memory.rev, seq=memory.seq,
                 key="list", description="Raw outputs")

bench()
st.container(height=900)
"""


@pytest.fixture
def address(tries: tuple[str, Path]) -> str:
    address, folder = tries
    (folder / "channels.py").write_text(SCRIPT, "utf-8")
    return address


@pytest.fixture
def bench(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the script with these words in its query."""

    def bench(query: str = "", **options: Any) -> Page:
        page = visit(f"/?script=channels&embed=true&{query}", **{"viewport": {"width": 800, "height": 900}, **options})
        expect(slider(page, 4)).to_be_visible()
        expect(line(page, "selected")).to_be_visible()
        return page

    return bench


def line(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stText").filter(has_text=re.compile(f"^{name} "))


def row(page: Page, channel: int) -> Locator:
    return page.get_by_test_id("channels").locator(f'[data-channel="{channel}"]')


def slider(page: Page, channel: int) -> Locator:
    return row(page, channel).locator("input[type=range]")


def field(page: Page, channel: int) -> Locator:
    return row(page, channel).locator("input[type=number]")


def raw(page: Page, channel: int, value: str) -> None:
    """Wait until the server has this value."""
    expect(line(page, "raw")).to_have_text(re.compile(rf"\b{channel}:{re.escape(value)}( |$)"))


def test_numbers_follow_during_the_drag_and_the_end_comes_once(bench: Callable[..., Page]) -> None:
    page = bench()
    grab(page, slider(page, 4), 30, 0)
    dragged = field(page, 4).input_value()
    assert 0.5 < float(dragged) < 12
    raw(page, 4, dragged)
    expect(row(page, 4)).to_contain_text(re.compile(r"σ = 0\.[5-9]"))
    expect(line(page, "log")).not_to_contain_text("end")
    page.mouse.up()
    expect(line(page, "log")).to_have_text(re.compile(r"^log (move )+end$"))
    raw(page, 4, dragged)
    raw(page, 1, "-0.8123456")  # what nobody touched has all its digits


COUNT_MESSAGES = """() => {
  const { send } = WebSocket.prototype;
  window.sent = 0;
  WebSocket.prototype.send = function (...message) { window.sent += 1; return send.apply(this, message); };
}"""


@pytest.mark.slow
def test_a_slow_server_gets_one_message_at_a_time_and_the_last_value(bench: Callable[..., Page]) -> None:
    page = bench("slow=1")
    page.evaluate(COUNT_MESSAGES)
    x, y = middle(slider(page, 4))
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 41):
        page.mouse.move(x + step, y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    dragged = field(page, 4).input_value()
    page.mouse.up()
    expect(line(page, "log")).to_have_text(re.compile("end$"))
    raw(page, 4, dragged)
    expect(field(page, 4)).to_have_value(dragged)
    assert page.evaluate("window.sent") < 15


@pytest.mark.slow
def test_during_a_drag_the_server_does_not_move_the_thumb_and_afterwards_it_may(bench: Callable[..., Page]) -> None:
    page = bench("stubborn")
    grab(page, slider(page, 4), -20, 0)
    dragged = field(page, 4).input_value()
    expect(row(page, 4)).to_contain_text("σ = 0.9526")  # the answer has come, and speaks of 3
    assert slider(page, 4).input_value() == field(page, 4).input_value() == dragged
    assert float(dragged) < 0
    page.mouse.up()
    expect(field(page, 4)).to_have_value("3")
    expect(slider(page, 4)).to_have_value("3")


@pytest.mark.slow
def test_another_row_follows_the_server_without_a_new_revision(bench: Callable[..., Page]) -> None:
    page = bench()
    page.get_by_role("button", name="elsewhere").click()
    expect(field(page, 2)).to_have_value("2.5")
    expect(slider(page, 2)).to_have_value("2.5")


def test_another_revision_counts_even_in_a_drag(bench: Callable[..., Page]) -> None:
    page = bench()
    grab(page, slider(page, 4), 40, 0)
    expect(line(page, "log")).to_contain_text("move")
    page.get_by_role("button", name="reset").evaluate("node => node.click()")
    expect(field(page, 4)).to_have_value("-6.8123")
    x, y = middle(slider(page, 4))
    page.mouse.move(x + 10, y, steps=3)  # the button is still down: this drag is over
    expect(slider(page, 4)).to_have_value("-6.81")
    page.mouse.up()
    raw(page, 4, "-6.812346")
    expect(line(page, "log")).not_to_contain_text("end")
    grab(page, slider(page, 4), 40, 0)  # and the next one is not
    page.mouse.up()
    expect(line(page, "log")).to_have_text(re.compile("end$"))


@pytest.mark.slow
def test_the_field_takes_more_than_the_slider_and_leaves_what_was_not_typed(bench: Callable[..., Page]) -> None:
    page = bench()
    expect(field(page, 4)).to_have_value("-6.8123")
    expect(field(page, 5)).to_have_value("30")
    expect(slider(page, 5)).to_have_value("12")
    field(page, 4).fill("-6.8123")
    expect(line(page, "log")).to_contain_text("end")
    raw(page, 4, "-6.812346")
    field(page, 4).fill("14.5")
    raw(page, 4, "14.5")
    expect(slider(page, 4)).to_have_value("12")
    expect(row(page, 4)).to_contain_text("σ = 1.0000")
    field(page, 4).fill("500")
    expect(field(page, 4)).to_have_value("500")  # while one types nobody else writes
    page.keyboard.press("Enter")
    expect(field(page, 4)).to_have_value("120")
    raw(page, 4, "120")
    expect(line(page, "log")).to_have_text(re.compile("end$"))


@pytest.mark.slow
def test_keys_step_and_esc_takes_the_series_back(bench: Callable[..., Page]) -> None:
    page = bench()
    slider(page, 0).focus()
    expect(line(page, "selected")).to_have_text("selected 0")
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowLeft", "PageUp"):
        page.keyboard.press(key)
    raw(page, 0, "0.845")
    expect(field(page, 0)).to_have_value("0.845")
    expect(slider(page, 0)).to_have_attribute("aria-valuetext", re.compile(r"^0\.845, σ"))
    expect(line(page, "log")).to_have_text(re.compile("end$"))
    page.keyboard.press("Escape")
    raw(page, 0, "0.25")
    expect(line(page, "log")).to_have_text(re.compile("end cancel$"))
    page.keyboard.press("Escape")  # there is nothing left to take back
    page.keyboard.press("End")
    raw(page, 0, "12")
    page.keyboard.press("Home")
    raw(page, 0, "-12")
    field(page, 0).focus()
    page.keyboard.press("ArrowUp")
    raw(page, 0, "-11.95")


@pytest.mark.slow
def test_esc_in_a_drag_puts_the_thumb_back_until_the_next_press(bench: Callable[..., Page]) -> None:
    page = bench()
    grab(page, slider(page, 4), 40, 0)
    expect(line(page, "log")).to_contain_text("move")
    page.keyboard.press("Escape")
    x, y = middle(slider(page, 4))
    page.mouse.move(x + 60, y, steps=3)
    page.mouse.up()
    raw(page, 4, "-6.812346")
    expect(field(page, 4)).to_have_value("-6.8123")
    expect(slider(page, 4)).to_have_value("-6.81")
    expect(line(page, "log")).to_have_text(re.compile("^log (move )+cancel$"))


@pytest.mark.slow
def test_esc_in_the_field_takes_back_all_that_was_typed(bench: Callable[..., Page]) -> None:
    page = bench()
    field(page, 4).fill("1")
    expect(line(page, "log")).to_have_text(re.compile("end$"))  # a pause
    field(page, 4).press_sequentially("2")
    raw(page, 4, "12")
    page.keyboard.press("Escape")
    raw(page, 4, "-6.812346")
    expect(field(page, 4)).to_have_value("-6.8123")


def test_a_click_on_a_row_chooses_it_once(bench: Callable[..., Page]) -> None:
    page = bench()
    expect(row(page, 4)).to_have_attribute("aria-current", "true")
    row(page, 2).get_by_role("rowheader").click()
    expect(line(page, "selected")).to_have_text("selected 2")
    expect(row(page, 2)).to_have_attribute("aria-current", "true")
    expect(row(page, 4)).not_to_have_attribute("aria-current", "true")
    row(page, 2).get_by_role("rowheader").click()
    grab(page, slider(page, 2), 20, 0)
    page.mouse.up()
    expect(line(page, "log")).to_have_text(re.compile("^log select (move )*end$"))  # slow servers hear of the end alone
    page.get_by_role("button", name="reset").click()
    expect(row(page, 4)).to_have_attribute("aria-current", "true")


def test_a_row_is_one_node_all_its_life_in_the_order_of_the_server(bench: Callable[..., Page]) -> None:
    page = bench()
    row(page, 4).evaluate("node => { node.mark = 'mine' }")
    order = "() => [...document.querySelectorAll('[data-channel]')].map((node) => +node.dataset.channel)"
    assert page.evaluate(order) == [0, 1, 2, 3, 4, 5, 6]
    page.get_by_role("button", name="turn").click()
    page.wait_for_function(f"({order})().join() === '6,5,4,3,2,1,0'")
    assert row(page, 4).evaluate("node => node.mark") == "mine"
    expect(page.get_by_text("log", exact=True)).to_be_visible()  # nothing was said


def test_a_bar_points_to_the_sign_of_the_gradient_and_stops_at_its_half(bench: Callable[..., Page]) -> None:
    page = bench()

    def bar(channel: int) -> tuple[float, float]:
        share = """node => { const [whole, bar] = [node, node.firstChild].map((one) => one.getBoundingClientRect());
                   return [(bar.left - whole.left) / whole.width, (bar.right - whole.left) / whole.width]; }"""
        left, right = row(page, channel).locator(".lzc-track").evaluate(share)
        return left, right

    assert bar(0) == pytest.approx((0.5, 0.5 + 0.5 * 0.1865), abs=0.01)
    assert bar(5) == pytest.approx((0.5, 1), abs=0.01)
    assert bar(4) == pytest.approx((0, 0.5), abs=0.01)
    left, right = bar(6)
    assert left == right


@pytest.mark.parametrize("wide", [pytest.param(True, marks=pytest.mark.slow), False])
def test_rows_are_low_when_wide_and_nothing_sticks_out_when_narrow(bench: Callable[..., Page], wide: bool) -> None:
    page = bench(viewport={"width": 660 if wide else 340, "height": 800})
    box, track = row(page, 4).bounding_box(), slider(page, 4).bounding_box()
    assert box is not None
    assert track is not None
    assert (box["height"] <= 34) == wide
    assert track["height"] >= 24
    assert track["width"] > 90
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_finger_drags_sideways_and_scrolls_up_and_down(bench: Callable[..., Page]) -> None:
    page = bench(viewport={"width": 340, "height": 640}, has_touch=True, is_mobile=True)
    x, y = middle(slider(page, 1))
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *points: float) -> None:
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x in points]})

    touch("touchStart", x)
    for step in range(1, 9):
        touch("touchMove", x + 5 * step)
    touch("touchEnd")
    expect(line(page, "log")).to_have_text(re.compile("end$"))
    dragged = field(page, 1).input_value()
    assert float(dragged) > 3
    raw(page, 1, dragged)
    x, y = middle(slider(page, 3))
    top = row(page, 3).bounding_box()
    assert top is not None
    swipe(page, x + 30, y, -150)
    page.wait_for_function(
        "top => document.querySelector('[data-channel=\"3\"]').getBoundingClientRect().top < top - 50", arg=top["y"]
    )
    expect(slider(page, 3)).to_have_value("-1.1")
    raw(page, 3, "-1.1")
    # A busy server hears of the end alone.
    expect(line(page, "log")).to_have_text(re.compile(r"^log select (move )*end$"))
