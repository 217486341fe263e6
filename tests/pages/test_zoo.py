"""The page on loss functions, as Streamlit runs it."""

from collections.abc import Callable
from html import escape
from typing import Any

import pytest
from helpers.lab_page import body, every_number, memory, press
from streamlit.testing.v1 import AppTest

from lossviz.core.examples import PAGES
from lossviz.core.text import LANGUAGES, Text
from lossviz.functions.batch import batch_of, traps
from lossviz.functions.distributions import distributions_of
from lossviz.functions.stability import first_break
from lossviz.functions.state import MOST, PLAIN, TABS, FunctionsState, from_query
from lossviz.functions.view import points_of
from lossviz.functions.widgets.curves import option
from lossviz.losses import LOSSES

Visit = Callable[..., AppTest]


def desk(page: AppTest) -> Any:
    return memory(page).desks["zoo"]


def send(page: AppTest, chart: str, kind: str, x: float, y: float = 0.0) -> AppTest:
    """What the browser sends of a chart's grip."""
    now = desk(page)
    drag = {"kind": kind, "seq": now.number(chart) + 1, "rev": now.rev, "x": x, "y": y}
    page.session_state[chart] = {"drag": drag}
    page.run()
    assert not page.exception
    return page


def shows(page: AppTest, state: FunctionsState) -> None:
    found = every_number(page)
    for point in points_of(state):
        assert found[f"value-{point.key}"] == pytest.approx(point.value, rel=1e-9)
        assert found[f"slope-{point.key}"] == pytest.approx(point.slope, rel=1e-9)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_slopes_wait_for_the_answer(visit: Visit, lang: str) -> None:
    page = visit("zoo", lang=lang)
    assert "slope-l2" not in every_number(page)
    press(page, "answer-bce")
    assert 'data-testid="verdict">✗' in body(page)
    shows(page, PLAIN)
    press(page, "remove-kl")
    assert 'data-testid="verdict"' not in body(page)


def test_a_drag_moves_the_numbers_and_its_end_is_in_the_link_and_can_be_undone(visit: Visit) -> None:
    page = press(visit("zoo"), "answer-skipped")
    send(page, "zoo-chart", "move", -1.5)
    shows(page, PLAIN.at(-1.5))
    assert "x" not in page.query_params
    send(page, "zoo-chart", "end", -1.5)
    assert page.query_params["x"] == "-1.5"
    page.run()
    press(page, "undo")
    assert desk(page).state == PLAIN
    send(page, "zoo-chart", "move", 2.0)
    send(page, "zoo-chart", "cancel", 3.0)
    assert desk(page).state == PLAIN


@pytest.mark.parametrize("start", range(0, len(LOSSES), MOST))
def test_every_function_has_its_numbers_and_its_card(visit: Visit, start: int) -> None:
    keys = [*LOSSES][start : start + MOST]
    page = visit("zoo", f=".".join(keys), x="0.4", t="0.3")
    shows(page, desk(page).state)
    latex = "".join(one.value for one in page.latex)
    found = body(page)
    for key in keys:
        assert LOSSES[key].latex.split(r" \quad ")[0] in latex
        assert all(
            escape(call) in found for call in (*LOSSES[key].torch, *LOSSES[key].tensorflow, *LOSSES[key].sources)
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_function_is_found_by_its_names_in_both_languages_and_by_its_calls(lang: str) -> None:
    for key, function in LOSSES.items():
        named = option(key, PLAIN, Text(lang))
        assert all(Text(other)(f"zoo_{key}") in named for other in LANGUAGES)
        for call in (*function.torch, *function.tensorflow):
            assert call.partition("(")[0].removeprefix("torch.nn.functional.") in named


def test_another_axis_and_a_knob_bend_the_curves(visit: Visit) -> None:
    page = visit("zoo", x="2")
    page.slider(key="slide-smooth_l1-beta").set_value(3.0).run()
    state = from_query({"x": "2", "knob": "smooth_l1.beta_3"})[0]
    assert desk(page).state == state
    shows(page, state)


def test_a_parameter_is_typed_as_exactly_as_a_link_has_it(visit: Visit) -> None:
    page = visit("zoo", x="2")
    page.number_input(key="typed-smooth_l1-beta").set_value(1 / 9).run()
    state = from_query({"x": "2", "knob": "smooth_l1.beta_0.111111"})[0]
    assert desk(page).state == state
    assert page.query_params["knob"] == "smooth_l1.beta_0.111111"
    assert page.slider(key="slide-smooth_l1-beta").value == pytest.approx(1 / 9, rel=1e-5)
    shows(page, state)


def test_what_is_found_is_shown_chosen_or_opened_where_it_is_at_home(visit: Visit) -> None:
    page = visit("zoo", x="2")
    page.selectbox(key="zoo-search").set_value("huber").run()
    assert desk(page).state.functions[-1] == desk(page).state.hand == "huber"
    page.selectbox(key="zoo-search").set_value("bce").run()
    assert desk(page).state.hand == "bce"
    assert desk(page).state.functions.count("bce") == 1
    page.selectbox(key="zoo-search").set_value("batch").run()
    assert desk(page).state.tab == "reductions"
    page = visit("zoo", x="2")
    page.selectbox(key="zoo-search").set_value("giou").run()
    assert not page.exception
    assert (memory(page).page, memory(page).desks["overlap"].state.measure) == ("overlap", "giou")


@pytest.mark.parametrize(
    ("key", "value"), [("x", "-1000"), ("objects", "0"), ("knob", "smooth_l1.beta_0"), ("pos", "1000"), ("avg", "-1")]
)
def test_a_number_out_of_range_gives_way_to_the_default_and_the_page_says_which(
    visit: Visit, key: str, value: str
) -> None:
    page = visit("zoo", **{key: value})
    assert desk(page).state == PLAIN
    assert Text("en")(f"link_key_{key}") in body(page) + "".join(one.value for one in page.warning)


def test_a_row_that_is_edited_changes_every_reduction(visit: Visit) -> None:
    page = visit("zoo", tab="reductions")
    page.number_input(key="batch-1-z").set_value(4.0).run()
    state = PLAIN.with_row(1, z=4.0)
    found, wanted = every_number(page), batch_of(state)
    for name, one in wanted.reduced.items():
        assert found[f"total-{name}"] == (None if one.total is None else pytest.approx(one.total, rel=1e-9))
        assert found[f"row-{name}-1"] == pytest.approx(one.slopes[1], rel=1e-9)
    for one in traps(state):
        assert found[f"trap-worth-{one.way}"] == pytest.approx(one.worth, rel=1e-9)


def test_a_bar_is_dragged_chosen_by_a_tap_and_by_a_key(visit: Visit) -> None:
    page = visit("zoo", tab="distributions")
    send(page, "chances-chart", "move", 0.3, 0.4)
    assert desk(page).state.p[0] == 0.4
    send(page, "chances-chart", "end", 0.3, 0.4)
    assert desk(page).state.bar == 0
    send(page, "chances-chart", "end", 2.2, 0.5)
    state = desk(page).state
    assert (state.bar, state.q[2]) == (6, 0.5)
    send(page, "chances-chart", "move", 2.2 + 0.05, 0.5)
    assert desk(page).state.bar == 3
    assert desk(page).before is None
    found, wanted = every_number(page), distributions_of(desk(page).state)
    assert found["kl-pq"] == pytest.approx(wanted.divergences[0], rel=1e-9)
    assert found["cross-pq"] == pytest.approx(wanted.crossed[0], rel=1e-9)


def test_the_breaks_of_all_precisions_stand_in_the_table(visit: Visit) -> None:
    page = visit("zoo", tab="stability", t="1", form="weighted")
    found = every_number(page)
    for dtype in ("float16", "float32", "float64"):
        wanted = first_break("weighted", "naive", dtype, 1.0, PLAIN.pos)
        assert wanted is not None
        assert found[f"break-{dtype}-above"] == pytest.approx(wanted.z)
    assert (found["slope-true-1"], found["slope-tf-1"]) == (-5, 0)


def test_a_closed_tab_works_nothing_out(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("lossviz.functions.widgets.stability.all_strained", never)
    monkeypatch.setattr("lossviz.functions.widgets.batch.batch_of", never)
    visit("zoo")
    visit("zoo", tab="distributions")


@pytest.mark.parametrize("name", PAGES["zoo"])
def test_every_example_opens_from_its_link(visit: Visit, name: str) -> None:
    preset = PAGES["zoo"][name]
    page = visit("zoo", level=preset.level, **preset.query)
    assert desk(page).state == from_query(preset.query)[0]
    assert not page.warning


@pytest.mark.parametrize("tab", TABS)
def test_what_a_link_hides_is_not_there(visit: Visit, tab: str) -> None:
    found = body(visit("zoo", tab=tab, hide="answers.sentence"))
    assert 'class="lz-sentence"' not in found
    assert "data-value" not in found.replace('data-testid="information" data-value', "")
