"""Every word on the pages, by key and language. One JSON file a language in ``assets/text``."""

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lossviz.core.assets import ASSETS
from lossviz.core.languages import LANGUAGES, PSEUDO, class_lists

FOLDER = ASSETS / "text"


def languages() -> tuple[str, ...]:
    """The languages a link may name."""
    return (*LANGUAGES, PSEUDO) if os.environ.get("LOSSVIZ_PSEUDO") else tuple(LANGUAGES)


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Key to string."""
    if lang == PSEUDO:
        return {key: f"⟦{value}⟧" for key, value in catalogue("en").items()}
    with (FOLDER / f"{lang}.json").open(encoding="utf-8") as file:
        entries: dict[str, str] = json.load(file)
    return entries


def class_names(lang: str, family: str) -> tuple[str, ...]:
    """The class names of "coco" or "voc", in the order of their numbers."""
    return class_lists(lang)[family]


@dataclass(frozen=True)
class Text:
    """The strings of one language: ``text("key", number=3)``."""

    lang: str

    def __call__(self, key: str, **values: object) -> str:
        """The string of that key with its values filled in."""
        return catalogue(self.lang)[key].format(**values)

    def of(self, words: Mapping[str, str]) -> str:
        """The string of this language among those that something brings itself."""
        return f"⟦{words['en']}⟧" if self.lang == PSEUDO else words[self.lang]

    def knows(self, key: str) -> bool:
        """Whether there is such a string."""
        return key in catalogue(self.lang)

    def kind(self, family: str, number: int) -> str:
        """A class' name; its number where the scene's classes have no names."""
        return class_names(self.lang, family)[number] if family else self("class_number", number=number)


def four(number: float | None) -> str:
    """Four significant digits, as on every page while something moves."""
    if number is None or not math.isfinite(number):
        return "–" if number is None else f"{number}".replace("inf", "∞")
    return f"{number or 0.0:#.4g}".removesuffix(".")  # no minus before a zero


def minus(number: str) -> str:
    """With a real minus sign."""
    return number.replace("-", "−")
