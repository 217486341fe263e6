"""How fast a drag is in a browser, and with many visitors: the second half of ``make bench``.

``python tests/browser/bench.py [--only drag|load] [--json FILE|-]``: each part within five minutes.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import websockets
from chromium import FLAGS, found
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

REPOSITORY = Path(__file__).parent.parent.parent
MOVES, STEADY_SECONDS = 50, 2.0
VISITORS, DRAGGERS, LOAD_SECONDS, HERTZ = 60, 10, 15.0, 10.0


@dataclass(frozen=True)
class Drag:
    """What is dragged on which page, and what is watched: a number by its test id, or a picture's redrawing."""

    name: str
    link: str
    grip: str
    watched: str
    picture: bool = False


DRAGS = (
    *(Drag(f"lab, level {level}", f"lab?level={level}", '[data-box="prediction"]', "loss") for level in "123"),
    Drag("overlap, numbers", "overlap", '[data-box="moving"]', "giou"),
    Drag("overlap, surface, numbers", "overlap?level=2", '[data-box="moving"]', "giou"),
    Drag("overlap, slice redrawn", "overlap?level=2", '[data-box="moving"]', "slice", picture=True),
    Drag("overlap, surface redrawn", "overlap?level=2", '[data-grip="se"]', "surface", picture=True),
    Drag("overlap, four redrawn", "overlap?level=2&measure=all", '[data-grip="se"]', "surface", picture=True),
    Drag("race, numbers", "race?at=60", '[data-box="start"]', "film-giou-error"),
    Drag("assignment, level 1", "assignment", '[data-grip="se"]', "fit-4"),
    Drag("objectness, numbers", "objectness", '.lossviz-plot-grip[data-grip="0"]', "loss-bce"),
    Drag("objectness, curves redrawn", "objectness", '.lossviz-plot-grip[data-grip="0"]', "curves", picture=True),
    Drag("decode, box to numbers", "decode", '[data-box="box"]', "across-x"),
    Drag("zoo, numbers", "zoo?x=2", '.lossviz-plot-grip[data-grip="0"]', "value-bce"),
    Drag("zoo, curves redrawn", "zoo?x=2", '.lossviz-plot-grip[data-grip="0"]', "zoo-chart", picture=True),
    Drag("race, curves redrawn", "race?at=60", '[data-box="start"]', "race-curves", picture=True),
)

WATCH = """([name, picture]) => {
  const node = () => document.querySelector(`[data-testid="${name}"]`) ?? inside();
  const inside = () => [...document.querySelectorAll("*")].filter((one) => one.shadowRoot)
    .map((one) => one.shadowRoot.querySelector(`[data-testid="${name}"]`)).find(Boolean);
  const value = () => node()?.dataset.value;
  window.watched = { move: 0, last: value(), changes: [] };
  addEventListener("pointermove", () => { window.watched.move = performance.now(); }, true);
  const seen = () => window.watched.changes.push({ at: performance.now(), after: performance.now() - window.watched.move });
  const look = () => {
    const now = value();
    if (now === undefined || now === window.watched.last) return;
    window.watched.last = now;
    seen();
  };
  const all = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(picture ? seen : look).observe(picture ? node() : node().getRootNode(), all);
}"""


@contextlib.contextmanager
def served() -> Iterator[int]:
    """The app on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    server = subprocess.Popen(
        [*command, "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def dragging(browser: Browser, port: int, drag: Drag) -> tuple[list[float], float]:
    """Milliseconds from each move to what it changes, one move at a time; then changes a second in a steady drag."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"http://127.0.0.1:{port}/{drag.link}")
    page.wait_for_selector(f'[data-testid="{drag.watched}"]')
    page.wait_for_timeout(2500)
    page.evaluate(WATCH, [drag.watched, drag.picture])
    x, y = centre_of(page, drag.grip)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(MOVES + 10):
        seen = page.evaluate("watched.changes.length")
        page.mouse.move(x + (step % 20 - 10) * 0.7, y + (step // 20) * 1.5)
        page.wait_for_function("seen => watched.changes.length > seen", arg=seen, timeout=5000)
        if drag.picture:
            page.wait_for_timeout(60)  # a picture is redrawn by several changes; the first counts
    times = page.evaluate("watched.changes.map(change => change.after)")
    times = firsts(page) if drag.picture else times[-MOVES:]
    page.evaluate("watched.changes = []")
    start = time.perf_counter()
    step = 0
    while time.perf_counter() - start < STEADY_SECONDS:
        page.mouse.move(x + (step % 24 - 12) * 0.6, y + (step // 24 % 8) * 0.9)
        step += 1
        page.wait_for_timeout(16)
    rate = page.evaluate("watched.changes.length") / (time.perf_counter() - start)
    page.mouse.up()
    page.close()
    return times, rate


def firsts(page: Page) -> list[float]:
    """Of each burst of changes the first: changes after the same move belong together."""
    changes = page.evaluate("watched.changes.map(change => [change.at - change.after, change.after])")
    first: dict[float, float] = {}
    for move, after in changes:
        first.setdefault(round(move, 1), after)
    return list(first.values())[-MOVES:]


def centre_of(page: Page, grip: str) -> tuple[float, float]:
    """Where to take hold."""
    box = page.locator(grip).first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Visitor:
    """One open session, spoken to as the browser does."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        """Not yet greeted."""
        self.socket, self.canvas, self.fragment, self.page, self.seq = socket, "", "", "", 0
        self.failures = 0

    async def finished(self) -> None:
        """Read until the script has run."""
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), 60))
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "bidi_component":
                component = message.delta.new_element.bidi_component
                if component.component_name.endswith("box_canvas"):
                    self.canvas, self.fragment = component.id, message.delta.fragment_id
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                self.failures += 1
            if kind == "script_finished":
                return

    async def ask(self, **state: object) -> None:
        """One run."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        message.rerun_script.page_name = "lab"
        if state:
            message.rerun_script.fragment_id = self.fragment
            message.rerun_script.page_script_hash = self.page
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id, widget.json_value = self.canvas, json.dumps({"event": state})
        await self.socket.send(message.SerializeToString())
        await self.finished()

    async def drag(self, seconds: float) -> list[float]:
        """Moves at a steady rate; milliseconds of each."""
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end:
            self.seq += 1
            box = [0.465 + 0.07 * (self.seq % 20) / 20, 0.42, 0.4, 0.4 + 0.001 * (self.seq % 50)]
            start = time.perf_counter()
            await self.ask(kind="move", seq=self.seq, rev=0, boxes={"prediction": box}, selected="prediction")
            times.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(max(0.0, 1 / HERTZ - (time.perf_counter() - start)))
        return times


async def crowd(port: int) -> tuple[list[float], int]:
    """Milliseconds of the draggers' runs while all sessions are open; number of exceptions shown to anyone."""
    async with contextlib.AsyncExitStack() as stack:
        visitors = []
        for _ in range(VISITORS):
            connection = websockets.connect(
                f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, ping_interval=None
            )
            visitor = Visitor(await stack.enter_async_context(connection))
            await visitor.ask()
            visitors.append(visitor)
        times = await asyncio.gather(*(visitor.drag(LOAD_SECONDS) for visitor in visitors[:DRAGGERS]))
        return [each for one in times for each in one], sum(visitor.failures for visitor in visitors)


def p95(numbers: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(numbers, n=20)[-1]


@dataclass(frozen=True)
class Figure:
    """One measured number: its key for ``--json``, how the table says it, and what is wanted of it."""

    key: str
    value: float
    said: str
    goal: str = ""


def drags(port: int) -> Iterator[Figure]:
    """Every drag: median and 95th percentile, and changes a second where a number follows."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=list(FLAGS))
        for drag in DRAGS:
            times, rate = dragging(browser, port, drag)
            key = "drag_" + re.sub(r"\W+", "_", drag.name)
            median, slow = statistics.median(times), p95(times)
            yield Figure(f"{key}_median_ms", median, f"{median:.0f} ms", "" if drag.picture else "100 ms")
            yield Figure(f"{key}_p95_ms", slow, f"{slow:.0f} ms", "350 ms" if drag.picture else "200 ms")
            if not drag.picture:
                yield Figure(f"{key}_updates_per_s", rate, f"{rate:.1f} a second", "at least 10")
        browser.close()


def load(port: int) -> Iterator[Figure]:
    """Many visitors at once, some of them dragging."""
    times, failures = asyncio.run(crowd(port))
    median, slow, done = statistics.median(times), p95(times), len(times) / LOAD_SECONDS
    yield Figure("load_median_ms", median, f"{median:.0f} ms")
    yield Figure("load_p95_ms", slow, f"{slow:.0f} ms")
    yield Figure("load_updates_per_s", done, f"{done:.0f} a second", f"{DRAGGERS * HERTZ:.0f}")
    yield Figure("load_errors", failures, str(failures), "0")


PARTS = {"drag": drags, "load": load}


def main() -> None:
    """Print the table, and where it is asked for the numbers as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--json", metavar="FILE", help="write the numbers there; - for standard output")
    asked = parser.parse_args()
    with served() as port:
        figures = [one for name, part in PARTS.items() if asked.only in (None, name) for one in part(port)]
    numbers = json.dumps({one.key: round(one.value, 3) for one in figures}, indent=1)
    table = Table("what", "measured", "goal", title="lossviz in the browser")
    for one in figures:
        table.add_row(one.key.replace("_", " "), one.said, one.goal)
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", 100))
    Console(width=width, stderr=asked.json == "-").print(table)
    if asked.json == "-":
        print(numbers)
    elif asked.json:
        Path(asked.json).write_text(numbers + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
