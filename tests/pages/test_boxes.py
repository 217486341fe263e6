"""The pages on IoU losses and the box race, as Streamlit runs them."""

from collections.abc import Callable
from typing import Any

import pytest
from helpers.lab_page import body, every_number, memory, press
from streamlit.testing.v1 import AppTest

from lossviz.core.examples import PAGES
from lossviz.core.plane import to_shares
from lossviz.core.text import LANGUAGES
from lossviz.overlap import state as overlap_state
from lossviz.overlap.state import CHECKS, MEASURES, OverlapState
from lossviz.overlap.view import view_of
from lossviz.race import state as race_state
from lossviz.race.state import RaceState
from lossviz.race.view import runs_of

Visit = Callable[..., AppTest]


def desk(page: AppTest, name: str) -> Any:
    return memory(page).desks[name]


def send(page: AppTest, name: str, canvas: str, kind: str, **boxes: tuple[float, float, float, float]) -> AppTest:
    """What the browser sends of the board; boxes in units of the plane."""
    now = desk(page, name)
    shares = {box: to_shares(xywh) for box, xywh in boxes.items()}
    event = {
        "kind": kind,
        "seq": now.number(canvas) + 1,
        "rev": now.rev,
        "boxes": shares,
        "selected": next(iter(boxes)),
    }
    page.session_state[canvas] = {"event": event}
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("level", ["1", "2", "3"])
def test_every_level_shows_the_numbers_of_its_state(visit: Visit, level: str, lang: str) -> None:
    page = visit("overlap", level=level, lang=lang, measure="all", check="laws")
    found = every_number(page)
    for name, measured in view_of(OverlapState()).measures.items():
        assert found[name] == pytest.approx(measured.value, rel=1e-9)


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_opens_from_its_link(visit: Visit, check: str) -> None:
    page = visit("overlap", level="3", check=check, step="5", box="10_10_2_2", target="10_10_2_2")
    assert page.button_group(key="check").value == check
    parts = {"referee": "referee", "iou": "recipe", "giou": "recipe", "laws": "law-triangle", "rules": "rules"}
    assert f'data-testid="{parts[check]}"' in body(page)


def test_a_closed_level_works_nothing_out(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("lossviz.overlap.widgets.surface.terrain_of", never)
    monkeypatch.setattr("lossviz.overlap.widgets.checks.verdicts", never)
    visit("overlap")


def test_a_drag_moves_the_numbers_and_its_end_is_in_the_link_and_can_be_undone(visit: Visit) -> None:
    page, moved = visit("overlap"), (10.0, 10.5, 1.5, 1.5)
    before = every_number(page)
    send(page, "overlap", "board", "move", moving=moved)
    assert "box" not in page.query_params
    send(page, "overlap", "board", "end", moving=moved)
    found = every_number(page)
    wanted = view_of(OverlapState(moving=moved))
    for name in MEASURES:
        assert found[name] == pytest.approx(wanted.measures[name].value, rel=1e-6)
        assert found[name] != before[name]
    assert page.query_params["box"] == "10_10.5_1.5_1.5"
    page.run()
    press(page, "undo")
    assert every_number(page) == before


def test_no_box_leaves_the_plane(visit: Visit) -> None:
    page = send(visit("overlap"), "overlap", "board", "end", moving=(99, -99, 50, -1))
    assert desk(page, "overlap").state.moving == (15, 5, 10, 0)


def test_the_handle_on_the_surface_moves_the_box(visit: Visit) -> None:
    page = visit("overlap", level="2")
    now = desk(page, "overlap")
    drag = {"kind": "end", "seq": now.number("surface-place") + 1, "rev": now.rev, "x": 9.5, "y": 10.25}
    page.session_state["surface-place"] = {"drag": drag}
    page.run()
    assert not page.exception
    assert desk(page, "overlap").state.moving[:2] == (9.5, 10.25)
    assert every_number(page)["iou"] > 0  # type: ignore[operator]


def test_the_steps_of_a_recipe_are_in_the_link(visit: Visit) -> None:
    page = visit("overlap", level="3", check="iou")
    press(page, "recipe-next")
    assert page.query_params["step"] == "2"
    assert body(page).count("<li") == 2
    press(page, "recipe-all")
    assert body(page).count("<li") == 5
    assert page.button(key="recipe-next").disabled


@pytest.mark.parametrize("name", PAGES["overlap"])
def test_an_example_opens_its_state_and_its_level(visit: Visit, name: str) -> None:
    page, preset = visit("overlap"), PAGES["overlap"][name]
    page.session_state["examples"] = True
    page.run()
    press(page, f"example-{name}")
    assert desk(page, "overlap").state == overlap_state.from_query(preset.query)[0]
    assert memory(page).visit.level == preset.level


@pytest.mark.parametrize("name", PAGES["race"])
def test_an_example_of_the_race_opens_and_runs(visit: Visit, name: str) -> None:
    preset = PAGES["race"][name]
    page = visit("race", **preset.query)
    state = race_state.from_query(preset.query)[0]
    assert desk(page, "race").state == state
    for run in runs_of(state):
        assert len(run.iou) == state.steps + 1


def test_rules_of_the_race_are_in_the_link_and_the_last_contender_stays(visit: Visit) -> None:
    page = visit("race")
    page.button_group(key="gradient").set_value("published").run()
    assert page.query_params["grad"] == "published"
    page.button_group(key="who").set_value(["ciou"]).run()
    assert page.query_params["who"] == "ciou"
    page.button_group(key="who").set_value([]).run()
    assert not page.exception
    assert desk(page, "race").state.who == ("ciou",)


def test_dragging_the_start_runs_another_race(visit: Visit) -> None:
    page = send(visit("race"), "race", "track", "end", start=(9.0, 8.0, 1.0, 2.0))
    assert desk(page, "race").state == RaceState(start=(9.0, 8.0, 1.0, 2.0))
    assert page.query_params["start"] == "9_8_1_2"


def test_pausing_the_film_writes_the_step_and_playing_forgets_it(visit: Visit) -> None:
    page = visit("race")
    for playing, wanted in ((False, "77"), (True, None)):
        now = desk(page, "race")
        event = {"kind": "film", "seq": now.number("track") + 1, "rev": now.rev, "boxes": {}, "selected": "start"}
        page.session_state["track"] = {"event": event | {"at": 77, "playing": playing}}
        page.run()
        assert not page.exception
        assert dict(page.query_params).get("at") == wanted


def test_experiments_start_only_by_a_click(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, str]] = []
    monkeypatch.setattr("lossviz.race.worker.Laboratory.ask", lambda _, request, visitor: asked.append(request))
    page = visit("race", tab="all", points="100", grad="published")
    assert asked == []
    press(page, "experiment-run")
    assert asked == [(100, "published")]
    assert page.warning  # the answer was None: all busy
