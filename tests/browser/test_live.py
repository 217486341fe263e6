"""The live line in a real browser: what goes over it, what it brings, and what happens where it is cut."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser import driving
from browser.driving import EMPTY, ROOT, drawn, expect, middle, query, served, until, value
from playwright.sync_api import Browser, Locator, Page, WebSocket, WebSocketRoute

from lossviz.core.text import catalogue

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

LINE = re.compile("/live$")
BOX = "[data-box=moving]"
GRIP = '.lossviz-plot-grip[data-grip="0"]'

SHOWN = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const values = [...main.querySelectorAll("[data-value]")].map((node) => [node.dataset.testid ?? "", node.dataset.value]);
  return [main.innerText, values];
}"""


class Window:
    """One window, and which way goes what it says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.line: list[Any] = []
        self.runs: list[Any] = []
        self.held = 0.0, 0.0
        """Where the hand took hold."""
        page.on("websocket", self.listen)

    def left(self) -> None:
        self.page.remove_listener("websocket", self.listen)

    def listen(self, socket: WebSocket) -> None:
        sent = self.line if LINE.search(socket.url) else self.runs
        socket.on("framesent", lambda said: sent.append(said))

    def open(self, link: str) -> "Window":
        """Go to a link, and wait until the page is there and the line is open, if there is to be one."""
        self.page.goto(link)
        expect(self.page.locator("[data-value]").first).to_be_visible()
        drawn(self.page)
        return self

    def at(self, selector: str) -> Locator:
        return self.page.locator(selector).first

    def number(self, name: str) -> float:
        return float(value(self.page, name).get_attribute("data-value") or "nan")

    def shown(self) -> Any:
        """Every word and every number on the page."""
        return self.page.evaluate(SHOWN)

    def pull(self, selector: str, name: str, *ways: tuple[float, float]) -> None:
        """Take hold of a thing in its middle, and move it."""
        self.held = middle(self.at(selector))
        self.page.mouse.move(*self.held)
        self.page.mouse.down()
        self.move(name, *ways)

    def move(self, name: str, *ways: tuple[float, float]) -> None:
        """Move by these pixels from where the hand took hold, each time until that number follows."""
        for dx, dy in ways:
            before = self.number(name)
            self.page.mouse.move(self.held[0] + dx, self.held[1] + dy)
            until(self.page, lambda before=before: self.number(name) != before)

    def release(self) -> None:
        """Let go, and wait until the link says where."""
        before = self.page.url
        self.page.mouse.up()
        expect(self.page).not_to_have_url(before)
        drawn(self.page)


@dataclass
class House:
    """Opens links for new visitors."""

    visit: Callable[..., Page]
    address: str
    windows: list[Window] = field(default_factory=list)

    def __call__(self, link: str = "/overlap", **options: Any) -> Window:
        self.windows.append(window := Window(self.visit(EMPTY, **options)))
        return window.open(self.address + link)

    def routed(self, through: Callable[[WebSocketRoute], None]) -> Window:
        """A window, closed in the end, between whose line and the server somebody stands."""
        page = self.visit(EMPTY).context.new_page()
        page.route_web_socket(LINE, through)
        return Window(page).open(self.address + "/overlap")

    def agrees(self, window: Window) -> None:
        """Wait until a window shows all that its link shows to somebody else."""
        other = Window(self.visit(EMPTY)).open(window.page.url)
        other.left()
        until(window.page, lambda: window.shown() == other.shown())


@pytest.fixture
def house(visit: Callable[..., Page], address: str) -> Iterator[House]:
    found = House(visit, address)
    yield found
    for window in found.windows:
        window.left()


# ---- what goes over it ----


@pytest.mark.parametrize(
    ("link", "over"), [("/overlap", True), pytest.param("/overlap?live=off", False, marks=pytest.mark.slow)]
)
def test_a_drags_moves_go_over_the_line_and_start_no_run_unless_the_link_says_so(
    house: House, link: str, over: bool
) -> None:
    window = house(link)
    line, runs = len(window.line), len(window.runs)
    window.pull(BOX, "giou", (-20, 5), (-60, 10), (-90, 15))
    assert (len(window.line) - line >= 3, len(window.runs) - runs) == (True, 0) if over else window.line == []
    assert over or len(window.runs) - runs >= 3
    window.release()
    assert len(window.runs) > runs
    assert query(window.page).get("live") == (None if over else "off")
    house.agrees(window)


PULLED = [
    ("/lab?level=2", "[data-box=prediction]", "loss", (15, 10)),
]
MORE = [
    ("/overlap?level=2", GRIP, "giou", (-60, 20)),
    ("/decode?level=2", "[data-box=box]", "ours-x", (15, 10)),
    ("/zoo?x=2", GRIP, "value-bce", (-60, 0)),
    ("/race?at=60", "[data-box=start]", "film-giou-error", (25, 10)),
    ("/overlap?level=2", BOX, "giou", (-80, 20)),
    ("/lab", "[data-box=prediction]", "loss", (15, 10)),
    ("/lab?level=3", "[data-grip=se]", "loss", (15, 10)),
    ("/assignment", "[data-grip=se]", "fit-4", (40, 20)),
    ("/objectness", GRIP, "loss-bce", (60, 0)),
]
DRAGS = [pytest.param(*drag, id=f"{drag[0]} {drag[1]}") for drag in PULLED]
DRAGS += [pytest.param(*drag, id=f"{drag[0]} {drag[1]}", marks=pytest.mark.slow) for drag in MORE]


@pytest.mark.slow
@pytest.mark.parametrize(("link", "grip", "name", "way"), DRAGS)
def test_after_a_drag_the_page_shows_what_its_link_shows(
    house: House, link: str, grip: str, name: str, way: tuple[float, float]
) -> None:
    window = house(link)
    line = len(window.line)
    window.pull(grip, name, (way[0] * 0.4, way[1] * 0.4))
    window.page.mouse.move(window.held[0] + way[0], window.held[1] + way[1], steps=12)
    assert len(window.line) > line
    window.release()
    house.agrees(window)


@pytest.mark.slow
def test_a_slider_of_a_channel_that_moves_the_box_can_be_dragged_on(house: House) -> None:
    window = house("/lab?level=2")
    window.pull("[data-channel='0'] input[type=range]", "loss", (20, 0), (30, 0), (40, 0))
    assert "raw" not in query(window.page)
    window.release()
    house.agrees(window)


@pytest.mark.slow
def test_a_label_on_its_way_brings_its_curve_while_it_is_dragged(house: House) -> None:
    window = house("/lab?mode=label")
    expect(value(window.page, "cliff")).to_have_count(0)
    window.pull("[data-box=truth-0]", "loss", (-10, 0), (-20, 0))
    expect(value(window.page, "cliff")).to_be_visible()
    drawn(window.page)
    runs = len(window.runs)
    window.move("loss", (-25, 0), (-30, 0))
    assert len(window.runs) == runs
    window.release()


# ---- how a drag ends ----


def test_escape_in_mid_drag_brings_back_what_was_and_leaves_nothing_to_undo(house: House) -> None:
    window = house()
    before = window.shown()
    window.pull(BOX, "giou", (-60, 10), (-90, 15))
    assert window.shown() != before
    window.page.keyboard.press("Escape")
    until(window.page, lambda: window.shown() == before)
    window.page.mouse.move(300, 300, steps=4)
    window.page.mouse.up()
    drawn(window.page)
    assert window.shown() == before
    expect(window.page.get_by_role("button", name="Undo")).to_be_disabled()
    assert query(window.page) == {}


@pytest.mark.slow
def test_a_pointer_that_is_released_outside_the_window_settles(house: House) -> None:
    window = house()
    window.pull(BOX, "giou", (-60, 10))
    window.page.mouse.move(-40, 300, steps=4)
    before = window.page.url
    window.page.mouse.up()
    expect(window.page).not_to_have_url(before)
    drawn(window.page)
    expect(window.page.get_by_role("button", name="Undo")).to_be_enabled()
    house.agrees(window)


@pytest.mark.slow
def test_the_language_can_be_changed_in_mid_drag(house: House) -> None:
    window = house()
    window.pull(BOX, "giou", (-60, 10))
    window.page.get_by_text("中文").dispatch_event("click")
    expect(window.page.get_by_role("button", name="重置")).to_be_attached()
    drawn(window.page)
    window.move("giou", (-80, 20))
    window.release()
    assert query(window.page)["lang"] == "zh"
    house.agrees(window)


@pytest.mark.slow
def test_a_page_that_is_left_in_mid_drag_keeps_its_last_place_and_can_be_undone(house: House) -> None:
    window = house()
    window.pull(BOX, "giou", (-60, 10), (-90, 15))
    last = window.number("giou")
    menu = window.page.get_by_test_id("stTopNavLink")
    menu.filter(has_text="Loss Lab").dispatch_event("click")
    expect(window.page.locator("[data-box=prediction]")).to_be_visible()
    window.page.mouse.move(200, 300)
    window.page.mouse.up()
    menu.filter(has_text="IoU losses").click()
    expect(window.at(BOX)).to_be_visible()
    drawn(window.page)
    assert window.number("giou") == last
    house.agrees(window)
    window.page.get_by_role("button", name="Undo").click()
    drawn(window.page)
    assert query(window.page) == {}
    house.agrees(window)


@pytest.mark.slow
def test_a_reload_in_mid_drag_shows_the_last_place_that_was_let_go(house: House) -> None:
    window = house()
    window.pull(BOX, "giou", (-60, 10))
    window.release()
    shown, link = window.shown(), window.page.url
    window.pull(BOX, "giou", (-20, 0), (-30, 5))
    window.page.reload()
    window.page.mouse.up()
    drawn(window.page)
    assert window.page.url == link
    until(window.page, lambda: window.shown()[1] == shown[1])
    line = len(window.line)
    window.pull(BOX, "giou", (20, 0))
    assert len(window.line) > line
    window.release()
    house.agrees(window)


# ---- where it is cut ----


def test_where_the_line_is_refused_numbers_follow_by_runs(house: House) -> None:
    window = house.routed(lambda line: line.close(code=1008))
    runs = len(window.runs)
    window.pull(BOX, "giou", (-20, 5), (-60, 10), (-90, 15))
    assert len(window.runs) - runs >= 3
    window.release()
    house.agrees(window)


@pytest.mark.slow
def test_where_the_line_is_cut_in_mid_drag_the_drag_goes_on(house: House) -> None:
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        lines.append(line)
        if len(lines) == 1:
            line.connect_to_server()
        else:
            line.close(code=1011)

    window = house.routed(through)
    runs = len(window.runs)
    window.pull(BOX, "giou", (-20, 5))
    assert len(window.runs) == runs
    lines[0].close(code=1011)
    window.move("giou", (-60, 10), (-90, 15))
    assert len(window.runs) - runs >= 2
    window.release()
    house.agrees(window)


def test_a_page_whose_session_the_server_has_forgotten_says_what_is_lost_until_the_next_deed(house: House) -> None:
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    window = house.routed(through)
    lines[0].close(code=4001)
    expect(window.page.get_by_test_id("stAlert")).to_have_text(catalogue("en")["session_anew"])
    drawn(window.page)
    window.pull(BOX, "giou", (-20, 5))
    window.release()
    expect(window.page.get_by_test_id("stAlert")).to_have_count(0)
    house.agrees(window)


@pytest.mark.slow
def test_a_line_that_was_cut_is_opened_again(house: House) -> None:
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    window = house.routed(through)
    window.pull(BOX, "giou", (-20, 5))
    lines[0].close(code=1011)
    until(window.page, lambda: len(lines) == 2)
    drawn(window.page)
    runs = len(window.runs)
    window.move("giou", (-60, 10), (-90, 15))
    assert len(window.runs) == runs
    window.release()
    house.agrees(window)


@pytest.mark.slow
def test_after_a_restart_of_the_server_in_mid_drag_the_page_shows_the_last_place_that_was_let_go(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = driving.free_port()
    monkeypatch.setattr(driving, "free_port", lambda: port)
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")
    page.set_default_timeout(driving.PATIENCE)
    window = Window(page)
    with ExitStack() as first:
        address = first.enter_context(served(ROOT / "app.py", tmp_path / "first", ROOT))
        window.open(address + "/overlap")
        window.pull(BOX, "giou", (-60, 10))
        window.release()
        link, numbers = page.url, window.shown()[1]
        window.pull(BOX, "giou", (-20, 5), (-30, 5))
    with served(ROOT / "app.py", tmp_path / "second", ROOT):
        until(page, lambda: window.shown()[1] == numbers)
        drawn(page)
        expect(page.get_by_test_id("stAlert")).to_have_text(catalogue("en")["session_anew"])
        page.mouse.up()
        drawn(page)
        assert (page.url, window.shown()[1]) == (link, numbers)
        line = len(window.line)
        window.pull(BOX, "giou", (20, 0), (30, 0))
        assert len(window.line) > line
        window.release()
        shown = window.shown()
        other = Window(browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-GB")).open(page.url)
        assert other.shown() == shown
        other.page.close()
    page.close()


# ---- whose numbers they are ----


@pytest.mark.slow
@pytest.mark.parametrize(
    "alone",
    [pytest.param(False, id="tabs of one visitor"), pytest.param(True, id="visitors", marks=pytest.mark.slow)],
)
def test_two_windows_that_drag_at_the_same_time_each_show_their_own_numbers(house: House, alone: bool) -> None:
    first, second = house(), house(alone=alone)
    first.pull(BOX, "giou", (-20, 5))
    second.pull(BOX, "giou", (-90, 15))
    for step in range(1, 4):
        mine, other = first.number("giou"), second.number("giou")
        assert mine != other
        first.move("giou", (-20 - 20 * step, 5))
        assert second.number("giou") == other
        mine = first.number("giou")
        second.move("giou", (-90 + 20 * step, 15))
        assert first.number("giou") == mine
    first.release()
    second.release()
    assert query(first.page) != query(second.page)
    house.agrees(first)
    house.agrees(second)
