"""One server of the real app and one Chromium for all browser tests of a worker."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import EMPTY, HERE, PATIENCE, ROOT, Complaints, served
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(ROOT / "app.py", tmp_path_factory.mktemp("app") / "log", ROOT) as address:
        yield address


@pytest.fixture(scope="session")
def tries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server for scripts that try one component, by ``?script=NAME``, and their folder."""
    folder = tmp_path_factory.mktemp("tries")
    with served(HERE / "try_scripts.py", tmp_path_factory.mktemp("log") / "log", folder) as address:
        yield address, folder


@pytest.fixture
def address(app: str) -> str:
    """Where ``visit`` goes; a file that tries scripts of its own says so."""
    return app


@dataclass
class Windows:
    """Windows by their options, each group in a context: one that a visitor has left serves the next.

    It loads its page from the start, with nothing in it of the one before, in half the time that a new window takes: the
    page's programs are compiled.
    """

    browser: Browser
    contexts: dict[str, tuple[BrowserContext, Complaints]] = field(default_factory=dict)
    idle: dict[str, list[Page]] = field(default_factory=dict)

    def opened(self, name: str, options: dict[str, Any]) -> Page:
        """One for a new visitor. With the same options he shares a context: the second need not download the page."""
        if name not in self.contexts:
            context = self.browser.new_context(**options)
            context.set_default_timeout(PATIENCE)
            self.contexts[name] = context, Complaints(context)
        waiting = self.idle.setdefault(name, [])
        return waiting.pop() if waiting else self.contexts[name][0].new_page()

    def left(self, page: Page, address: str, name: str, options: dict[str, Any]) -> None:
        """End his session and keep the window as it was."""
        if not page.is_closed():
            page.goto(address + EMPTY)
            page.set_viewport_size(options["viewport"])
            page.emulate_media(color_scheme=options["color_scheme"])
            page.mouse.up()
            page.mouse.move(0, 0)
            self.idle[name].append(page)

    def tidy(self, name: str) -> None:
        """Close what the visitors of a context have opened beside their windows."""
        for page in self.contexts[name][0].pages:
            if page not in self.idle[name]:
                page.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Iterator[Windows]:
    yield (windows := Windows(browser))
    for context, _ in windows.contexts.values():
        context.close()


@pytest.fixture
def visit(windows: Windows, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a path as a new visitor; ``alone``: in a context of his own.

    In the end nobody has complained and nothing was asked of another host.
    """
    used: list[tuple[Page, str, dict[str, Any]]] = []

    def visit(path: str = "/", *, alone: bool = False, **options: Any) -> Page:
        options = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", "color_scheme": "light", **options}
        name = f"{options} {len(used) if alone else ''}"
        page = windows.opened(name, options)
        used.append((page, name, options))
        page.goto(address + path)
        return page

    yield visit
    for page, name, options in used:
        windows.left(page, address, name, options)
    complaints = []
    for _, name, _ in used:
        windows.tidy(name)
        heard = windows.contexts[name][1].heard
        complaints += heard
        heard.clear()
    assert complaints == []
