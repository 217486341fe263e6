"""The Chinese catalogues have only names in Latin letters."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.chinese import latin

from lossviz.core.assets import ASSETS

PLACES = r"\{[^{}]*\}|<[^<>]*>|\$[^$]*\$|`[^`]*`|:material/\w+:"
"""What is put in later, markup, formulas, code and icons."""
FILES = sorted([*ASSETS.glob("*/*.zh.json"), ASSETS / "text" / "zh.json"])


def strings(found: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a file, with its key."""
    if isinstance(found, str):
        yield key, found
    elif isinstance(found, dict):
        for name, value in found.items():
            yield from strings(value, name)
    elif isinstance(found, list):
        for value in found:
            yield from strings(value, key)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_names_are_left_in_latin_letters(path: Any) -> None:
    left = {}
    for key, words in strings(json.loads(path.read_text("utf-8"))):
        # A link's key is named in brackets behind what it means.
        astray = latin(re.sub(PLACES, " ", words)) - {key.removeprefix("link_key_")}
        if astray:
            left[key] = astray
    assert left == {}
