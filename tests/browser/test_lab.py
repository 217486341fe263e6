"""The Loss Lab in a real browser: what a visitor does and what follows."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import back, becomes, changes, expect, grab, middle, numbers, query, rested, swipe, value, width
from playwright.sync_api import Page

from lossviz.engine.heads import Predictor
from lossviz.lab.dragging import moved_prediction
from lossviz.lab.state import State, from_query
from lossviz.lab.view import view_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Lab = Callable[..., Page]
CUP = Predictor("13", 1, 5, 6)
MOVED = moved_prediction(State(), CUP, (0.5, 0.42, 0.5, 0.3))
PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}

FIT = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return [main.scrollHeight - main.clientHeight, document.documentElement.scrollWidth - innerWidth,
          main.scrollWidth - main.clientWidth];
}"""

WATCH = """() => {
  const nodes = () => [document.querySelector("[data-testid=bars]"), window.canvas];
  const find = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.dataset.testid === "box-canvas") return node;
      const inside = node.shadowRoot && find(node.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  window.canvas = find(document);
  const first = nodes();
  const seen = (window.seen = { frames: 0, strange: 0, blank: 0, losses: new Set() });
  const look = () => {
    seen.frames += 1;
    seen.strange += nodes().some((node, i) => node !== first[i] || !node.isConnected);
    seen.blank += !(first[0].querySelector("[data-bar]")?.getBoundingClientRect().width > 0);
    seen.losses.add(document.querySelector("[data-testid=loss]")?.dataset.value);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture
def lab(visit: Callable[..., Page]) -> Lab:
    """Opens the Lab at a link and waits until picture, numbers and bars are there."""

    def lab(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/lab?" + (link if isinstance(link, str) else urlencode(link)), **options)
        ready(page)
        return page

    return lab


def ready(page: Page) -> None:
    expect(page.locator("[data-box=prediction]")).to_be_visible()
    expect(page.locator("[data-testid=bars] [data-row]").first).to_be_attached()
    expect(page.get_by_test_id("loss")).to_be_visible()


def of(state: State) -> dict[str, object]:
    """The numbers of a state, to five significant digits and better."""
    view = view_of(state)
    whole = {"loss": view.loss, "excess": view.excess, "floor": view.floor, "printed-cost": view.printed_cost}
    terms = {f"term-{term.name}": term.value for term in view.active_terms}
    return {name: pytest.approx(number, rel=5e-6) for name, number in (whole | terms).items()}


def linked(page: Page) -> State:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def released(page: Page, key: str = "raw") -> None:
    """Let go, and wait until the link says where."""
    before = page.url
    page.mouse.up()
    expect(page).not_to_have_url(before)
    expect(page).to_have_url(re.compile(f"[?&]{key}="))


def shows(page: Page, state: State) -> None:
    """Wait for the numbers of a state."""
    becomes(page, "loss", view_of(state).loss)
    assert numbers(page) == of(state)


def test_it_opens_on_coffee_with_the_prediction_in_hand_and_every_number_visible(lab: Lab) -> None:
    page = lab()
    assert numbers(page) == of(State())
    assert numbers(page)["loss"] == pytest.approx(16.634, abs=5e-4)
    terms = {name: number for name, number in numbers(page).items() if name.startswith("term-")}
    assert list(terms) == ["term-centre", "term-size", "term-object", "term-noobject", "term-class"]
    assert sum(terms.values()) == pytest.approx(numbers(page)["loss"], rel=1e-6)
    for name in ("loss", "excess", "floor", "printed-cost", *terms):
        expect(value(page, name)).to_be_visible()
    expect(page.locator("[data-box=prediction]")).to_have_attribute("data-selected", "")
    expect(page.get_by_text("the missed spoon 10.62")).to_be_visible()
    assert query(page) == {}


def test_a_drag_changes_the_numbers_at_once_and_the_link_on_release(lab: Lab) -> None:
    page = lab()
    before = numbers(page)
    grab(page, page.locator("[data-box=prediction]"), 15, 10)
    changes(page, "term-centre", before["term-centre"])
    changes(page, "loss", before["loss"])
    during = numbers(page)
    assert query(page) == {}
    changed = {name for name in before if during[name] != pytest.approx(before[name], rel=1e-4)}
    assert changed == {"loss", "excess", "printed-cost", "term-centre"}
    assert during["term-object"] == before["term-object"]
    released(page)
    shows(page, linked(page))


@pytest.mark.slow
def test_a_grip_changes_the_size_term(lab: Lab) -> None:
    page = lab()
    before = numbers(page)
    grab(page, page.locator("[data-grip=se]"), 60, 20)
    changes(page, "term-size", before["term-size"])
    released(page)
    shows(page, linked(page))
    assert numbers(page)["term-object"] == before["term-object"]
    assert numbers(page)["floor"] == before["floor"]


def test_canvas_and_chart_are_the_same_nodes_during_a_drag_and_the_chart_is_never_blank(lab: Lab) -> None:
    page = lab()
    page.evaluate(WATCH)
    x, y = middle(page.locator("[data-box=prediction]"))
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        before = numbers(page)["loss"]
        page.mouse.move(x + 2 * step, y - step)
        changes(page, "loss", before)
    released(page)
    seen = page.evaluate("() => ({ ...window.seen, losses: window.seen.losses.size })")
    assert seen["losses"] >= 5
    assert (seen["strange"], seen["blank"]) == (0, 0)


@pytest.mark.slow
def test_arrow_keys_step_shift_is_finer_and_esc_takes_back(lab: Lab) -> None:
    page = lab()
    start = view_of(State()).prediction.xywh[0]
    page.locator("[data-box=prediction]").focus()
    for keys, step in (("ArrowRight", 0.005), ("Shift+ArrowLeft", -0.0005)):
        page.keyboard.press(keys)
        expect(page).to_have_url(re.compile("raw="))
        shows(page, linked(page))
        assert view_of(linked(page)).prediction.xywh[0] - start == pytest.approx(step, abs=1e-5)
        page.keyboard.press("Escape")
        shows(page, State())
        expect(page).not_to_have_url(re.compile("raw="))
        rested(page)  # the canvas knows that its box was put back


@pytest.mark.slow
def test_esc_during_a_drag_takes_it_back(lab: Lab) -> None:
    page = lab()
    start = numbers(page)["loss"]
    grab(page, page.locator("[data-box=prediction]"), 15, 0)
    changes(page, "loss", start)
    page.keyboard.press("Escape")
    shows(page, State())
    page.mouse.up()
    assert query(page) == {}


@pytest.mark.slow
def test_undo_and_reset_restore_the_exact_numbers_and_the_link(lab: Lab) -> None:
    page = lab()
    start = numbers(page)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    grab(page, page.locator("[data-box=prediction]"), 15, 5)
    released(page)
    once = linked(page)
    shows(page, once)
    grab(page, page.locator("[data-grip=e]"), 30, 0)
    released(page)
    shows(page, linked(page))
    page.get_by_role("button", name="Undo").click()
    shows(page, once)
    assert linked(page) == once
    page.get_by_role("button", name="Reset").click()
    shows(page, State())
    assert numbers(page) == start
    assert query(page) == {}


@pytest.mark.slow
def test_a_finger_drags_the_box_and_scrolls_beside_it(lab: Lab) -> None:
    page = lab(**{**PHONE, "viewport": {"width": 375, "height": 560}})
    x, y = middle(page.locator("[data-box=prediction]"))
    swipe(page, x, y, -12)
    expect(page).to_have_url(re.compile("raw="))
    shows(page, linked(page))
    moved = linked(page)
    canvas = page.get_by_test_id("box-canvas").bounding_box()
    assert canvas is not None
    swipe(page, canvas["x"] + 12, canvas["y"] + canvas["height"] - 12, -150)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 40")
    assert linked(page) == moved


@pytest.mark.slow
def test_the_objectness_switch_changes_two_terms_and_never_what_darknet_prints(lab: Lab) -> None:
    page = lab()
    before = numbers(page)
    page.get_by_role("radio", name="MSE", exact=True).click()
    shows(page, State(objectness="mse"))
    after = numbers(page)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"term-object", "term-noobject", "loss", "excess"}
    assert query(page) == {"v": "1", "obj": "mse"}
    page.get_by_role("radio", name="BCE", exact=True).click()
    shows(page, State(objectness="bce"))
    assert numbers(page) == before


@pytest.mark.slow
def test_in_the_mode_of_the_link_the_label_moves_and_with_it_the_floor(lab: Lab) -> None:
    page = lab("mode=label")
    expect(page.locator("[data-box=prediction]")).not_to_have_attribute("data-movable", "")
    expect(page.locator("[data-box=truth-1]")).to_have_attribute("data-movable", "")
    before = numbers(page)
    pixels = 10 / 600 * width(page)
    grab(page, page.locator("[data-box=truth-0]"), -pixels, 0)
    changes(page, "floor", before["floor"])
    released(page, "truth")
    shows(page, linked(page))
    assert numbers(page)["loss"] == pytest.approx(16.23, abs=0.01)
    assert numbers(page)["printed-cost"] > before["printed-cost"]
    assert linked(page).raws == ()


@pytest.mark.slow
def test_number_fields_and_nudge_buttons_do_what_dragging_does(lab: Lab) -> None:
    page = lab()
    page.locator("[data-tool=numbers]").click()
    page.locator("[data-field=w]").fill("0.3")
    expect(page).to_have_url(re.compile("raw="))
    before = page.url
    page.locator("[data-nudge=taller]").click()
    expect(page).not_to_have_url(before)
    expect(page.locator("[data-field=w]")).to_have_value("0.300")
    shows(page, linked(page))
    start = view_of(State()).prediction.xywh
    assert view_of(linked(page)).prediction.xywh == pytest.approx((*start[:2], 0.3, start[3] + 0.005), abs=1e-5)


@pytest.mark.parametrize(
    "state",
    [
        MOVED,
        *(
            pytest.param(state, marks=pytest.mark.slow)
            for state in (
                State(mode="label").with_truth(0, xywh=(0.46, 0.43, 0.4, 0.5)),
                State(objectness="mse", at=Predictor("13", 1, 6, 8)),
                moved_prediction(State("chelsea", "darknet_v2"), Predictor("26", 2, 13, 12), (0.48, 0.51, 0.3, 0.7)),
            )
        ),
    ],
    ids=["moved prediction", "moved label", "objectness", "another scene in v2"],
)
def test_a_link_opens_the_numbers_of_its_state_and_stays_as_it_is(lab: Lab, state: State) -> None:
    page = lab(state.to_query())
    shows(page, state)
    assert query(page) == state.to_query()


@pytest.mark.slow
def test_a_copied_link_reopens_the_same_numbers_for_somebody_else_and_two_visitors_share_nothing(lab: Lab) -> None:
    mine, other = lab(), lab(alone=True)
    grab(mine, mine.locator("[data-grip=nw]"), -25, -35)
    released(mine)
    shows(mine, linked(mine))
    theirs = lab(query(mine), alone=True)
    assert numbers(theirs) == pytest.approx(numbers(mine), rel=5e-6)
    other.get_by_role("radio", name="MSE", exact=True).click()
    shows(other, State(objectness="mse"))
    assert numbers(mine) == of(linked(mine))


def test_back_returns_to_the_state_before(lab: Lab) -> None:
    page = lab()
    grab(page, page.locator("[data-box=prediction]"), 15, 5)
    released(page)
    first = linked(page)
    shows(page, first)
    x, y = middle(page.locator("[data-box=prediction]"))
    grab(page, page.locator("[data-box=prediction]"), -20, -20)
    released(page)
    shows(page, linked(page))
    back(page)
    shows(page, first)
    assert middle(page.locator("[data-box=prediction]")) == pytest.approx((x, y), abs=1)
    back(page)
    shows(page, State())


EVIL = "<img src=x onerror=window.injected=1><script>window.injected=1</script>"
NONSENSE = [
    ({"scene": "nowhere"}, "scene"),
    ({"raw": "13.1.5.6_nan_0_0_0"}, "raw"),
    ({"scene": EVIL, "recipe": EVIL, "raw": EVIL, "lang": EVIL, "truth": EVIL, "at": EVIL}, "recipe"),
    ({"raw": "13.1.5.6_" + "9" * 3000, "truth": "0" * 3000}, "truth"),
    ({"lang": "xx", "view": "huge", "v": "99"}, "lang"),
    ({"v": "1", "scene": "chelsea", "truth": "00000000099_.5_.5_.5_.5"}, "truth"),
]


@pytest.mark.parametrize("links", [NONSENSE[2:3], pytest.param(NONSENSE, marks=pytest.mark.slow)], ids=["worst", "all"])
def test_nonsense_in_a_link_opens_the_page_with_a_note_and_nothing_of_it_becomes_part_of_the_page(
    lab: Lab, links: list[tuple[dict[str, str], str]]
) -> None:
    page = lab()
    for link, key in links:
        page.goto(page.url.partition("?")[0] + "?" + urlencode(link))
        ready(page)
        expect(page.get_by_test_id("stAlert")).to_contain_text(key)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        shows(page, State(scene="chelsea") if link.get("scene") == "chelsea" else State())
        assert page.evaluate("() => window.injected") is None
        assert page.locator("img[src=x]").count() == 0
        assert "injected" not in (page.locator("body").text_content() or "")
    page.goto(page.url.partition("?")[0] + "?utm_source=newsletter&x=" + EVIL)
    ready(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_another_scene_and_another_implementation_are_behind_one_button(lab: Lab) -> None:
    page = lab(MOVED.to_query())
    page.get_by_role("button", name="coffee · YOLOv3").click()
    page.get_by_test_id("stPopoverBody").get_by_text("cat", exact=True).click()
    shows(page, State(scene="chelsea"))
    page.get_by_test_id("stPopoverBody").get_by_text("Darknet YOLOv2", exact=True).click()
    shows(page, State(scene="chelsea", recipe="darknet_v2"))
    assert query(page) == {"v": "1", "scene": "chelsea", "recipe": "darknet_v2"}
    expect(page.get_by_test_id("stPopoverBody")).to_contain_text("files of numbers")


def test_pictures_and_the_table_can_be_taken_away(lab: Lab) -> None:
    page = lab(MOVED.to_query())
    page.get_by_role("button", name="Share").click()
    body = page.get_by_test_id("stPopoverBody")
    body.get_by_text("Picture", exact=True).click()
    first_bytes = {"PNG": b"\x89PNG", "SVG": b"<?xml", "PDF": b"%PDF", "CSV": b"term,"}
    for kind, first in first_bytes.items():
        with page.expect_download() as waiting:
            body.get_by_role("button", name=kind).click()
        download = waiting.value
        drawn = "" if kind == "CSV" else "-en-post-light"
        name = rf"lossviz-lab-coffee-darknet_v3-[0-9a-f]{{8}}{drawn}\.{kind.lower()}"
        assert re.fullmatch(name, download.suggested_filename)
        content = Path(download.path()).read_bytes()
        assert content.startswith(first)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert float(rows[-2]["loss"]) == pytest.approx(numbers(page)["loss"], rel=1e-6)
    assert sum(float(row["loss"]) for row in rows[:-2]) == pytest.approx(numbers(page)["loss"], rel=1e-6)


@pytest.mark.parametrize(
    ("link", "options"),
    [
        ("", {"viewport": {"width": 1366, "height": 768}}),
        pytest.param("", PHONE, marks=pytest.mark.slow),
        ("lang=zh", PHONE),
        pytest.param("view=embed", {"viewport": {"width": 640, "height": 480}}, marks=pytest.mark.slow),
    ],
    ids=["laptop", "phone", "phone in Chinese", "frame of 640x480"],
)
def test_a_lesson_fits_one_screen(lab: Lab, link: str, options: dict[str, object]) -> None:
    page = lab(link, **options)
    down, right, inside = page.evaluate(FIT)
    assert (right, inside) == (0, 0)
    assert down <= 4
    expect(page.get_by_role("radio").last).to_be_in_viewport()


def test_an_embedded_frame_has_no_header_and_a_way_out(lab: Lab) -> None:
    page = lab({**MOVED.to_query(), "view": "embed"}, viewport={"width": 640, "height": 480})
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.get_by_text("中文")).to_have_count(0)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open in lossviz").click()
    ready(opened.value)
    shows(opened.value, MOVED)
    expect(opened.value.get_by_text("中文")).to_be_visible()


SETTLED = "() => document.getAnimations().every((animation) => animation.playState !== 'running')"

CONTRAST = """() => {
  const dot = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const pen = dot.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const parent = (node) => node.parentElement ?? node.getRootNode().host;
  const ground = (node) => {
    const plate = node.tagName === "text" && node.parentElement.querySelector(".plate");
    if (plate) return rgba(getComputedStyle(plate).fill);
    const layers = [];
    for (let up = node; up; up = parent(up)) {
      const colour = rgba(getComputedStyle(up).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const opacity = (node) => (node ? Number(getComputedStyle(node).opacity) * opacity(parent(node)) : 1);
  const poor = [];
  let count = 0;
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot);
      const words = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data.trim());
      if (!words.join("") || ["STYLE", "SCRIPT", "NOSCRIPT"].includes(node.tagName)) continue;
      if (!node.checkVisibility({ visibilityProperty: true }) || node.closest(":disabled, [aria-hidden=true]")) continue;
      const style = getComputedStyle(node);
      const below = ground(node);
      const ink = rgba(node instanceof SVGElement ? style.fill : style.color);
      const seen = over([...ink.slice(0, 3), ink[3] * opacity(node)], below);
      const [a, b] = [light(seen), light(below)].sort((p, q) => q - p);
      const contrast = (a + 0.05) / (b + 0.05);
      count += 1;
      if (contrast < 4.5) poor.push(`${words.join(" ")}: ${contrast.toFixed(2)}`);
    }
  };
  walk(document.body);
  return [count, poor];
}"""


def test_every_text_stands_out_from_its_ground_in_the_light_and_in_the_dark(lab: Lab) -> None:
    page = lab("scene=nowhere")
    ground = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 27)")):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"() => {ground} === '{colour}'")
        page.wait_for_function(SETTLED)
        count, poor = page.evaluate(CONTRAST)
        assert count > 40
        assert (scheme, poor) == (scheme, [])


@pytest.mark.slow
def test_the_language_switch_keeps_the_state_and_the_numbers(lab: Lab) -> None:
    page = lab(MOVED.to_query())
    before = numbers(page)
    page.get_by_text("中文").click()
    expect(page.get_by_role("button", name="重置")).to_be_visible()
    assert numbers(page) == before
    assert query(page) == {**MOVED.to_query(), "lang": "zh"}
    page.get_by_text("English").click()
    expect(page.get_by_role("button", name="Reset")).to_be_visible()
    assert numbers(page) == before


@pytest.mark.slow
def test_each_card_of_the_start_page_opens_its_state_in_the_same_language(visit: Callable[..., Page]) -> None:
    page = visit("/", locale="zh-CN")
    expect(page.locator(".lz-card")).to_have_count(3)
    for number, scene in enumerate(("coffee", "astronaut", "chelsea")):
        page.locator(".lz-card").nth(number).click()
        ready(page)
        shows(page, State(scene=scene))
        expect(page.get_by_role("button", name="重置")).to_be_visible()
        assert query(page).get("lang") == "zh"
        back(page)
        expect(page.locator(".lz-card")).to_have_count(3)


def test_the_state_survives_a_look_at_another_page(lab: Lab) -> None:
    page = lab({**MOVED.to_query(), "lang": "zh"})
    page.get_by_test_id("stTopNavLink").filter(has_text="开始").click()
    expect(page.locator(".lz-card")).to_have_count(3)
    page.get_by_test_id("stTopNavLink").filter(has_text="损失实验室").click()
    ready(page)
    shows(page, MOVED)
    expect(page).to_have_url(re.compile("raw="))
    assert query(page) == {**MOVED.to_query(), "lang": "zh"}
