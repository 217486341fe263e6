"""The box race and its experiment in a real browser."""

import contextlib
import math
import re
from collections.abc import Callable
from dataclasses import replace
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
from lossviz.core.plane import SIDE
from lossviz.race.experiment import CASES, Wish, run, shipped_points
from lossviz.race.results import shipped
from lossviz.race.state import MEASURED, RaceState, from_query
from lossviz.race.view import runs_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

Race = Callable[..., Page]
FRAME = {"viewport": {"width": 640, "height": 480}}
CURVES = "[data-testid=race-curves] .scatterlayer path.js-line"


@pytest.fixture
def race(visit: Callable[..., Page]) -> Race:
    """Opens the page at a link and waits until the board or the experiment is there."""

    def race(link: dict[str, str] | str = "", **options: object) -> Page:
        page = visit("/race?" + (link if isinstance(link, str) else urlencode(link)), **options)
        ready(page)
        return page

    return race


def ready(page: Page) -> None:
    expect(page.locator("[data-testid=film-step], [data-testid=experiment-curves]").first).to_be_visible()


def go(page: Page, link: str) -> None:
    """To another link, as somebody who types it."""
    page.goto(page.url.partition("?")[0] + "?" + link)
    ready(page)


def exact(page: Page, name: str) -> float:
    return float(value(page, name).get_attribute("data-value") or math.nan)


def at(page: Page) -> int:
    """The step that is shown."""
    return int(exact(page, "film-step"))


def linked(page: Page) -> RaceState:
    """The state the address spells."""
    state, bad = from_query(query(page))
    assert bad == ()
    return state


def settled(page: Page, key: str, wanted: str | None) -> None:
    """Wait until the address says so."""
    if wanted is None:
        expect(page).not_to_have_url(re.compile(f"[?&]{key}="))
    else:
        expect(page).to_have_url(re.compile(f"[?&]{key}={re.escape(wanted)}(&|$)"))


def stands(page: Page, state: RaceState) -> None:
    """Wait until every contender's numbers are those of the state's step."""
    step = state.at or 0
    expect(value(page, "film-step")).to_have_attribute("data-value", str(step))
    wanted: dict[str, float] = {}
    for one in runs_of(state):
        wanted |= {f"film-{one.name}-iou": one.iou[step], f"film-{one.name}-error": one.error[step]}
    until(page, lambda: {name: exact(page, name) for name in wanted} == pytest.approx(wanted, rel=1e-6))  # float32


def film(page: Page, name: str) -> None:
    page.locator(f"[data-film={name}]").click()


def pause(page: Page) -> RaceState:
    """Stop the film; the state of the link. A pause while other rules are on their way is not heard: once more then."""
    for _ in range(3):
        film(page, "play")
        with contextlib.suppress(AssertionError):
            expect(page).to_have_url(re.compile("[?&]at="), timeout=8000)
            break
        film(page, "play")
    expect(page).to_have_url(re.compile("[?&]at="))
    return linked(page)


LISTEN = """() => {
  window.steps = [];
  window.addEventListener("lossviz:step", ({ detail }) => window.steps.push(detail));
}"""


def test_it_opens_playing_with_giou_and_diou(race: Race) -> None:
    page = race()
    page.evaluate(LISTEN)
    page.wait_for_function("() => steps.some(({ step }, n) => n && step > steps[0].step)")
    assert all(one["playing"] for one in page.evaluate("steps"))
    expect(page.locator("[data-racer]")).to_have_count(2)
    for name in ("giou", "diou"):
        expect(page.locator(f"[data-racer={name}]")).to_be_visible()
    assert query(page) == {}


@pytest.mark.slow
def test_a_pause_stands_in_the_link_and_the_film_goes_on_from_there(race: Race) -> None:
    page = race("steps=400")
    state = pause(page)
    stands(page, state)
    page.locator("[data-film=slider]").fill("300")
    settled(page, "at", "300")
    page.reload()
    ready(page)
    stands(page, replace(state, at=300))
    for name, by in (("step", 1), ("ten", 10), ("back", -1)):
        before = at(page)
        film(page, name)
        stands(page, RaceState(steps=400, at=before + by))
        settled(page, "at", str(before + by))
    reached = at(page)
    cursors = page.locator("[data-testid=race-curves] + .lossviz-plot-overlay .lossviz-plot-cursor")
    expect(cursors).to_have_count(2)
    x, _ = pixel(page, "race-curves", reached, 0)
    for cursor in cursors.all():
        assert middle(cursor)[0] == pytest.approx(x, abs=1)
    page.evaluate(LISTEN)
    film(page, "play")
    settled(page, "at", None)
    page.wait_for_function(f"steps.some(({{ step }}) => step > {reached + 2})")
    assert page.evaluate("steps[0].step") >= reached


@pytest.mark.slow
def test_dragging_the_start_and_the_target_changes_the_race(race: Race) -> None:
    page = race("at=100")
    stands(page, RaceState(at=100))
    curve = page.locator(CURVES).first
    expect(page.locator(CURVES)).to_have_count(4)
    for name, key in (("start", "start"), ("target", "target")):
        before, url = curve.get_attribute("d") or "", page.url
        grab(page, page.locator(f"[data-chip={name}]"), -width(page) / SIDE, 0)
        page.mouse.up()
        expect(page).not_to_have_url(url)
        settled(page, key, query(page)[key])
        stands(page, linked(page))
        expect(curve).not_to_have_attribute("d", before)
    state = linked(page)
    assert (state.start[0], state.target[0]) == pytest.approx((11.2, 9.0), abs=0.05)
    page.get_by_role("button", name="Undo").click()
    stands(page, RaceState(start=state.start, at=100))
    page.get_by_role("button", name="Reset").click()
    stands(page, RaceState(at=100))


@pytest.mark.slow
def test_who_runs_and_by_which_gradients_stands_in_the_link(race: Race) -> None:
    page = race("at=60")
    who = page.locator(".st-key-who")
    for name, wanted in (("IoU", "iou.giou.diou"), ("L2", "iou.giou.diou.l2"), ("DIoU", "iou.giou.l2")):
        who.get_by_text(name, exact=True).click()
        settled(page, "who", wanted)
        names = wanted.split(".")
        expect(page.locator(CURVES)).to_have_count(2 * len(names))
        expect(page.locator("[data-racer]")).to_have_count(len(names))
        assert [one.get_attribute("data-racer") for one in page.locator("[data-racer]").all()] == names
    page.get_by_role("radio", name="published", exact=True).click()
    settled(page, "grad", "published")
    pause(page)
    stands(page, linked(page))
    assert linked(page).gradient == "published"
    assert exact(page, "film-iou-iou") == 0


@pytest.mark.slow
def test_the_rules_change_the_race_and_stand_in_the_link(race: Race) -> None:
    page = race("at=20")
    page.locator(".st-key-rules button").first.click()
    rules = page.get_by_test_id("stPopoverBody")
    for name, typed, key in (("Learning rate", "0.05", "lr"), ("Steps", "100", "steps")):
        rules.get_by_role("spinbutton", name=name).fill(typed)
        page.keyboard.press("Enter")
        settled(page, key, typed)
    rules.locator(".st-key-schedule [role=radio]").last.click()
    settled(page, "schedule", "constant")
    rules.locator(".st-key-factor label").click()
    settled(page, "factor", "0")
    page.keyboard.press("Escape")
    expect(rules).to_have_count(0)
    pause(page)
    stands(page, linked(page))
    found = linked(page)
    assert (found.rate, found.schedule, found.factor, found.steps) == (0.05, "constant", False, 100)
    expect(page.locator("[data-film=slider]")).to_have_attribute("max", "100")


@pytest.mark.slow
def test_an_example_opens_from_the_list_and_nonsense_is_replaced(race: Race) -> None:
    page = race("start=1_2&who=nobody&lr=-1&at=201")
    note = page.get_by_test_id("stAlert")
    for key in ("start", "who", "lr", "at"):
        expect(note).to_contain_text(key)
    expect(page.locator("[data-racer]")).to_have_count(2)
    page.locator(".st-key-examples button").first.click()
    expect(page.locator("[class*=st-key-example-]")).to_have_count(len(PAGES["race"]))
    page.locator(".st-key-example-tspace button").click()
    expect(page.locator("[data-racer]")).to_have_count(4)
    settled(page, "who", from_query(PAGES["race"]["tspace"].query)[0].to_query()["who"])
    pause(page)
    stands(page, linked(page))


@pytest.mark.slow
def test_the_page_works_by_keyboard(race: Race) -> None:
    page = race("at=50")
    page.locator("[data-box=start]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("[?&]start="))
    stands(page, linked(page))
    page.locator("[data-film=slider]").focus()
    page.keyboard.press("ArrowRight")
    settled(page, "at", "51")
    page.get_by_role("radio", name="One race").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    settled(page, "tab", "all")
    expect(page.get_by_test_id("experiment-curves")).to_be_visible()


# ---- the experiment ----


def run_button(page: Page) -> Locator:
    return page.locator(".st-key-experiment-run button")


@pytest.mark.slow
def test_the_experiment_shows_the_full_run_and_starts_nothing_by_itself(race: Race) -> None:
    page = race("tab=all&points=100")
    expect(run_button(page)).to_be_visible()
    for chart in ("experiment-curves", "experiment-distance", "basin"):
        expect(page.locator(f"[data-testid={chart}] .main-svg .cartesianlayer path").first).to_be_attached()
    for name, curve in shipped("true").curves.items():
        assert exact(page, f"experiment-{name}-200") == pytest.approx(curve[-1], rel=1e-6)
    expect(page.get_by_test_id("conclusions")).to_contain_text("5,000 points")
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    expect(page.locator(".st-key-experiment-cancel")).to_have_count(0)


@pytest.mark.slow
def test_25_points_are_run_and_everyone_who_asks_for_the_same_sees_them(race: Race) -> None:
    link = "tab=all&grad=published"
    page = race(link)
    before = exact(page, "experiment-giou-200")
    run_button(page).click()
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    found = run(shipped_points(25), Wish(losses=("giou",), published=True))
    wanted = float(found.outcomes["giou"].curve[199]) / (25 * CASES)
    assert wanted != before
    becomes(page, "experiment-giou-200", wanted)
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    other = race(link, alone=True)
    for one in (page, other):
        assert exact(one, "experiment-giou-200") == pytest.approx(wanted, rel=1e-6)
        expect(one.get_by_text("25 are too few")).to_be_visible()
        expect(one.get_by_test_id("conclusions")).to_have_count(0)
        expect(run_button(one)).to_have_count(0)
        expect(one.locator("[data-testid=experiment-curves] path.js-line").first).to_be_attached()
    for name in (f"experiment-{measure}-{step}" for measure in MEASURED for step in (1, 100, 200)):
        assert exact(other, name) == exact(page, name)
    lines = page.locator("[data-testid=basin] .main-svg").first.inner_html()
    page.locator(".st-key-basin [role=radio]").first.click()
    until(page, lambda: page.locator("[data-testid=basin] .main-svg").first.inner_html() != lines)


@pytest.mark.slow
def test_a_long_experiment_can_be_cancelled(race: Race) -> None:
    page = race("tab=all&points=1000")
    run_button(page).click()
    cancel = page.locator(".st-key-experiment-cancel button")
    expect(page.get_by_test_id("stProgress")).to_be_visible()
    expect(run_button(page)).to_have_count(0)
    cancel.click()
    expect(run_button(page)).to_be_visible(timeout=5000)
    expect(page.get_by_test_id("stProgress")).to_have_count(0)


# ---- screens ----


def tabs(page: Page) -> None:
    """The other tab, once its charts are there."""
    page.locator(".st-key-tab [role=radio]").last.click()
    expect(page.locator("[data-testid=basin] .main-svg").first).to_be_attached()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_phone_a_finger_moves_the_start_and_nothing_is_too_wide(race: Race, lang: str) -> None:
    page = race(f"lang={lang}&at=30", **PHONE)
    swipe(page, *middle(page.locator("[data-box=start]")), -width(page) / SIDE)
    expect(page).to_have_url(re.compile("[?&]start="))
    stands(page, linked(page))
    assert linked(page).start == pytest.approx((12.2, 11.2, 1, 1), abs=0.1)
    assert sideways(page) == (0, 0)
    go(page, f"lang={lang}&who=iou.giou.diou.ciou.l2.smooth_l1.darknet")
    assert sideways(page) == (0, 0)
    tabs(page)
    assert sideways(page) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("link", "chart"), [("at=9", "race-curves"), ("tab=all", "experiment-curves")])
def test_both_tabs_fit_a_frame_without_the_header(race: Race, link: str, chart: str) -> None:
    page = race(f"view=embed&{link}", **FRAME)
    expect(page.get_by_test_id(chart)).to_be_visible()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    assert sideways(page) == (0, 0)
