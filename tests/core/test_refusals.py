"""What the note above a page says of a link's refused values, and that nothing of the link is markup there."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lossviz.core.languages import LANGUAGES
from lossviz.core.refusals import literal
from lossviz.core.refused import Refused, Why
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.web import frame
from lossviz.web.frame import understood
from lossviz.web.session import Memory
from pages import all_pages

ENGLISH = Text("en")
READS = {page.path: page.reads for page in all_pages() if page.reads}
SUBJECTS = {"ledger": "compare", "zoo": "functions"}
"""Where a page's state is read, if its folder has another name."""


def shown(markdown: str) -> str:
    """What a browser shows of a note; it must hold text and code only."""
    (_, inline, _) = MarkdownIt().parse(markdown)
    assert {token.type for token in inline.children or ()} <= {"text", "code_inline"}
    return "".join(token.content for token in inline.children or ())


def note(path: str, query: dict[str, str], text: Text = ENGLISH) -> str:
    reads: Any = READS[path]
    (found,) = understood(reads(query)[1], text)
    return shown(found)


@pytest.mark.parametrize(
    ("path", "query", "says"),
    [
        ("objectness", "t=-0.3", "target (t) must lie between 0 and 1, not −0.3"),
        ("objectness", "zs=1_2_-13", "a value in three scores (zs) must lie between −12 and 12, not −13"),
        ("objectness", "z=.5", "logit (z) must be a number between −12 and 12, written in the form 1.5, not .5"),
        ("objectness", "f=bce.bce", "losses shown (f) must be 1 to 6 different names, not bce.bce"),
        ("objectness", "line=-1", "line of the derivation (line) must be a whole number from 0 to 99, not −1"),
        ("lab", "recipe=foo", ", …, not foo"),
        ("lab", "lr=0", "learning rate (lr) must lie between 0.00001 and 10000, not 0"),
        ("lab", "mode=", "what moves (mode) must be one of prediction, label, not an empty value"),
        ("lab", "set=ignore_thresh_3", "must lie between 0 and 2, not 3"),
        ("lab", "set=nobody_3", "must be one of ignore_thresh, truth_thresh, max_boxes, "),
        ("lab", "at=52.0.0.0", "selected predictor (at)"),
        ("lab", "at=here", "selected predictor (at) must be written like 13.0.0.0, not here"),
        ("lab", "raw=13.1.5.6_o121", "a value in moved predictions (raw) must lie between −120 and 120, not 121"),
        ("lab", "raw=13.1.5.6", "moved predictions (raw) must be written like 13.0.0.0_o1.5, not 13.1.5.6"),
        ("lab", "truth=0_k80", "a value in moved labels (truth) must be a whole number from 0 to 79, not 80"),
        ("overlap", "box=10_10_1_0.001", "a value in moving box (box) must be 0 or lie between 0.01 and 10, not 0.001"),
        ("overlap", "v=2", "version (v) must be 1, not 2"),
        ("race", "points=26", "points must be one of 25, 100, 500, 1000, 5000, not 26"),
        ("race", "at=201", "must be a whole number from 0 to 200, not 201"),
        ("assignment", "in=1", "must be 0, not 1"),
        ("assignment", "truth=0.5_0.5_0.1", "must be 4 numbers with underscores between them, not 0.5_0.5_0.1"),
        ("decode", "cell=13_0", "a value in cell (cell) must be a whole number from 0 to 12, not 13"),
        ("ledger", "with=darknet_v2", "must be 2 to 8 different names, not darknet_v2"),
        ("ledger", "pair=darknet_v2", "must be 2 different names, not darknet_v2"),
        ("ledger", "set=rescore_0.5", "must be a whole number from 0 to 1, not 0.5"),
        (
            "ledger",
            "anchor=13.3",
            "a value in head and anchor of the map (anchor) must be a whole number from 0 to 2, not 3",
        ),
        ("zoo", "p=0.5_0.5_0.5_0", "the numbers of distribution p must add up to 1, not 0.5_0.5_0.5_0"),
        ("zoo", "knob=smooth_l1.beta_0", "a value in parameters (knob) must lie between "),
        ("articles", "from=nobody", "article must be one of "),
    ],
)
def test_the_note_says_what_is_allowed_and_what_came(path: str, query: str, says: str) -> None:
    key, _, value = query.partition("=")
    found = note(path, {key: value})
    assert says in found
    assert found.endswith(" The default is shown instead.")


CAME = "<b>[x](//e) $y$ :red **b**"
"""Nonsense of more than twenty characters."""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", READS)
def test_every_key_of_every_page_says_what_it_allows_instead_of_nonsense(path: str, lang: str) -> None:
    state = importlib.import_module(f"lossviz.{SUBJECTS.get(path, path)}.state")
    for key in ("v", *state.KEYS.values()):
        for came, says in ((CAME, f"{CAME[:20]}…"), ("-77777", "−77777"), ("nobody", "nobody")):
            found = note(path, {key: came}, Text(lang))
            assert says in found
            assert Text(lang)(f"link_key_{key}") in found


@given(st.text(min_size=1, max_size=60))
def test_whatever_comes_from_a_link_is_shown_as_it_is(came: str) -> None:
    why = Why("between", ("0", "1"), came)
    found = shown(understood([Refused("t", why)], ENGLISH)[0])
    said = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in came[:20])
    assert found.replace("−", "-").partition(", not ")[2].startswith(said.replace("−", "-"))


@pytest.mark.parametrize(
    "came",
    [
        "<script>alert(1)</script>",
        "[here](https://example.org)",
        "![](https://example.org/a.png)",
        "https://example.org",
        "www.example.org",
        "a@example.org",
        "**bold**",
        "_bold_",
        "$x^2$",
        ":red[red]",
        ":material/delete:",
        ":smile:",
        "`code` and ``more``",
        "&lt;b&gt;",
        "a -> b -- c",
        "one\n\n# two",
        "\\`",
    ],
)
def test_markup_is_inside_code_where_neither_links_nor_formulas_nor_icons_are_made(came: str) -> None:
    (_, inline, _) = MarkdownIt().parse(literal(came))
    assert [token.type for token in inline.children or ()] == ["code_inline"]
    assert inline.children
    assert inline.children[0].content == came.replace("\n", "\N{REPLACEMENT CHARACTER}")


def test_names_of_scenes_are_text_as_well() -> None:
    why = Why("one", ("coffee", "www.example.org", "*mine*"), "x")
    assert "`www" not in shown(understood([Refused("scene", why)], ENGLISH)[0])
    assert "` www.example.org `, ` *mine* `" in understood([Refused("scene", why)], ENGLISH)[0]


def test_at_most_six_names_are_listed() -> None:
    says = understood([Refused("scene", Why("one", tuple("abcdefgh"), "x"))], ENGLISH)[0]
    assert "must be one of a, b, c, d, e, f, …, not x" in says


def test_keys_of_which_nothing_is_known_are_named_as_ever() -> None:
    why = Why("between", ("0", "1"), "2")
    assert understood(["raw", "set", "slides.2"], ENGLISH) == [
        "The link was not fully understood: moved predictions (raw), settings (set). The default is shown instead.",
        ENGLISH("list_refused", entries="2"),
    ]
    (both,) = understood([Refused("t", why), "raw", Refused("set")], ENGLISH)
    assert both.partition(": ")[2].startswith(
        "moved predictions (raw), settings (set); target (t) must lie between 0 and 1, not 2. "
    )


def test_the_warning_above_a_page_is_what_is_tested_here(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    fake = SimpleNamespace(html=lambda html: None, warning=told.append)
    monkeypatch.setattr(frame, "st", fake)
    monkeypatch.setattr(frame, "stage", lambda memory, text: None)
    notes = (Refused("t", Why("between", ("0", "1"), "<i>")),)
    pages = {page.path: page for page in all_pages()}
    frame.around(Memory(visit=Visit(view="embed"), pages=pages, page="lab", notes=notes))
    assert told == understood(notes, ENGLISH)
