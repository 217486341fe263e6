"""Assignment in a real browser: a truth among the anchors, all predictors, two rules."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import (
    PHONE,
    back,
    becomes,
    expect,
    grab,
    middle,
    query,
    rested,
    sideways,
    swipe,
    until,
    value,
    width,
)
from playwright.sync_api import Locator, Page

from lossviz.assignment.state import PLAIN, AssignmentState, from_query
from lossviz.assignment.view import STATES, comparison_of, view_of
from lossviz.core.examples import PAGES
from lossviz.engine.boxes import XYWH
from lossviz.recipes import RECIPES
from lossviz.scenes.untrained import SIDE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Assignment = Callable[..., Page]
NEAR = 0.004
"""Shares of the picture by which a hand may miss."""
FRAME = {"viewport": {"width": 640, "height": 480}}
PARTS = {"1": "fits", "2": "counts", "3": "differ"}
"""What one waits for on each level."""


@pytest.fixture
def assignment(visit: Callable[..., Page]) -> Assignment:
    """Opens the page at a link and waits until board and numbers are there."""

    def assignment(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/assignment?" + (link if isinstance(link, str) else urlencode(link)), **options)
        ready(page)
        return page

    return assignment


def ready(page: Page) -> None:
    expect(page.locator("[data-box=truth-0]")).to_be_visible()
    expect(page.locator(", ".join(f"[data-testid={part}]" for part in PARTS.values())).first).to_be_visible()


def go(page: Page, link: str) -> None:
    """To another link, as somebody who types it."""
    page.goto(page.url.partition("?")[0] + "?" + link)
    ready(page)


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def linked(page: Page) -> AssignmentState:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def fits(page: Page) -> list[float]:
    """The bars, in the order of the anchors."""
    exact = page.locator("[data-testid=fits] [data-value]").all()
    return [float(one.get_attribute("data-value") or "nan") for one in exact]


def shows(page: Page, state: AssignmentState) -> None:
    """Wait for the bars of a state, and for its answer."""
    view = view_of(state)
    for one in view.candidates:
        becomes(page, f"fit-{one.number}", one.fits[view.measure])
    answers = page.locator("[data-testid=fits] .lz-answers > span:first-child")
    wanted = [str(one.number) for one in view.candidates if one.answers or one.number in view.strays]
    until(page, lambda: answers.all_inner_texts() == wanted)


def released(page: Page) -> AssignmentState:
    """Let go, wait until the link says where, and until the numbers are those of the link."""
    before = page.url
    page.mouse.up()
    expect(page).not_to_have_url(before)
    shows(page, linked(page))
    return linked(page)


def settled(page: Page, key: str, wanted: str) -> None:
    """Wait until the address says so."""
    expect(page).to_have_url(re.compile(f"[?&]{key}={re.escape(wanted)}(&|$)"))


def pixels(page: Page, dx: float, dy: float) -> tuple[float, float]:
    """Pixels of the screen for a way in pixels of the network's input."""
    return dx / SIDE * width(page), dy / SIDE * width(page)


def stands(page: Page, x: float, y: float, name: str = "truth-0") -> None:
    """Wait until the board shows the middle of a box there, in shares."""

    def drawn() -> tuple[float, float]:
        canvas = page.get_by_test_id("box-canvas").bounding_box()
        assert canvas is not None
        at = middle(page.locator(f"[data-box={name}] g rect.ink"))
        return (at[0] - canvas["x"]) / canvas["width"], (at[1] - canvas["y"]) / canvas["height"]

    until(page, lambda: drawn() == pytest.approx((x, y), abs=NEAR))


def choose(page: Page, key: str, words: str) -> None:
    """One of a list: on a busy machine a click may open it, close it or miss it, so it is chosen until it is shown."""
    rested(page)
    box = page.locator(f".st-key-{key} [data-testid=stSelectbox]").get_by_role("combobox")
    option = page.get_by_role("option", name=words, exact=True)

    def chosen() -> bool:
        if box.get_attribute("aria-expanded") != "true":
            if box.input_value() == words:
                return True
            box.click()
        elif option.is_visible():
            option.click()
        return False

    until(page, chosen)


def test_the_page_opens_on_one_truth_its_nine_anchors_and_one_question(assignment: Assignment) -> None:
    page = assignment()
    view = view_of(PLAIN)
    assert fits(page) == pytest.approx([one.fits["shape"] for one in view.candidates], rel=1e-9)
    shows(page, PLAIN)
    expect(page.get_by_text("Drag or resize the ground-truth box until another anchor is responsible.")).to_be_visible()
    expect(page.get_by_test_id("rival")).to_contain_text("the value of anchor 4 is lower by 0.1097")
    expect(page.locator("[data-box=anchor-6]")).to_be_visible()
    expect(page.locator(".lz-shapes i")).to_have_count(9 + 2)
    expect(page.locator("[data-tool=dimmer]")).to_be_hidden()
    assert query(page) == {}


def test_made_larger_until_another_anchor_wins_which_is_acknowledged_and_the_grid_follows(
    assignment: Assignment,
) -> None:
    page = assignment()
    grab(page, page.locator("[data-grip=se]"), *pixels(page, -45, -6))
    expect(page.get_by_test_id("won")).to_contain_text("4 instead of 6")
    assert query(page) == {}
    state = released(page)
    assert state.boxes[0].xywh[2:] == pytest.approx((55 / SIDE, 54 / SIDE), abs=0.02)
    assert view_of(state).head == "26"
    expect(page.locator("[data-box=anchor-4]")).to_be_visible()
    expect(page.locator("[data-box=anchor-6]")).to_have_count(0)
    page.reload()
    ready(page)
    shows(page, state)
    expect(page.get_by_test_id("rival")).to_be_visible()
    back(page)
    shows(page, PLAIN)


@pytest.mark.slow
def test_dragged_over_a_border_the_same_anchor_answers_in_another_cell(assignment: Assignment) -> None:
    page = assignment()
    grab(page, page.locator("[data-box=truth-0]"), *pixels(page, 64, 32))
    expect(page.locator(".lz-sentence")).to_contain_text("row 6, column 8")
    state = released(page)
    assert view_of(state).anchor == 6
    x, y = state.boxes[0].xywh[:2]
    stands(page, x, y)
    stands(page, 8.5 / 13, 6.5 / 13, "anchor-6")


@pytest.mark.slow
def test_esc_undo_and_reset_lead_back(assignment: Assignment) -> None:
    page = assignment()
    undo, reset = (page.get_by_role("button", name=name) for name in ("Undo", "Reset"))
    expect(undo).to_be_disabled()
    grab(page, page.locator("[data-grip=e]"), *pixels(page, 60, 0))
    until(page, lambda: fits(page)[6] != pytest.approx(view_of(PLAIN).candidates[6].fits["shape"], rel=1e-6))
    page.keyboard.press("Escape")
    shows(page, PLAIN)
    page.mouse.up()
    assert query(page) == {}
    grab(page, page.locator("[data-grip=e]"), *pixels(page, 60, 0))
    wider = released(page)
    grab(page, page.locator("[data-box=truth-0]"), *pixels(page, -64, 0))
    released(page)
    undo.click()
    shows(page, wider)
    settled(page, "truth", wider.to_query()["truth"])
    reset.click()
    shows(page, PLAIN)
    expect(page).to_have_url(re.compile(r"/assignment\?lang=en&level=\d$"))


@pytest.mark.slow
def test_the_truth_moves_by_keys_by_numbers_and_by_a_tap(assignment: Assignment) -> None:
    page = assignment()
    x, y, w, h = PLAIN.boxes[0].xywh
    page.locator("[data-box=truth-0]").focus()
    before = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(before)
    assert linked(page).boxes[0].xywh == pytest.approx((x + 4 / SIDE, y, w, h), abs=1e-5)
    page.locator("[data-tool=numbers]").click()
    expect(page.locator("[data-field=w]")).to_have_value("100.0")
    page.locator("[data-field=w]").fill("200")
    until(page, lambda: linked(page).boxes[0].xywh[2] == pytest.approx(200 / SIDE, abs=1e-5))
    shows(page, linked(page))
    canvas = page.get_by_test_id("box-canvas").bounding_box()
    assert canvas is not None
    at = (0.2, 0.8)
    page.mouse.click(canvas["x"] + at[0] * canvas["width"], canvas["y"] + at[1] * canvas["height"])
    until(page, lambda: linked(page).boxes[0].xywh[:2] == pytest.approx(at, abs=NEAR))
    stands(page, *at)


@pytest.mark.slow
def test_a_guess_makes_the_truth_wider_and_is_judged_until_something_moves(assignment: Assignment) -> None:
    page = assignment()
    x, y, w, h = PLAIN.boxes[0].xywh
    after = PLAIN.with_box(0, (x, y, 2 * w, h))
    button(page, "guess-7").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✗ Not so. Anchor 6 is responsible")
    shows(page, after)
    assert linked(page) == after
    page.get_by_role("button", name="Undo").click()
    shows(page, PLAIN)
    expect(page.get_by_test_id("verdict")).to_have_count(0)
    button(page, "guess-6").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✓ Right.")


@pytest.mark.parametrize(
    "rule", [pytest.param(rule, marks=pytest.mark.slow if number else ()) for number, rule in enumerate(RECIPES)]
)
def test_every_rule_opens_by_its_link_with_its_own_numbers(assignment: Assignment, rule: str) -> None:
    page = assignment({"rule": rule, "field": "motorcycle"})
    state = linked(page)
    assert state.recipe == rule
    shows(page, state)
    expect(page.locator("[data-tool=dimmer]")).to_be_visible()


@pytest.mark.slow
def test_other_predictors_and_another_rule_are_chosen_from_lists(assignment: Assignment) -> None:
    page = assignment()
    choose(page, "field", "YOLOv2, VOC: 13 × 13, 5 anchors")
    settled(page, "field", "voc")
    settled(page, "rule", "darknet_v2")
    shows(page, PLAIN.over("voc"))
    choose(page, "rule", "darkflow: best predicted box")
    settled(page, "rule", "darkflow_v2")
    shows(page, PLAIN.over("voc").by("darkflow_v2"))


def counted(page: Page, state: AssignmentState) -> None:
    """Wait for the numbers of all predictors."""
    result = view_of(state).result
    for name in STATES:
        expect(value(page, f"count-{name}")).to_have_attribute("data-value", str(result.count(name)))


@pytest.mark.slow
def test_all_predictors_are_counted_and_mapped_and_truths_come_and_go(assignment: Assignment) -> None:
    page = assignment("level=2")
    counted(page, PLAIN)
    expect(page.get_by_test_id("counts")).to_contain_text("10,647")
    expect(page.locator(".lz-states")).to_have_count(3)
    expect(page.locator(".lz-states .lz-positive")).to_have_count(1)
    button(page, "truth-add").click()
    settled(page, "in", "1")
    state = linked(page)
    assert len(state.boxes) == 2
    counted(page, state)
    expect(page.locator("[data-box^=truth-]")).to_have_count(2)
    grab(page, page.locator("[data-box=truth-1]"), *pixels(page, -32, 0))
    expect(page.get_by_test_id("collision")).to_contain_text("The target box is that of ground truth 2")
    page.mouse.up()
    expect(page).not_to_have_url(re.compile(re.escape(urlencode(state.to_query()))))
    choose(page, "kind", "cat")
    expect(page.get_by_test_id("collision")).to_have_attribute("data-value", "2")
    rested(page)
    button(page, "truth-remove").click()
    expect(page.locator("[data-box^=truth-]")).to_have_count(1)
    counted(page, linked(page))


@pytest.mark.slow
def test_a_threshold_changes_who_is_ignored_and_the_link_keeps_it(assignment: Assignment) -> None:
    page = assignment("level=2&truth=0.47_0.43_0.74_0.7")
    field = page.get_by_role("spinbutton", name="ignore_thresh")
    field.fill("0.4")
    field.press("Enter")
    settled(page, "set", "ignore_thresh_0.4")
    state = linked(page)
    counted(page, state)
    assert view_of(state).result.count("ignored") > 20
    page.get_by_role("radio", name="head 52").click()
    settled(page, "head", "52")
    expect(page.get_by_text("In head 52 no predictor is responsible for a box")).to_be_visible()


@pytest.mark.slow
def test_two_rules_side_by_side_and_the_predictors_in_which_they_differ(assignment: Assignment) -> None:
    page = assignment("level=3")
    count = comparison_of(PLAIN).count
    expect(page.get_by_test_id("differ")).to_have_attribute("data-value", str(count))
    expect(value(page, "answers-0-0")).to_have_text("1")
    expect(value(page, "answers-1-0")).to_have_text("3")
    expect(page.get_by_test_id("differences")).to_have_count(0)
    page.locator(".st-key-differences summary").click()
    expect(page.locator("[data-testid=differences] tbody tr")).to_have_count(count)
    expect(page.get_by_text(f"head 13: differences 0 · head 26: differences {count}")).to_be_visible()
    expect(page.get_by_role("radio", name="head 26")).to_be_checked()
    expect(page.locator(".lz-differs")).to_have_count(2 * count)
    page.get_by_role("radio", name="head 13").click()
    settled(page, "head", "13")
    expect(page.locator(".lz-differs")).to_have_count(0)
    choose(page, "other", "mmdetection: grid assigner")
    settled(page, "with", "mmdet_v3")
    there = str(comparison_of(linked(page)).count)
    expect(page.get_by_test_id("differ")).to_have_attribute("data-value", there)


@pytest.mark.slow
def test_an_example_opens_from_the_list_and_reset_leads_back_to_it(assignment: Assignment) -> None:
    page = assignment()
    state = from_query(PAGES["assignment"]["tiny"].query)[0]
    button(page, "examples").click()
    expect(page.locator("[class*=st-key-example-]")).to_have_count(len(PAGES["assignment"]))
    button(page, "example-tiny").click()
    shows(page, state)
    grab(page, page.locator("[data-chip=truth-0]"), *pixels(page, -60, 40))
    released(page)
    page.get_by_role("button", name="Reset").click()
    shows(page, state)


EVIL = "<img src=x onerror=window.injected=1>"


@pytest.mark.slow
def test_nonsense_in_a_link_is_named_and_replaced_by_the_default(assignment: Assignment) -> None:
    page = assignment({"truth": "1_2_3", "rule": EVIL, "set": "nan_1", "head": "9" * 3000, "in": "7", "field": EVIL})
    note = page.get_by_test_id("stAlert")
    for name in ("truth", "rule", "set", "head", "in", "field"):
        expect(note).to_contain_text(name)
    shows(page, PLAIN)
    assert page.evaluate("() => window.injected") is None


def tour(page: Page) -> Iterator[str]:
    """Through all levels by their switches."""
    levels = page.locator(".st-key-levels [role=radio]")
    for number, (level, part) in enumerate(PARTS.items()):
        levels.nth(number).click()
        expect(page.get_by_test_id(part)).to_be_visible()
        yield level


@pytest.mark.slow
def test_on_a_phone_a_finger_moves_the_truth_and_nothing_is_too_wide(assignment: Assignment) -> None:
    page = assignment("lang=en", **PHONE)
    swipe(page, *middle(page.locator("[data-box=truth-0]")), pixels(page, 0, 64)[1])
    expect(page).to_have_url(re.compile("[?&]truth="))
    shows(page, linked(page))
    wanted: XYWH = PLAIN.boxes[0].xywh
    assert linked(page).boxes[0].xywh == pytest.approx((wanted[0], wanted[1] + 64 / SIDE, *wanted[2:]), abs=0.06)
    for lang in ("en", "zh"):
        if lang != "en":
            go(page, f"lang={lang}")
        wide = {place: sideways(page) for place in tour(page)}
        assert wide == dict.fromkeys(wide, (0, 0))


@pytest.mark.slow
@pytest.mark.parametrize("level", PARTS)
def test_every_level_fits_a_frame_without_the_header(assignment: Assignment, level: str) -> None:
    page = assignment(f"view=embed&level={level}", **FRAME)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.get_by_test_id("box-canvas")).to_be_in_viewport()
    expect(page.get_by_test_id(PARTS[level])).to_be_in_viewport()
    assert sideways(page) == (0, 0)
