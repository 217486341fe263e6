"""The pages, one file each. A new file here appears in the navigation by itself."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """Where a page stands: its place in the menu, its path in the address, and what draws it."""

    path: str
    order: int
    show: Callable[[], None]
