"""Loss functions in a real browser: curves and their point, a batch, distributions, breaks."""

import math
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import PHONE, becomes, expect, grab, middle, pixel, query, sideways, until, value
from playwright.sync_api import Locator, Page

from lossviz.functions.batch import batch_of
from lossviz.functions.charts.distributions import place_of
from lossviz.functions.distributions import distributions_of
from lossviz.functions.state import PLAIN, TABS, FunctionsState, from_query
from lossviz.functions.view import points_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Zoo = Callable[..., Page]
PARTS = {"curves": "zoo-chart", "reductions": "batch", "distributions": "chances-chart", "stability": "breaks-chart"}
"""What one waits for in each tab."""
FRAME = {"viewport": {"width": 640, "height": 480}}
EVIL = "<img src=x onerror=window.injected=1>"


@pytest.fixture
def zoo(visit: Callable[..., Page]) -> Zoo:
    """Opens the page at a link and waits until the tab is there."""

    def zoo(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/zoo?" + (link if isinstance(link, str) else urlencode(link)), **options)
        ready(page)
        return page

    return zoo


def ready(page: Page) -> None:
    tab = query(page).get("tab", "curves")
    part = page.get_by_test_id(PARTS.get(tab, "zoo-chart"))
    expect(part).to_be_visible()
    if tab != "reductions":
        expect(part.locator(".main-svg").first).to_be_visible()


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def linked(page: Page) -> FunctionsState:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def shows(page: Page, state: FunctionsState) -> None:
    """Wait for value and slope of every curve."""
    for point in points_of(state):
        becomes(page, f"value-{point.key}", point.value)
        becomes(page, f"slope-{point.key}", point.slope)


def grip(page: Page, chart: str, number: int = 0) -> Locator:
    return page.locator(f"[data-testid={chart}] ~ .lossviz-plot-overlay [data-grip='{number}']")


def pulled(page: Page, chart: str, number: int, to: tuple[float, float]) -> None:
    """Take the grip to a place on the screen, without letting go."""
    x, y = middle(grip(page, chart, number))
    grab(page, grip(page, chart, number), to[0] - x, to[1] - y)


def slope_pixel(page: Page, slope: float) -> float:
    """How far down the screen the lower panel shows a slope."""
    found: float = page.evaluate(
        """(slope) => {
          const node = document.querySelector("[data-testid=zoo-chart]"), axis = node._fullLayout.yaxis2;
          return node.getBoundingClientRect().top + axis._offset + axis.d2p(slope);
        }""",
        slope,
    )
    return found


def settled(page: Page, key: str, wanted: str) -> None:
    """Wait until the address says so."""
    expect(page).to_have_url(re.compile(f"[?&]{key}={re.escape(wanted)}(&|$)"))


@pytest.mark.slow
def test_the_page_opens_on_five_curves_and_a_question_whose_answer_brings_the_slopes(zoo: Zoo) -> None:
    page = zoo()
    expect(page.locator("[data-testid=zoo-chart] .scatterlayer .js-line")).to_have_count(5)
    expect(page.get_by_test_id("zoo-numbers")).to_have_count(0)
    button(page, "answer-bce").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✗")
    shows(page, PLAIN)
    becomes(page, "slope-l2", 6.0)
    becomes(page, "slope-bce", 1 / (1 + math.exp(-3)))
    expect(page.locator("[data-testid=zoo-chart] .scatterlayer .js-line")).to_have_count(10)
    assert query(page) == {}


def test_dragged_along_its_curve_the_point_gives_every_number_and_the_link_on_release(zoo: Zoo) -> None:
    page = zoo("x=-2&f=l2.smooth_l1.bce")
    until(page, lambda: "v=1" in page.url)  # the address is completed
    before = page.url
    pulled(page, "zoo-chart", 0, pixel(page, "zoo-chart", 1.5, 2.25))
    until(page, lambda: abs(float(value(page, "slope-l2").get_attribute("data-value") or 0) - 3) < 0.3)
    assert page.url == before
    page.mouse.up()
    expect(page).not_to_have_url(before)
    state = linked(page)
    assert state.x == pytest.approx(1.5, abs=0.1)
    shows(page, state)
    becomes(page, "value-l2", state.x**2)
    becomes(page, "value-smooth_l1", state.x - 0.5)
    becomes(page, "value-bce", math.log(1 + math.exp(state.x)))
    assert middle(grip(page, "zoo-chart", 1))[1] == pytest.approx(slope_pixel(page, 2 * state.x), abs=2)
    page.keyboard.press("Escape")
    shows(page, from_query({"x": "-2", "f": "l2.smooth_l1.bce"})[0])


@pytest.mark.slow
def test_the_point_moves_by_keys_and_by_a_tap(zoo: Zoo) -> None:
    page = zoo("x=2&f=l1.l2")
    grip(page, "zoo-chart").focus()
    page.keyboard.press("ArrowRight")
    settled(page, "x", "2.1")
    page.keyboard.press("Home")
    settled(page, "x", "-5")
    page.mouse.click(*pixel(page, "zoo-chart", -1.0, 4.0))
    until(page, lambda: linked(page).x == pytest.approx(-1, abs=0.05))
    shows(page, linked(page))
    page.get_by_role("button", name="Undo").click()
    settled(page, "x", "-5")


@pytest.mark.parametrize("said", [pytest.param("huber_loss", marks=pytest.mark.slow), "Huber 损失"])
def test_a_loss_is_found_by_its_call_and_by_its_chinese_name_and_taken_off_again(zoo: Zoo, said: str) -> None:
    page = zoo("x=2")
    box = page.locator(".st-key-zoo-search").get_by_role("combobox")
    box.click()
    box.fill(said)
    page.get_by_role("option").first.click()
    expect(value(page, "value-huber")).to_be_visible()
    assert linked(page).functions == (*PLAIN.functions, "huber")
    becomes(page, "value-huber", 1.5)
    button(page, "remove-huber").click()
    expect(value(page, "value-huber")).to_have_count(0)


@pytest.mark.slow
def test_a_knob_an_axis_and_a_logarithm_bend_the_curves_and_the_link_keeps_them(zoo: Zoo) -> None:
    page = zoo("x=2&f=smooth_l1.bce")
    page.locator(".st-key-slide-smooth_l1-beta input").press("ArrowRight")
    settled(page, "knob", "smooth_l1.beta_1.05")
    becomes(page, "value-smooth_l1", 2 - 1.05 / 2)
    page.get_by_role("radio", name="probability").click()
    settled(page, "by", "probability")
    state = linked(page)
    assert state.x == pytest.approx(1 / (1 + math.exp(-2)), abs=1e-5)
    becomes(page, "slope-bce", 1 / (1 - state.x))
    page.locator(".st-key-zoo-log label").click()
    settled(page, "log", "1")
    page.reload()
    ready(page)
    shows(page, linked(page))


@pytest.mark.slow
def test_a_row_of_the_batch_is_edited_and_every_reduction_follows(zoo: Zoo) -> None:
    page = zoo("tab=reductions")
    field = page.locator(".st-key-batch-3-z input")
    field.fill("5")
    field.press("Enter")
    until(page, lambda: linked(page).rows[3].z == 5)
    for name, one in batch_of(linked(page)).reduced.items():
        becomes(page, f"row-{name}-3", one.slopes[3])
        if one.total is not None:
            becomes(page, f"total-{name}", one.total)
    becomes(page, "trap-worth-scaled", 106.46)


@pytest.mark.slow
def test_a_bar_is_dragged_and_the_others_make_room(zoo: Zoo) -> None:
    page = zoo("tab=distributions&p=0.4_0.3_0.2_0.1")
    pulled(page, "chances-chart", 0, pixel(page, "chances-chart", place_of(0), 0.7))
    until(page, lambda: float(value(page, "entropy-p").get_attribute("data-value") or 9) < 1.0)
    assert linked(page).p == (0.4, 0.3, 0.2, 0.1)
    page.mouse.up()
    until(page, lambda: linked(page).p[0] == pytest.approx(0.7, abs=0.01))
    state = linked(page)
    assert state.p[1] / state.p[3] == pytest.approx(3, abs=0.02)
    found = distributions_of(state)
    becomes(page, "cross-pq", found.entropies[0] + found.divergences[0])
    becomes(page, "kl-qp", found.divergences[1])
    page.mouse.click(*pixel(page, "chances-chart", place_of(6), 0.6))
    until(page, lambda: linked(page).q[2] == pytest.approx(0.6, abs=0.01))
    grip(page, "chances-chart").focus()
    page.keyboard.press("ArrowRight")
    settled(page, "bar", "3")
    expect(grip(page, "chances-chart")).to_have_attribute("aria-label", "Height of p(D)")
    page.keyboard.press("ArrowUp")
    until(page, lambda: linked(page).p[3] == pytest.approx(state.p[3] + 0.05, abs=1e-4))


@pytest.mark.slow
def test_where_the_written_form_breaks_is_marked_and_told(zoo: Zoo) -> None:
    page = zoo("tab=stability&t=1&form=weighted")
    expect(page.locator("[data-testid=breaks-chart] .annotation")).to_have_count(2)
    becomes(page, "break-float32-above", 16.65)
    becomes(page, "slope-true-1", -5.0)
    expect(value(page, "slope-tf-1")).to_have_attribute("data-value", "0")
    page.get_by_role("radio", name="float16").click()
    settled(page, "type", "float16")
    expect(page.locator(".lz-sentence")).to_contain_text("float16")
    page.get_by_role("radio", name="log-softmax").click()
    settled(page, "form", "softmax")
    expect(page.get_by_test_id("tf-slope")).to_have_count(0)


@pytest.mark.slow
def test_nonsense_in_a_link_is_named_and_replaced_by_the_default(zoo: Zoo) -> None:
    page = zoo({"f": EVIL, "x": "9" * 3000, "knob": "nan_1", "p": "1_1_1_1", "tab": EVIL})
    note = page.get_by_test_id("stAlert")
    for name in ("(f)", "(x)", "(knob)", "distribution p", "tab"):
        expect(note).to_contain_text(name)
    expect(button(page, "answer-l2")).to_be_visible()
    assert page.evaluate("() => window.injected") is None


def tour(page: Page) -> Iterator[str]:
    """Through all tabs by their switches."""
    tabs = page.locator(".st-key-tab [role=radio]")
    for number, tab in enumerate(TABS):
        tabs.nth(number).click()
        expect(page.get_by_test_id(PARTS[tab])).to_be_visible()
        yield tab


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_nothing_is_too_wide(zoo: Zoo, lang: str) -> None:
    page = zoo(f"x=2&lang={lang}", **PHONE)
    wide = {place: sideways(page) for place in tour(page)}
    assert wide == dict.fromkeys(wide, (0, 0))


@pytest.mark.slow
def test_every_tab_fits_a_frame_without_the_header(zoo: Zoo) -> None:
    page = zoo("view=embed", **FRAME)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    for tab in tour(page):
        expect(page.get_by_test_id(PARTS[tab])).to_be_in_viewport(ratio=0.95)
        assert sideways(page) == (0, 0), tab
