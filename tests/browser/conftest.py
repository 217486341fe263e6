"""One server of the real app and one Chromium for all browser tests of a worker; windows that are used again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import KNOWN, NAVIGATION, PATIENCE, TRY_APP, Complaints, chromium, emptied, served, travel
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(NAVIGATION, tmp_path_factory.mktemp("app") / "log", TRY_APP) as address:
        yield address


@pytest.fixture(scope="session")
def tries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server for scripts that try one component, by ``?script=NAME``, and their folder."""
    folder = tmp_path_factory.mktemp("tries")
    with served(folder, tmp_path_factory.mktemp("log") / "log") as address:
        yield address, folder


@pytest.fixture
def address(app: str) -> str:
    """Where ``visit`` goes; a file that tries scripts of its own says so."""
    return app


@dataclass
class Windows:
    """Browser windows by their options, each in its context: one that is emptied serves the next visitor."""

    browser: Browser
    contexts: dict[str, tuple[BrowserContext, Complaints]] = field(default_factory=dict)
    idle: dict[tuple[str, str], list[Page]] = field(default_factory=dict)

    def context(self, name: str, options: dict[str, Any]) -> tuple[BrowserContext, Complaints]:
        """One for visitors with the same options: the second need not download the page again."""
        if name not in self.contexts:
            context = self.browser.new_context(**options)
            context.set_default_timeout(PATIENCE)
            context.add_init_script(KNOWN)
            self.contexts[name] = context, Complaints(context)
        return self.contexts[name]

    def window(self, address: str, path: str, name: str, options: dict[str, Any]) -> Page:
        """A new visitor's, at that path."""
        context, _ = self.context(name, options)
        waiting = self.idle.get((address, name))
        if waiting:
            page = waiting.pop()
            travel(page, path)
        else:
            page = context.new_page()
            page.goto(address + path)
        return page

    def back(self, page: Page, address: str, name: str, options: dict[str, Any]) -> None:
        """A visitor has left: keep his window for the next one, if nothing of his is left in it.

        Tries of a component count its messages from the first one on: each has a window of its own.
        """
        if page.is_closed():
            return
        if "script=" not in page.url and emptied(page, options):
            self.idle.setdefault((address, name), []).append(page)
        else:
            page.close()

    def tidy(self, name: str) -> None:
        """Close what the visitors of a context opened beside their windows."""
        kept = [page for pages in self.idle.values() for page in pages]
        for page in self.contexts[name][0].pages:
            if page not in kept:
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
        name = f"{options} {'embed=true' in path} {len(used) if alone else ''}"
        page = windows.window(address, path, name, options)
        used.append((page, name, options))
        return page

    yield visit
    for page, name, options in used:
        windows.back(page, address, name, options)
    for _, name, _ in used:
        windows.tidy(name)
    heard = [windows.contexts[name][1].heard for _, name, _ in used]
    complaints = [complaint for one in heard for complaint in one]
    for one in heard:
        one.clear()
    assert complaints == []
