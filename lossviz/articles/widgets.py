"""The widgets of the "If you came from this article" page: an article's rows, each a way into the app."""

from dataclasses import replace
from html import escape
from urllib.parse import urlencode

from lossviz.articles.state import ArticlesState
from lossviz.articles.view import Article, Place, Row, address, articles, name_of
from lossviz.core.desk import Desk
from lossviz.core.text import Text, paragraph
from lossviz.core.visit import Visit
from lossviz.web.choices import segments
from lossviz.web.html import hidden_line


def choice(desk: Desk[ArticlesState], visit: Visit) -> None:
    """Choose the article that is read."""
    names = {key: article.short.in_(visit.lang) for key, article in articles().items()}

    def choose(key: str) -> None:
        desk.settle(replace(desk.state, article=key))

    segments(visit.text("articles_choice"), "article", names, desk.state.article, choose)


def walk(article: Article, visit: Visit) -> str:
    """Return an article as HTML: its title, its lead and its rows, numbered."""
    steps = "".join(step(row, visit) for row in article.rows)
    title = escape(article.title.in_(visit.lang))
    lead = f"<h2>{title}</h2><p>{escape(article.lead.in_(visit.lang))}</p>{hidden_line(visit)}"
    scrolls = f' tabindex="0" role="region" aria-label="{title}"' if visit.view == "present" else ""
    return f'<div class="lz-article">{lead}<div{scrolls}><ol data-testid="article-rows">{steps}</ol></div></div>'


def step(row: Row, visit: Visit) -> str:
    """Return one row as HTML: what the article explains, where it is imprecise, and where to see it move."""
    truth, said = "", f"<b>{escape(visit.text('articles_truth'))}</b>"
    if row.truth and visit.answers:
        truth = f'<p class="lz-truth">{paragraph([said, escape(row.truth.in_(visit.lang))])}</p>'
    links = "".join(way(place, visit, visit.text) for place in row.places)
    return (
        f'<li data-row="{row.key}"><h3>{escape(row.title.in_(visit.lang))}</h3><p>{escape(row.text.in_(visit.lang))}</p>'
        f'{truth}<div class="lz-ways">{links}</div></li>'
    )


def way(place: Place, visit: Visit, text: Text) -> str:
    """Return a link from an article's row to a place in the app."""
    level = {key: value for key, value in visit.to_query().items() if key in ("lang", "view")}
    return f'<a href="{escape(address(place, urlencode(level)))}" target="_self">{escape(name_of(place, text))} →</a>'


def entries(visit: Visit, text: Text) -> str:
    """Return the links to all articles, for the first page."""
    query = urlencode({key: value for key, value in visit.to_query().items() if key in ("lang", "view")})
    links = "".join(
        f'<a href="{escape(address(Place("articles", f"from={key}", ""), query))}" target="_self">'
        f"{escape(article.title.in_(visit.lang))} →</a>"
        for key, article in articles().items()
    )
    return f'<nav class="lz-ways" aria-label="{escape(text("articles_choice"))}">{links}</nav>'
