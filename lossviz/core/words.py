"""The words that a page explains where they first appear on it: the forms they take, and what they mean."""

import re
from collections.abc import Mapping

from lossviz.core.text import Text

__all__ = ["FORMS", "WORDS", "form_of", "meaning"]

WORDS: Mapping[str, str] = {
    "predictor": "predictor_about",
    "head": "detection_head_about",
    "cell": "cell_about",
    "responsible": "responsible_about",
    "floor": "floor_about",
    "excess": "excess_about",
    "delta": "delta_about",
    "printed": "printed_about",
}
"""Each word with the key of its meaning."""

FORMS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "predictor": r"\bpredictors?\b",
        "head": r"\bheads?\b",
        "cell": r"\bcells?\b",
        "responsible": r"\bresponsible\b",
        "floor": r"\b(?:floor|irreducible(?: loss)?)\b",
        "excess": r"\b(?:excess|reducible(?: loss)?)\b",
        "delta": r"\bdelta\b",
        "printed": r"\bprinted(?: numbers?)?\b",
    },
    "zh": {
        "predictor": "预测器",
        "head": "检测头",
        "cell": "单元格",
        "responsible": "负责预测|负责",
        "floor": "不可约损失|下限",
        "excess": "(?<!不)可约损失|超出量",
        "delta": r"\bdelta\b",
        "printed": "日志打印值|打印值",
    },
}
"""How each word is written in a sentence, as a pattern of a language."""


def form_of(word: str, lang: str) -> re.Pattern[str]:
    """Return the pattern of a word's forms in a language; a language without its own has the English ones."""
    return re.compile(FORMS.get(lang, FORMS["en"])[word], re.IGNORECASE)


def meaning(word: str, text: Text) -> str:
    """Return what a word means, in one sentence or two."""
    return text(WORDS[word])
