"""The handout of a unit: a QR code a card, its question to tick, a line for the number one reads, sentences with gaps."""

from html import escape

from lossviz.core.lessons import Card
from lossviz.core.qr import qr
from lossviz.core.text import labelled
from lossviz.lessons.plans import Unit
from lossviz.lessons.teacher.edition import Edition, plain
from lossviz.lessons.teacher.gaps import gap_in
from lossviz.lessons.teacher.paper import BOX, LINE, anchor, listing, sheet
from lossviz.lessons.view import NOW


def handout(unit: Unit, edition: Edition) -> str:
    """Return the handout of a unit; the sentences with gaps come last.

    The titles of its cards are not on it, since they may say the answers.
    """
    cards = "".join(asked(number, card, edition) for number, card in enumerate(unit.cards, 1))
    remembered = listing([gapped(card, edition) for card in unit.cards], "ol")
    last = f"<footer><h2>{edition.words('lessons_take')}</h2>{remembered}</footer>"
    name = f"{edition.words('handout_name')} {LINE}"
    word = labelled(edition.words("lessons_class"), f"<b>{escape(edition.word)}</b>", edition.text)
    return sheet("handout", edition.of(unit.title), f"{name} {word}" if edition.word else name, cards + last, edition)


def asked(number: int, card: Card, edition: Edition) -> str:
    """Return one card: where it is, what it asks, what there is to read."""
    choices = "".join(f"<li>{BOX}{edition.said(card, card.choices[n - 1])}</li>" for n in card.order)
    sure = "".join(f"<li>{BOX}{edition.words(key)}</li>" for key in ("lesson_sure", "lesson_unsure"))
    link = edition.card(card)
    code = f"{qr(link, edition.text)}<small>{edition.words(f'page_{card.page}')}</small>"
    return (
        f'<section><div class="lz-code">{anchor(link, code)}</div><div>'
        f"<p><b>{number}.</b> {edition.said(card, card.ask)}</p>"
        f'<ul class="lz-ticks">{choices}</ul><ul class="lz-ticks lz-sure">{sure}</ul>'
        + edition.told("lesson_task", edition.said(card, card.do), reading(card, edition))
        + "</div></section>"
    )


def reading(card: Card, edition: Edition) -> str:
    """Return the place for the number that one reads when the goal is reached: of a range rather than a given one."""
    if card.answer:
        return labelled(edition.words("lesson_number"), LINE, edition.text)
    told = [test for test in card.goal if "{now}" in test["says"]["en"]]
    if not told:
        return f"{BOX}{edition.words('handout_reached')}"
    free = next((test for test in told if "is" not in test), told[0])
    goal = NOW.sub("", plain(card, free["says"], edition.text))
    return f"{edition.words('handout_read', goal=goal)} {LINE}"


def gapped(card: Card, edition: Edition) -> str:
    """Return the sentence to remember, with a line for one of its words or numbers."""
    gap = gap_in(plain(card, card.take, edition.text), edition.text.lang, card.name)
    return f"{escape(gap.before)}{LINE}{escape(gap.after)}"
