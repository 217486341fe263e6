"""Fixtures for all tests."""

from collections.abc import Callable, Iterator

import pytest
import scenes
import torch

from lossviz.engine.scene import Scene


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
