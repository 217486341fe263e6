"""What the browser tests share: a server on a free port, a Chromium, and deeds on a page."""

import contextlib
import math
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from browser.chromium import FLAGS, found
from helpers.links import said
from helpers.ports import free_port
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Locator, Page, sync_playwright
from playwright.sync_api import expect as playwright_expect

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PATIENCE = 45_000
"""Milliseconds: how long a busy machine may take before a test gives up. Nothing here measures speed."""
ROUND = 400
"""Milliseconds of Playwright's own looking: after 0, 100 and 350."""


EMPTY = "/_stcore/health"
"""Of every Streamlit server: a page without a program, where nothing of a visit goes on."""


class expect:  # noqa: N801 - Playwright's name
    """Playwright's ``expect``, which looks every second once it has waited for one; this looks four times in each."""

    def __init__(self, thing: Locator | Page) -> None:
        self.asserted = playwright_expect(thing)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return partial(self.hold, name)

    def hold(self, name: str, *args: Any, timeout: float = PATIENCE, **options: Any) -> None:
        """Wait until the assertion of that name holds."""
        end = time.monotonic() + timeout / 1000
        while True:
            try:
                return getattr(self.asserted, name)(*args, timeout=ROUND, **options)
            except AssertionError:
                if time.monotonic() > end:
                    raise


def rested(page: Page) -> None:
    """Wait until no run of the script is under way: one that ends closes a list that was just opened."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


@contextlib.contextmanager
def served(script: Path, log: Path, folder: Path) -> Iterator[str]:
    """The address of a Streamlit server that runs ``script`` in ``folder``."""
    port = free_port()
    options = f"--server.headless true --server.port {port} --server.address 127.0.0.1 --server.fileWatcherType none"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        *options.split(),
        "--browser.gatherUsageStats",
        "false",
    ]
    env = os.environ | {"LOSSVIZ_PSEUDO": "1", "LOSSVIZ_TRIED": str(folder)}
    with log.open("w") as out, subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(url: str, server: "subprocess.Popen[bytes]", seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > end or server.poll() is not None:
                raise
            time.sleep(0.1)


SHORT_LIVED = "--js-flags=--no-maglev --no-turbofan"
"""A page of a test lives for seconds: what a compiler takes to make it faster does not come back."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found(), args=[*FLAGS, SHORT_LIVED])
        yield browser
        browser.close()


DRAWN = """(still) => new Promise((done) => {
  const app = document.querySelector("[data-testid=stApp]");
  const start = performance.now();
  let last = start;
  const seen = new MutationObserver(() => { last = performance.now(); });
  seen.observe(app, { subtree: true, childList: true, characterData: true });
  const look = () => {
    const running = app.dataset.testScriptState !== "notRunning";
    if (running) last = performance.now();
    const patience = running ? 45000 : 2000;
    if (performance.now() - last < still && performance.now() - start < patience) return requestAnimationFrame(look);
    seen.disconnect();
    done();
  };
  look();
})"""
"""Some milliseconds without a run and without another node; on a page that never rests, two seconds, and to a run's end."""


def back(page: Page) -> None:
    """One back in the history, once the page rests: a Back while it still runs is as if it came before that."""
    drawn(page)
    page.go_back()


def drawn(page: Page | Frame, still: int = 250) -> None:
    """Wait until the page has run and shows what came of it."""
    page.evaluate(DRAWN, still)


class Complaints:
    """What went wrong in a browser context: errors in the console, on the page, and requests that left this host."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[str] = []
        context.on("console", self.console)
        context.on("weberror", lambda error: self.heard.append(f"page error: {error.error}"))
        context.on("request", lambda request: self.address(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self.address(socket.url)))

    def console(self, message: ConsoleMessage) -> None:
        # Streamlit's own noise: opened below "/", it asks for these two there before it asks at the root; and a download
        # button asks for its file once more when the next run has already replaced it.
        noise = ("/_stcore/health", "/_stcore/host-config")
        url = urlsplit(message.location.get("url", ""))
        early = url.path.endswith(noise) and url.path not in noise
        replaced = url.path.startswith("/media/") or "source error - 404" in message.text
        if message.type == "error" and not ("404" in message.text and (early or replaced)):
            self.heard.append(f"console: {message.text} ({message.location.get('url', '')})")

    def address(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")) and urlsplit(url).hostname not in ("localhost", "127.0.0.1"):
            self.heard.append(f"left this host: {url}")


def middle(thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def grab(page: Page, thing: Locator, dx: float, dy: float) -> None:
    """Press in the middle of a thing and move by pixels, without letting go."""
    x, y = middle(thing)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=6)


def swipe(page: Page, x: float, y: float, dy: float) -> None:
    """One finger from (x, y) up or down."""
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", (x, y))
    for part in range(1, 11):
        touch("touchMove", (x, y + dy * part / 10))
    touch("touchEnd")


def width(page: Page) -> float:
    """Of the canvas, in pixels."""
    box = page.get_by_test_id("box-canvas").bounding_box()
    assert box is not None
    return box["width"]


def numbers(page: Page) -> dict[str, float]:
    """The numbers on the page, by their test ids, once they are of one state: they arrive in several messages."""
    whole = page.wait_for_function(
        """() => {
          const shown = Object.fromEntries(
            [...document.querySelectorAll("[data-value]")].map((node) => [node.dataset.testid, node.dataset.value]));
          const terms = Object.keys(shown).filter((name) => name.startsWith("term-"));
          const sum = terms.reduce((total, name) => total + Number(shown[name]), 0);
          return terms.length && Math.abs(sum - shown.loss) <= 2e-6 * Math.abs(shown.loss) && shown;
        }""",
        timeout=PATIENCE,
    )
    shown: dict[str, str] = whole.json_value()
    return {name: float(value or math.nan) for name, value in shown.items()}


def value(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="{name}"]')


def changes(page: Page, name: str, before: float) -> None:
    """Wait until that number is another."""
    page.wait_for_function(
        '([name, before]) => { const node = document.querySelector(`[data-testid="${name}"]`);'
        " return node && Number(node.dataset.value) !== before; }",
        arg=[name, before],
        timeout=PATIENCE,
    )


def becomes(page: Page, name: str, wanted: float | None) -> None:
    """Wait until that number is this one, to five significant digits."""
    page.wait_for_function(
        '([name, wanted]) => { const node = document.querySelector(`[data-testid="${name}"]`);'
        " return node && Math.abs(Number(node.dataset.value) - wanted) <= 5e-6 * Math.abs(wanted); }",
        arg=[name, wanted],
        timeout=PATIENCE,
    )


def until(page: Page, true: Callable[[], bool]) -> None:
    """Wait until something else holds, which Playwright knows no words for."""
    end = time.monotonic() + PATIENCE / 1000
    while not true():
        assert time.monotonic() < end, "it never came true"
        page.wait_for_timeout(30)


def address(page: Page) -> dict[str, str]:
    """What the address says."""
    return dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))


def query(page: Page) -> dict[str, str]:
    """What it says beyond English and the first level."""
    return said(address(page))


PHONE = {"viewport": {"width": 375, "height": 812}, "has_touch": True, "is_mobile": True}


def sideways(page: Page) -> tuple[int, int]:
    """Pixels by which the page, and what scrolls inside it, is wider than the window."""
    found: list[int] = page.evaluate(
        """() => {
          const main = document.querySelector("[data-testid=stMain]");
          return [document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth];
        }"""
    )
    return found[0], found[1]


def small_texts(page: Page) -> list[str]:
    """Visible words in letters smaller than 20 pixels; letters at the foot of a formula's or a chart's may be smaller."""
    found: list[str] = page.evaluate(
        """() => {
          const small = [];
          const walk = (root) => {
            for (const node of root.querySelectorAll("*")) {
              if (node.shadowRoot) walk(node.shadowRoot);
              const texts = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
              const words = texts.map((child) => child.data.trim()).join("");
              if (!words || ["STYLE", "SCRIPT", "NOSCRIPT"].includes(node.tagName)) continue;
              const apart = "[data-testid=stIconMaterial], .lz-unseen, .katex, #lz-said, tspan[style*='70%']";
              if (node.closest(apart)) continue;
              if (!node.checkVisibility({ visibilityProperty: true })) continue;
              const scale = node.ownerSVGElement ? Math.hypot(node.getScreenCTM().b, node.getScreenCTM().d) : 1;
              const size = scale * parseFloat(getComputedStyle(node).fontSize);
              if (size < 19.9) small.push(`${words.slice(0, 30)}: ${size}`);
            }
          };
          walk(document.body);
          return small;
        }"""
    )
    return found


def pixel(page: Page, chart: str, x: float, y: float, number: int | str = "") -> tuple[float, float]:
    """Where a place of a chart is on the screen; ``number``: of its 2nd, 3rd, 4th subplot."""
    found: list[float] = page.evaluate(
        """([chart, x, y, n]) => {
          const node = document.querySelector(`[data-testid="${chart}"]`), { left, top } = node.getBoundingClientRect();
          const axes = [node._fullLayout["xaxis" + n], node._fullLayout["yaxis" + n]];
          return [left + axes[0]._offset + axes[0].d2p(x), top + axes[1]._offset + axes[1].d2p(y)];
        }""",
        [chart, x, y, number],
    )
    return found[0], found[1]


def watch_chart(page: Page, chart: str) -> None:
    """From now on look at every frame whether a chart is another node or shows nothing; ``seen`` tells."""
    page.evaluate(
        """(chart) => {
          const find = () => document.querySelector(`[data-testid="${chart}"]`);
          const first = find();
          const seen = (window.seen = { frames: 0, empty: 0, strange: 0 });
          const look = () => {
            const now = find();
            seen.frames += 1;
            seen.strange += now !== first;
            seen.empty += !now?.querySelector(".contourlayer path")?.getAttribute("d");
            requestAnimationFrame(look);
          };
          look();
        }""",
        chart,
    )
