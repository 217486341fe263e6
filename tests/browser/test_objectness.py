"""BCE or MSE? in a real browser: a point on two curves, the factors of the slope, the race, Darknet's layers."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import (
    PHONE,
    becomes,
    drawn,
    expect,
    grab,
    middle,
    query,
    rested,
    sideways,
    until,
    value,
)
from playwright.sync_api import Locator, Page

from lossviz.core.examples import PAGES
from lossviz.objectness.darknet import stages_of
from lossviz.objectness.state import PLAIN, SHOWN, ObjectnessState, from_query
from lossviz.objectness.view import ObjectnessView, fastest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Objectness = Callable[..., Page]
FRAME = {"viewport": {"width": 640, "height": 480}}
NEAR = 1.0
"""Pixels by which a grip may be beside its curve: the browser joins the curve's points by straight lines."""


@pytest.fixture
def objectness(visit: Callable[..., Page]) -> Objectness:
    """Opens the page at a link and waits until the curves are drawn."""

    def objectness(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/objectness?" + (link if isinstance(link, str) else urlencode(link)), **options)
        ready(page)
        return page

    return objectness


def ready(page: Page) -> None:
    expect(page.locator("[data-testid=curves] path.js-line").first).to_be_attached()
    expect(grip(page)).to_be_visible()


def grip(page: Page, number: int = 0) -> Locator:
    return page.locator(f".lossviz-plot-grip[data-grip='{number}']")


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def linked(page: Page) -> ObjectnessState:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def shows(page: Page, state: ObjectnessState) -> None:
    """Wait for the three numbers of each loss."""
    for name, found in ObjectnessView(state).numbers.items():
        for key, wanted in (("loss", found.loss), ("passed", found.passed), ("printed", found.printed)):
            becomes(page, f"{key}-{name}", wanted)


def screen(page: Page, x: float, y: float, number: int) -> tuple[float, float]:
    """Where a place of the upper or the lower picture is on the screen."""
    found: list[float] = page.evaluate(
        """([x, y, n]) => {
          const node = document.querySelector("[data-testid=curves]"), { left, top } = node.getBoundingClientRect();
          const { xaxis, yaxis, yaxis2 } = node._fullLayout, up = n ? yaxis2 : yaxis;
          return [left + xaxis._offset + xaxis.d2p(x), top + up._offset + up.d2p(y)];
        }""",
        [x, y, number],
    )
    return found[0], found[1]


def on_the_curves(page: Page, state: ObjectnessState) -> None:
    """Wait until the grip of each picture stands on the first loss' curve, at the state's place."""
    view = ObjectnessView(state)
    first = view.numbers[state.shown[0]]
    for number, height in enumerate((first.loss, first.slope(state.axis))):
        wanted = screen(page, view.here, height, number)
        until(page, lambda number=number, wanted=wanted: math.dist(middle(grip(page, number)), wanted) < NEAR)


def unit(page: Page) -> float:
    """Pixels of one unit along x."""
    return screen(page, 1, 0, 0)[0] - screen(page, 0, 0, 0)[0]


WATCH = """() => {
  const find = () => document.querySelector("[data-testid=curves]"), first = find();
  const seen = (window.seen = { frames: 0, empty: 0, strange: 0 });
  const look = () => {
    const now = find();
    seen.frames += 1;
    seen.strange += now !== first;
    seen.empty += !now?.querySelector("path.js-line")?.getAttribute("d");
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.slow
def test_the_page_opens_on_the_missed_spoon_with_the_numbers_of_the_closed_forms(objectness: Objectness) -> None:
    page = objectness()
    p = PLAIN.probability
    for name, wanted in (
        ("loss-bce", -math.log(p)),
        ("passed-bce", p - 1),
        ("loss-squared", (1 - p) ** 2 / 2),
        ("passed-squared", (p - 1) * p * (1 - p)),
    ):
        becomes(page, name, wanted)
    expect(page.locator(".lz-sentence")).to_contain_text("p = 0.001072")
    expect(page.locator(".lz-sentence")).to_contain_text("934.1 times that of")
    on_the_curves(page, PLAIN)
    assert query(page) == {}
    page.get_by_test_id("spoon").click()
    expect(page).to_have_url(re.compile(r"/lab\?.*at=13\.1\.6\.8"))


@pytest.mark.parametrize("number", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_dragged_along_either_curve_the_numbers_follow_without_an_empty_frame(
    objectness: Objectness, number: int
) -> None:
    page = objectness()
    page.evaluate(WATCH)
    grab(page, grip(page, number), 4 * unit(page), 90)
    until(page, lambda: float(value(page, "loss-bce").get_attribute("data-value") or "nan") < 4)
    assert query(page) == {}
    page.mouse.up()
    until(page, lambda: "z" in query(page))
    state = linked(page)
    assert state.logit == pytest.approx(PLAIN.logit + 4, abs=0.1)
    shows(page, state)
    on_the_curves(page, state)
    seen = page.evaluate("window.seen")
    assert (seen["empty"], seen["strange"]) == (0, 0)


@pytest.mark.slow
def test_over_the_probability_the_slope_is_another_and_says_so(objectness: Objectness) -> None:
    page = objectness()
    page.get_by_role("radio", name="dL/dp, the probability").click()
    state = replace(PLAIN, axis="p")
    until(page, lambda: linked(page) == state)
    becomes(page, "outer-bce", -1 / PLAIN.probability)
    becomes(page, "outer-squared", PLAIN.probability - 1)
    expect(page.get_by_text("BCE: −933.1, outside the chart")).to_be_visible()
    expect(page.locator("[data-testid=curves] .y2title")).to_have_text("derivative dL/dp")
    page.mouse.click(*screen(page, 0.25, 0.5, 0))
    until(page, lambda: linked(page).probability == pytest.approx(0.25, abs=0.004))
    shows(page, linked(page))
    on_the_curves(page, linked(page))


@pytest.mark.slow
def test_a_target_between_0_and_1_is_chosen_and_its_floor_named(objectness: Objectness) -> None:
    page = objectness("z=-0.619039")
    slider = page.locator(".st-key-target").get_by_role("slider")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    until(page, lambda: query(page).get("t") == "0.95")
    shows(page, linked(page))
    page.goto(page.url.replace("t=0.95", "t=0.35"))
    ready(page)
    expect(page.get_by_text("cannot fall below 0.6474")).to_be_visible()
    shows(page, linked(page))


@pytest.mark.slow
def test_the_output_is_typed_and_stepped_and_keeps_to_its_limits(objectness: Objectness) -> None:
    page = objectness()
    field = page.get_by_test_id("logit")
    for typed, there in (("-2.5", "-2.5"), ("99", "12")):
        field.fill(typed)
        field.press("Enter")
        until(page, lambda there=there: query(page).get("z") == there)
        rested(page)
    field.press("ArrowDown")
    until(page, lambda: query(page).get("z") == "11.5")
    page.locator(".st-key-logit button").first.click()
    until(page, lambda: query(page).get("z") == "11")
    shows(page, linked(page))
    field.fill("3")
    field.press("Escape")
    expect(field).to_have_value("11")


@pytest.mark.slow
def test_the_slope_is_taken_apart_and_its_steepest_place_named(objectness: Objectness) -> None:
    page = objectness({"level": "2", "f": ".".join(SHOWN)})
    state = linked(page)
    assert state.shown == SHOWN
    for name, found in ObjectnessView(state).numbers.items():
        for key, wanted in (("outer", found.outer), ("inner", found.inner), ("passed", found.passed)):
            becomes(page, f"{key}-{name}", wanted)
    expect(page.locator(".katex-display")).to_be_visible()
    expect(page.locator(".katex-error")).to_have_count(0)
    best = fastest(1.0, below=True)
    assert best
    becomes(page, "fastest-p", best.p)
    becomes(page, "fastest-slope", 4 / 27)
    x, _ = screen(page, -math.log(2), 0, 1)
    grab(page, grip(page), x - middle(grip(page))[0], 0)
    page.mouse.up()
    until(page, lambda: "z" in query(page))
    becomes(page, "passed-squared", ObjectnessView(linked(page)).numbers["squared"].passed)
    assert ObjectnessView(linked(page)).numbers["squared"].passed == pytest.approx(-4 / 27, rel=1e-3)


@pytest.mark.slow
def test_a_guess_is_judged_and_leads_to_the_race(objectness: Objectness) -> None:
    page = objectness()
    button(page, "guess-3").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✗ Not so. Squared error reaches p = 0.5 at step 9,554")
    button(page, "watch").click()
    expect(page.get_by_test_id("race")).to_contain_text("BCE reaches p = 0.5 at step 79")
    expect(page.locator("[data-testid=race-chart] .scatterlayer path.js-line")).to_have_count(2)
    assert (query(page)["see"], query(page)["level"]) == ("race", "2")
    drawn(page)  # the chart above may still grow
    grab(page, grip(page), 3 * unit(page), 0)
    expect(page.get_by_test_id("race")).not_to_contain_text("step 79")
    page.mouse.up()
    until(page, lambda: "z" in query(page))
    page.reload()
    ready(page)
    expect(page.get_by_test_id("race")).to_be_visible()


@pytest.mark.slow
def test_darknets_versions_say_what_goes_back_and_what_does_not(objectness: Objectness) -> None:
    page = objectness("level=2&see=darknet")
    for n, stage in enumerate(stages_of(PLAIN)):
        becomes(page, f"gpu-{n}", stage.gpu)
        becomes(page, f"printed-{n}", stage.printed)
        if stage.cpu is None:
            expect(value(page, f"cpu-{n}")).to_have_text("nothing")
    grab(page, grip(page), 2 * unit(page), 0)
    until(page, lambda: float(value(page, "gpu-0").get_attribute("data-value") or 0) > 2 * stages_of(PLAIN)[0].gpu)
    page.mouse.up()


def test_keys_move_the_point_and_esc_and_undo_lead_back(objectness: Objectness) -> None:
    page = objectness()
    slider = page.get_by_role("slider", name="the output")
    slider.focus()
    slider.press("ArrowRight")
    until(page, lambda: linked(page).logit == pytest.approx(PLAIN.logit + 0.1))
    shows(page, linked(page))
    slider.press("Escape")
    shows(page, PLAIN)
    grab(page, grip(page), 100, 0)
    until(page, lambda: float(value(page, "loss-bce").get_attribute("data-value") or 0) < 6)
    page.keyboard.press("Escape")
    shows(page, PLAIN)
    page.mouse.up()
    field = page.get_by_role("spinbutton", name="logit z")
    field.fill("-2")
    field.press("Enter")
    until(page, lambda: linked(page).logit == -2)
    on_the_curves(page, linked(page))
    page.get_by_role("button", name="Undo").click()
    shows(page, PLAIN)
    expect(page).to_have_url(re.compile(r"/objectness\?lang=en&level=\d$"))


@pytest.mark.slow
def test_losses_are_chosen_examples_open_and_links_open_again(objectness: Objectness) -> None:
    page = objectness()
    button(page, "losses").click()
    page.get_by_test_id("stPopoverBody").get_by_text("Darknet v2", exact=True).click()
    until(page, lambda: linked(page).shown == ("bce", "squared", "darknet_v2"))
    shows(page, linked(page))
    page.keyboard.press("Escape")
    button(page, "examples").click()
    button(page, "example-printed").click()
    state = from_query(PAGES["objectness"]["printed"].query)[0]
    shows(page, state)
    page.goto(page.url.partition("?")[0] + "?z=13&t=2&f=mse&by=x&see=9&d=nowhere&zs=1&lr=0&steps=1")
    ready(page)
    for name in ("logit (z)", "target (t)", "losses shown (f)", "axis (by)", "derivation (d)", "steps"):
        expect(page.get_by_test_id("stAlert")).to_contain_text(name)
    shows(page, PLAIN)


def tour(page: Page) -> Iterator[str]:
    """Through the levels and parts by their switches."""
    levels = page.locator(".st-key-levels [role=radio]")
    yield "1"
    levels.nth(1).click()
    for number, part in enumerate(("factors", "race", "darknet")):
        page.locator(".st-key-part [role=radio]").nth(number).click()
        expect(page.get_by_test_id(part)).to_be_visible()
        yield part
    levels.nth(2).click()
    expect(page.get_by_test_id("curves")).to_have_count(0)
    yield "3"


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_a_finger_moves_the_point_and_nothing_is_too_wide(objectness: Objectness, lang: str) -> None:
    page = objectness(f"lang={lang}", **PHONE)
    page.touchscreen.tap(*screen(page, 2, 5, 0))
    until(page, lambda: "z" in query(page))
    assert linked(page).logit == pytest.approx(2, abs=0.15)
    wide = {place: sideways(page) for place in tour(page)}
    assert wide == dict.fromkeys(wide, (0, 0))


@pytest.mark.slow
def test_a_frame_holds_the_first_two_levels(objectness: Objectness) -> None:
    page = objectness("view=embed", **FRAME)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    fits = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollHeight <= m.clientHeight + 1; }"
    page.wait_for_function(fits)
    page.locator(".st-key-levels [role=radio]").nth(1).click()
    expect(page.get_by_test_id("factors")).to_be_visible()
    page.wait_for_function(fits)
