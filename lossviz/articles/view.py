"""Four articles on these losses, row by row: what each explains, and where the app shows it. One file an article.

``python -m lossviz.articles`` prints the same map as Markdown: ``assets/articles/README.md``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from lossviz.core.assets import ASSETS
from lossviz.core.languages import PSEUDO
from lossviz.core.text import Text

FOLDER = ASSETS / "articles"


@dataclass(frozen=True)
class Words:
    """One string in every language."""

    en: str
    zh: str

    def in_(self, lang: str) -> str:
        """Return the string in that language, as a page says it."""
        return f"⟦{self.en}⟧" if lang == PSEUDO else self.zh if lang == "zh" else self.en


@dataclass(frozen=True)
class Place:
    """A page of the app in a state; ``finds`` stands in its HTML: what the row is about. ``label``: what one sees there."""

    page: str
    query: str
    finds: str
    label: Words | None = None

    @property
    def asked(self) -> dict[str, str]:
        """Return the query of the place as keys and values."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True)
class Row:
    """One thing an article explains. ``truth``: where it is imprecise, what the code really does."""

    key: str
    title: Words
    text: Words
    places: tuple[Place, ...]
    truth: Words | None


@dataclass(frozen=True)
class Article:
    """One article, in our words."""

    key: str
    order: int
    short: Words
    title: Words
    lead: Words
    rows: tuple[Row, ...]


@cache
def articles() -> Mapping[str, Article]:
    """Return the articles by key, in their order."""
    files = [(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in FOLDER.glob("*.json")]
    found = [article_from(key, entry) for key, entry in files]
    return {article.key: article for article in sorted(found, key=lambda article: article.order)}


def article_from(key: str, entry: Mapping[str, Any]) -> Article:
    """Return the article that one file holds."""
    words = {name: Words(**entry[name]) for name in ("short", "title", "lead")}
    rows = tuple(row_from(row) for row in entry["rows"])
    return Article(key, int(str(entry["order"])), rows=rows, **words)


def row_from(entry: Mapping[str, Any]) -> Row:
    """Return the row that one entry of a file holds."""
    places = tuple(place_from(place) for place in entry["links"])
    truth = Words(**entry["truth"]) if "truth" in entry else None
    return Row(str(entry["key"]), Words(**entry["title"]), Words(**entry["text"]), places, truth)


def place_from(entry: Mapping[str, Any]) -> Place:
    """Return the place that one link of a row holds."""
    label = Words(**entry["label"]) if "label" in entry else None
    return Place(entry["page"], entry["query"], entry["finds"], label)


def name_of(place: Place, text: Text) -> str:
    """Return the page's name, and what one sees there."""
    label = text("articles_there", what=place.label.in_(text.lang)) if place.label else ""
    return text(f"page_{place.page}") + label


def address(place: Place, more: str = "") -> str:
    """Return the address of the place as the address bar has it."""
    query = "&".join(part for part in (more, place.query) if part)
    return place.page + (f"?{query}" if query else "")


def markdown(lang: str = "en") -> str:
    """Return the map of the articles as Markdown, for readers of the repository."""
    text = Text(lang)
    lines = ["# Where everything is", "", "What four articles on these losses explain, and where lossviz shows it."]
    lines += ["Addresses are relative to the running app; `python -m lossviz.articles` writes this file.", ""]
    for article in articles().values():
        lines += [f"## {article.title.in_(lang)}", "", article.lead.in_(lang), "", "| what | where |", "|---|---|"]
        lines += [
            f"| {said(row, lang)} | {'<br>'.join(where(place, text) for place in row.places)} |" for row in article.rows
        ]
        lines += [""]
    return "\n".join(lines)


def said(row: Row, lang: str) -> str:
    """Return title, sentence, and what the code really does."""
    truth = f" *{row.truth.in_(lang)}*" if row.truth else ""
    return f"**{row.title.in_(lang)}.** {row.text.in_(lang)}{truth}".replace("|", "\\|")


def where(place: Place, text: Text) -> str:
    """Return the page's name and its address."""
    return f"{name_of(place, text)}: `{address(place)}`"
