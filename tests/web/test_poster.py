"""A poster: light, of the state of its link, and with nothing in it that a page would hide."""

import io
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from helpers.aside import aside
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from lossviz.core.text import Text
from lossviz.lab import subject
from lossviz.web import poster as module
from lossviz.web.poster import drawn, made, poster, tells, visit_of, wanted

LINK = {"view": "embed", "poster": "1", "lang": "en", "level": "1"}


def page(name: str, **query: str) -> str:
    """The light page of a link."""
    return bytes(poster(name, {**LINK, **query}).body).decode()


def addresses(markup: str) -> dict[str, dict[str, str]]:
    """The pictures' queries, by theme."""
    found = [unescape(one) for one in re.findall(r'(?:src|srcset)="([^"]+)"', markup)]
    queries = [dict(parse_qsl(urlsplit(one).query)) for one in found]
    return {query["theme"]: query for query in queries}


def test_a_poster_is_asked_for_in_a_frame_and_of_a_page_that_there_is() -> None:
    assert wanted("lab", LINK)
    assert not wanted("lab", {**LINK, "view": "page"})
    assert not wanted("lab", {**LINK, "poster": "2"})
    assert not wanted("nowhere", LINK)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_button_says_what_it_loads_and_the_picture_is_of_the_links_state(lang: str) -> None:
    markup, text = page("overlap", lang=lang, box="10_9_2_2", measure="ciou"), Text(lang)
    assert f'aria-label="{text("poster_load")}: {text("page_overlap")}"' in markup
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}"' in markup
    pictures = addresses(markup)
    assert {*pictures} == {"light", "dark"}
    for theme, query in pictures.items():
        assert query == {"lang": lang, "level": "1", "theme": theme, "box": "10_9_2_2", "measure": "ciou"}
    assert {*addresses(page("overlap", theme="dark"))} == {"dark"}
    assert len(markup) < 4000


def test_a_poster_shows_no_picture_where_the_page_has_none_or_hides_what_it_tells() -> None:
    for name, query in (
        ("articles", {}),
        ("lab", {"hide": "answers"}),
        ("lab", {"hide": "panel", "level": "3"}),
        ("lab", {"hide": "sentence.numbers.bars.equation.panel"}),
        ("lab", {"ask": "rank", "scene": "astronaut"}),
        ("overlap", {"lesson": "iou", "card": "2"}),
    ):
        assert not tells(name, visit_of({**LINK, **query}))
        assert "<h1>" in page(name, **query)
        assert addresses(page(name, **query)) == {}


class Tags(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
        self.tags.append(tag)


@pytest.mark.parametrize("words", ['"><script>alert(1)</script>', "$title ${load}", "</style><img onerror=x>"])
def test_nothing_of_a_link_is_html(words: str) -> None:
    plain = Tags(page("overlap")).tags
    assert Tags(page("overlap", box=words, lang=words, theme=words, **{words: words})).tags == plain


def fetched(name: str, query: dict[str, str]) -> tuple[int, bytes]:
    """What the route answers."""
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": urlencode(query).encode()}
    scope["path_params"] = {"page": name}
    answer = aside(drawn(Request(scope)))
    return answer.status_code, bytes(answer.body)


@pytest.mark.parametrize("name", ["lab", "overlap"])
def test_a_picture_is_light_and_drawn_once_for_all_spellings_of_a_state(name: str) -> None:
    before = made.cache_info()
    status, picture = fetched(name, {"lang": "en", "theme": "dark"})
    assert status == 200
    assert len(picture) < 120_000
    with Image.open(io.BytesIO(picture)) as image:
        assert image.format == "WEBP"
        assert image.width >= 600
    again = {"lang": "en", "theme": "dark", "strange": "x", "scene": "nowhere", "box": "nonsense", "level": "9"}
    assert fetched(name, again) == (200, picture)
    assert made.cache_info().misses <= before.misses + 1
    assert made.cache_info().maxsize == 64


def test_who_comes_when_many_wait_gets_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 0)
    assert fetched("overlap", {"lang": "en"})[0] == 503
    assert fetched("articles", {"lang": "en"})[0] == 404


def test_a_state_whose_numbers_take_too_long_gets_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PATIENCE", 0.0)
    made.cache_clear()
    assert fetched("lab", {"lang": "en", "steps": "77", "of": "all"})[0] == 503


def test_the_route_of_a_poster_takes_a_pages_name() -> None:
    routes = Starlette(routes=[Route("/lossviz/poster-{page}", drawn)]).routes
    match, scope = routes[0].matches({"type": "http", "method": "GET", "path": "/lossviz/poster-lab"})
    assert match.value == 2
    assert scope["path_params"] == {"page": "lab"}
