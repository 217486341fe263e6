"""Fixtures for all tests."""

import gc
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from helpers import scenes

from lossviz.engine.scene import Scene

HERE = Path(__file__).parent
# The original programs' numbers need no tools but pytest: what needs more is left out where that is missing.
collect_ignore = [] if find_spec("playwright") else ["browser"]
if not find_spec("hypothesis"):
    collect_ignore += [str(path) for path in HERE.rglob("test_*.py") if "from hypothesis" in path.read_text("utf-8")]

torch.set_num_threads(1)  # as the app does; two workers on two cores would only wait for one another


def pytest_configure(config: pytest.Config) -> None:
    """In ``make test`` hypothesis tries the same few examples each time, in ``make test-all`` many others."""
    if config.option.markexpr == "not slow" and find_spec("hypothesis"):
        from hypothesis import settings

        settings.register_profile("quick", max_examples=40, derandomize=True)
        settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """Leave out of the garbage collector what is loaded by now: Streamlit collects after every run of a page."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give a test in a real browser a second try: browsers and servers share two cores, and a hand waits for nobody.

    What is tried again is named at the end (``-rfER``): one that often is has a fault, of its own or of the product.
    """
    for item in items:
        if item.get_closest_marker("browser") and config.pluginmanager.hasplugin("rerunfailures"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all browser tests of a worker: Playwright cannot be started twice."""
    pytest.importorskip("playwright")
    from browser.driving import chromium

    with chromium() as found:
        yield found


@pytest.fixture
def make_scene() -> Callable[..., Scene]:
    """Builder of small random scenes in float64; see ``scenes.make_scene``."""
    return scenes.make_scene


@pytest.fixture(params=scenes.devices())
def device(request: pytest.FixtureRequest) -> str:
    """Every device that is here, one after another."""
    return str(request.param)


@pytest.fixture
def nowhere() -> Iterator[None]:
    """While this lasts, a tensor made without saying where holds no numbers."""
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)
