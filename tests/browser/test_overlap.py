"""IoU losses in a real browser: two boxes, four numbers, surfaces, checks."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import (
    PHONE,
    back,
    becomes,
    changes,
    expect,
    grab,
    middle,
    pixel,
    query,
    sideways,
    swipe,
    until,
    value,
    watch_chart,
    width,
)
from playwright.sync_api import Locator, Page

from lossviz.core.examples import PAGES
from lossviz.core.plane import LOW, SIDE
from lossviz.engine.boxes import XYWH
from lossviz.overlap.checks import libraries, verdicts
from lossviz.overlap.state import CHECKS, MEASURES, RECIPE_STEPS, OverlapState, from_query
from lossviz.overlap.view import view_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Overlap = Callable[..., Page]
START = OverlapState()
SAME = {"level": "3", "check": "rules", "box": "10_10_2_2", "target": "10_10_2_2"}
PARTS = {"referee": "referee", "iou": "recipe", "giou": "recipe", "laws": "law-triangle", "rules": "rules"}
"""What one waits for in each check."""
WRAPPED = 0.6
"""Units of the board by which it may shift under the hand: the sentence above it takes another line."""
FRAME = {"viewport": {"width": 640, "height": 480}}


@pytest.fixture
def overlap(visit: Callable[..., Page]) -> Overlap:
    """Opens the page at a link and waits until board and numbers are there."""

    def overlap(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/overlap?" + (link if isinstance(link, str) else urlencode(link)), **options)
        ready(page)
        return page

    return overlap


def ready(page: Page) -> None:
    expect(page.locator("[data-box=moving]")).to_be_visible()
    expect(page.locator("[data-testid=measures], [data-testid=referee]")).to_be_visible()


def go(page: Page, link: str) -> None:
    """To another link, as somebody who types it."""
    page.goto(page.url.partition("?")[0] + "?" + link)
    ready(page)


def numbers(page: Page) -> dict[str, float]:
    return {name: float(value(page, name).get_attribute("data-value") or "nan") for name in MEASURES}


def of(state: OverlapState) -> dict[str, object]:
    """The numbers of a state, to five significant digits and better."""
    return {name: pytest.approx(one.value, rel=5e-6) for name, one in view_of(state).measures.items()}


def linked(page: Page) -> OverlapState:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def shows(page: Page, state: OverlapState) -> None:
    """Wait for the numbers of a state."""
    for name, one in view_of(state).measures.items():
        becomes(page, name, one.value)


def released(page: Page, key: str = "box") -> OverlapState:
    """Let go, wait until the link says where, and until the numbers are those of the link."""
    before = page.url
    page.mouse.up()
    expect(page).not_to_have_url(before)
    expect(page).to_have_url(re.compile(f"[?&]{key}="))
    shows(page, linked(page))
    return linked(page)


def settled(page: Page, key: str, wanted: str) -> None:
    """Wait until the address says so."""
    expect(page).to_have_url(re.compile(f"[?&]{key}={re.escape(wanted)}(&|$)"))


def units(page: Page, dx: float, dy: float) -> tuple[float, float]:
    """Pixels of a way on the board."""
    return dx / SIDE * width(page), dy / SIDE * width(page)


def drawn(page: Page, name: str = "moving") -> tuple[float, float]:
    """Where the board shows the middle of a box."""
    canvas = page.get_by_test_id("box-canvas").bounding_box()
    assert canvas is not None
    x, y = middle(page.locator(f"[data-box={name}] g rect.ink"))
    return LOW + SIDE * (x - canvas["x"]) / canvas["width"], LOW + SIDE * (y - canvas["y"]) / canvas["height"]


def stands(page: Page, x: float, y: float, name: str = "moving") -> None:
    """Wait until the board shows a box there: it follows the numbers."""
    until(page, lambda: drawn(page, name) == pytest.approx((x, y), abs=0.03))


def grip(page: Page, number: int = 0) -> Locator:
    return page.locator(f"[data-testid=surface] + .lossviz-plot-overlay [data-grip='{number}']")


def painted(page: Page, chart: str, layer: str) -> None:
    """Wait until a chart shows more than its axes."""
    expect(page.locator(f"[data-testid={chart}] {layer}").first).to_be_attached()


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def test_it_opens_on_two_boxes_apart_with_four_numbers_and_their_losses(overlap: Overlap) -> None:
    page = overlap()
    assert numbers(page) == of(START)
    assert numbers(page)["iou"] == 0
    for name in MEASURES:
        expect(value(page, name)).to_be_visible()
        becomes(page, f"loss-{name}", 1 - numbers(page)[name])
    expect(value(page, "loss-log")).to_have_text("∞")
    expect(page.get_by_text("Move the dashed box: which numbers change?")).to_be_visible()
    for part in ("hull", "union", "centres", "diagonal"):
        expect(page.locator(f"[data-part={part}]")).not_to_have_attribute("visibility", "hidden")
    expect(page.locator("[data-part=intersection]")).to_have_attribute("visibility", "hidden")
    assert query(page) == {}


def test_both_boxes_can_be_dragged_and_the_link_brings_back_each_state(overlap: Overlap) -> None:
    page = overlap()
    grab(page, page.locator("[data-box=moving]"), *units(page, -3, 1))
    changes(page, "iou", 0)
    assert query(page) == {}
    first = released(page)
    assert first.moving == pytest.approx((9.4, 10.0, 1.8, 1.4), abs=WRAPPED)
    assert first.target == START.target
    assert numbers(page)["iou"] > 0.3
    grab(page, page.locator("[data-chip=target]"), *units(page, 0.4, 2))
    second = released(page, "target")
    assert second.moving == first.moving
    assert second.target == pytest.approx((9.4, 12.4, 2.6, 2.2), abs=WRAPPED)
    page.reload()
    ready(page)
    assert numbers(page) == of(second)
    back(page)
    shows(page, first)
    stands(page, *START.target[:2], "target")
    back(page)
    shows(page, START)
    stands(page, *START.moving[:2])


@pytest.mark.slow
def test_esc_undo_and_reset_lead_back(overlap: Overlap) -> None:
    page = overlap()
    undo, reset = (page.get_by_role("button", name=name) for name in ("Undo", "Reset"))
    expect(undo).to_be_disabled()
    grab(page, page.locator("[data-box=moving]"), *units(page, -3, 1))
    changes(page, "iou", 0)
    page.keyboard.press("Escape")
    shows(page, START)
    page.mouse.up()
    assert query(page) == {}
    grab(page, page.locator("[data-grip=se]"), *units(page, 1, 1))
    larger = released(page)
    assert larger.moving[2:] == pytest.approx((2.8, 2.4), abs=0.05)
    grab(page, page.locator("[data-box=moving]"), *units(page, -2, 0))
    released(page)
    undo.click()
    shows(page, larger)
    settled(page, "box", larger.to_query()["box"])
    reset.click()
    shows(page, START)
    expect(page).to_have_url(re.compile(r"/overlap\?lang=en&level=\d$"))
    expect(reset).to_be_disabled()


FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset.box ?? node?.dataset.tool ?? node?.dataset.field ?? node?.dataset.grip ?? "";
}"""


def tab_to(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"the Tab key never came to {name}")


def key(page: Page, pressed: str) -> OverlapState:
    """Press it, and wait for the link and its numbers."""
    before = page.url
    page.keyboard.press(pressed)
    expect(page).not_to_have_url(before)
    shows(page, linked(page))
    return linked(page)


@pytest.mark.slow
def test_the_whole_page_works_by_keyboard(overlap: Overlap) -> None:
    page = overlap()
    tab_to(page, "moving")
    assert key(page, "ArrowLeft").moving == pytest.approx((12.35, 9, 1.8, 1.4))
    assert key(page, "Alt+ArrowDown").moving[2:] != START.moving[2:]
    tab_to(page, "numbers")
    page.keyboard.press("Enter")
    tab_to(page, "x")
    before = page.url
    page.keyboard.press("Control+A")
    page.keyboard.type("10.5")
    expect(page).not_to_have_url(before)
    settled(page, "box", f"10.5_{'_'.join(query(page)['box'].split('_')[1:])}")
    shows(page, linked(page))
    page.get_by_role("radio", name="Numbers", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    settled(page, "level", "2")
    expect(grip(page)).to_be_visible()
    tab_to(page, "0")
    before_y = linked(page).moving[1]
    assert key(page, "ArrowDown").moving == pytest.approx((10.5, before_y + 0.1, *linked(page).moving[2:]))
    stands(page, *linked(page).moving[:2])


def test_the_grip_on_the_surface_moves_the_box_and_the_numbers(overlap: Overlap) -> None:
    page = overlap("level=2")
    painted(page, "surface", ".contourlayer path[d]")
    painted(page, "slice", ".scatterlayer path.js-line[d]")
    watch_chart(page, "surface")
    x, y = pixel(page, "surface", 10, 10)
    here = middle(grip(page))
    assert here == pytest.approx(pixel(page, "surface", *START.moving[:2]), abs=1)
    grab(page, grip(page), x - here[0], y - here[1])
    changes(page, "iou", 0)
    state = released(page)
    assert state == START.with_box("moving", (*state.moving[:2], *START.moving[2:]))
    assert state.moving[:2] == pytest.approx((10, 10), abs=0.03)
    stands(page, *state.moving[:2])
    seen = page.evaluate("window.seen")
    assert seen["frames"] > 5
    assert (seen["empty"], seen["strange"]) == (0, 0)
    page.mouse.click(*pixel(page, "surface", 13, 7))
    expect(page).not_to_have_url(re.compile(f"box={state.to_query()['box']}"))
    shows(page, linked(page))
    assert linked(page).moving[:2] == pytest.approx((13, 7), abs=0.03)
    page.get_by_role("radio", name="size w, h").click()
    settled(page, "over", "size")
    page.wait_for_function(
        "() => document.querySelector('[data-testid=surface]')?._fullLayout?.xaxis.title.text.startsWith('w')"
    )
    w, h = linked(page).moving[2:]
    assert middle(grip(page)) == pytest.approx(pixel(page, "surface", w, h), abs=1)


COLOURS = """() => document.querySelector("[data-testid=surface]")._fullData
  .filter(({ type }) => ["contour", "heatmap"].includes(type))
  .map(({ type, xaxis, coloraxis, z }) => [type, xaxis, coloraxis, z.length, z[0].length])"""


@pytest.mark.slow
def test_all_four_are_four_pictures_on_one_scale(overlap: Overlap) -> None:
    page = overlap("level=2&measure=all&fill=heat")
    expect(page.locator("[data-testid=surface] .heatmaplayer image")).to_have_count(4)
    found = page.evaluate(COLOURS)
    assert {tuple(one) for one in found} == {("heatmap", f"x{n}", "coloraxis", 201, 201) for n in ("", 2, 3, 4)}
    for number in range(4):
        x, y = pixel(page, "surface", *START.moving[:2], number + 1 if number else "")
        assert middle(grip(page, number)) == pytest.approx((x, y), abs=1)
    expect(page.locator("[data-testid=slice] .scatterlayer path.js-line")).to_have_count(8)
    x, y = pixel(page, "surface", 9, 12, 4)
    here = middle(grip(page, 3))
    grab(page, grip(page, 3), x - here[0], y - here[1])
    assert released(page).moving[:2] == pytest.approx((9, 12), abs=0.06)


@pytest.mark.slow
def test_every_check_opens_by_its_link_and_the_recipe_by_steps(overlap: Overlap) -> None:
    page = overlap("level=3&check=laws")
    expect(page.locator(".lz-laws li")).to_have_count(5)
    for law in page.locator(".lz-laws li").all():
        expect(law).to_have_attribute("data-value", "1")
    for check in ("giou", "rules"):
        go(page, f"level=3&check={check}")
        expect(page.get_by_test_id(PARTS[check])).to_be_visible()
        expect(page.locator(".st-key-check button[aria-checked=true]")).to_have_count(1)
        assert numbers(page) == of(START)
    go(page, "level=3&check=iou&box=9.4_10_1.8_1.4")
    for step in range(1, RECIPE_STEPS):
        expect(page.locator("[data-testid=recipe] li")).to_have_count(step)
        button(page, "recipe-next").click()
        becomes(page, "recipe", step + 1)
        settled(page, "step", str(step + 1))
    expect(button(page, "recipe-next")).to_be_disabled()
    iou = view_of(linked(page)).measures["iou"].value
    expect(page.locator("[data-testid=recipe] li").last).to_contain_text(f"= {iou:.4f}")


def slopes(page: Page, row: int) -> list[str]:
    cells = page.locator("[data-testid=referee] tbody tr").nth(row).locator("td")
    return cells.all_inner_texts()[2:]


def spelled(slope: XYWH) -> list[str]:
    """As in the table."""
    return ["0" if side == 0 else f"{side:+.3g}".replace("-", "−") for side in slope]


@pytest.mark.slow
def test_the_referee_shows_both_slopes_and_names_every_defect_that_acts(overlap: Overlap) -> None:
    state = OverlapState(moving=(9.5, 10.0, 1.2, 1.0), target=(9.0, 10.4, 4.0, 3.2))
    page = overlap({"level": "3", **state.to_query()})
    found = verdicts(state)
    exact = page.locator("[data-testid=referee] [data-value]")
    expect(exact).to_have_count(16)
    shown = [float(one.get_attribute("data-value") or "nan") for one in exact.all()]
    assert shown == pytest.approx([side for verdict in found for side in verdict.true], rel=1e-9)
    for row, verdict in enumerate(found):
        assert slopes(page, 2 * row) == spelled(verdict.true)
        assert slopes(page, 2 * row + 1) == spelled(verdict.published)
    acting = [defect for verdict in found for defect in verdict.acting]
    assert len(acting) >= 2
    expect(page.locator(".lz-reasons li")).to_have_count(len(acting))
    expect(page.locator(".arrows [data-kind=published]").first).to_be_attached()


@pytest.mark.slow
def test_identical_boxes_are_nan_for_mmdet_with_its_reason_and_never_here(overlap: Overlap) -> None:
    page = overlap(SAME)
    assert numbers(page) == dict.fromkeys(MEASURES, 1.0)
    for library, losses in libraries(from_query(SAME)[0]).items():
        for name, loss in losses.items():
            shown = float(value(page, f"{library}-{name}").get_attribute("data-value") or 0)
            assert shown == pytest.approx(loss, rel=1e-6, nan_ok=True)
            assert (shown != shown) == ((library, name) == ("mmdetection", "ciou"))
    expect(page.get_by_text(re.compile("^nan is 0"))).to_be_visible()
    assert "nan" not in page.get_by_test_id("measures").inner_text()
    go(page, urlencode({**SAME, "box": "10.5_9.5_0_0", "check": "referee"}))
    assert "nan" not in page.get_by_test_id("referee").inner_text()


@pytest.mark.slow
def test_an_example_opens_from_the_list_and_reset_leads_back_to_it(overlap: Overlap) -> None:
    page = overlap()
    example = PAGES["overlap"]["contained"]
    state = from_query(example.query)[0]
    button(page, "examples").click()
    expect(page.locator("[class*=st-key-example-]")).to_have_count(len(PAGES["overlap"]))
    button(page, "example-contained").click()
    shows(page, state)
    settled(page, "level", example.level)
    assert numbers(page)["giou"] == numbers(page)["iou"]
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    grab(page, page.locator("[data-box=moving]"), *units(page, 3, 0))
    released(page)
    page.get_by_role("button", name="Reset").click()
    shows(page, state)


EVIL = "<img src=x onerror=window.injected=1>"


def test_nonsense_in_a_link_is_named_and_replaced_by_the_default(overlap: Overlap) -> None:
    page = overlap({"box": "1_2_3", "target": "nan_1_1_1", "measure": EVIL, "step": "9", "over": "9" * 3000})
    note = page.get_by_test_id("stAlert")
    for name in ("box", "target", "measure", "step", "over"):
        expect(note).to_contain_text(name)
    assert numbers(page) == of(START)
    assert page.evaluate("() => window.injected") is None
    go(page, "target=10_10_2_2&box=10_10_-1_2&level=7")
    expect(note).to_contain_text("level")
    assert numbers(page) == of(OverlapState(target=(10.0, 10.0, 2.0, 2.0)))


def tour(page: Page) -> Iterator[str]:
    """Through all levels, and all checks of the last one, by their switches."""
    yield "numbers"
    levels, checks = (page.locator(f".st-key-{name} [role=radio]") for name in ("levels", "check"))
    levels.nth(1).click()
    painted(page, "surface", ".contourlayer path[d]")
    yield "surface"
    page.locator(".st-key-measure [role=radio]").last.click()
    expect(page.locator("[data-testid=surface] + .lossviz-plot-overlay [data-grip]")).to_have_count(4)
    yield "four surfaces"
    levels.nth(2).click()
    for number, check in enumerate(CHECKS):
        checks.nth(number).click()
        expect(page.get_by_test_id(PARTS[check])).to_be_visible()
        yield check


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_a_finger_moves_the_box_and_nothing_is_too_wide(overlap: Overlap, lang: str) -> None:
    page = overlap(f"lang={lang}", **PHONE)
    swipe(page, *middle(page.locator("[data-box=moving]")), units(page, 0, 1.5)[1])
    expect(page).to_have_url(re.compile("[?&]box="))
    shows(page, linked(page))
    assert linked(page).moving == pytest.approx((12.4, 10.5, 1.8, 1.4), abs=WRAPPED)
    wide = {place: sideways(page) for place in tour(page)}
    assert wide == dict.fromkeys(wide, (0, 0))


@pytest.mark.slow
def test_every_level_fits_a_frame_without_the_header(overlap: Overlap) -> None:
    page = overlap("view=embed", **FRAME)
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    for number, part in enumerate(("measures", "surface", "referee")):
        page.locator(".st-key-levels [role=radio]").nth(number).click()
        expect(page.get_by_test_id(part)).to_be_in_viewport()
        expect(page.get_by_test_id("box-canvas")).to_be_in_viewport()
        assert sideways(page) == (0, 0)
