"""Which article a reader comes from."""

from dataclasses import dataclass
from typing import ClassVar

from lossviz.articles.view import Article, articles
from lossviz.core.link import Query, one_of, read, spell, version


@dataclass(frozen=True)
class ArticlesState:
    """The article whose rows are shown."""

    dragged: ClassVar[tuple[str, ...]] = ()

    article: str = "yolov3_loss"

    @property
    def shown(self) -> Article:
        """Return the article whose rows are shown."""
        return articles()[self.article]

    def before_looks(self) -> tuple[object, ...]:
        """Return nothing, as no number is worked out."""
        return ()

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, ArticlesState(), KEYS, {})


KEYS = {"article": "from"}


def from_query(query: Query) -> tuple[ArticlesState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    found = read(query, ArticlesState(), KEYS, {"article": one_of(*articles())}, bad)
    return ArticlesState(**found), tuple(bad)
