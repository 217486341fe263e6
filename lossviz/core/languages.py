"""The languages of the pages, and the names of classes in each of them."""

import json
from collections.abc import Mapping
from functools import cache

from lossviz.core.assets import ASSETS

LANGUAGES = {"en": "English", "zh": "中文"}
TAGS = {"en": "en", "zh": "zh-Hans"}
"""What a page calls its language (BCP 47), so that it is read aloud, hyphenated and set in the right letters."""
PSEUDO = "qps"
"""A language for tests: English in brackets, so that whatever stands outside brackets bypassed the catalogue."""


@cache
def class_lists(lang: str) -> Mapping[str, tuple[str, ...]]:
    """Return a language's lists "coco" and "voc": names in the order of the classes' numbers."""
    spoken = "en" if lang == PSEUDO else lang
    entries = json.loads((ASSETS / "text" / f"classes.{spoken}.json").read_text(encoding="utf-8"))
    frame = "⟦{}⟧" if lang == PSEUDO else "{}"
    return {family: tuple(map(frame.format, names)) for family, names in entries.items()}
