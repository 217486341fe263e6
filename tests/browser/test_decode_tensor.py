"""Decode's other two parts in a real browser: the output tensor and the passthrough."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import PHONE, back, expect, pixel, query, sideways, until, value
from playwright.sync_api import Locator, Page

from lossviz.core.examples import PAGES
from lossviz.decode.charts.passthrough import Board, input_board, output_board
from lossviz.decode.charts.tensor import around
from lossviz.decode.passthrough import WAYS, Cell, counts, reader_of, source_of
from lossviz.decode.state import PLAIN, DecodeState, from_query
from lossviz.decode.tensor import LAYOUTS, OUTPUTS, index_of, place_at, place_of, plane_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Decode = Callable[..., Page]
FRAME = {"viewport": {"width": 640, "height": 480}}
READY = {"tensor": "tensor-strip", "passthrough": "reorg-outputs"}
"""The chart one waits for in each part."""


@pytest.fixture
def decode(visit: Callable[..., Page]) -> Decode:
    """Opens a part of the page at a link and waits until its charts are there."""

    def decode(tab: str, link: str = "", **options: object) -> Page:
        page = visit(f"/decode?tab={tab}&{link}", **options)
        expect(page.locator(f"[data-testid={READY[tab]}] .heatmaplayer image").first).to_be_visible()
        return page

    return decode


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def linked(page: Page) -> DecodeState:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def settled(page: Page, **wanted: object) -> None:
    """Wait until the address says so."""
    until(page, lambda: {name: getattr(linked(page), name) for name in wanted} == wanted)


def click(page: Page, chart: str, x: float, y: float) -> None:
    """Somewhere on a chart."""
    page.locator(f"[data-testid={chart}]").scroll_into_view_if_needed()
    page.mouse.click(*pixel(page, chart, x, y))


def click_cell(page: Page, chart: str, board: Board, cell: Cell) -> None:
    """A number of a tile."""
    row, column = board.at(cell)
    click(page, chart, column, row)


def shows(page: Page, state: DecodeState) -> None:
    """Wait for the indices and the raw number of a tensor's state."""
    output = OUTPUTS[state.of]
    place = place_of(output, state.channel, state.cell)
    for layout in LAYOUTS:
        wanted = str(index_of(output, layout, place))
        expect(value(page, f"index-{layout}")).to_have_attribute("data-value", wanted)
    plane = plane_of(output, state.channel)
    if plane is None:
        expect(page.get_by_text("there is no number to show")).to_be_visible()
    else:
        expect(value(page, "tensor-raw")).to_have_attribute("data-value", f"{float(plane[state.cell]):.13g}")


@pytest.mark.slow
def test_the_tensor_opens_on_the_cups_objectness(decode: Decode) -> None:
    page = decode("tensor")
    shows(page, PLAIN)
    expect(page.get_by_test_id("tensor-says")).to_have_text("Channel 89 at row 5, column 6 is: anchor 1, objectness.")
    expect(page.get_by_test_id("tensor-tape").get_by_role("listitem")).to_have_count(7)
    assert query(page) == {"v": "1", "tab": "tensor"} or query(page) == {"tab": "tensor"}


def test_a_click_chooses_a_channel_and_a_cell_and_back_leads_back(decode: Decode) -> None:
    page = decode("tensor")
    left, top, right, bottom = around(OUTPUTS["v3-13"], 2, 5 + 41)
    click(page, "tensor-strip", (left + right) / 2, (top + bottom) / 2)
    settled(page, channel=2 * 85 + 5 + 41)
    expect(page.get_by_test_id("tensor-says")).to_contain_text("anchor 2, class 41 (cup)")
    click(page, "tensor-grid", 9, 7)
    settled(page, cell=(7, 9))
    shows(page, linked(page))
    left, top, right, bottom = around(OUTPUTS["v3-13"], 0, 2)
    click(page, "tensor-strip", (left + right) / 2, (top + bottom) / 2)
    settled(page, channel=2)
    back(page)
    settled(page, channel=2 * 85 + 5 + 41, cell=(7, 9))
    shows(page, linked(page))


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_typed_index_leads_to_its_number_and_fields_stand_beside_every_click(decode: Decode, layout: str) -> None:
    page = decode("tensor", f"layout={layout}&of=voc")
    field = page.locator(".st-key-tensor-index input")
    field.fill("12345")
    field.press("Enter")
    place = place_at(OUTPUTS["voc"], layout, 12345)
    settled(page, channel=place.anchor * 25 + place.entry, cell=(place.row, place.column))
    shows(page, linked(page))
    row = page.locator(".st-key-tensor-row input")
    expect(row).to_have_value(str(place.row))
    row.focus()
    row.press("ArrowUp")
    settled(page, cell=(place.row + 1, place.column))
    shows(page, linked(page))


@pytest.mark.slow
def test_a_guess_about_a_channel_is_judged_until_something_moves(decode: Decode) -> None:
    page = decode("tensor")
    button(page, "guess-14").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✗ Not so. Channel 174 = 2 · 85 + 4")
    settled(page, channel=174)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("verdict")).to_have_count(0)
    button(page, "guess-174").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✓ Right.")
    page.get_by_role("radio", name="v2 COCO").click()
    settled(page, of="coco")
    expect(page.get_by_test_id("verdict")).to_have_count(0)


@pytest.mark.slow
def test_a_pixel_is_predicted_before_it_is_shown(decode: Decode) -> None:
    page = decode("passthrough")
    letters = page.locator("[data-testid=reorg-outputs] .heatmap-label")
    until(page, lambda: letters.all_text_contents().count("?") == 2 * 16)
    button(page, "guess-1").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("✗ Not so. It lies one block above the output's own.")
    settled(page, output=(0, 1, 0))
    until(page, lambda: "?" not in letters.all_text_contents())
    expect(value(page, "reads-darknet")).to_have_text("(0, 1, 0)")
    expect(value(page, "reads-space_to_depth")).to_have_text("(0, 2, 0)")
    expect(value(page, "reads-darkflow")).to_have_text("(0, 2, 0)")


@pytest.mark.slow
def test_an_output_and_a_pixel_are_chosen_by_a_click_and_lead_to_one_another(decode: Decode) -> None:
    page = decode("passthrough")
    output = Cell(9, 0, 1)
    click_cell(page, "reorg-outputs", output_board("toy", output), output)
    settled(page, output=output)
    expect(page.get_by_test_id("reorg-says")).to_contain_text(str(tuple(source_of("darknet", "toy", output))))
    wanted = Cell(3, 3, 2)
    click_cell(page, "reorg-pixels", input_board("toy", "darknet", output), wanted)
    settled(page, output=reader_of("darknet", "toy", wanted))
    expect(value(page, "reads-darknet")).to_have_text("(3, 3, 2)")
    page.get_by_role("radio", name="backward (gradient)").click()
    settled(page, back=True)
    expect(page.get_by_test_id("reorg-says")).to_contain_text("goes to pixel (3, 3, 2)")
    field = page.locator(".st-key-reorg-channel input")
    field.fill("0")
    field.press("Enter")
    settled(page, output=linked(page).output)
    until(page, lambda: linked(page).output[0] == 0)


@pytest.mark.slow
def test_the_real_size_is_counted_and_every_way_has_its_shares(decode: Decode) -> None:
    page = decode("passthrough", "size=real&out=1_0_6")
    for way in WAYS:
        found = counts(way, "real")
        parts = {"own": found["own"], "beside": found["above"] + found["below"], "far": found["far"]}
        for name, count in parts.items():
            exact = value(page, f"share-{way}-{name}").get_attribute("data-value")
            assert float(exact or "nan") == pytest.approx(count / 43264, rel=1e-12)
    expect(page.get_by_test_id("reorg-says")).to_contain_text("far away")
    page.get_by_role("radio", name="darkflow").click()
    settled(page, way="darkflow")
    expect(page.get_by_text("the same pixel as space-to-depth for every output")).to_be_visible()
    expect(page.get_by_test_id("reorg-flow")).to_contain_text("13 × 13 × 1280")
    expect(page.get_by_test_id("reorg-stages").get_by_role("listitem")).to_have_count(3)


@pytest.mark.slow
@pytest.mark.parametrize("name", [key for key, one in PAGES["decode"].items() if "tab" in one.query])
def test_an_example_says_why_it_is_worth_a_look(decode: Decode, name: str) -> None:
    preset = PAGES["decode"][name]
    page = decode(preset.query["tab"], urlencode({k: v for k, v in preset.query.items() if k != "tab"}))
    assert linked(page) == from_query(preset.query)[0]
    expect(page.locator(".lz-quiet").first).to_be_visible()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("tab", READY)
def test_a_phone_and_a_frame_have_room_for_it(decode: Decode, tab: str) -> None:
    for lang in ("en", "zh"):
        page = decode(tab, f"lang={lang}&size=real", **PHONE)
        assert sideways(page) == (0, 0)
    page = decode(tab, "view=embed&lang=en", **FRAME)
    for chart in {"tensor": ("strip", "grid"), "passthrough": ("pixels", "outputs")}[tab]:
        expect(page.locator(f"[data-testid$=-{chart}]")).to_be_in_viewport()
    assert sideways(page) == (0, 0)


@pytest.mark.slow
def test_nonsense_in_a_link_is_named(decode: Decode) -> None:
    page = decode("tensor", "of=v4&ch=255&cell=13_0&layout=NCHW&way=x&out=1_2&size=4&back=2")
    for name in ("of", "ch", "cell", "layout", "way", "out", "size", "back"):
        expect(page.get_by_test_id("stAlert")).to_contain_text(re.compile(rf"\b{name}\b"))
    shows(page, PLAIN)
