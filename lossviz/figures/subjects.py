"""The pages that have a state, without the web: how each reads a link, and what its figures draw. Found by themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from lossviz.core.desk import Reads
from lossviz.figures.content import Content
from lossviz.figures.quantity import Quantities, none

ROOT = Path(__file__).parent.parent
FILE = "subject"


@dataclass(frozen=True)
class Subject:
    """A page: its path in links, how it reads a state from one, its keys there, and what the figures of a state draw."""

    path: str
    reads: Reads[Any]
    keys: Mapping[str, str]
    content: Callable[[Any, str], Content] | None = None
    """Takes the state and its link; None for a page without figures."""
    quantities: Callable[[Any], Quantities] = none
    """Returns what of a state can be swept; the first one unless another is asked for."""


@cache
def subjects() -> Mapping[str, Subject]:
    """Return the pages by path: the ``SUBJECT`` of every package that has a file ``subject.py``."""
    packages = [package.name for package in iter_modules([str(ROOT)]) if (ROOT / package.name / f"{FILE}.py").is_file()]
    found = [import_module(f"lossviz.{name}.{FILE}").SUBJECT for name in packages]
    return {subject.path: subject for subject in found}


def figured() -> Mapping[str, Subject]:
    """Return the pages that have figures, by path."""
    return {path: subject for path, subject in subjects().items() if subject.content}
