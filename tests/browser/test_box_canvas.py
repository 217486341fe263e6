"""What a visitor can do with the boxes, by mouse, finger and keys, in a real browser."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import drawn, expect, grab, middle, swipe, width
from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

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


@pytest.fixture
def address(tries: tuple[str, Path]) -> str:
    address, folder = tries
    (folder / "canvas.py").write_text(SCRIPT, "utf-8")
    shutil.copy(Path(__file__).parent / "try_film.py", folder / "film.py")
    return address


@pytest.fixture
def bench(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the script with these words in its query."""

    def bench(query: str = "", **options: Any) -> Page:
        page = visit(f"/?script=canvas&embed=true&{query}", **{"viewport": {"width": 800, "height": 900}, **options})
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


@pytest.mark.slow
def test_without_a_photograph_there_is_nothing_to_dim(bench: Callable[..., Page]) -> None:
    page = bench()
    expect(page.locator("[data-tool=numbers]")).to_be_visible()
    expect(page.locator("[data-tool=dimmer]")).to_be_hidden()


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
    expect(page.locator("[aria-live=polite]")).to_have_count(0)  # the slider that has the focus says where it is
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
    expect(page.locator("[aria-live=polite]")).to_have_text("said at 0.300 0.500")


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


# ---- two boxes on ruled paper, and races: try_film.py ----


@pytest.fixture
def paper(visit: Callable[..., Page]) -> Callable[..., Page]:
    """Opens try_film.py with these words in its query."""

    def paper(query: str = "", **options: Any) -> Page:
        page = visit(f"/?script=film&embed=true&film&{query}", **{"viewport": {"width": 800, "height": 900}, **options})
        expect(page.locator("[data-box=moving]")).to_be_visible()
        expect(line(page, "target")).to_be_visible()
        return page

    return paper


SHAPES = """async (picture) => {
  const find = (selector) => picture.querySelector(selector);
  const rect = (node) => ["x", "y", "width", "height"].map((name) => Number(node.getAttribute(name)));
  const numbers = (node) => node.getAttribute("d").match(/-?[0-9.]+(e-?[0-9]+)?/g).map(Number);
  const ink = (part) => find(`[data-part=${part}] .ink`);
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  const apart = find("[data-part=intersection]").getAttribute("visibility") === "hidden";
  return {
    moving: rect(find("[data-box=moving] g rect.ink")), target: rect(find("[data-box=target] g rect.ink")),
    shared: apart ? null : numbers(find("[data-part=intersection] .fill")), union: numbers(find("[data-part=union] .fill")),
    hull: rect(ink("hull")), centres: numbers(ink("centres")), diagonal: numbers(ink("diagonal")),
  };
}"""


@pytest.mark.slow
def test_what_two_boxes_have_in_common_follows_the_drag_without_the_server(paper: Callable[..., Page]) -> None:
    page = paper("relation&slow=3")
    side = width(page)
    x, y = middle(page.locator("[data-box=moving]"))
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((0, 0), (60, 30), (120, 160), (260, 230)):
        page.mouse.move(x + dx, y + dy, steps=6)
        shapes = page.get_by_test_id("box-canvas").evaluate(SHAPES)
        (ax, ay, aw, ah), (bx, by, bw, bh) = shapes["moving"], shapes["target"]
        assert (ax + aw / 2, ay + ah / 2) == pytest.approx([0.3 * side + dx, 0.3 * side + dy], abs=0.01)
        left, top, right, bottom = min(ax, bx), min(ay, by), max(ax + aw, bx + bw), max(ay + ah, by + bh)
        assert shapes["hull"] == pytest.approx([left, top, right - left, bottom - top], abs=0.01)
        assert shapes["diagonal"] == pytest.approx([left, top, right, bottom], abs=0.01)
        assert shapes["centres"] == pytest.approx([ax + aw / 2, ay + ah / 2, bx + bw / 2, by + bh / 2], abs=0.01)
        assert shapes["union"] == pytest.approx([ax, ay, aw, ah, -aw, bx, by, bw, bh, -bw], abs=0.01)
        u, v = max(ax, bx), max(ay, by)
        w, h = min(ax + aw, bx + bw) - u, min(ay + ah, by + bh) - v
        assert shapes["shared"] == (pytest.approx([u, v, w, h, -w], abs=0.01) if w > 0 and h > 0 else None)
        assert (shapes["shared"] is None) == (dx < 100)
    expect(line(page, "moving")).to_have_text("moving 0.3000 0.3000 0.2000 0.3000")  # nobody has heard of it yet
    page.mouse.up()


@pytest.mark.slow
def test_only_the_parts_with_a_label_are_drawn_and_no_label_lies_on_another(paper: Callable[..., Page]) -> None:
    page = paper("relation=hull,centres")
    for part in ("hull", "centres"):
        expect(page.locator(f"[data-part={part}]")).not_to_have_attribute("visibility", "hidden")
    for part in ("union", "intersection", "diagonal", "aspect_first", "aspect_second"):
        expect(page.locator(f"[data-part={part}]")).to_have_attribute("visibility", "hidden")
    page = paper("relation", viewport={"width": 375, "height": 812})
    grab(page, page.locator("[data-box=moving]"), 0.2 * width(page), 0.22 * width(page))
    page.mouse.up()
    shown = page.locator("[data-note]:not([visibility=hidden]) .plate, [data-chip] .plate")
    assert free_places(shown) == 9


def free_places(shown: Locator) -> int:
    """How many things are shown; none of them lies on another."""
    places = [box for box in (shown.nth(i).bounding_box() for i in range(shown.count())) if box and box["width"]]
    for i, a in enumerate(places):
        for b in places[:i]:
            apart_x = max(a["x"], b["x"]) >= min(a["x"] + a["width"], b["x"] + b["width"])
            assert apart_x or max(a["y"], b["y"]) >= min(a["y"] + a["height"], b["y"] + b["height"])
    return len(places)


@pytest.mark.slow
def test_arrows_from_one_point_run_side_by_side(paper: Callable[..., Page]) -> None:
    page = paper("relation&arrows")
    shafts = page.locator(".arrows path.casing.ink")
    starts = {shafts.nth(i).get_attribute("d", timeout=1000).split("L")[0] for i in range(shafts.count())}  # type: ignore[union-attr]
    assert len(starts) == shafts.count() == 10
    assert (
        free_places(page.locator(".note[data-kind]:not([visibility=hidden]) .plate")) == 5
    )  # the others have no label


@pytest.mark.slow
def test_fields_keys_and_what_is_spoken_are_in_the_units_of_the_board(paper: Callable[..., Page]) -> None:
    page = paper("relation")
    assert page.locator(".ticks text").all_text_contents()[:9] == [str(n) for n in range(6, 15)]
    box = page.locator("[data-box=moving]")
    box.focus()
    for key in ("ArrowRight", "Shift+ArrowDown", "Alt+ArrowUp"):
        page.keyboard.press(key)
    expect(line(page, "moving")).to_have_text("moving 0.3050 0.3005 0.2000 0.3050")
    page.keyboard.press("PageUp")  # up: 0.2
    expect(line(page, "moving")).to_have_text("moving 0.3050 0.2805 0.2000 0.3050")
    expect(box).to_have_attribute("aria-valuetext", re.compile("moving.* 8.05.* 7.8.* 2.00.* 3.05"))
    expect(box).to_have_attribute("aria-valuemax", "15.00")
    page.locator("[data-tool=numbers]").click()
    fields = {name: page.locator(f"[data-field={name}]") for name in "xywh"}
    expect(fields["x"]).to_have_value("8.05")
    expect(fields["w"]).to_have_value("2.00")
    expect(fields["x"]).to_have_attribute("max", "15")
    fields["x"].fill("9")
    expect(line(page, "moving")).to_have_text("moving 0.4000 0.2805 0.2000 0.3050")
    page.locator("[data-nudge=wider]").click()
    expect(line(page, "moving")).to_have_text("moving 0.4000 0.2805 0.2050 0.3050")
    expect(page.locator("[data-tool=dimmer]")).to_be_hidden()


LISTEN = """window.steps = []; window.addEventListener("lossviz:step", ({ detail }) => window.steps.push(detail));"""


def film_step(page: Page) -> int:
    return int(page.get_by_test_id("film-step").get_attribute("data-value") or -1)


def wait_for_step(page: Page, test: str) -> None:
    page.wait_for_function(f"window.steps.some(({{ step }}) => {test})")


@pytest.mark.slow
def test_a_film_opens_playing_and_loops_and_says_each_step_to_the_page(paper: Callable[..., Page]) -> None:
    page = paper("speed=60")
    page.evaluate(LISTEN)
    page.wait_for_function("steps.length > 3 && steps.at(-1).step < steps.at(-2).step")  # over the end
    page.wait_for_function("steps.at(-1).step > 2")
    seen = page.evaluate("steps")
    assert all(one["playing"] for one in seen)
    steps = [one["step"] for one in seen]
    end = steps.index(40)
    assert steps[: end + 1] == sorted(steps[: end + 1])
    assert steps[end + 1] == 0
    expect(line(page, "log")).to_have_text("log empty")  # running is no message


def test_pause_steps_and_scrubbing_reach_the_server_and_the_table_shows_the_numbers_of_that_step(
    paper: Callable[..., Page],
) -> None:
    page = paper("speed=15")
    expect(page.get_by_test_id("film-step")).to_have_attribute("data-value", re.compile("[3-9]"))
    page.get_by_label("Pause").click()
    at = film_step(page)
    expect(line(page, "film")).to_have_text(f"film {at} False")
    for name, by in (("step", 1), ("back", -1), ("ten", 10), ("back", -1)):
        page.locator(f"[data-film={name}]").click()
        at = min(at + by, 40)
        expect(page.get_by_test_id("film-step")).to_have_text(f"step {at}")
        expect(line(page, "film")).to_have_text(f"film {at} False")
    slider = page.get_by_label("Step", exact=True)
    slider.fill("20")
    expect(line(page, "film")).to_have_text("film 20 False")
    slider.press("ArrowRight")
    expect(line(page, "film")).to_have_text("film 21 False")
    expect(slider).to_have_attribute("aria-valuetext", "step 21")
    drawn(page, 100)
    wanted = [float(number) for number in line(page, "rows").inner_text().split()[1:]]
    cells = [page.get_by_test_id(f"film-giou-{row}") for row in ("iou", "error")]
    shown = [float(cell.get_attribute("data-value") or "nan") for cell in cells]
    assert shown == pytest.approx(wanted, rel=2e-7)  # float32
    assert [float(cell.inner_text()) for cell in cells] == pytest.approx(wanted, rel=5e-4)  # four digits
    page.locator("[data-film=restart]").click()
    expect(line(page, "film")).to_have_text("film 0 False")
    page.get_by_label("Play").click()
    expect(line(page, "film")).to_have_text("film 0 True")
    expect(page.get_by_test_id("film-step")).to_have_attribute("data-value", re.compile("[3-9]"))


@pytest.mark.slow
def test_the_racers_stand_where_the_tracks_say(paper: Callable[..., Page]) -> None:
    page = paper("paused&speed=60")
    side = width(page)
    outline = page.locator("[data-racer=giou] rect.ink")
    assert float(outline.get_attribute("x") or 0) == pytest.approx(0.2 * side, abs=0.01)  # the start box
    for _ in range(4):
        page.locator("[data-film=ten]").click()
    expect(page.get_by_test_id("film-step")).to_have_attribute("data-value", "40")
    left = 0.3 * 2.718281828 ** (-0.04 * 40)  # of the way in x, and 0.2 in width
    x = 0.6 - left - (0.4 - 0.2 * left / 0.3) / 2
    assert float(outline.get_attribute("x") or 0) == pytest.approx(x * side, abs=0.01)
    trail = page.locator("[data-racer=giou] .trail.ink").get_attribute("d") or ""
    assert trail.count("L") == 40
    styles = [
        page.locator(f"[data-racer={name}] rect.ink").evaluate("node => getComputedStyle(node).strokeDasharray")
        for name in ("giou", "diou")
    ]
    assert len(set(styles)) == 2  # told apart without colour


@pytest.mark.slow
def test_a_film_without_a_loop_stops_at_its_end_and_plays_again_from_the_start(paper: Callable[..., Page]) -> None:
    page = paper("once&speed=60")
    expect(line(page, "film")).to_have_text("film 40 False")
    page.get_by_label("Play").click()
    expect(line(page, "told")).to_have_text("told 40 False, 0 True, 40 False")


@pytest.mark.slow
def test_who_wants_less_motion_starts_the_film_himself(paper: Callable[..., Page]) -> None:
    page = paper("speed=60", reduced_motion="reduce")
    page.wait_for_timeout(300)
    assert film_step(page) == 0
    page.get_by_label("Play").click()
    expect(page.get_by_test_id("film-step")).to_have_attribute("data-value", re.compile("[3-9]"))


@pytest.mark.slow
def test_other_tracks_come_in_place_and_the_film_goes_on(paper: Callable[..., Page]) -> None:
    page = paper("speed=20&steps=2000")
    page.evaluate(LISTEN)
    for thing in ("[data-racer=giou]", "[data-testid=film-giou-error]"):
        page.locator(thing).evaluate("node => { node.mark = 'mine' }")
    wait_for_step(page, "step > 10")
    page.get_by_role("button", name="other tracks").click()
    expect(page.get_by_test_id("film-giou-error")).to_have_text(re.compile(r"^1\.\d{3}$"))
    grab(page, page.locator("[data-box=moving]"), 40, 40)
    expect(line(page, "log")).to_contain_text("move")
    page.mouse.up()
    expect(line(page, "log")).to_contain_text("end")
    seen = [one["step"] for one in page.evaluate("steps")]
    assert seen == sorted(seen)  # never back
    wait_for_step(page, f"step > {seen[-1]}")
    for thing in ("[data-racer=giou]", "[data-testid=film-giou-error]"):
        assert page.locator(thing).evaluate("node => node.mark") == "mine"
    page.get_by_label("Pause").click()
    at = film_step(page)
    page.get_by_role("button", name="other tracks").click()
    expect(page.get_by_test_id("film-giou-error")).to_have_text(re.compile(r"^2\.\d{3}$"))
    assert film_step(page) == at


@pytest.mark.slow
def test_another_revision_and_another_step_of_the_server_are_jumped_to_and_an_echo_is_not(
    paper: Callable[..., Page],
) -> None:
    page = paper("paused&slow=0.4")
    page.evaluate(LISTEN)
    for _ in range(5):
        page.locator("[data-film=step]").click()
        page.wait_for_timeout(100)  # while answers to earlier ones come in
    expect(line(page, "film")).to_have_text("film 5 False")
    seen = [one["step"] for one in page.evaluate("steps")]
    assert seen == sorted(seen)
    page.get_by_role("button", name="jump").click()
    expect(page.get_by_test_id("film-step")).to_have_attribute("data-value", "30")
    page.get_by_label("Play").click()
    page.get_by_role("button", name="reset").click()
    expect(page.get_by_test_id("film-step")).to_have_attribute("data-value", "7")
    expect(page.get_by_label("Play")).to_be_visible()


@pytest.mark.slow
def test_the_speed_goes_round_and_says_so(paper: Callable[..., Page]) -> None:
    page = paper("paused")
    speed = page.locator("[data-film=speed]")
    for name in ("1×", "¼×", "4×", "1×"):
        expect(speed).to_have_text(name)
        expect(speed).to_have_attribute("aria-label", f"Speed {name}")
        speed.click()


@pytest.mark.slow
def test_on_a_phone_the_bar_wraps_and_its_buttons_are_large_enough(paper: Callable[..., Page]) -> None:
    page = paper("paused&all", viewport={"width": 375, "height": 812}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for thing in page.locator("[data-film]").all():
        box = thing.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
        assert box["x"] + box["width"] <= 375
