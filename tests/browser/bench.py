"""How fast a drag is in a browser, and with many visitors: the second half of ``make bench``.

``python tests/browser/bench.py [--only drag|load] [--json FILE|-]``: drags in six minutes, the load in two. Each drag is
measured twice in turn, over the live line and with ``live=off`` through runs of the script: compare within one run. The
load is borne by one process, then by two replicas behind nginx. With ``BENCH_SOAK=1`` classes come and go there for ten
minutes more (``BENCH_SOAK_SECONDS``), and what the servers hold in memory is compared.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import re
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import websockets
from chromium import FLAGS, found
from playwright.sync_api import BrowserContext, Page, sync_playwright
from rich.console import Console
from rich.table import Table
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

sys.path.insert(0, str(Path(__file__).parent.parent))
from deploy import nginx
from deploy.replicas import Pair, Replica, alone, pair

WARM, MOVES, STEADY_SECONDS = 6, 30, 1.2
VISITORS, LOAD_SECONDS, HERTZ = 60, 15.0, 10.0
SOAK_SECONDS = float(os.environ.get("BENCH_SOAK_SECONDS", 600))
SETTLED = 0.3
"""The part of the soak after which memory is first looked at: sessions of those who left are kept for two minutes."""


@dataclass(frozen=True)
class Drag:
    """What is dragged on which page, and what is watched: a number by its test id, or a picture's redrawing.

    A picture is named by its test id or by a selector. ``goal``: median and 95th percentile in milliseconds, and changes
    a second, over the live line. ``upright``: the hand moves up and down rather than sideways.
    """

    name: str
    link: str
    grip: str
    watched: str
    picture: bool = False
    goal: tuple[float, float, float] = (50, 100, 15)
    upright: bool = False


PREDICTION, LABEL, HANDLE = '[data-box="prediction"]', '[data-box="truth-0"]', '.lossviz-plot-grip[data-grip="0"]'

DRAGS = (
    Drag("lab, level 1", "lab?level=1", PREDICTION, "loss", goal=(25, 50, 30)),
    *(Drag(f"lab, level {level}", f"lab?level={level}", PREDICTION, "loss") for level in "23"),
    *(Drag(f"lab, label, level {level}", f"lab?level={level}&mode=label", LABEL, "loss") for level in "123"),
    Drag("lab, slider", "lab?level=2", '[data-channel="4"] input[type="range"]', "loss"),
    Drag("overlap, numbers", "overlap", '[data-box="moving"]', "giou"),
    Drag("overlap, surface, numbers", "overlap?level=2", '[data-box="moving"]', "giou"),
    Drag("overlap, grip on the surface", "overlap?level=2", HANDLE, "giou"),
    Drag("overlap, slice redrawn", "overlap?level=2", '[data-box="moving"]', "slice", picture=True),
    Drag("overlap, surface redrawn", "overlap?level=2", '[data-grip="se"]', "surface", picture=True),
    Drag("overlap, four redrawn", "overlap?level=2&measure=all", '[data-grip="se"]', "surface", picture=True),
    Drag("race, numbers", "race?at=60", '[data-box="start"]', "film-giou-error"),
    Drag("assignment, level 1", "assignment", '[data-grip="se"]', "fit-4"),
    Drag("assignment, level 2", "assignment?level=2", LABEL, ".st-key-maps .lz-readout", picture=True),
    Drag("assignment, level 3", "assignment?level=3", LABEL, ".st-key-both .lz-readout", picture=True),
    Drag("objectness, numbers", "objectness", HANDLE, "loss-bce"),
    Drag("objectness, curves redrawn", "objectness", HANDLE, "curves", picture=True),
    Drag("decode, box to numbers", "decode", '[data-box="box"]', "across-x"),
    Drag("decode, curve", "decode", HANDLE, "across-x"),
    Drag("zoo, numbers", "zoo?x=2", HANDLE, "value-bce"),
    Drag("zoo, curves redrawn", "zoo?x=2", HANDLE, "zoo-chart", picture=True),
    Drag("zoo, bars", "zoo?tab=distributions", HANDLE, "entropy-p", upright=True),
    Drag("race, curves redrawn", "race?at=60", '[data-box="start"]', "race-curves", picture=True),
)

WATCH = """([name, picture]) => {
  const node = () => document.querySelector(/^[.]/.test(name) ? name : `[data-testid="${name}"]`) ?? inside();
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


def dragging(window: BrowserContext, address: str, drag: Drag, *, live: bool = True) -> tuple[list[float], float]:
    """Milliseconds from each move to what it changes, one move at a time; then changes a second in a steady drag."""
    page = window.new_page()
    off = "" if live else f"{'&' if '?' in drag.link else '?'}live=off"
    page.goto(f"{address}/{drag.link}{off}")
    page.wait_for_selector(drag.watched if drag.watched[0] == "." else f'[data-testid="{drag.watched}"]')
    page.wait_for_selector(drag.grip)
    page.wait_for_timeout(1200)
    page.evaluate(WATCH, [drag.watched, drag.picture])
    x, y = centre_of(page, drag.grip)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(WARM + MOVES):
        seen = page.evaluate("watched.changes.length")
        page.mouse.move(*way(drag, x, y, step))
        page.wait_for_function("seen => watched.changes.length > seen", arg=seen, timeout=5000)
        if drag.picture:
            page.wait_for_timeout(60)  # a picture is redrawn by several changes; the first counts
    times = page.evaluate("watched.changes.map(change => change.after)")
    times = firsts(page) if drag.picture else times[-MOVES:]
    page.evaluate("watched.changes = []")
    start = time.perf_counter()
    step = 0
    while time.perf_counter() - start < STEADY_SECONDS:
        page.mouse.move(*way(drag, x, y, step))
        step += 1
    rate = page.evaluate("watched.changes.length") / (time.perf_counter() - start)
    page.mouse.up()
    page.close()
    return times, rate


def way(drag: Drag, x: float, y: float, step: int) -> tuple[float, float]:
    """Where the hand is after so many steps: to and fro around where it took hold, never twice at the same place."""
    far, aside = (step % 24 - 12) * 0.7, step // 24 % 8 * 1.1
    return (x + aside, y + far) if drag.upright else (x + far, y + aside)


def firsts(page: Page) -> list[float]:
    """Of each burst of changes the first: changes after the same move belong together."""
    changes = page.evaluate("watched.changes.map(change => [change.at - change.after, change.after])")
    first: dict[float, float] = {}
    for move, after in changes:
        first.setdefault(round(move, 1), after)
    return list(first.values())[-MOVES:]


def centre_of(page: Page, grip: str) -> tuple[float, float]:
    """Where to take hold."""
    page.locator(grip).first.scroll_into_view_if_needed()
    box = page.locator(grip).first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Visitor:
    """One open session, spoken to as the browser does: its runs, and its live line."""

    def __init__(self, root: str) -> None:
        """Not yet greeted; ``root`` is where sockets are, the replica's name included."""
        self.root, self.canvas, self.fragment, self.page = root, "", "", ""
        self.data: dict[str, Any] = {}
        self.errors = self.lost = 0
        self.times: list[float] = []

    async def arrive(self, stack: contextlib.AsyncExitStack) -> None:
        """Open the page, and the line that it offers."""
        stream = f"{self.root}/_stcore/stream"
        plain = {"max_size": None, "ping_interval": None, "max_queue": None}  # else what is unread holds up the end
        self.runs = await stack.enter_async_context(websockets.connect(stream, subprotocols=["streamlit"], **plain))
        await self.run()
        offered = self.data["stamp"]["line"]
        address = f"{self.root}/{offered['path']}"
        self.line = await stack.enter_async_context(websockets.connect(address, **plain))
        await self.line.send(json.dumps({"token": offered["token"]}))
        await self.line.recv()

    async def run(self, **message: Any) -> None:
        """One run of the script."""
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        asked.rerun_script.page_name = "lab"
        if message:
            asked.rerun_script.fragment_id = self.fragment
            asked.rerun_script.page_script_hash = self.page
            widget = asked.rerun_script.widget_states.widgets.add()
            widget.id, widget.json_value = self.canvas, json.dumps({"event": message})
        await self.runs.send(asked.SerializeToString())
        while True:
            said = ForwardMsg.FromString(await asyncio.wait_for(self.runs.recv(), 60))
            kind = said.WhichOneof("type")
            if kind == "navigation":
                self.page = said.navigation.page_script_hash
            if kind == "script_finished" and self.data["stamp"]["seq"] >= message.get("seq", 0):
                return
            if kind == "delta":
                self.shown(said.delta)

    def shown(self, delta: Any) -> None:
        """Keep what the canvas shows; count what is wrong."""
        kind = delta.new_element.WhichOneof("type")
        self.errors += kind == "exception"
        if kind == "bidi_component" and delta.new_element.bidi_component.component_name.endswith("box_canvas"):
            component = delta.new_element.bidi_component
            self.canvas, self.fragment, self.data = component.id, delta.fragment_id, json.loads(component.json)

    def message(self, kind: str, number: int) -> dict[str, Any]:
        """The box at its next place."""
        box = [0.465 + 0.07 * (number % 20) / 20, 0.42, 0.4, 0.4 + 0.001 * (number % 50)]
        whose = {name: self.data["stamp"][name] for name in ("page", "part", "epoch")}
        boxes = {"prediction": box}
        return {**whose, "kind": kind, "seq": number, "rev": self.data["rev"], "boxes": boxes, "selected": "prediction"}

    async def drag(self, seconds: float) -> None:
        """Moves at a steady rate over the line; at the end a run, and a look whether it shows the last place."""
        number, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            number += 1
            start = time.perf_counter()
            await self.line.send(json.dumps(self.message("move", number)))
            answer = json.loads(await asyncio.wait_for(self.line.recv(), 60))
            self.errors += answer.get("seq") != number or "canvas" not in answer.get("parts", {})
            self.times.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(max(0.0, 1 / HERTZ - (time.perf_counter() - start)))
        last = self.message("end", number + 1)
        await self.run(**last)
        there = next(box["xywh"] for box in self.data["boxes"] if box["id"] == "prediction")
        asked = last["boxes"]["prediction"]
        self.lost += max(abs(a - b) for a, b in zip(there, asked, strict=True)) > 1e-5


def sockets_of(address: str) -> str:
    """Where a visitor who comes without a replica's name finds the sockets."""
    with urllib.request.urlopen(f"{address}/lab") as page:
        return "ws" + page.url.removeprefix("http").removesuffix("/lab")


@dataclass(frozen=True)
class Borne:
    """What came of a class: its visitors after they have dragged, and how many cores servers, nginx and clients took."""

    visitors: Sequence[Visitor]
    seconds: float
    cores: tuple[float, float, float]

    @property
    def times(self) -> list[float]:
        """Milliseconds of every answer."""
        return [each for visitor in self.visitors for each in visitor.times]

    def sum(self, name: str) -> int:
        """Of something that is counted for each visitor."""
        return sum(getattr(visitor, name) for visitor in self.visitors)


async def crowd(house: Pair | Replica, seconds: float) -> Borne:
    """All visitors arrive one after another, drag at the same time, and leave."""
    async with contextlib.AsyncExitStack() as stack:
        visitors = [Visitor(sockets_of(house.address)) for _ in range(VISITORS)]
        for visitor in visitors:
            await visitor.arrive(stack)
        start, before = time.perf_counter(), busy(house)
        await asyncio.gather(*(visitor.drag(seconds) for visitor in visitors))
        took, after = time.perf_counter() - start, busy(house)
    used = [(late - early) / took for early, late in zip(before, after, strict=True)]
    return Borne(visitors, seconds, (used[0], used[1], used[2]))


def servers_of(house: Pair | Replica) -> list[int]:
    """Their processes."""
    return [one.process.pid for one in (house.replicas.values() if isinstance(house, Pair) else [house])]


def busy(house: Pair | Replica) -> tuple[float, float, float]:
    """Processor seconds so far, of the servers, of nginx, of this program; 0 where the system does not tell."""
    proxies: list[int] = []
    if isinstance(house, Pair):
        master = int((house.nginx / "pid").read_text())
        with contextlib.suppress(OSError):
            proxies = [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
    return sum(map(ticks, servers_of(house))), sum(map(ticks, proxies)), time.process_time()


def ticks(process: int) -> float:
    """Processor seconds of a process."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """Megabytes that a process holds; nan where the system does not tell."""
    try:
        held = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return math.nan
    return int(held[1]) / 1024 if held else math.nan


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


def drags(folder: Path) -> Iterator[Figure]:
    """Every drag over the live line, and beside it through runs: median, 95th percentile, changes a second."""
    with alone(folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=list(FLAGS))
        window = browser.new_context(viewport={"width": 1366, "height": 768})
        for drag in DRAGS:
            key = "drag_" + re.sub(r"\W+", "_", drag.name)
            median, slow, rate = drag.goal
            for live, end in ((True, ""), (False, "_off")):
                goals = (f"{median:g} ms", f"{slow:g} ms", f"at least {rate:g}") if live else ("", "", "")
                times, often = dragging(window, server.address, drag, live=live)
                found_median, found_slow = statistics.median(times), p95(times)
                yield Figure(f"{key}_median_ms{end}", found_median, f"{found_median:.0f} ms", goals[0])
                yield Figure(f"{key}_p95_ms{end}", found_slow, f"{found_slow:.0f} ms", goals[1])
                yield Figure(f"{key}_updates_per_s{end}", often, f"{often:.1f} a second", goals[2])
        browser.close()


def load(folder: Path) -> Iterator[Figure]:
    """Many visitors who all drag at once: in one process, on two replicas behind nginx, and for long."""
    with alone(folder) as server:
        yield from bearing("load", server, at_least=120)
    if not nginx.found():
        print("there is no nginx (make nginx): two replicas are not measured", file=sys.stderr)
        return
    with pair(folder) as both:
        yield from bearing("load_two", both, at_least=200)
    if os.environ.get("BENCH_SOAK"):
        (folder / "soak").mkdir()
        with pair(folder / "soak") as both:
            yield from soak(both)


def bearing(key: str, house: Pair | Replica, *, at_least: float) -> Iterator[Figure]:
    """One class for a quarter of a minute."""
    borne = asyncio.run(crowd(house, LOAD_SECONDS))
    median, slow, done = statistics.median(borne.times), p95(borne.times), len(borne.times) / borne.seconds
    yield Figure(f"{key}_median_ms", median, f"{median:.0f} ms")
    yield Figure(f"{key}_p95_ms", slow, f"{slow:.0f} ms", "600 ms")
    yield Figure(f"{key}_updates_per_s", done, f"{done:.0f} a second", f"at least {at_least:.0f}")
    yield from right(key, borne.sum("errors"), borne.sum("lost"))
    for name, cores in zip(("servers", "nginx", "clients"), borne.cores, strict=True):
        yield Figure(f"{key}_cores_of_{name}", cores, f"{cores:.2f} of {os.cpu_count()}")
    held = max(memory(process) for process in servers_of(house))
    yield Figure(f"{key}_memory_mb", held, f"{held:.0f} MB")


def right(key: str, errors: int, lost: int) -> Iterator[Figure]:
    """Nothing went wrong, and everything is where it was dragged."""
    yield Figure(f"{key}_errors", errors, str(errors), "0")
    yield Figure(f"{key}_lost_states", lost, str(lost), "0")


def soak(house: Pair) -> Iterator[Figure]:
    """Classes come, drag and go; the servers hold no more memory in the end than once they had settled."""
    start, classes, errors, lost, answers = time.perf_counter(), 0, 0, 0, 0
    settled: list[float] = []
    while (passed := time.perf_counter() - start) < SOAK_SECONDS:
        if not settled and passed > SETTLED * SOAK_SECONDS:
            settled = [memory(process) for process in servers_of(house)]
        borne = asyncio.run(crowd(house, LOAD_SECONDS))
        classes, answers = classes + 1, answers + len(borne.times)
        errors, lost = errors + borne.sum("errors"), lost + borne.sum("lost")
    for name, process, before in zip(house.replicas, servers_of(house), settled, strict=False):
        now = memory(process)
        yield Figure(f"soak_{name}_memory_settled_mb", before, f"{before:.0f} MB")
        yield Figure(f"soak_{name}_memory_end_mb", now, f"{now:.0f} MB")
        yield Figure(f"soak_{name}_memory_ratio", now / before, f"{now / before:.3f}", "at most 1.1")
    yield Figure("soak_seconds", passed, f"{passed:.0f} s")
    yield Figure("soak_visitors", classes * VISITORS, f"{classes * VISITORS} in {classes} classes")
    yield Figure("soak_updates", answers, str(answers))
    yield from right("soak", errors, lost)


PARTS = {"drag": drags, "load": load}


def main() -> None:
    """Print the table, and where it is asked for the numbers as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--json", metavar="FILE", help="write the numbers there; - for standard output")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = [one for name, part in PARTS.items() if asked.only in (None, name) for one in part(Path(folder))]
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
