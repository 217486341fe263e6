"""The key of a unit: right answers, solutions as links and pictures, refutations. For teachers only."""

from html import escape

from lossviz.core.lessons import Card
from lossviz.lessons.pictures import described, solved_picture
from lossviz.lessons.plans import Unit
from lossviz.lessons.teacher.edition import Edition, plain
from lossviz.lessons.teacher.gaps import gap_in
from lossviz.lessons.teacher.paper import anchor, data_address, sheet
from lossviz.lessons.teacher.plan import place_of
from lossviz.lessons.view import shown


def key(unit: Unit, edition: Edition) -> str:
    """Return the key of a unit."""
    body = "".join(solved(card, edition) for card in unit.cards)
    return sheet("key", edition.of(unit.title), edition.words("key_under", count=len(unit.cards)), body, edition)


def solved(card: Card, edition: Edition) -> str:
    """Return one card with its answer, its solution, why it is so, and the sentence to remember."""
    page = edition.words(f"page_{card.page}")
    right = {card.right: ' class="lz-right"'}
    choices = "".join(
        f"<li{right.get(number, '')}>{edition.said(card, card.choices[number - 1])}</li>" for number in card.order
    )
    return (
        f"<section><h2>{place_of(card)} {edition.of(card.title)} <small>{page}</small></h2>{picture(card, edition)}"
        f"<p>{edition.said(card, card.ask)}</p><ol>{choices}</ol>"
        + edition.told("lesson_task", edition.said(card, card.do), solution(card, edition))
        + edition.told("key_why", edition.said(card, card.why))
        + edition.told("key_take", taken_home(card, edition))
        + "</section>"
    )


def picture(card: Card, edition: Edition) -> str:
    """Return the picture of a card's solution; nothing for a card that has none."""
    drawn = solved_picture(card.name, edition.text.lang)
    if not drawn:
        return ""
    return f'<img src="{data_address(drawn)}" alt="{escape(described(card.name, edition.text.lang))}">'


def solution(card: Card, edition: Edition) -> str:
    """Return the way to a card's solution, or the number that was asked for."""
    if card.answer:
        number, share = card.answer
        return edition.words("key_number", number=shown(number), share=shown(100 * share))
    return anchor(edition.solved(card), f"{edition.words('key_solution')} →")


def taken_home(card: Card, edition: Edition) -> str:
    """Return the sentence to remember; what is a gap on the handout is underlined."""
    gap = gap_in(plain(card, card.take, edition.text), edition.text.lang, card.name)
    before, word, after = (escape(one) for one in gap)
    return f"{before}<u>{word}</u>{after}"
