"""The canvas's border: what a browser may say, and what becomes of nonsense."""

import base64
import json
import math
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lossviz.components.box_canvas import FILM_WORDS, WORDS, CanvasBox, CanvasEvent, Film, Relation, Track, read

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


FILM = GOOD | {"kind": "film", "at": 12, "playing": False}


def test_a_film_message_says_the_step_and_whether_it_runs_on_and_where_the_boxes_are() -> None:
    event = read(FILM, boxes=BOXES, rev=1, seq=2, steps=12)
    assert event is not None
    assert (event.kind, event.at, event.playing) == ("film", 12, False)
    assert event.boxes == {"prediction": (0.45, 0.55, 0.2, 0.3)}
    drag = read(GOOD, boxes=BOXES, rev=1, seq=2, steps=12)
    assert drag is not None
    assert (drag.at, drag.playing) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": 13},
        {"at": -1},
        {"at": True},
        {"at": 3.5},
        {"at": "3"},
        {"at": None},
        {"at": 10**400},
        {"playing": 1},
        {"playing": None},
        {"playing": "true"},
        {"kind": "move"},
        {"pick": [0.5, 0.5]},
        {"rev": 0},
        {"seq": 2},
    ],
)
def test_a_malformed_film_message_is_no_event(wrong: dict[str, object]) -> None:
    assert read(FILM | wrong, boxes=BOXES, rev=1, seq=2, steps=12) is None


def test_where_there_is_no_film_nothing_is_heard_of_one() -> None:
    assert hear(FILM) is None


@pytest.mark.parametrize("nonsense", [None, 7, "move", [], {}, {"seq": 3}, [GOOD]])
def test_nonsense_is_no_event(nonsense: object) -> None:
    assert hear(nonsense) is None


def track(name: str = "giou", steps: int = 2, **other: Any) -> Track:
    boxes = np.linspace(0.1, 0.9, 4 * (steps + 1)).reshape(-1, 4)
    return Track(
        name,
        name,
        "giou",
        boxes,
        **({"rows": [("IoU", np.arange(steps + 1.0)), ("error", [0.0] * (steps + 1))]} | other),
    )


def unpacked(text: str) -> list[float]:
    numbers: list[float] = np.frombuffer(base64.b64decode(text), dtype="<f4").tolist()
    return numbers


def test_a_film_travels_as_float32_and_the_browser_gets_the_same_numbers_back() -> None:
    data = Film([track()], at=1, playing=False, speed=30.0, loop=False).to_data()
    assert unpacked(data["tracks"][0]["boxes"]) == pytest.approx(
        np.linspace(0.1, 0.9, 12).tolist(), rel=6e-8
    )  # float32
    assert [unpacked(row) for row in data["tracks"][0]["rows"]] == [[0, 1, 2], [0, 0, 0]]
    shown = {name: data[name] for name in ("rows", "steps", "at", "playing", "speed", "loop")}
    assert shown == {"rows": ("iou", "error"), "steps": 2, "at": 1, "playing": False, "speed": 30.0, "loop": False}


def test_seven_tracks_of_200_steps_are_less_than_50_kilobytes() -> None:
    film = Film([track(name, 200) for name in "abcdefg"])
    assert len(json.dumps(film.to_data())) < 50_000


def test_a_number_too_large_for_float32_becomes_infinite_without_a_warning() -> None:
    assert (
        unpacked(Film([track(rows=[("error", [0.0, 1e300, math.nan])])]).to_data()["tracks"][0]["rows"][0])[1]
        == math.inf
    )


def test_a_film_needs_the_words_of_its_rows_besides_its_own() -> None:
    assert Film([track()]).words == (*FILM_WORDS, "film_iou", "film_error")


@pytest.mark.parametrize(
    "wrong",
    [
        {"tracks": []},
        {"tracks": [track(), track("diou", 3)]},
        {"tracks": [Track("giou", "", "giou", [0.1, 0.2, 0.3, 0.4])]},
        {"tracks": [Track("giou", "", "giou", [[0.1, 0.2, 0.3]])]},
        {"tracks": [track(rows=[("IoU", [1.0])])]},
        {"tracks": [track(), track("diou", rows=[])]},
        {"at": 3},
        {"at": -1},
        {"speed": 0.0},
        {"speed": math.nan},
    ],
)
def test_a_film_that_cannot_run_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a film needs|all tracks need|at must be"):
        Film(**({"tracks": [track()]} | wrong))


def test_a_misspelt_part_of_a_relation_is_an_error() -> None:
    with pytest.raises(ValueError, match="intersecton"):
        Relation("moving", "target", {"intersecton": "I"})


def page(words: tuple[str, ...], film: bool = False) -> None:
    import streamlit as st

    from lossviz.components.box_canvas import CanvasBox, Film, Track, Units, box_canvas

    boxes = [[0.5] * 4] * 3
    event = box_canvas(
        boxes=(CanvasBox("prediction", "prediction", "cup", (0.5, 0.5, 0.2, 0.2)),),
        words=dict.fromkeys(words, "word"),
        description="A cup",
        rev=1,
        seq=0,
        key="canvas",
        units=Units(5.0, 10.0) if film else None,
        film=Film([Track("giou", "GIoU", "giou", boxes, [("IoU", [0.0, 0.5, 1.0])])]) if film else None,
    )
    st.session_state.at = event.at if event else None
    st.text(event.boxes["prediction"] if event else "nothing yet")


def test_a_page_hears_the_event_from_the_state_of_its_canvas() -> None:
    app = AppTest.from_function(page, args=(WORDS,)).run()
    assert app.text[0].value == "nothing yet"
    app.session_state["canvas"] = {"event": GOOD}
    assert app.run().text[0].value == "(0.45, 0.55, 0.2, 0.3)"
    assert not app.exception


def test_a_forgotten_word_is_an_error() -> None:
    assert AppTest.from_function(page, args=(WORDS[1:],)).run().exception


def test_a_page_with_a_film_hears_its_step_and_needs_its_words() -> None:
    words = (*WORDS, *FILM_WORDS, "film_iou")
    app = AppTest.from_function(page, args=(words, True)).run()
    app.session_state["canvas"] = {"event": FILM | {"at": 2}}
    assert not app.run().exception
    assert app.session_state.at == 2
    data = json.loads(app.get("bidi_component")[0].proto.json)
    assert (data["board"], data["units"]["low"], data["film"]["steps"]) == (True, 5.0, 2)
    assert AppTest.from_function(page, args=(words[:-1], True)).run().exception


def test_without_the_new_arguments_a_page_sends_neither_board_nor_film() -> None:
    app = AppTest.from_function(page, args=(WORDS,)).run()
    data = json.loads(app.get("bidi_component")[0].proto.json)
    assert [data[name] for name in ("board", "units", "relation", "film")] == [False, None, None, None]
