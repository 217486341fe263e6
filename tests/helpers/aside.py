"""Playing what happens on an event loop in a thread of its own: a browser test before may have left its loop in this one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

PATIENCE = 60
Outcome = TypeVar("Outcome")


def aside(scene: Coroutine[Any, Any, Outcome]) -> Outcome:
    """What the scene comes to, within a minute."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(scene, PATIENCE)).result()
