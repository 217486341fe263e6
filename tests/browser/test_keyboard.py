"""Everybody's keyboard: focus, popovers, undo, what is said, a phone, a lost connection, less motion."""

import re
from collections.abc import Callable

import pytest

pytest.importorskip("playwright")
from browser.driving import PHONE, address, becomes, changes, drawn, expect, until, value
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute

from lossviz.core.text import Text

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Visit = Callable[..., Page]
MOST_TABS = 60
IN_FOCUS = """(selector) => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return Boolean(node?.matches(selector));
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until that thing has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(IN_FOCUS, selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def said(page: Page) -> list[str]:
    """What the page's one polite region says."""
    return page.locator("#lz-said p").all_text_contents()


def opener(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} [data-testid=stPopoverButton]:visible").first


def way(page: Page, box: str, number: str, sentence: str) -> None:
    """The way of a student without a mouse: to the box, along, back, away, and what can be shared."""
    drawn(page)
    tab_to(page, f"[data-box={box}]")
    before = float(value(page, number).get_attribute("data-value") or "nan")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    changes(page, number, before)
    until(page, lambda: any(re.search(sentence, words) for words in said(page)))
    page.keyboard.press("Control+z")
    becomes(page, number, before)
    until(page, lambda: said(page)[:1] == [Text("en")("said_undo")])
    assert page.evaluate(IN_FOCUS, f"[data-box={box}]")
    page.keyboard.press("Escape")
    assert page.evaluate(IN_FOCUS, "body")
    opener(page, "share").focus()
    page.keyboard.press("Enter")
    until(page, lambda: page.evaluate(IN_FOCUS, "[data-testid=stPopoverBody] [role=radio][aria-checked=true]"))
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(opener(page, "share")).to_be_focused()


def test_a_student_without_a_mouse_on_the_lab(visit: Visit) -> None:
    page = visit("/lab?lang=en&level=1")
    expect(page.get_by_test_id("box-canvas")).to_be_visible()
    way(page, "prediction", "loss", "^Loss above the floor")
    assert page.locator("[aria-live=polite], [role=status]").count() == 1


@pytest.mark.slow
def test_a_student_without_a_mouse_on_iou_losses(visit: Visit) -> None:
    page = visit("/overlap?lang=en&level=1&box=9.6_9.6_1.8_1.4")
    expect(page.get_by_test_id("box-canvas")).to_be_visible()
    way(page, "moving", "iou", r"^IoU 0\.\d+")


def test_a_popover_is_left_at_its_ends_and_a_click_keeps_its_focus(visit: Visit) -> None:
    page = visit("/overlap?lang=en")
    drawn(page)
    button, body = opener(page, "examples"), page.get_by_test_id("stPopoverBody")
    button.focus()
    page.keyboard.press("Space")
    until(page, lambda: page.evaluate(IN_FOCUS, "[data-testid=stPopoverBody] *"))
    body.locator("button").last.focus()
    page.keyboard.press("Tab")
    expect(body).to_have_count(0)
    assert page.evaluate(IN_FOCUS, ".st-key-share [data-testid=stPopoverButton]")
    button.click()
    expect(body.locator("button").first).to_be_visible()
    expect(button).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate(IN_FOCUS, "[data-testid=stPopoverBody] *")
    page.keyboard.press("Shift+Tab")
    expect(body).to_have_count(0)
    expect(button).to_be_focused()


@pytest.mark.slow
def test_levels_and_the_states_of_a_list_are_said_and_a_page_that_opens_is_not(visit: Visit) -> None:
    page = visit("/overlap?lang=zh&slides=overlap?v=1%23one%7Clab?v=1")
    text = Text("zh")
    drawn(page, 700)
    assert said(page) == []
    page.locator(".st-key-levels button").nth(1).click()
    until(page, lambda: said(page)[:1] == [text("said_level", name=text("overlap_level_2"))])
    page.keyboard.press("PageDown")
    name = f"{text('page_lab')} · {text('slide_level', level='1')}"
    until(page, lambda: said(page) == [text("said_slide", number=2, count=2, name=name)])


@pytest.mark.slow
def test_control_z_in_a_field_is_the_fields_own(visit: Visit) -> None:
    page = visit("/overlap?lang=en")
    drawn(page)
    page.locator("[data-box=moving]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".st-key-undo button")).to_be_enabled()
    here = address(page)
    page.locator("[data-tool=numbers]").click()
    page.locator("[data-field=x]").focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    drawn(page, 600)
    assert address(page) == here
    page.locator("[data-tool=numbers]").focus()
    page.keyboard.press("Meta+z")
    expect(page.locator(".st-key-undo button")).to_be_disabled()


RING = """(selector) => {
  const node = document.querySelector(selector);
  node.focus({ focusVisible: true });
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(node);
  const page = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
  const part = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((n) => part(Number(n)));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, bright] = [light(outlineColor), light(page)].sort((a, b) => a - b);
  return [outlineStyle, parseFloat(outlineWidth), (bright + 0.05) / (dark + 0.05)];
}"""


@pytest.mark.parametrize("theme", [pytest.param(theme, marks=pytest.mark.slow) for theme in ("light", "dark")])
def test_the_focus_is_seen_in_both_themes(visit: Visit, theme: str) -> None:
    page = visit("/?lang=en", color_scheme=theme)
    expect(page.locator(".st-key-words button").first).to_be_visible()
    expect(page.locator(".lz-card").first).to_be_visible()
    for thing in ("[data-testid=stTopNavLink]", ".st-key-language button", ".lz-card", ".st-key-words button"):
        style, width, contrast = page.evaluate(RING, thing)
        assert (thing, style) == (thing, "solid")
        assert width >= 2
        assert contrast >= 3


MOVING = """() => {
  const long = (style) => [style.transitionDuration, style.animationDuration].some((all) =>
    all.split(", ").some((one) => parseFloat(one) > 0.001));
  const nodes = [...document.querySelectorAll("*")];
  return nodes.flatMap((node) => [node, ...(node.shadowRoot?.querySelectorAll("*") ?? [])])
    .filter((node) => long(getComputedStyle(node))).map((node) => node.outerHTML.slice(0, 90));
}"""


@pytest.mark.slow
def test_who_asks_for_less_motion_gets_none(visit: Visit) -> None:
    page = visit("/lab?lang=en&level=3", reduced_motion="reduce")
    expect(page.get_by_test_id("map")).to_be_visible()
    drawn(page)
    assert page.evaluate(MOVING) == []


def test_a_phone_opens_a_list_in_its_own_view_without_an_entry_of_the_history(visit: Visit) -> None:
    link = "lang=en&slides=lab?v=1%7Coverlap?v=1"
    page = visit(f"/lab?view=present&{link}", alone=True, **PHONE)
    until(page, lambda: "view" not in address(page))
    expect(page.get_by_test_id("slide-number")).to_have_attribute("data-value", "1")
    entries = page.evaluate("history.length")
    drawn(page)
    assert page.evaluate("history.length") == entries == 2  # the empty window and this page
    page.goto(page.url.partition("?")[0] + f"?view=embed&{link}")
    expect(page.get_by_test_id("box-canvas")).to_be_visible()
    drawn(page, 600)
    assert address(page)["view"] == "embed"


def test_a_lost_connection_is_told_in_the_pages_language_and_not_in_streamlits(app: str, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN")
    page, lines, text = context.new_page(), list[WebSocketRoute](), Text("zh")
    gone = False

    def line(socket: WebSocketRoute) -> None:
        if gone:
            socket.close()
        else:
            socket.connect_to_server()
            lines.append(socket)

    page.route_web_socket(re.compile("_stcore/stream"), line)
    page.goto(f"{app}/lab?lang=zh&view=embed")
    expect(page.get_by_test_id("box-canvas")).to_be_visible()
    drawn(page)
    strip = page.get_by_role("alert")
    expect(strip).to_have_count(0)
    gone = True
    context.route("**/_stcore/h*", lambda request: request.abort())
    for socket in lines:
        socket.close()
    expect(strip.get_by_text(text("lost_frame"))).to_be_visible()
    veil, window = strip.bounding_box(), page.viewport_size
    assert veil is not None  # in a frame it lies over the whole figure
    assert window is not None
    assert (veil["width"], veil["height"]) == (window["width"], window["height"])
    again = strip.get_by_role("button", name=text("lost_again"))
    page.wait_for_timeout(1500)  # Streamlit's dialog comes later
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    again.focus()
    expect(again).to_be_focused()
    gone = False
    context.unroute("**/_stcore/h*")
    expect(strip).to_have_count(0)
    context.close()
