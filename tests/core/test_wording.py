"""The glossary's words and typography in what a person reads: catalogues, articles, what Compare says of a program."""

import json
import re
from collections.abc import Iterator

import pytest

from lossviz.core.assets import ASSETS
from lossviz.core.text import LANGUAGES, catalogue

LITERAL = re.compile(r"(?<![\w.])\.(?:5|75)R\b|\b1e-(?:7|12)\b")
"""What Darknet prints and what libraries have in their code stays as it is written there."""
AVOIDED = {
    "en": (
        r"\b[Ww]ho (answers|is ignored|is asked)\b|\banswers? for\b|\bnobody answers\b",
        r"\b[Ww]anted is\b|\bis wanted\b|\b(wakes?|woken|awake|asleep)\b|\bin hand\b|\bin peace\b",
        r"\bmended\b|\bhull\b|\breferee\b|\b(pulls?|pulled)\b|\bhome\b",
        r"\b(times|fold) (less|smaller|lower)\b",
    ),
    "zh": (
        r"拉力|唤醒|沉睡|醒来|回家|到家|带回家|平局|手中的|裁判|格子|标注|网络代价|斜率|安静下来",
        r"[小低弱缓少] ?[\d.,{}\w]+ ?倍",
    ),
}
CJK = r"[一-鿿]"


def strings(lang: str) -> Iterator[tuple[str, str]]:
    """Every string of a language with where it stands."""
    yield from catalogue(lang).items()
    for path in sorted((ASSETS / "ledger").glob(f"*.{lang}.json")):
        yield from texts(path.stem, json.loads(path.read_text("utf-8")))
    told = [path for folder in ("articles", "plans") for path in sorted((ASSETS / folder).glob("*.json"))]
    for path in [*told, ASSETS / "ledger" / "history.json"]:
        yield from (found for found in texts(path.stem, json.loads(path.read_text("utf-8"))) if f".{lang}" in found[0])


def texts(place: str, node: object) -> Iterator[tuple[str, str]]:
    """The strings of a tree, each with its place."""
    if isinstance(node, str):
        yield place, node
    elif isinstance(node, dict):
        for key, part in node.items():
            yield from texts(f"{place}.{key}", part)
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from texts(f"{place}.{number}", part)


def found(lang: str, pattern: str) -> list[str]:
    return [f"{place}: {said}" for place, said in strings(lang) if re.search(pattern, LITERAL.sub("", said))]


def test_every_file_is_read() -> None:
    places = " ".join(place for place, _ in strings("zh"))
    assert "darknet_v3.zh." in places
    assert "yolov2_loss." in places
    assert "history." in places
    assert "class-a." in places
    assert len([*strings("en")]) > 2000


@pytest.mark.parametrize(("lang", "pattern"), [(lang, pattern) for lang in LANGUAGES for pattern in AVOIDED[lang]])
def test_words_of_the_glossary_are_used(lang: str, pattern: str) -> None:
    assert found(lang, pattern) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_below_one_has_its_zero_a_minus_is_one_and_no_sentence_has_an_exponent(lang: str) -> None:
    assert found(lang, r"(?<![\w.}\]])\.\d") == []
    assert found(lang, r"(?<![\w\-/.^{}])-[\d{]") == []
    assert found(lang, r"(?<![0-9a-f])\d+(\.\d+)?[eE][-+−]?\d+(?![0-9a-f])") == []


def test_chinese_has_its_own_punctuation_and_room_around_latin_letters() -> None:
    assert found("zh", rf"{CJK}[,;:!?(]|[,;:!?]{CJK}|[^ ]\({CJK}|\){CJK}") == []
    assert found("zh", rf"{CJK}[A-Za-z0-9]|[A-Za-z0-9]{CJK}") == []


def test_a_percent_sign_follows_its_number_at_once() -> None:
    for lang in LANGUAGES:
        assert found(lang, r"[\d}] %") == []
