"""For whom a document is made: its language, the server that its links lead to, the word of the class."""

from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from lossviz.core.hosts import SITE
from lossviz.core.lessons import Card, Words
from lossviz.core.markup import indexed
from lossviz.core.text import Text, paragraph
from lossviz.figures.subjects import subjects
from lossviz.lessons.plans import number_of
from lossviz.lessons.view import PLACE, Sentences, facts_at


@dataclass(frozen=True)
class Edition:
    """An edition of the documents. A link that it makes is for students: it never says that a teacher looks."""

    text: Text
    site: str = SITE
    word: str = ""
    """The word of the class; "": none."""

    def link(self, page: str, **query: str) -> str:
        """Return a whole address in the edition's language, with the word of the class."""
        said = {"lang": self.text.lang, **query} | ({"class": self.word} if self.word else {})
        return f"{self.site}/{page}?{urlencode(said)}"

    def card(self, card: Card, **more: str) -> str:
        """Return the address that opens a card where it begins."""
        return self.link(card.page, lesson=card.lesson, card=str(number_of(card)), **more)

    def projected(self, card: Card) -> str:
        """Return the address that opens a card for a projector: its numbers wait for an answer."""
        return self.card(card, view="present")

    def solved(self, card: Card) -> str:
        """Return the address of a card's solution, without the card."""
        level = {"level": card.level} if card.level != "1" else {}
        return self.link(card.page, **level, v="1", **card.solved)

    def of(self, words: Words) -> str:
        """Return a text as HTML."""
        return indexed(escape(self.text.of(words)))

    def said(self, card: Card, words: Words) -> str:
        """Return a text about a card as HTML, its numbers worked out: bare ones are those of the solution."""
        return indexed(escape(plain(card, words, self.text)))

    def told(self, key: str, *said: str) -> str:
        """Return a paragraph that begins with what it is about; what follows is HTML."""
        return f"<p>{paragraph([f'<b>{self.words(key)}</b>', *said])}</p>"

    def words(self, key: str, **values: object) -> str:
        """Return a string of the catalogue as HTML."""
        return indexed(escape(self.text(key, **values)))


def plain(card: Card, words: Words, text: Text) -> str:
    """Return a text about a card with its numbers."""
    reads = subjects()[card.page].reads
    said = Sentences(card, reads, text)
    bare = any(not found[1] for found in PLACE.finditer(text.of(words)))
    return said(words, facts_at(card.page, reads, tuple(card.solved.items())) if bare else {})
