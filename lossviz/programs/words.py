"""What each program does, in words: a sentence a row, and Darknet's layers through time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lossviz.core.assets import ASSETS
from lossviz.core.languages import PSEUDO
from lossviz.recipes import RECIPES

FOLDER = ASSETS / "ledger"
"""Holds a file for each program and language, with a sentence a row."""


@cache
def said(recipe: str, lang: str) -> Mapping[str, str]:
    """Return what the program does, a sentence a row; empty where nobody has written it down."""
    if lang == PSEUDO:
        return {row: f"⟦{words}⟧" for row, words in said(recipe, "en").items()}
    path = FOLDER / f"{recipe}.{lang}.json"
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def sentence(recipe: str, row: str, lang: str) -> str:
    """Return one row's sentence; the formula of the term where there is none."""
    words = said(recipe, lang).get(row, "")
    term = next((term for term in RECIPES[recipe].terms if term.name == row), None)
    return words or (term.loss.latex if term else "")


@dataclass(frozen=True)
class Version:
    """One dated version of Darknet's region or yolo layer; ``recipe``: where lossviz has it."""

    commit: str
    date: str
    layer: str
    en: str
    zh: str
    recipe: str = ""

    def said(self, lang: str) -> str:
        """Return what this version changed, in that language."""
        return f"⟦{self.en}⟧" if lang == PSEUDO else self.zh if lang == "zh" else self.en


@cache
def versions() -> tuple[Version, ...]:
    """Return the versions of Darknet's layers, the oldest first."""
    entries = json.loads((FOLDER / "history.json").read_text(encoding="utf-8"))
    return tuple(Version(**entry) for entry in entries)
