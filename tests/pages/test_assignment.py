"""The page on assignment, as Streamlit runs it."""

from collections.abc import Callable
from typing import Any

import pytest
from helpers.lab_page import body, every_number, memory, press
from helpers.sampling import sampled
from streamlit.testing.v1 import AppTest

from lossviz.assignment.state import LIMITS, PLAIN, from_query
from lossviz.assignment.view import STATES, comparison_of, view_of
from lossviz.core.examples import PAGES
from lossviz.core.text import LANGUAGES
from lossviz.core.visit import LEVELS
from lossviz.engine.boxes import XYWH
from lossviz.recipes import RECIPES
from lossviz.scenes.untrained import FIELDS

Visit = Callable[..., AppTest]


def desk(page: AppTest) -> Any:
    return memory(page).desks["assignment"]


def send(page: AppTest, kind: str, selected: str = "truth-0", pick: Any = None, **boxes: XYWH) -> AppTest:
    """What the browser sends of the board."""
    now = desk(page)
    named = {name.replace("_", "-"): xywh for name, xywh in boxes.items()}
    event = {"kind": kind, "seq": now.number("truths") + 1, "rev": now.rev, "boxes": named, "selected": selected}
    event |= {"pick": pick}
    page.session_state["truths"] = {"event": event}
    page.run()
    assert not page.exception
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_level_shows_the_numbers_of_its_state(visit: Visit, lang: str) -> None:
    found = every_number(visit("assignment", lang=lang))
    for one in view_of(PLAIN).candidates:
        assert found[f"fit-{one.number}"] == pytest.approx(one.fits["shape"], rel=1e-9)
    found = every_number(visit("assignment", lang=lang, level="2"))
    assert {name: found[f"count-{name}"] for name in STATES} == {"positive": 1, "ignored": 0, "negative": 10_646}
    assert f'data-testid="differ" data-value="{comparison_of(PLAIN).count}"' in body(
        visit("assignment", lang=lang, level="3")
    )


RULES = [(field, rule, level) for field in FIELDS for rule in RECIPES for level in LEVELS]


@pytest.mark.parametrize(("field", "rule", "level"), sampled(RULES, lambda case: (case[0], case[1:])))
def test_every_rule_runs_over_all_predictors_on_every_level(visit: Visit, field: str, rule: str, level: str) -> None:
    page = visit("assignment", field=field, rule=rule, level=level)
    assert desk(page).state == from_query({"field": field, "rule": rule})[0]


def test_a_closed_level_works_nothing_out(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("pages.assignment.comparison_of", never)
    visit("assignment", level="2")
    monkeypatch.setattr("lossviz.assignment.widgets.predictors.state_map", never)
    visit("assignment")


def test_a_drag_moves_the_numbers_and_its_end_is_in_the_link_and_can_be_undone(visit: Visit) -> None:
    page, moved = visit("assignment"), (0.5, 0.5, 0.15, 0.3)
    before = every_number(page)
    send(page, "move", truth_0=moved)
    assert "truth" not in page.query_params
    send(page, "end", truth_0=moved)
    found, wanted = every_number(page), view_of(PLAIN.with_box(0, moved))
    assert found["fit-5"] == pytest.approx(wanted.candidates[5].fits["shape"], rel=1e-6)
    assert page.query_params["truth"] == "0.5_0.5_0.15_0.3_k16"
    assert 'data-testid="won"' in body(page)
    page.run()
    press(page, "undo")
    assert every_number(page) == before


def test_a_drag_that_is_called_off_leaves_nothing(visit: Visit) -> None:
    page = visit("assignment")
    send(page, "move", truth_0=(0.2, 0.2, 0.2, 0.2))
    send(page, "cancel")
    assert desk(page).state == PLAIN


def test_no_truth_leaves_the_picture_and_a_tap_brings_it_there(visit: Visit) -> None:
    page = send(visit("assignment"), "end", truth_0=(9, -9, 9, 0))
    (low_x, high_x), (low_y, _), (_, wide), (low, _) = LIMITS
    assert desk(page).state.boxes[0].xywh == (high_x, low_y, wide, low)
    send(page, "pick", pick=(0.25, 0.75))
    assert desk(page).state.boxes[0].xywh == (0.25, 0.75, wide, low)
    assert low_x < 0.25


def test_a_truth_that_is_touched_comes_in_hand(visit: Visit) -> None:
    page = visit("assignment", level="2", truth="0.2_0.2_0.1_0.1~0.7_0.7_0.4_0.4")
    send(page, "select", selected="truth-1")
    assert desk(page).state.hand == 1
    assert page.query_params["in"] == "1"
    assert desk(page).past == []
    press(page, "truth-remove")
    assert len(desk(page).state.boxes) == 1


def test_a_guess_is_forgotten_when_something_moves(visit: Visit) -> None:
    page = visit("assignment")
    press(page, "guess-6")
    assert 'data-testid="verdict"' in body(page)
    send(page, "end", truth_0=(0.5, 0.5, 0.2, 0.2))
    assert 'data-testid="verdict"' not in body(page)


@pytest.mark.parametrize("name", PAGES["assignment"])
def test_every_example_opens_from_its_link_on_its_level(visit: Visit, name: str) -> None:
    preset = PAGES["assignment"][name]
    page = visit("assignment", level=preset.level, **preset.query)
    assert desk(page).state == from_query(preset.query)[0]
    assert not page.warning


def test_what_a_link_hides_is_not_there(visit: Visit) -> None:
    found = body(visit("assignment", hide="answers"))
    assert 'class="lz-sentence"' not in body(visit("assignment", hide="answers.sentence"))
    assert 'data-testid="fits"' not in found
    assert 'class="lz-sentence"' in body(visit("assignment", hide="numbers"))
