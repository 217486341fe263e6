"""Why?, every predictor, steps, labels, examples and lists for a class, in a real browser."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import (
    back,
    becomes,
    changes,
    expect,
    grab,
    middle,
    numbers,
    query,
    rested,
    value,
)
from helpers.examples import opened
from playwright.sync_api import Locator, Page

from lossviz.core.examples import PRESETS
from lossviz.engine.heads import Predictor
from lossviz.lab.state import State, from_query
from lossviz.lab.view import view_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Lab = Callable[..., Page]
SPOON = Predictor("13", 1, 6, 8)
WIDE = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"


@pytest.fixture
def lab(visit: Callable[..., Page]) -> Lab:
    """Opens the Lab at a link."""

    def lab(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/lab?" + (link if isinstance(link, str) else urlencode(link)), **options)
        expect(page.locator("[data-testid=box-canvas], .lz-duel").first).to_be_visible()
        return page

    return lab


def exact(page: Page, name: str) -> float:
    return float(value(page, name).get_attribute("data-value") or "nan")


def press(page: Page, key: str) -> None:
    button(page, key).click()


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def settled(page: Page, key: str, wanted: str | None) -> None:
    """Wait until the address says so."""
    if wanted is None:
        expect(page).not_to_have_url(re.compile(f"[?&]{key}="))
    else:
        expect(page).to_have_url(re.compile(f"[?&]{key}={re.escape(wanted)}(&|$)"))


def test_the_levels_open_from_the_switch_and_from_the_link_and_show_the_same_loss(lab: Lab) -> None:
    page = lab()
    before = numbers(page)
    for name, level, part in (("Why?", "2", "readings"), ("Every predictor", "3", "map")):
        page.get_by_role("radio", name=name, exact=True).click()
        expect(page.get_by_test_id(part)).to_be_visible()
        settled(page, "level", level)
        assert {name: number for name, number in numbers(page).items() if name in before} == before
    page.reload()
    expect(page.get_by_test_id("map")).to_be_visible()
    page.get_by_role("radio", name="Terms", exact=True).click()
    expect(page.get_by_test_id("map")).to_have_count(0)
    assert query(page) == {}


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["darknet_v3", "darknet_v2"])
def test_one_number_has_five_readings_that_agree_to_nine_digits(lab: Lab, recipe: str) -> None:
    page = lab({"level": "2", "at": str(SPOON), "recipe": recipe, "term": "object", "channel": "4"})
    expect(page.get_by_test_id("readings")).to_be_visible()
    closed, automatic, delta = (exact(page, f"reading-{name}") for name in ("closed", "autograd", "delta"))
    assert closed == pytest.approx(automatic, rel=1e-9)
    output, target = exact(page, "reading-output"), exact(page, "reading-target")
    assert delta * (1 if recipe == "darknet_v3" else 5) == pytest.approx(
        (target - output) * (1 if recipe == "darknet_v3" else 25), rel=1e-9
    )
    back = 1 if recipe == "darknet_v3" else output * (1 - output)
    assert delta * back == pytest.approx(-closed, rel=1e-9)
    assert exact(page, "reading-printed") == pytest.approx(delta**2, rel=1e-9)


def test_a_slider_of_a_channel_moves_the_loss_and_the_link_keeps_the_raw_number(lab: Lab) -> None:
    page = lab({"level": "2", "at": str(SPOON)})
    before = numbers(page)["loss"]
    slider = page.locator("[data-channel='4'] input[type=range]")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    changes(page, "loss", before)
    expect(page).to_have_url(re.compile(r"raw=13\.1\.6\.8_o-5\.3"))
    state = from_query(query(page))[0]
    becomes(page, "loss", view_of(state).loss)
    page.keyboard.press("Escape")
    becomes(page, "loss", before)


def test_a_click_on_a_bar_chooses_its_term_and_lines_lead_from_it_to_the_picture(lab: Lab) -> None:
    page = lab()
    page.locator("[data-row=noobject] .lzt-row").click()
    settled(page, "term", "noobject")
    expect(page.locator("svg.lzt-ties")).to_have_attribute("data-ties", "12")


@pytest.mark.slow
def test_what_is_printed_ranks_the_astronauts_terms_the_other_way_round(lab: Lab) -> None:
    page = lab("scene=astronaut")

    def order() -> list[str | None]:
        tops = [(middle(row)[1], row.get_attribute("data-row")) for row in page.locator("[data-row]").all()]
        return [name for _, name in sorted(tops)]

    assert order()[:2] == ["noobject", "object"]
    page.get_by_role("radio", name="printed number").click()
    settled(page, "read", "printed")
    expect(page.locator("[data-row=object] [data-shown]")).to_have_text("0.9109")
    page.wait_for_timeout(700)  # the bars slide
    assert order().index("object") < order().index("noobject")


def test_a_click_on_the_map_goes_to_that_predictor(lab: Lab) -> None:
    page = lab("level=3")
    expect(page.locator("[data-testid=map] .heatmaplayer image")).to_be_attached()
    box = page.locator("[data-testid=map] .heatmaplayer image").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 2.5 / 13, box["y"] + box["height"] * 9.5 / 13)
    settled(page, "at", "13.1.9.2")
    expect(page.get_by_role("spinbutton", name="Column")).to_have_value("2")
    page.get_by_role("spinbutton", name="Anchor").fill("2")
    page.keyboard.press("Enter")
    settled(page, "at", "13.2.9.2")


@pytest.mark.slow
def test_a_setting_changes_the_loss_and_stands_in_the_link(lab: Lab) -> None:
    page = lab("level=3&recipe=darknet_v2&scene=chelsea")
    before = numbers(page)
    press(page, "settings_open")
    page.get_by_test_id("stPopoverBody").get_by_role("spinbutton", name="object_scale", exact=True).fill("1")
    page.keyboard.press("Enter")
    settled(page, "set", "object_scale_1")
    becomes(page, "term-object", before["term-object"] / 5)


@pytest.mark.slow
def test_wake_the_spoon_step_by_step(lab: Lab) -> None:
    page = lab(f"{PRESETS['spoon'].link}")
    expect(value(page, "slope-ratio")).to_have_text(re.compile("934"))
    for count, button in [
        *((10 * tens, "steps-10") for tens in range(1, 8)),
        *((ones, "steps-1") for ones in range(71, 79)),
    ]:
        press(page, button)  # clicks faster than the page answers would count as one
        becomes(page, "step", count)
    assert exact(page, "duel-bce") < 0.5
    press(page, "steps-1")
    becomes(page, "step", 79)
    expect(page.get_by_test_id("duel-bce-awake")).to_contain_text("step 79")
    assert exact(page, "duel-bce") >= 0.5
    assert exact(page, "duel-mse") == pytest.approx(0.00108, abs=1e-5)
    settled(page, "steps", "79")
    page.reload()
    becomes(page, "step", 79)
    expect(page.get_by_test_id("duel-bce-awake")).to_contain_text("step 79")


@pytest.mark.slow
def test_a_link_replays_its_steps_and_squared_error_wakes_at_9554(lab: Lab) -> None:
    page = lab("at=13.1.6.8&steps=9554&of=duel")
    becomes(page, "step", 9554)
    expect(page.get_by_test_id("duel-mse-awake")).to_contain_text("step 9554")


def test_playing_goes_on_until_it_is_stopped(lab: Lab) -> None:
    page = lab()
    press(page, "steps")
    press(page, "play-10")
    page.wait_for_function("() => Number(document.querySelector('[data-testid=step]')?.dataset.value) >= 40")
    assert query(page)["steps"] == "0", "the link waits until it stands still"
    press(page, "pause-10")
    expect(page).to_have_url(re.compile(r"steps=\d\d+"))
    expect(button(page, "play-10")).to_be_visible()
    count = exact(page, "step")
    page.wait_for_timeout(600)
    assert exact(page, "step") == count
    press(page, "steps-back")
    becomes(page, "step", 0)
    becomes(page, "loss", view_of(State()).loss)


@pytest.mark.slow
def test_across_the_line_another_predictor_takes_over_and_the_cliff_leads_back(lab: Lab) -> None:
    page = lab(PRESETS["border"].link)
    label = page.locator("[data-box=truth-0]")
    grab(page, label, 4, 0)
    x, y = middle(label)
    for step in range(12):
        page.mouse.move(x + 2 * step, y)
        page.wait_for_timeout(60)
    expect(page.get_by_test_id("crossing")).to_contain_text(
        "column 6) → predictor (head 13, anchor 1, row 5, column 7)"
    )
    page.mouse.up()
    settled(page, "at", "13.1.5.7")
    expect(page.locator("[data-testid=cliff] .scatterlayer path").first).to_be_attached()
    while query(page)["at"] == "13.1.5.7":
        before = page.url
        press(page, "cliff-back")
        expect(page).not_to_have_url(before)
        becomes(page, "loss", view_of(from_query(query(page))[0]).loss)
    assert query(page)["at"] == "13.1.5.6"


@pytest.mark.slow
def test_labels_are_added_renamed_and_deleted_and_without_any_the_log_says_nan(lab: Lab) -> None:
    page = lab("mode=label&level=2")
    press(page, "label-add")
    expect(page.locator("[data-box=truth-2]")).to_be_visible()
    settled(page, "truth", "2_0.5_0.5_0.2_0.2_k0")
    for number in (2, 1, 0):
        press(page, "label-delete")
        expect(page.locator(f"[data-box=truth-{number}]")).to_have_count(0)
        if number:
            page.locator(f"[data-chip=truth-{number - 1}]").click()
            expect(page.locator(f"[data-box=truth-{number - 1}]")).to_have_attribute("data-selected", "")
    expect(page.get_by_test_id("log")).to_contain_text("-nan")
    expect(page.get_by_text("0 is divided by 0, in the log only").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-box=truth-0]")).to_be_visible()


@pytest.mark.slow
def test_an_example_asks_first_and_shows_no_number_before_the_answer(lab: Lab) -> None:
    page = lab()
    press(page, "examples")
    press(page, "preset-rank")
    expect(page.locator(".st-key-question")).to_be_visible()
    expect(value(page, "loss")).to_have_count(0)
    expect(page.get_by_test_id("bars")).to_have_count(0)
    press(page, "answer-1")
    expect(page.locator(".st-key-verdict")).to_contain_text("3.09 against 4.84")
    becomes(page, "loss", view_of(opened(PRESETS["rank"])).loss)


def test_after_a_drag_page_down_turns_the_page_and_does_not_move_the_box(lab: Lab) -> None:
    page = lab({"slides": "lab?|lab?scene=chelsea|nowhere?", "view": "present"})
    expect(page.get_by_test_id("stAlert")).to_contain_text("List entries that could not be opened: 3.")
    grab(page, page.locator("[data-box=prediction]"), 30, 10)
    page.mouse.up()
    expect(page).to_have_url(re.compile("raw="))
    rested(page)
    page.keyboard.press("PageDown")
    becomes(page, "loss", view_of(State("chelsea")).loss)
    expect(page).not_to_have_url(re.compile("raw="))
    expect(page.get_by_test_id("slide-number")).to_have_attribute("data-value", "2")
    rested(page)
    page.keyboard.press("t")
    press(page, "undo")
    expect(page.get_by_test_id("slide-number")).to_have_attribute("data-value", "1")
    expect(page).to_have_url(re.compile("raw="))


def test_one_deed_is_one_entry_and_back_and_forward_restore_level_and_language(lab: Lab) -> None:
    page = lab(alone=True)
    expect(page).to_have_url(re.compile(r"/lab\?lang=en&level=1$"))
    first = page.evaluate("history.length")
    page.get_by_role("radio", name="Why?", exact=True).click()
    settled(page, "level", "2")
    page.get_by_role("radio", name="中文").click()
    settled(page, "lang", "zh")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.get_by_role("link", name="IoU 损失").first.click()
    expect(page).to_have_url(re.compile(r"/overlap\?lang=zh&level=2$"))
    assert page.evaluate("history.length") == first + 3
    back(page)
    expect(page.get_by_test_id("readings")).to_be_visible()
    back(page)
    expect(page.get_by_role("radio", name="Why?", exact=True)).to_be_checked()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    back(page)
    expect(page.get_by_test_id("readings")).to_have_count(0)
    page.go_forward()
    expect(page.get_by_test_id("readings")).to_be_visible()
    settled(page, "level", "2")


@pytest.mark.slow
def test_in_a_frame_no_deed_makes_an_entry(lab: Lab) -> None:
    page = lab("view=embed", alone=True, viewport={"width": 640, "height": 480})
    first = page.evaluate("history.length")
    page.get_by_role("radio", name="Why?", exact=True).click()
    settled(page, "level", "2")
    assert page.evaluate("history.length") == first


@pytest.mark.slow
def test_the_whole_page_works_by_keyboard(lab: Lab) -> None:
    page = lab("level=2")
    page.locator("[data-row=class] .lzt-row").focus()
    page.keyboard.press("Enter")
    settled(page, "term", "class")
    page.get_by_role("radio", name="Why?", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("map")).to_be_visible()
    page.get_by_role("spinbutton", name="Row").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    settled(page, "at", "13.1.6.6")
    button(page, "steps").focus()
    page.keyboard.press("Enter")
    button(page, "steps-10").focus()
    page.keyboard.press("Enter")
    becomes(page, "step", 10)
    button(page, "reset").focus()
    page.keyboard.press("Enter")
    settled(page, "steps", None)


def levels(page: Page) -> Iterator[str]:
    """Through all levels by their switch."""
    for number, part in enumerate(("bars", "readings", "map")):
        page.locator(".st-key-levels [role=radio]").nth(number).click()
        expect(page.get_by_test_id(part)).to_be_visible()
        yield part


@pytest.mark.slow
def test_every_level_fits_a_frame(lab: Lab) -> None:
    page = lab("view=embed", viewport={"width": 640, "height": 480})
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    for part in levels(page):
        expect(page.get_by_test_id(part)).to_be_in_viewport()
        expect(value(page, "loss")).to_be_in_viewport()
        assert page.evaluate(WIDE) == 0


@pytest.mark.slow
def test_what_a_link_hides_is_not_there(lab: Lab) -> None:
    page = lab("hide=answers.examples.scene")
    expect(page.locator("[data-box=prediction]")).to_be_visible()
    for name in ("loss", "bars", "term-object"):
        expect(value(page, name)).to_have_count(0)
    expect(page.locator(".st-key-examples, .st-key-what")).to_have_count(0)
    expect(button(page, "undo")).to_be_visible()
