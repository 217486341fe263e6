"""The border of the list of channels: what a browser may say, and what becomes of nonsense."""

import math
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.components.channels import WORDS, Channel, ChannelEvent, read

ROWS = (
    Channel(0, "x", 0.25, "σ = 0.56", "0.5", 0.1, "0.1000"),
    Channel(4, "objectness", -6.5, "σ = 0.0015", "1", None, "–"),
)
GOOD: dict[str, Any] = {"kind": "move", "seq": 3, "rev": 1, "channel": 4, "value": -6.25}


def hear(message: object) -> ChannelEvent | None:
    return read(message, channels=ROWS, rev=1, seq=2)


@pytest.mark.parametrize("kind", ["move", "end", "cancel"])
def test_a_good_message_is_an_event(kind: str) -> None:
    assert hear(GOOD | {"kind": kind}) == ChannelEvent(kind, 3, 1, 4, -6.25)  # type: ignore[arg-type]


def test_a_choice_has_no_value_and_everything_else_has_one() -> None:
    assert hear(GOOD | {"kind": "select", "value": None}) == ChannelEvent("select", 3, 1, 4, None)
    assert hear(GOOD | {"kind": "select"}) is None
    assert hear(GOOD | {"value": None}) is None


def test_a_value_is_brought_inside_the_field_and_whole_numbers_become_floats() -> None:
    for sent, kept in ((500, 120.0), (-1e300, -120.0), (10**400, 120.0), (3, 3.0), (13.5, 13.5)):
        event = hear(GOOD | {"value": sent})
        assert event is not None
        assert event.value == kept
        assert type(event.value) is float
    narrow = read(GOOD, channels=ROWS, rev=1, seq=2, field=(-5.0, 5.0))
    assert narrow is not None
    assert narrow.value == -5.0


def test_a_handled_message_and_one_from_an_older_revision_count_no_more() -> None:
    assert hear(GOOD | {"seq": 2}) is None
    assert hear(GOOD | {"rev": 0}) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "jump"},
        {"kind": ["move"]},
        {"kind": "select", "value": "1"},
        {"seq": "3"},
        {"seq": True},
        {"seq": 2**60},
        {"rev": 1.0},
        {"rev": True},
        {"channel": 1},
        {"channel": "4"},
        {"channel": 4.0},
        {"channel": None},
        {"value": "1"},
        {"value": True},
        {"value": [1.0]},
        {"value": math.nan},
        {"value": math.inf},
        {"value": -math.inf},
    ],
)
def test_a_malformed_message_is_no_event(wrong: dict[str, object]) -> None:
    assert hear(GOOD | wrong) is None


@pytest.mark.parametrize("nonsense", [None, 7, "move", [], {}, {"seq": 3}, [GOOD]])
def test_nonsense_is_no_event(nonsense: object) -> None:
    assert hear(nonsense) is None


def page(words: tuple[str, ...]) -> None:
    import streamlit as st

    from lossviz.components.channels import Channel, channels, channels_event

    rows = (Channel(4, "objectness", float("nan"), "σ", "1", float("inf"), "∞"),)  # what training may come to
    event = channels_event("list", channels=rows, rev=1, seq=0)
    channels(
        rows,
        selected=4,
        words=dict.fromkeys(words, "word"),
        largest=float("nan"),
        rev=1,
        seq=0,
        key="list",
        description="Channels",
    )
    st.text(event.value if event else "nothing yet")


def test_a_page_hears_the_event_from_the_state_of_its_list() -> None:
    app = AppTest.from_function(page, args=(WORDS,)).run()
    assert app.text[0].value == "nothing yet"
    app.session_state["list"] = {"event": GOOD}
    assert app.run().text[0].value == "-6.25"
    assert not app.exception


def test_a_forgotten_word_is_an_error() -> None:
    assert AppTest.from_function(page, args=(WORDS[1:],)).run().exception
