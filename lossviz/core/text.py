"""Every word on the pages, by key and language. One JSON file a language in ``assets/text``."""

import json
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from lossviz.core.assets import ASSETS
from lossviz.core.languages import LANGUAGES, PSEUDO, class_lists

FOLDER = ASSETS / "text"


def languages() -> tuple[str, ...]:
    """Return the languages a link may name."""
    return (*LANGUAGES, PSEUDO) if os.environ.get("LOSSVIZ_PSEUDO") else tuple(LANGUAGES)


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """Return every string of a language by its key."""
    if lang == PSEUDO:
        return {key: f"⟦{value}⟧" for key, value in catalogue("en").items()}
    with (FOLDER / f"{lang}.json").open(encoding="utf-8") as file:
        entries: dict[str, str] = json.load(file)
    return entries


def class_names(lang: str, family: str) -> tuple[str, ...]:
    """Return the class names of "coco" or "voc" in a language, in the order of their numbers."""
    return class_lists(lang)[family]


CLOSE = re.compile(r"([，。；：、！？）]) (?=[\u4e00-\u9fff])")
"""Chinese punctuation with a blank behind it, which is left where a sentence leaves room for a Latin name."""


@dataclass(frozen=True)
class Text:
    """The strings of one language: ``text("key", number=3)``."""

    lang: str

    def __call__(self, key: str, **values: object) -> str:
        """Return the string of that key with its values filled in. Raises: KeyError for a key that is missing."""
        return CLOSE.sub(r"\1", catalogue(self.lang)[key].format(**values))

    def of(self, words: Mapping[str, str]) -> str:
        """Return the string of this language among those that something brings itself, such as a scene's name."""
        return f"⟦{words['en']}⟧" if self.lang == PSEUDO else words[self.lang]

    def knows(self, key: str) -> bool:
        """Return whether the catalogue has a string of that key."""
        return key in catalogue(self.lang)

    def kind(self, family: str, number: int) -> str:
        """Return the name of a class; its number where the scene's classes have no names."""
        return class_names(self.lang, family)[number] if family else self("class_number", number=number)


def four(number: float | None) -> str:
    """Return a number with four significant digits, as on every page while something moves; a dash for None."""
    if number is None or not math.isfinite(number):
        return "–" if number is None else f"{number}".replace("inf", "∞")
    return f"{number or 0.0:#.4g}".removesuffix(".")  # no minus before a zero


def minus(number: str) -> str:
    """Return a written number with a real minus sign in place of the hyphen."""
    return number.replace("-", "−")


def airy(words: str) -> str:
    """Return the words with a blank between Chinese and Latin ones."""
    return re.sub(r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z])", " ", words)


def paragraph(sentences: Iterable[str]) -> str:
    """Return sentences one after another; Chinese ones follow without a blank, also where markup ends the first."""
    return re.sub(r"([。？！：；](?:</\w+>)?) (?! )", r"\1", " ".join(sentences))


def labelled(what: str, said: str, text: Text) -> str:
    """Return what something is called, a colon, and what is said of it."""
    return text("caption_switch", what=what, choice=said)


def listed(words: Sequence[str], text: Text) -> str:
    """Return words as a sentence lists them: cup; cup and bowl; cup, bowl and spoon."""
    if not words:
        return ""
    *first, last = words
    return airy(text("list_and").join([text("list_nouns").join(first), last])) if first else last
