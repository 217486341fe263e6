"""The pages, one file each. A new file here appears in the navigation by itself."""

from importlib import import_module
from pkgutil import iter_modules

from lossviz.web.session import Page


def all_pages() -> list[Page]:
    """Return the ``PAGE`` of every file beside this one, in the order of the menu."""
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    return sorted((import_module(f"{__name__}.{name}").PAGE for name in names), key=lambda page: page.order)
