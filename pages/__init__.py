"""The pages, one file each. A new file here appears in the navigation by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from lossviz.desk import Reads


@dataclass(frozen=True)
class Page:
    """Where a page stands: its path in the address, its place in the menu, what draws it and what reads its link."""

    path: str
    order: int
    show: Callable[[], None]
    reads: Reads[Any] | None = None
    """How it reads its state from a link."""


def all_pages() -> list[Page]:
    """Every file beside this one that has a ``PAGE``, in the order of the menu."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return sorted((import_module(f"{__name__}.{name}").PAGE for name in names), key=lambda page: page.order)
