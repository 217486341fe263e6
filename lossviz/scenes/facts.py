"""The facts beside a scene's numbers, ``<key>.json``: its names, photograph, credit and classes, checked at the border."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lossviz.core.languages import LANGUAGES, class_lists
from lossviz.scenes.file import SceneError

KEY = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
PHOTO = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
RESERVED = frozenset({"v3", "voc", "coco"})
"""What the page on assignment calls untrained networks: no photograph may have such a name there."""
NOT_PLAIN = {"name": "<>[]{}$\\`*_~#|:", "credit": "<>[]{}$\\`"}
"""What could be read as a formula, a link or a tag where the words are shown."""
LONGEST = {"name": 40, "credit": 200}
MOST_BYTES = 2**16
FURTHEST = 1e9
EXPECTED = "expected the fields order, name, classes, photo and credit"


@dataclass(frozen=True)
class Facts:
    """Hold what the file says: ``classes`` names a list of class names, "" means numbers; ``name`` is by language."""

    key: str
    order: float
    name: Mapping[str, str]
    classes: str
    photo: str
    credit: str


def facts_of(path: Path) -> Facts:
    """Read and check the facts of one scene, which stand in this file."""
    if not KEY.fullmatch(path.stem):
        raise SceneError(
            "links call a scene as its file: before .json expected 1 to 32 of a-z, A-Z, 0-9, - and _, no sign first"
        )
    entry = entry_of(path)
    for name, check in CHECKS.items():
        if name not in entry:
            raise SceneError(f"'{name}' is missing; {EXPECTED}")
        check(entry[name])
    strange = next((name for name in entry if name not in CHECKS), None)
    if strange is not None:
        raise SceneError(f"{short(strange)} is no field of a scene; {EXPECTED}")
    facts = Facts(path.stem, **entry)
    check_together(facts)
    return facts


def entry_of(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SceneError(f"expected a file of at most {MOST_BYTES >> 10} KiB")
        entry = json.loads(path.read_text(encoding="utf-8-sig"))
    except SceneError:
        raise
    except OSError as error:
        raise SceneError(f"cannot be read: {error.strerror or 'damaged'}") from error
    except UnicodeDecodeError as error:
        raise SceneError("is not UTF-8; save it in that encoding") from error
    except (ValueError, RecursionError) as error:
        raise SceneError(f"is no JSON: {error}; {EXPECTED} in braces") from error
    if not isinstance(entry, dict):
        raise SceneError(f"{EXPECTED} in braces, not {short(entry)}")
    return entry


def short(value: object) -> str:
    """Return a value as it was written, cut off where it is long."""
    written = repr(value)
    return written if len(written) <= 40 else f"{written[:36]} ..."


def check_order(value: object) -> None:
    """Ask for a number, the scene's place in the list."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -FURTHEST <= value <= FURTHEST:
        raise SceneError(f"'order' must be a number, the scene's place in the list, not {short(value)}")


def check_name(value: object) -> None:
    """Ask for a name in every language, and in no other."""
    if not isinstance(value, dict) or not all(isinstance(words, str) for words in value.values()):
        raise SceneError(f"'name' must be an object with a name in each of {', '.join(LANGUAGES)}, not {short(value)}")
    for lang in LANGUAGES:
        if not value.get(lang, "").strip():
            raise SceneError(
                f"'name' has none in the language '{lang}'; expected one in each of {', '.join(LANGUAGES)}"
            )
    for lang, words in value.items():
        if lang not in LANGUAGES:
            raise SceneError(f"'name' has the language {short(lang)}; expected {', '.join(LANGUAGES)}")
        check_plain("name", words)


def check_classes(value: object) -> None:
    """Ask for a list of class names that there is, or for none."""
    known = list(class_lists("en"))
    if value not in ("", *known):
        raise SceneError(f"'classes' must be one of {', '.join(known)}, or \"\" for numbers, not {short(value)}")


def check_photo(value: object) -> None:
    """Ask for a file in the scene's own folder, or for none."""
    if not isinstance(value, str) or (value and not PHOTO.fullmatch(value)):
        expected = "1 to 64 of a-z, A-Z, 0-9, . - and _, without a folder"
        raise SceneError(f"'photo' must be \"\" or the name of a file beside this one, {expected}; not {short(value)}")


def check_credit(value: object) -> None:
    """Ask for words that say who took the photograph."""
    if not isinstance(value, str):
        raise SceneError(f"'credit' must be text, \"\" where there is no photograph, not {short(value)}")
    check_plain("credit", value)


def check_plain(name: str, words: str) -> None:
    """Ask for words that mean themselves wherever they are shown."""
    if len(words) > LONGEST[name] or not words.isprintable() or set(words) & set(NOT_PLAIN[name]):
        expected = f"at most {LONGEST[name]} printable characters without {' '.join(NOT_PLAIN[name])}"
        raise SceneError(f"'{name}' must be plain text, {expected}; not {short(words)}")


def check_together(facts: Facts) -> None:
    """Ask of the other fields what a photograph needs."""
    if facts.photo and not facts.credit.strip():
        raise SceneError("'credit' is empty; say who took the photograph and under which licence")
    if facts.photo and facts.key in RESERVED:
        raise SceneError("is called like an untrained network on the page on assignment; give its files another name")


CHECKS: Mapping[str, Callable[[Any], None]] = {
    "order": check_order,
    "name": check_name,
    "classes": check_classes,
    "photo": check_photo,
    "credit": check_credit,
}
"""The check of each field of a scene's facts, in the order in which they are made."""
