"""Compare implementations in a real browser."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

pytest.importorskip("playwright")
from browser.driving import PHONE, changes, expect, middle, query, sideways, until, value
from playwright.sync_api import Locator, Page

from lossviz.compare.state import CompareState, from_query
from lossviz.compare.view import view_of
from lossviz.core.examples import PAGES
from lossviz.core.text import Text
from lossviz.lab.state import from_query as lab_from_query
from lossviz.programs.words import versions
from lossviz.recipes import RECIPES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Ledger = Callable[..., Page]
ENGLISH = Text("en")
DEFAULT = "with=darknet_v2.darknet_v3"
"""Says nothing new."""


@pytest.fixture
def ledger(visit: Callable[..., Page]) -> Ledger:
    """Opens the page at a link and waits until the table is there."""

    def ledger(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/ledger?" + (link if isinstance(link, str) else urlencode(link)), **options)
        expect(page.get_by_test_id("ledger")).to_be_visible()
        return page

    return ledger


def cell(page: Page, row: str, recipe: str) -> Locator:
    return value(page, f"cell-{row}-{recipe}")


def exact(page: Page, row: str, recipe: str) -> float:
    return float(cell(page, row, recipe).get_attribute("data-value") or "nan")


def linked(page: Page) -> CompareState:
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def settled(page: Page, key: str, wanted: str | None) -> None:
    """Wait until the address says so."""
    if wanted is None:
        expect(page).not_to_have_url(re.compile(f"[?&]{key}="))
    else:
        expect(page).to_have_url(re.compile(f"[?&]{key}={re.escape(wanted)}(&|$)"))


def shows(page: Page, state: CompareState) -> None:
    """Wait until the table is the state's, cell by cell."""
    wanted = {
        f"cell-{row.name}-{one.key}": "" if one.size is None else f"{one.size:.13g}"
        for row in view_of(state).shown
        for one in row.cells
    }
    read = """() => Object.fromEntries([...document.querySelectorAll("[data-testid^=cell-]")].map(
        (node) => [node.dataset.testid, node.dataset.value]))"""

    def same() -> bool:
        seen: dict[str, str] = page.evaluate(read)
        return seen.keys() == wanted.keys() and all(near(seen[name], wanted[name]) for name in wanted)

    until(page, same)


def near(seen: str, wanted: str) -> bool:
    return seen == wanted or bool(seen and wanted and float(seen) == pytest.approx(float(wanted), rel=1e-5, abs=1e-9))


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()


def unfold(page: Page, key: str) -> Locator:
    press(page, key)
    body = page.get_by_test_id("stPopoverBody")
    expect(body.locator("button, input").first).to_be_attached()
    return body


def fold(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


# ---- what it opens on ----


def test_it_opens_on_two_darknets_with_the_rows_that_differ_and_a_question(ledger: Ledger) -> None:
    page = ledger()
    column = page.locator(".lz-ledger th[scope=row]").first.bounding_box()
    assert column
    assert column["width"] < 200, "the rows' names leave the room to the programs"
    shows(page, CompareState())
    assert query(page) == {}
    expect(page.locator("[data-testid^=column-]")).to_have_count(2)
    expect(page.locator(".st-key-question")).to_be_visible()
    expect(page.get_by_test_id("sentence")).to_have_count(0)
    expect(cell(page, "object-gradient", "darknet_v3")).to_have_text("?")
    expect(cell(page, "centre-value", "darknet_v3")).to_contain_text("2.689")


@pytest.mark.slow
def test_the_answer_brings_the_numbers_and_nobody_is_asked_twice(ledger: Ledger) -> None:
    page = ledger(alone=True)
    press(page, "answer-darknet_v2")
    expect(page.get_by_test_id("verdict")).to_contain_text("✗")
    expect(cell(page, "object-gradient", "darknet_v3")).to_contain_text("−0.9989")
    expect(page.get_by_test_id("sentence")).to_contain_text("a ratio of 358")
    expect(page.locator(".st-key-question")).to_have_count(0)
    page.get_by_role("radio", name="all rows").click()
    settled(page, "rows", "all")
    page.get_by_role("radio", name="what differs").click()
    settled(page, "rows", None)
    expect(page.get_by_test_id("verdict")).to_have_count(0)
    expect(page.locator(".st-key-question")).to_have_count(0)


@pytest.mark.slow
def test_the_question_can_be_left_alone(ledger: Ledger) -> None:
    page = ledger()
    press(page, "answer-skipped")
    expect(page.get_by_test_id("sentence")).to_contain_text("32 of 47 rows")
    expect(page.get_by_test_id("verdict")).to_have_count(0)


@pytest.mark.slow
def test_a_link_that_says_something_is_not_asked_about(ledger: Ledger) -> None:
    page = ledger("rows=all")
    expect(page.get_by_test_id("sentence")).to_be_visible()
    expect(page.locator(".st-key-question")).to_have_count(0)


@pytest.mark.slow
def test_it_opens_on_the_scene_of_the_lab(visit: Callable[..., Page]) -> None:
    page = visit("/lab?raw=13.1.6.8_o-2.5", alone=True)
    expect(page.locator("[data-testid=box-canvas]")).to_be_visible()
    page.get_by_role("link", name=ENGLISH("page_ledger")).click()
    expect(page.get_by_test_id("ledger")).to_be_visible()
    settled(page, "raw", "13.1.6.8_o-2.5")
    shows(page, CompareState(lab_from_query({"raw": "13.1.6.8_o-2.5"})[0]))


# ---- choices ----


@pytest.mark.slow
def test_all_rows_unfold_and_the_link_keeps_them(ledger: Ledger) -> None:
    page = ledger(DEFAULT + "&gt=1")
    page.get_by_role("radio", name="all rows").click()
    settled(page, "rows", "all")
    shows(page, CompareState(rows="all", truth=1))
    page.reload()
    shows(page, CompareState(rows="all", truth=1))


def test_programs_are_added_and_taken_away_and_both_can_be_undone(ledger: Ledger) -> None:
    page = ledger("rows=all")
    body = unfold(page, "programs")
    body.get_by_role("button", name=ENGLISH("recipe_yunyang_v3"), exact=True).click()
    settled(page, "with", "darknet_v2.darknet_v3.yunyang_v3")
    body.get_by_role("button", name=ENGLISH("recipe_darknet_v2"), exact=True).click()
    settled(page, "with", "darknet_v3.yunyang_v3")
    fold(page)
    shows(page, CompareState(recipes=("darknet_v3", "yunyang_v3"), rows="all"))
    press(page, "undo")
    settled(page, "with", "darknet_v2.darknet_v3.yunyang_v3")
    press(page, "reset")
    settled(page, "with", None)
    shows(page, CompareState(rows="all"))


@pytest.mark.slow
def test_one_program_alone_is_no_comparison(ledger: Ledger) -> None:
    page = ledger("rows=all")
    body = unfold(page, "programs")
    body.get_by_role("button", name=ENGLISH("recipe_darknet_v2"), exact=True).click()
    page.wait_for_timeout(1000)
    expect(page.locator("[data-testid^=column-]")).to_have_count(2)
    assert linked(page).recipes == CompareState().recipes


@pytest.mark.slow
def test_another_truth_and_one_predictor_for_all(ledger: Ledger) -> None:
    page = ledger("rows=all")
    body = unfold(page, "about")
    body.get_by_text("The cup").click()
    settled(page, "gt", "0")
    shows(page, CompareState(rows="all", truth=0))
    body.get_by_text(ENGLISH("ledger_held"), exact=True).click()
    settled(page, "same", "1")
    body.get_by_role("spinbutton", name="Column").fill("9")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]at=13\.1\.5\.9"))
    shows(page, linked(page))
    assert {str(column.predictor) for column in view_of(linked(page)).columns} == {"13.1.5.9"}


@pytest.mark.parametrize("recipe", ["darknet_v2", pytest.param("darknet_v3", marks=pytest.mark.slow)])
def test_a_column_opens_in_the_lab_on_the_same_scene(ledger: Ledger, recipe: str) -> None:
    page = ledger(PAGES["ledger"]["floor"].link)
    column = page.get_by_role("columnheader").filter(has=page.get_by_test_id(f"column-{recipe}"))
    link = column.get_by_role("link").get_attribute("href") or ""
    state, bad = lab_from_query(dict(parse_qsl(urlsplit(link).query)))
    at = next(column.predictor for column in view_of(linked(page)).columns if column.key == recipe)
    assert (urlsplit(link).path, bad, state) == ("lab", (), replace(linked(page).in_the_lab(recipe), at=at))
    loss = exact(page, "sums-loss", recipe)
    page.goto(page.url.partition("/ledger")[0] + "/" + link)
    expect(value(page, "loss")).to_be_visible()
    assert float(value(page, "loss").get_attribute("data-value") or "nan") == pytest.approx(loss, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "kind"), [("log", "other_print"), ("floor", "same_gradient"), ("crossing", "same_value")]
)
def test_what_does_not_go_together_is_pointed_out(ledger: Ledger, key: str, kind: str) -> None:
    page = ledger(PAGES["ledger"][key].link)
    expect(page.get_by_test_id(f"finding-{kind}").first).to_be_visible()


@pytest.mark.slow
def test_the_examples_open_and_reset_leads_back_to_them(ledger: Ledger) -> None:
    page = ledger("rows=all")
    for key in ("many", "slip"):
        unfold(page, "examples")
        press(page, f"example-{key}")
        shows(page, from_query(PAGES["ledger"][key].query)[0])
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    page.get_by_role("radio", name="all rows").click()
    settled(page, "rows", "all")
    press(page, "reset")
    shows(page, from_query(PAGES["ledger"]["slip"].query)[0])


# ---- what unfolds ----


@pytest.mark.slow
def test_the_map_is_worked_out_when_it_is_asked_for_and_a_click_holds_that_predictor(ledger: Ledger) -> None:
    page = ledger("rows=all")
    expect(page.get_by_test_id("difference")).to_have_count(0)
    page.get_by_text(ENGLISH("ledger_map"), exact=True).click()
    settled(page, "diff", "all")
    heat = page.locator("[data-testid=difference] .heatmaplayer image")
    expect(heat).to_be_attached()
    heat.scroll_into_view_if_needed()
    box = heat.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 2.5 / 13, box["y"] + box["height"] * 9.5 / 13)
    settled(page, "at", "13.1.9.2")
    settled(page, "same", "1")
    shows(page, linked(page))


@pytest.mark.slow
def test_the_map_keeps_its_choices_in_the_link(ledger: Ledger) -> None:
    page = ledger(
        "with=darknet_v2.darknet_v3.darkflow_v2&diff=noobject&what=gradient&pair=darkflow_v2.darknet_v3&anchor=26.2"
    )
    expect(page.get_by_test_id("map-title")).to_contain_text("head 26, anchor 2")
    for key in ("darkflow_v2", "darknet_v3"):
        expect(page.get_by_test_id("map-title")).to_contain_text(ENGLISH(f"short_{key}"))
    expect(page.locator("[data-testid=difference] .heatmaplayer image")).to_be_attached()
    state = linked(page)
    assert (state.term, state.quantity, state.compared, state.place) == (
        "noobject",
        "gradient",
        ("darkflow_v2", "darknet_v3"),
        ("26", 2),
    )


@pytest.mark.slow
def test_darknet_through_time_is_a_list_whose_known_versions_become_columns(ledger: Ledger) -> None:
    page = ledger("rows=all")
    expect(page.locator(".lz-version")).to_have_count(0)
    page.get_by_text(ENGLISH("ledger_time"), exact=True).click()
    expect(page.locator(".lz-version")).to_have_count(len(versions()))
    settled(page, "time", "1")
    expect(page.locator(".st-key-add-darknet_v3 button")).to_be_disabled()
    press(page, "add-darknet_v2_2016")
    settled(page, "with", "darknet_v2.darknet_v3.darknet_v2_2016")
    shows(page, linked(page))
    expect(page.locator(".st-key-add-darknet_v2_2016 button")).to_be_disabled()


@pytest.mark.slow
def test_what_the_paper_leaves_open_is_listed(ledger: Ledger) -> None:
    page = ledger(PAGES["ledger"]["words"].link)
    expect(page.get_by_test_id("assumed").locator("li").first).to_be_visible()


@pytest.mark.slow
def test_figures_can_be_taken_away(ledger: Ledger) -> None:
    page = ledger("rows=all")
    body = unfold(page, "share")
    body.get_by_role("radio", name=ENGLISH("share_figure")).click()
    expect(body.get_by_text(ENGLISH("export_caption"), exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.locator(".st-key-save-csv button").click()
    name = r"lossviz-ledger-coffee-darknet_v2-darknet_v3-[0-9a-f]{8}\.csv"
    assert re.fullmatch(name, download.value.suggested_filename)


# ---- screens ----


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.slow), "zh"])
def test_on_a_phone_two_programs_stand_side_by_side_and_nothing_is_too_wide(ledger: Ledger, lang: str) -> None:
    page = ledger(f"lang={lang}&rows=all", **PHONE)
    assert sideways(page) == (0, 0)
    middles = [cell(page, "object-value", key) for key in ("darknet_v2", "darknet_v3")]

    def beside() -> bool:
        (left, top), (right, level) = (middle(one) for one in middles)
        return top == level and left < right < 375

    until(page, beside)


def test_on_a_phone_many_programs_scroll_inside_the_table(ledger: Ledger) -> None:
    page = ledger("rows=all&with=" + ".".join(list(RECIPES)[:8]), **PHONE)
    assert sideways(page) == (0, 0)
    frame = page.locator(".lz-ledger-frame")
    assert frame.evaluate("(node) => node.scrollWidth > node.clientWidth")
    frame.evaluate("(node) => { node.scrollLeft = 400 }")
    label = page.get_by_role("rowheader", name=ENGLISH("ledger_row_box")).locator("span").bounding_box()
    assert label is not None
    assert label["x"] >= 0


@pytest.mark.slow
def test_it_fits_a_frame_without_the_header(ledger: Ledger) -> None:
    page = ledger("view=embed", viewport={"width": 640, "height": 480})
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    expect(page.locator(".st-key-question")).to_have_count(0)
    expect(page.get_by_test_id("sentence")).to_be_visible()
    assert sideways(page) == (0, 0)


@pytest.mark.slow
def test_a_bad_value_is_named_and_the_page_opens(ledger: Ledger) -> None:
    page = ledger("with=darknet_v2.nobody&set=nobody_3")
    note = page.get_by_test_id("stAlert")
    for key in ("with", "set"):
        expect(note).to_contain_text(ENGLISH(f"link_key_{key}"))
    shows(page, CompareState())


@pytest.mark.slow
def test_a_setting_in_the_link_reaches_the_programs_that_know_it(ledger: Ledger) -> None:
    page = ledger("rows=all&set=object_scale_1")
    shows(page, CompareState(rows="all", settings=(("object_scale", 1.0),)))
    before = exact(page, "object-gradient", "darknet_v2")
    page.goto(page.url.replace("object_scale_1", "object_scale_5"))
    changes(page, "cell-object-gradient-darknet_v2", before)
    assert exact(page, "object-gradient", "darknet_v2") == pytest.approx(5 * before, rel=1e-9)


@pytest.mark.slow
def test_a_column_can_be_taken_home_as_a_script(ledger: Ledger) -> None:
    page = ledger("rows=all&with=darknet_v3.darknet_v2")
    body = unfold(page, "take_away")
    with page.expect_download() as download:
        body.locator(".st-key-take_away_save button").click()
    assert download.value.suggested_filename == "coffee_darknet_v3.py"
