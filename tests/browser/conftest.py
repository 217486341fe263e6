"""One server of the real app and one Chromium for all browser tests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import PATIENCE, ROOT, Complaints, chromium, served
from playwright.sync_api import Browser, Page


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


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a path as a new visitor. In the end nobody has complained and nothing was asked of another host."""
    contexts, complaints = [], []

    def visit(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(
            **{"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", "color_scheme": "light", **options}
        )
        contexts.append(context)
        complaints.append(Complaints(context))
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(address + path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [heard for one in complaints for heard in one.heard] == []
