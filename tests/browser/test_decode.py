"""Decode in a real browser: the box on its grid, its raw numbers, the curves between them."""

import math
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import (
    PHONE,
    becomes,
    expect,
    grab,
    middle,
    pixel,
    query,
    sideways,
    swipe,
    until,
    value,
    width,
)
from playwright.sync_api import Locator, Page

from lossviz.core.examples import PAGES
from lossviz.decode.state import PLAIN, DecodeState, from_query
from lossviz.decode.view import CELLS, view_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Decode = Callable[..., Page]
FRAME = {"viewport": {"width": 640, "height": 480}}
PARTS = {"1": "across-x", "2": "free", "3": "overflow"}
"""What one waits for on each level."""
HAND = 0.03
"""Raw numbers by which a hand may miss."""


@pytest.fixture
def decode(visit: Callable[..., Page]) -> Decode:
    """Opens the page at a link and waits until grid and numbers are there."""

    def decode(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/decode?" + (link if isinstance(link, str) else urlencode(link)), **options)
        expect(page.locator("[data-box=box]")).to_be_visible()
        return page

    return decode


def raw(page: Page) -> list[float]:
    """The list's four numbers, as one reads them."""
    return [float(one.input_value()) for one in page.locator("[data-testid=channels] .lzc-field").all()]


def grip(page: Page, name: str) -> Locator:
    return page.locator(f"[data-testid=curve-{name}] + .lossviz-plot-overlay [data-grip='0']")


def linked(page: Page) -> DecodeState:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def stands(page: Page, state: DecodeState) -> None:
    """Wait until grid, list and sentence show the state."""
    found = view_of(state)
    axis = state.hand % 2
    becomes(page, f"across-{'xy'[axis]}", 100 * found.sigmas[axis])
    becomes(page, f"anchors-{'wh'[axis]}", found.factors[axis])
    until(page, lambda: raw(page) == pytest.approx(state.raw, rel=1e-4, abs=1e-4))
    until(page, lambda: drawn(page) == pytest.approx(found.shown()[:2], abs=0.004))


def drawn(page: Page) -> tuple[float, float]:
    """The middle of the box on the grid, in shares."""
    canvas = page.get_by_test_id("box-canvas").bounding_box()
    assert canvas is not None
    x, y = middle(page.locator("[data-box=box] g rect.ink"))
    return (x - canvas["x"]) / canvas["width"], (y - canvas["y"]) / canvas["height"]


def released(page: Page) -> DecodeState:
    """Let go; the link says where, and everything shows it."""
    before = page.url
    page.mouse.up()
    expect(page).not_to_have_url(before)
    stands(page, linked(page))
    return linked(page)


@pytest.mark.slow
def test_the_page_opens_on_four_raw_numbers_their_box_and_one_question(decode: Decode) -> None:
    page = decode()
    stands(page, PLAIN)
    becomes(page, "across-x", 100 / (1 + math.exp(-0.6)))
    becomes(page, "anchors-w", math.exp(0.4))
    expect(page.locator("[class*=st-key-guess-]")).to_have_count(3)
    for name in ("centre", "size"):
        expect(page.get_by_test_id(f"curve-{name}")).to_be_in_viewport(ratio=1)
    expect(page.locator(".katex").first).to_be_in_viewport(ratio=1)
    assert sideways(page) == (0, 0)


def test_a_dragged_box_says_other_raw_numbers_and_undo_brings_the_old_ones_back(decode: Decode) -> None:
    page = decode()
    stands(page, PLAIN)
    cell = width(page) / CELLS
    grab(page, page.locator("[data-chip=box]"), -0.2 * cell, 0.3 * cell)
    until(page, lambda: raw(page)[0] < 0)
    state = released(page)
    x, y = (1 / (1 + math.exp(-t)) for t in PLAIN.raw[:2])
    wanted = [math.log(place / (1 - place)) for place in (x - 0.2, y + 0.3)]
    assert state.raw == pytest.approx((*wanted, *PLAIN.raw[2:]), abs=HAND)
    assert state.raw[2:] == PLAIN.raw[2:]
    page.get_by_role("button", name="Undo").click()
    stands(page, PLAIN)


@pytest.mark.slow
def test_no_hand_gets_the_centre_out_of_its_cell(decode: Decode) -> None:
    page = decode()
    grab(page, page.locator("[data-chip=box]"), width(page), 0)
    state = released(page)
    assert state.raw[0] == pytest.approx(7, abs=1e-3)


@pytest.mark.slow
def test_a_typed_raw_number_moves_the_box_and_keys_go_on_from_there(decode: Decode) -> None:
    page = decode()
    stands(page, PLAIN)
    box = page.locator("[data-testid=channels] .lzc-field").nth(1)
    box.fill("2")
    box.press("Enter")
    until(page, lambda: linked(page).raw[1] == 2)
    stands(page, linked(page))
    assert linked(page).hand == 1
    slider = page.locator("[data-testid=channels] .lzc-slider").nth(2)
    slider.focus()
    page.keyboard.press("ArrowRight")
    until(page, lambda: linked(page).raw[2] > PLAIN.raw[2])
    stands(page, linked(page))


@pytest.mark.parametrize(
    ("name", "channel", "to"), [("centre", 0, -2.5), pytest.param("size", 2, 1.6, marks=pytest.mark.slow)]
)
def test_a_grip_runs_along_its_curve_and_the_chart_stays_the_same_node(
    decode: Decode, name: str, channel: int, to: float
) -> None:
    page = decode()
    chart = f"curve-{name}"
    expect(page.locator(f"[data-testid={chart}] path.js-line").first).to_be_visible()
    page.evaluate("chart => { window.first = document.querySelector(`[data-testid=${chart}]`); }", chart)
    here, there = middle(grip(page, name)), pixel(page, chart, to, 0)
    grab(page, grip(page, name), there[0] - here[0], -150)  # only x counts
    until(page, lambda: raw(page)[channel] == pytest.approx(to, abs=0.05))
    state = released(page)
    expected = view_of(state).usual[channel].value
    x, y = middle(grip(page, name))
    assert (x, y) == pytest.approx(pixel(page, chart, state.raw[channel], expected), abs=2)
    assert page.evaluate("chart => window.first === document.querySelector(`[data-testid=${chart}]`)", chart)
    grip(page, name).focus()
    page.keyboard.press("ArrowLeft")
    until(page, lambda: linked(page).raw[channel] == pytest.approx(state.raw[channel] - 0.1, abs=1e-4))
    stands(page, linked(page))


@pytest.mark.slow
def test_a_guess_is_answered_by_what_happens(decode: Decode) -> None:
    page = decode()
    page.locator(".st-key-guess-outside button").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✗")
    stands(page, PLAIN.with_one(0, 10.0))


@pytest.mark.slow
def test_without_a_sigmoid_the_same_raw_number_leaves_the_picture(decode: Decode) -> None:
    preset = PAGES["decode"]["thrown"]
    page = decode({**preset.query, "level": preset.level})
    found = view_of(from_query(preset.query)[0])
    becomes(page, "free-x", found.free[0] * CELLS)
    becomes(page, "ours-x", found.cells[0])
    expect(page.get_by_test_id("free")).to_contain_text("outside the image")
    grab(page, page.locator("[data-chip=box]"), -width(page) / CELLS / 2, 0)
    expect(page.get_by_test_id("free")).not_to_contain_text("outside the image")
    page.mouse.up()


@pytest.mark.slow
def test_three_moves_make_it_nan_and_two_undos_mend_it(decode: Decode) -> None:
    page = decode("level=3")
    for number, how in enumerate(("infinite", "giou", "lost"), 1):
        page.locator(f".st-key-move-{number} button").click()
        expect(page.get_by_test_id("broken")).to_have_attribute("data-situation", how)
    expect(value(page, "over-iou")).to_have_text("nan")
    becomes(page, "over-slope", 89.0)
    for how in ("giou", "infinite", "fine"):
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_test_id("broken")).to_have_attribute("data-situation", how)


EVIL = "<img src=x onerror=window.injected=1>"


@pytest.mark.slow
def test_a_link_reopens_its_state_and_nonsense_is_named(decode: Decode) -> None:
    page = decode("raw=-1.5_0.5_-0.25_1.125&number=1")
    stands(page, from_query({"raw": "-1.5_0.5_-0.25_1.125", "number": "1"})[0])
    page.goto(page.url.partition("?")[0] + "?" + urlencode({"raw": "1_nan_0_0", "number": EVIL, "edge": "9" * 3000}))
    for name in ("raw", "number", "edge"):
        expect(page.get_by_test_id("stAlert")).to_contain_text(f"({name})")
    stands(page, PLAIN)
    assert page.evaluate("() => window.injected") is None


def tour(page: Page) -> Iterator[str]:
    """Through all levels by their switches."""
    levels = page.locator(".st-key-levels [role=radio]")
    for number, (level, part) in enumerate(PARTS.items()):
        levels.nth(number).click()
        expect(page.get_by_test_id(part)).to_be_visible()
        yield level


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_a_finger_moves_the_box_and_nothing_is_too_wide(decode: Decode, lang: str) -> None:
    page = decode(f"lang={lang}", **PHONE)
    stands(page, PLAIN)
    swipe(page, *middle(page.locator("[data-box=box]")), width(page) / CELLS / 4)
    expect(page).to_have_url(re.compile("[?&]raw="))
    assert linked(page).raw[1] > PLAIN.raw[1] + 0.5
    wide = {place: sideways(page) for place in tour(page)}
    assert wide == dict.fromkeys(wide, (0, 0))


@pytest.mark.slow
def test_every_level_fits_a_frame_without_the_header(decode: Decode) -> None:
    page = decode("view=embed", **FRAME)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    for level in tour(page):
        expect(page.get_by_test_id(PARTS[level])).to_be_in_viewport(ratio=1)
        expect(page.get_by_test_id("box-canvas")).to_be_in_viewport(ratio=1)
        assert sideways(page) == (0, 0)
