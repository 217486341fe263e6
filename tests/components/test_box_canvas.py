"""The canvas's border: what a browser may say, and what becomes of nonsense."""

import math
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.components.box_canvas import WORDS, CanvasBox, CanvasEvent, read

BOXES = (
    CanvasBox(
        "prediction", "prediction", "cup", (0.5, 0.5, 0.2, 0.2), ((0.4, 0.6), (0.4, 0.6), (0.1, 1.0), (0.1, 1.0))
    ),
    CanvasBox("truth-0", "truth", "cup", (0.5, 0.5, 0.3, 0.3), movable=False),
)
GOOD: dict[str, Any] = {
    "kind": "move",
    "seq": 3,
    "rev": 1,
    "boxes": {"prediction": [0.45, 0.55, 0.2, 0.3]},
    "selected": "prediction",
}


def hear(message: object) -> CanvasEvent | None:
    return read(message, boxes=BOXES, rev=1, seq=2)


def test_a_good_message_is_an_event() -> None:
    assert hear(GOOD) == CanvasEvent("move", 3, 1, {"prediction": (0.45, 0.55, 0.2, 0.3)}, "prediction")


def test_a_box_is_brought_inside_its_limits_and_whole_numbers_become_floats() -> None:
    event = hear(GOOD | {"boxes": {"prediction": [0, 1, 5, 1]}})
    assert event is not None
    assert event.boxes == {"prediction": (0.4, 0.6, 1.0, 1.0)}
    assert all(type(value) is float for value in event.boxes["prediction"])


def test_a_box_that_may_not_move_does_not() -> None:
    event = hear(GOOD | {"boxes": {"truth-0": [0.1, 0.1, 0.1, 0.1]}})
    assert event is not None
    assert event.boxes == {}


def test_a_handled_message_and_one_from_an_older_revision_count_no_more() -> None:
    assert hear(GOOD | {"seq": 2}) is None
    assert hear(GOOD | {"rev": 0}) is None


def test_a_pick_has_a_point_inside_the_picture_and_nothing_else_has_one() -> None:
    event = hear(GOOD | {"kind": "pick", "pick": [0.25, 1.5]})
    assert event is not None
    assert event.pick == (0.25, 1.0)
    assert hear(GOOD | {"kind": "pick"}) is None
    assert hear(GOOD | {"pick": [0.5, 0.5]}) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "jump"},
        {"kind": ["move"]},
        {"seq": "3"},
        {"seq": True},
        {"rev": 1.5},
        {"selected": "ghost"},
        {"selected": None},
        {"boxes": [[0.5] * 4]},
        {"boxes": {"ghost": [0.5, 0.5, 0.2, 0.2]}},
        {"boxes": {"prediction": [0.5, 0.5, 0.2]}},
        {"boxes": {"prediction": [0.5, 0.5, 0.2, "0.2"]}},
        {"boxes": {"prediction": [0.5, 0.5, 0.2, None]}},
        {"boxes": {"prediction": [0.5, 0.5, 0.2, math.nan]}},
        {"boxes": {"prediction": [0.5, 0.5, 0.2, math.inf]}},
        {"boxes": {"prediction": [0.5, 0.5, 0.2, 10**400]}},
        {"boxes": {"prediction": "0.50"}},
    ],
)
def test_a_malformed_message_is_no_event(wrong: dict[str, object]) -> None:
    assert hear(GOOD | wrong) is None


@pytest.mark.parametrize("nonsense", [None, 7, "move", [], {}, {"seq": 3}, [GOOD]])
def test_nonsense_is_no_event(nonsense: object) -> None:
    assert hear(nonsense) is None


def page(words: tuple[str, ...]) -> None:
    import streamlit as st

    from lossviz.components.box_canvas import CanvasBox, box_canvas

    event = box_canvas(
        boxes=(CanvasBox("prediction", "prediction", "cup", (0.5, 0.5, 0.2, 0.2)),),
        words=dict.fromkeys(words, "word"),
        description="A cup",
        rev=1,
        seq=0,
        key="canvas",
    )
    st.text(event.boxes["prediction"] if event else "nothing yet")


def test_a_page_hears_the_event_from_the_state_of_its_canvas() -> None:
    app = AppTest.from_function(page, args=(WORDS,)).run()
    assert app.text[0].value == "nothing yet"
    app.session_state["canvas"] = {"event": GOOD}
    assert app.run().text[0].value == "(0.45, 0.55, 0.2, 0.3)"
    assert not app.exception


def test_a_forgotten_word_is_an_error() -> None:
    assert AppTest.from_function(page, args=(WORDS[1:],)).run().exception
