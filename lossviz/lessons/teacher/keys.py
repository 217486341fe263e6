"""Every key of a link on one page: what it is, what it takes, and an example that opens. Made from the code."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qsl

from lossviz.articles.view import articles
from lossviz.core.examples import PAGES
from lossviz.core.lessons import CARDS
from lossviz.core.text import Text, minus
from lossviz.core.visit import HIDEABLE, LEVELS, LIVE, NEVER, ROLES, THEMES, VIEWS
from lossviz.figures.subjects import Subject, subjects
from lossviz.lessons import state as lessons
from lossviz.lessons.teacher.edition import Edition
from lossviz.lessons.teacher.paper import anchor, listing, sheet

EVERY: Mapping[str, Subject] = {**subjects(), "lessons": Subject("lessons", lessons.from_query, lessons.KEYS)}
"""The pages whose links have keys of their own, by path."""
EVERYWHERE: Mapping[str, str] = {
    "v": "lab?v=1&scene=chelsea",
    "lang": "lab?lang=zh",
    "view": "lab?view=present",
    "level": "lab?level=2",
    "hide": "overlap?hide=answers.share",
    "ask": "lab?ask=rank&scene=astronaut",
    "slides": "overlap?slides=overlap%3Fbox%3D10.7_9_1.8_1.4%23one%7Clab%3Fscene%3Dastronaut&box=10.7_9_1.8_1.4",
    "slide": "lab?slides=overlap%3Fbox%3D10.7_9_1.8_1.4%7Clab%3Fscene%3Dastronaut&slide=2&scene=astronaut",
    "live": "overlap?live=off",
    "theme": "zoo?view=embed&theme=dark",
    "lesson": "lessons?lesson=iou",
    "card": "overlap?lesson=iou&card=2",
    "role": "lessons?role=teacher",
    "class": "lessons?lesson=iou&class=night-b",
}
"""An example for each key that every page has."""
TAKES: Mapping[str, tuple[str, ...]] = {"view": VIEWS, "level": LEVELS, "role": ROLES, "live": LIVE, "theme": THEMES}
"""The values of keys that every page has, where they are few."""
OWN: Mapping[str, tuple[str, ...]] = {
    "lab": ("level=3&sum=1", "steps=0&flip=1"),
    "overlap": ("level=2&fill=heat&cut=second", "level=3&check=iou&step=2"),
    "race": ("factor=0&steps=100&at=50", "tab=all&points=500"),
    "assignment": ("level=2&field=voc&rule=darknet_v2&truth=0.5_0.5_0.3_0.3_k14~0.6_0.6_0.2_0.4_k1&in=1",),
    "objectness": ("by=p&scale=1&f=darknet_v2", "level=2&see=race&lr=0.5&steps=200", "level=3&d=softmax_ce&k=2"),
    "zoo": (
        "tab=reductions&loss=smooth_l1&net=845&batch=2_1_1~-1_1_1~3_0_1~0_0_1~-2_0_1~-4_0_1",
        "tab=distributions&bar=1",
        "tab=stability&form=weighted&pos=3",
    ),
    "decode": ("tab=passthrough&way=space_to_depth",),
    "ledger": (
        "level=2&diff=object&what=gradient&anchor=13.1&with=darknet_v2.yhcc_v2.darknet_v3&pair=darknet_v2.yhcc_v2",
    ),
    "articles": ("from=yolov2_loss",),
    "lessons": ("role=teacher&lesson=iou&see=handout", "role=teacher&plan=class-c"),
}
"""Examples where neither a page's examples nor a card nor an article has one."""
FEW = 8
"""Most values that are listed."""


class Key(NamedTuple):
    """A key of a link."""

    page: str
    """The page that has it; "": every page."""
    name: str
    example: str
    """A link that has it: page, question mark, query."""
    takes: tuple[str, tuple[str, ...]]
    """The rule of its values and what that rule names, as a refusal tells; two empty ones where it tells nothing."""


def keys() -> tuple[Key, ...]:
    """Return every key: first those of all pages, then page by page."""
    found = [Key("", name, EVERYWHERE[name], ("one", TAKES[name]) if name in TAKES else UNTOLD) for name in EVERYWHERE]
    for page, subject in EVERY.items():
        found += [Key(page, name, example_of(page, name), taken_by(subject, name)) for name in subject.keys.values()]
    return tuple(found)


UNTOLD: tuple[str, tuple[str, ...]] = ("", ())


def taken_by(subject: Subject, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the rule of a key's values, as its reader tells when it refuses one."""
    _, bad = subject.reads({name: NEVER})
    why = getattr(bad[0], "why", None) if bad else None
    return (why.rule, why.allowed) if why else UNTOLD


def example_of(page: str, name: str) -> str:
    """Return a link to a page that has a key and looks otherwise for it. Raises: LookupError where there is none."""
    reads = EVERY[page].reads
    for query in queries(page):
        if name in query and name in reads(query)[0].to_query():
            return f"{page}?{'&'.join(f'{key}={value}' for key, value in query.items())}"
    raise LookupError(f"no example for {page}?{name}=")


def queries(page: str) -> Iterator[Mapping[str, str]]:
    """Yield queries worth opening on a page: of its examples, of cards, of articles, and those of our own."""
    for preset in PAGES.get(page, {}).values():
        yield levelled(preset.query, preset.level)
    for card in (card for card in CARDS.values() if card.page == page):
        yield levelled(card.query, card.level)
        yield levelled(card.solved, card.level)
    for place in (place for article in articles().values() for row in article.rows for place in row.places):
        if place.page == page:
            yield dict(parse_qsl(place.query))
    yield from (dict(parse_qsl(query)) for query in OWN.get(page, ()))


def levelled(query: Mapping[str, str], level: str) -> dict[str, str]:
    """Return a query with its level, where that is not the first."""
    return {"level": level, **query} if level != "1" else {**query}


def meaning(key: Key, text: Text) -> str:
    """Return what a key is; on a page that means something else by it, what it is there."""
    own = f"link_here_{key.page}_{key.name}"
    said = text(own) if text.knows(own) else text(f"link_key_{key.name}")
    return re.sub(rf" ?[（(]{key.name}[)）]", "", said)


def allowed(key: Key, text: Text) -> str:
    """Return what a key takes, in a few words; nothing where the example has to say it."""
    rule, names = key.takes
    if rule == "one":
        few = list(dict.fromkeys(names))[:FEW]
        return text("list_nouns").join([*few, *("…" for _ in names[FEW:][:1])])
    if rule in ("whole", "number", "between") and len(names) == 2:
        return text("keys_range", low=minus(names[0]), high=minus(names[1]))
    return text("keys_numbers", count=names[0]) if rule == "numbers" else ""


def table_of_keys(edition: Edition) -> str:
    """Return the page of all keys, and of the names that ``hide`` takes."""
    text, found = edition.text, keys()
    parts = [group(text("keys_everywhere"), [key for key in found if not key.page], edition)]
    parts += [
        group(text(f"page_{page}"), [key for key in found if key.page == page], edition, f"/{page}") for page in EVERY
    ]
    names = [f"<code>{name}</code> {edition.words(f'hides_{name}')}" for name in HIDEABLE]
    parts.insert(1, f"<section><h2>{edition.words('keys_hide')}</h2>{listing(names)}</section>")
    under = edition.words("keys_under")
    return sheet("keys", edition.words("teacher_keys"), under, f"<div>{''.join(parts)}</div>", edition)


def group(title: str, found: list[Key], edition: Edition, path: str = "") -> str:
    """Return the keys of a page under its name."""
    items = [entry(key, edition) for key in found]
    return f"<section><h2>{escape(title)} <small>{path}</small></h2>{listing(items)}</section>"


def entry(key: Key, edition: Edition) -> str:
    """Return a key with its meaning and what it takes; a click opens the example."""
    shown = dict(parse_qsl(key.example.partition("?")[2])).get(key.name, "")
    value = shown if len(shown) <= FEW * 3 else f"{shown[: FEW * 3]}…"
    takes = allowed(key, edition.text)
    more = f" <small>{escape(takes)}</small>" if takes else ""
    link = anchor(f"{edition.site}/{key.example}", f"<code>{escape(key.name)}={escape(value)}</code>")
    return f"{link} {escape(meaning(key, edition.text))}{more}"
