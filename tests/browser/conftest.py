"""One server of the real app and one Chromium for all browser tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import PATIENCE, ROOT, Complaints, chromium, served
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(ROOT / "app.py", tmp_path_factory.mktemp("app") / "log", ROOT) as address:
        yield address


@pytest.fixture
def address(app: str) -> str:
    """Where ``visit`` goes; a file that tries a script of its own has its own."""
    return app


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, tuple[BrowserContext, Complaints]]]:
    """One context for visitors with the same options: the second need not download the page again."""
    known: dict[str, tuple[BrowserContext, Complaints]] = {}
    yield known
    for context, _ in known.values():
        context.close()


@pytest.fixture
def visit(
    browser: Browser, address: str, contexts: dict[str, tuple[BrowserContext, Complaints]]
) -> Iterator[Callable[..., Page]]:
    """Opens a path as a new visitor, on demand in a context of his own.

    In the end nobody has complained and nothing was asked of another host.
    """
    pages, heard = [], []

    def visit(path: str = "/", *, alone: bool = False, **options: Any) -> Page:
        options = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", "color_scheme": "light", **options}
        name = f"{options} {len(pages) if alone else ''}"
        if name not in contexts:
            context = browser.new_context(**options)
            context.set_default_timeout(PATIENCE)
            contexts[name] = context, Complaints(context)
        context, complaints = contexts[name]
        heard.append(complaints.heard)
        pages.append(context.new_page())
        pages[-1].goto(address + path)
        return pages[-1]

    yield visit
    for page in pages:
        page.close()
    complaints = [complaint for one in heard for complaint in one]
    for one in heard:
        one.clear()
    assert complaints == []
