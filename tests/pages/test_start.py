"""The Start page as Streamlit runs it."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.core.text import LANGUAGES, Text, four
from lossviz.engine import device
from lossviz.engine.device import Choice
from lossviz.lab.state import from_query
from lossviz.lab.view import resting_view
from lossviz.programs.verified import files_checked, verified
from lossviz.start.widgets import CARDS

Visit = Callable[..., AppTest]


def cards(page: AppTest) -> str:
    return next(html.proto.body for html in page.get("html") if 'class="lz-cards"' in html.proto.body)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_opens_in_every_language_with_its_own_words(visit: Visit, lang: str) -> None:
    page = visit("", lang=lang)
    assert [title.value for title in page.title] == [Text(lang)("start_title")]
    assert not page.warning


def test_it_speaks_the_browsers_language(visit: Visit) -> None:
    assert visit("", locale="zh-CN").title[0].value == Text("zh")("start_title")


def test_every_card_links_to_the_state_it_shows_and_keeps_the_language(visit: Visit) -> None:
    links = [unescape(link) for link in re.findall(r'href="(.*?)"', cards(visit("", lang="zh")))]
    queries = [dict(parse_qsl(urlsplit(link).query)) for link in links]
    assert [urlsplit(link).path for link in links] == ["lab"] * 3
    assert [from_query(query) for query in queries] == [(state, ()) for state in CARDS]
    assert {query["lang"] for query in queries} == {"zh"}


def test_a_card_shows_the_excess_of_each_term(visit: Visit) -> None:
    body = cards(visit(""))
    for state in CARDS:
        for term in resting_view(state).terms:
            assert f"<span>{four(term.excess)}</span>" in body


def test_it_says_how_many_files_of_the_original_numbers_were_held_against(visit: Visit) -> None:
    files, more = files_checked()
    assert (files + more) == sum(entry.files for entry in verified().values())
    assert any(
        f"of {files} files; the loss functions are checked against {more} files" in said
        for said in (re.sub("<[^>]+>", "", html.proto.body) for html in visit("").get("html"))
    )


def test_a_bad_language_is_named_and_english_is_shown(visit: Visit) -> None:
    page = visit("", lang="xx")
    assert page.title[0].value == Text("en")("start_title")
    assert "language (lang)" in page.warning[0].value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_where_things_are_computed_and_why(visit: Visit, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(page: AppTest) -> str:
        return next(html.proto.body for html in page.get("html") if "computed-on" in html.proto.body)

    text = Text(lang)
    monkeypatch.setattr(device, "CHOICES", {})
    assert text("devices_only") in said(visit("", lang=lang))
    surface = Choice("cuda", "fastest", {"cpu": 4.0, "cuda": 0.5})
    monkeypatch.setattr(device, "CHOICES", {"surface": surface, "steps": Choice("cpu", "double")})
    found = said(visit("", lang=lang))
    assert "cuda 0.5000 ms" in found
    assert found.count("<p") == len(device.WORKS)
    assert text("device_double") in found
