"""Pages as Streamlit runs them, without a browser."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session", autouse=True)
def components_are_looked_for_once() -> Iterator[None]:
    """Streamlit reads what every installed package says of itself when an app starts, and here each visit is one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens a page at a link; nothing that is shown is an exception."""
    monkeypatch.syspath_prepend(str(ROOT))

    def visit(page: str = "lab", locale: str = "en-GB", **query: str) -> AppTest:
        visitor = AppTest.from_file(ROOT / "pages" / "_navigation.py", default_timeout=60)
        visitor._page_hash = calc_hash(page) if page else ""  # the page an address asks for has no public name
        visitor.query_params = query
        visitor.context = {"locale": locale}
        visitor.run()
        assert not visitor.exception
        return visitor

    return visit
