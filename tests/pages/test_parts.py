"""Every page's ``hear`` and ``parts``: pure functions of desk and visit, whoever calls them."""

import json
from itertools import product
from typing import Any

import pytest
import streamlit as st
from helpers.pages_under_test import PAGES, QUERIES, desk_of

from lossviz.core.parts import Make, Message
from lossviz.core.visit import LEVELS, Visit

WRONG: list[Any] = [
    *(None, 3, "move", [], {}, {"kind": "move"}),
    {"kind": "move", "seq": 1, "rev": 0, "boxes": {"nobody": [0.5, 0.5, 0.1, 0.1]}, "selected": "nobody"},
    {"kind": "move", "seq": 1, "rev": 0, "x": "0.5", "y": float("nan")},
    {"kind": "move", "seq": 1, "rev": 99, "x": 0.5, "y": 0.5, "channel": 0, "value": 1.0},
    {"kind": "<script>", "seq": 1, "rev": 0, "x": 0.5, "y": 0.5, "boxes": {}, "selected": ""},
]


class Bomb:
    """What a pure function must not touch."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)

    __getitem__ = __setitem__ = __contains__ = __call__ = __getattr__


@pytest.fixture
def no_streamlit(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "session_state",
        "query_params",
        "html",
        "columns",
        "container",
        "button",
        "context",
        "latex",
        "rerun",
    ):
        monkeypatch.setattr(st, name, Bomb())


def plain(make: Make) -> str:
    """A part's data as strict JSON."""
    return json.dumps(make().data(), allow_nan=False)


@pytest.mark.usefixtures("no_streamlit")
@pytest.mark.parametrize("path", PAGES)
def test_parts_are_plain_data_made_of_desk_and_visit_alone(path: str) -> None:
    page = PAGES[path]
    assert page.parts
    for query in QUERIES.get(path, [{}]):
        desk = desk_of(page, query)
        before = desk.state, desk.rev, dict(desk.heard), list(desk.past)
        for level, view in [*product(LEVELS, ["page"]), ("1", "present"), ("2", "embed")]:
            visit = Visit(view=view, level=level)
            made, again = page.parts(desk, visit), page.parts(desk, visit)
            assert {key: plain(part) for key, part in made.items()} == {key: plain(again[key]) for key in again}
        assert (desk.state, desk.rev, desk.heard, desk.past) == before


@pytest.mark.usefixtures("no_streamlit")
@pytest.mark.parametrize("path", [path for path, page in PAGES.items() if page.hear])
def test_nonsense_from_a_hand_moves_nothing(path: str) -> None:
    page = PAGES[path]
    assert page.parts
    assert page.hear
    for query in QUERIES.get(path, [{}]):
        for level in LEVELS:
            desk, visit = desk_of(page, query), Visit(level=level)
            before = desk.state
            for key in (*page.parts(desk, visit), "nobody"):
                for said in WRONG:
                    page.hear(desk, visit, Message(key, said))
            assert (desk.state, desk.past) == (before, [])


MOVES = [
    ("lab", "canvas", {"boxes": {"prediction": [0.46, 0.44, 0.3, 0.3]}, "selected": "prediction"}, "1"),
    ("lab", "channels", {"channel": 0, "value": 1.0}, "2"),
    ("overlap", "board", {"boxes": {"moving": [0.4, 0.4, 0.2, 0.2]}, "selected": "moving"}, "1"),
    ("overlap", "surface-place", {"x": 9.0, "y": 9.0}, "2"),
    ("race", "track", {"boxes": {"start": [0.4, 0.4, 0.2, 0.2]}, "selected": "start"}, "1"),
    ("objectness", "curves-z", {"x": 1.0, "y": 0.0}, "1"),
    ("assignment", "truths", {"boxes": {"truth-0": [0.4, 0.4, 0.2, 0.2]}, "selected": "truth-0"}, "2"),
    ("decode", "decode-board", {"boxes": {"box": [0.5, 0.5, 0.3, 0.3]}, "selected": "box"}, "1"),
    ("decode", "decode-rows", {"channel": 0, "value": 1.0}, "2"),
    ("decode", "decode-centre", {"x": 1.0, "y": 0.0}, "1"),
    ("zoo", "zoo-chart", {"x": 1.0, "y": 0.0}, "1"),
]


@pytest.mark.usefixtures("no_streamlit")
@pytest.mark.parametrize(("path", "key", "said", "level"), MOVES, ids=[f"{path}-{key}" for path, key, *_ in MOVES])
def test_a_hand_moves_the_state_and_the_parts_follow_and_its_end_is_one_step_to_undo(
    path: str, key: str, said: dict[str, Any], level: str
) -> None:
    page, visit = PAGES[path], Visit(level=level)
    assert page.parts
    assert page.hear
    desk = desk_of(page, {})
    before = {name: plain(part) for name, part in page.parts(desk, visit).items()}
    assert key in before
    page.hear(desk, visit, Message(key, {"kind": "move", "seq": 1, "rev": desk.rev, **said}))
    assert (desk.state != desk.plain, desk.before, desk.past) == (True, desk.plain, [])
    after = {name: plain(part) for name, part in page.parts(desk, visit).items()}
    assert sum(after.get(name) != data for name, data in before.items()) > 1
    page.hear(desk, visit, Message(key, {"kind": "move", "seq": 1, "rev": desk.rev, **said}))  # heard already
    data = page.parts(desk, visit)[key]().data()
    rev = data["handle"]["rev"] if "handle" in data else data["rev"]
    page.hear(desk, visit, Message(key, {"kind": "end", "seq": 2, "rev": rev, **said}))
    assert (desk.before, desk.past) == (None, [desk.plain])
