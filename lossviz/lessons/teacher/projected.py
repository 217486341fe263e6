"""The links of a class: for learners into a lesson, and the list of states for the projector."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from lossviz.core.lessons import Card
from lossviz.core.qr import qr
from lossviz.core.slides import LONGEST_NOTE
from lossviz.core.text import Text
from lossviz.core.visit import Visit, shown_slide, slide_for
from lossviz.figures.subjects import subjects
from lossviz.lessons.plans import Unit, number_of
from lossviz.lessons.teacher.edition import Edition, plain
from lossviz.lessons.teacher.paper import anchor, row, sheet, table

HIDDEN = ("examples", "share")
"""What learners of a class do not see."""


class Entry(NamedTuple):
    """A state of the list for the projector."""

    page: str
    query: dict[str, str]
    """What its link says: the state, the level, the card."""
    name: str
    """What the list shows; it does not tell the answer."""
    note: str
    """What the teacher reads beside it: the question."""


def projected(cards: Iterable[Card], text: Text) -> tuple[Entry, ...]:
    """Return the states in which cards begin, each with its card, in their order."""
    return tuple(
        Entry(
            card.page,
            {
                **card.query,
                **({"level": card.level} if card.level != "1" else {}),
                "lesson": card.lesson,
                "card": str(number_of(card)),
            },
            text("teacher_entry", number=number, page=text(f"page_{card.page}")),
            plain(card, card.ask, text),
        )
        for number, card in enumerate(cards, 1)
    )


def spelled(entry: Entry) -> str:
    """Return an entry as lists have it, with its note."""
    query = entry.query
    state, _ = subjects()[entry.page].reads(query)
    visit = Visit(level=query.get("level", "1"), lesson=query["lesson"], card=int(query["card"]))
    note = entry.note if len(entry.note) <= LONGEST_NOTE else f"{entry.note[: LONGEST_NOTE - 1]}…"
    return slide_for(entry.page, state, visit, entry.name, note)


def list_link(entries: Sequence[Entry], edition: Edition) -> str:
    """Return the link to the list, open at its first state, in large type."""
    visit = Visit(edition.text.lang, view="present", slides=tuple(spelled(entry) for entry in entries))
    page, state, seen = shown_slide(visit, 0, {path: subject.reads for path, subject in subjects().items()})
    return edition.link(page, **seen.to_query(), **state.to_query())


def class_link(unit: Unit, edition: Edition) -> str:
    """Return the link for learners: to the lesson with what the class needs; for a whole class to all lessons."""
    lesson = {} if unit.whole else {"lesson": unit.key}
    return edition.link("lessons", **lesson, hide=".".join(HIDDEN))


def links(unit: Unit, edition: Edition) -> str:
    """Return the sheet with the link for learners, to be put up in the room, and every card's links."""
    address = class_link(unit, edition)
    rows = [
        row(
            f"{number}.",
            edition.said(card, card.ask),
            anchor(edition.card(card), f"{edition.words(f'page_{card.page}')} →"),
            anchor(edition.projected(card), f"{edition.words('link_projector')} →"),
        )
        for number, card in enumerate(unit.cards, 1)
    ]
    heads = [edition.words(f"link_{key}") for key in ("card", "question", "learners", "teacher")]
    big = f'<div class="lz-code">{qr(address, edition.text)}</div><p class="lz-address">{escape(address)}</p>'
    word = edition.words("link_word", word=edition.word) if edition.word else edition.words("link_no_word")
    return sheet("link", edition.of(unit.title), word, big + table(heads, rows), edition)
