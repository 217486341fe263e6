"""The first tab of the page on decoding, as Streamlit runs it."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from helpers.lab_page import body, every_number, memory, press
from streamlit.testing.v1 import AppTest

from lossviz.core.examples import PAGES
from lossviz.core.text import LANGUAGES
from lossviz.decode.state import EDGES, FORMS, PLAIN, from_query
from lossviz.decode.view import CELLS, MOVES, overflow_of, view_of
from lossviz.decode.widgets.box import BOARD, ROWS

Visit = Callable[..., AppTest]


def desk(page: AppTest) -> Any:
    return memory(page).desks["decode"]


def send(page: AppTest, key: str, name: str = "event", **event: Any) -> AppTest:
    """What the browser sends of the grid, the list or a curve."""
    page.session_state[key] = {name: event}
    page.run()
    assert not page.exception
    return page


def drag(page: AppTest, kind: str, xywh: tuple[float, ...], seq: int, rev: int = 0) -> AppTest:
    return send(page, BOARD, kind=kind, seq=seq, rev=rev, boxes={"box": xywh}, selected="box")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_level_shows_the_numbers_of_its_state(visit: Visit, lang: str) -> None:
    found = view_of(PLAIN)
    shown = every_number(visit("decode", lang=lang))
    assert (shown["across-x"], shown["anchors-w"]) == pytest.approx((100 * found.sigmas[0], found.factors[0]))
    forms = {form: every_number(visit("decode", lang=lang, level="2", **{"as": form})) for form in FORMS}
    assert forms["free"]["free-x"] == pytest.approx(found.free[0] * CELLS)
    assert forms["units"]["unit-w-photo"] == pytest.approx(found.pixels[2])
    assert forms["inverse"]["back-h"] == pytest.approx(PLAIN.raw[3])
    edges = {edge: every_number(visit("decode", lang=lang, level="3", edge=edge)) for edge in EDGES}
    assert edges["overflow"]["over-iou"] == pytest.approx(overflow_of(PLAIN.raw).iou)
    assert edges["bounded"]["later-size"] == pytest.approx(found.later[2].value)


def test_a_closed_level_works_nothing_out(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    for name in ("limits.overflow_of", "forms.table", "tensor.show", "passthrough.show"):
        monkeypatch.setattr(f"lossviz.decode.widgets.{name}", never)
    visit("decode")


def test_a_dragged_box_says_other_raw_numbers_and_can_be_undone(visit: Visit) -> None:
    page, moved = visit("decode"), (0.5, 0.5, 1.25 / 3, 2 / 3)
    drag(page, "move", moved, 1)
    assert desk(page).state.raw == pytest.approx((0, 0, 0, math.log(2)), abs=1e-6)
    assert "raw" not in page.query_params
    drag(page, "end", moved, 2)
    assert page.query_params["raw"].endswith("_0.693147")
    page.run()
    press(page, "undo")
    assert desk(page).state == PLAIN


def test_a_drag_that_is_called_off_leaves_nothing(visit: Visit) -> None:
    page = drag(visit("decode"), "move", (0.5, 0.5, 0.2, 0.2), 1)
    drag(page, "cancel", (0.5, 0.5, 0.2, 0.2), 2)
    assert desk(page).state == PLAIN


def test_a_changed_raw_number_moves_the_box_and_comes_in_hand(visit: Visit) -> None:
    page = visit("decode")
    send(page, ROWS, kind="end", seq=1, rev=0, channel=3, value=-1.5)
    assert (desk(page).state.raw[3], desk(page).state.hand) == (-1.5, 3)
    send(page, ROWS, kind="select", seq=2, rev=0, channel=1, value=None)
    assert (desk(page).state.hand, page.query_params["number"]) == (1, "1")
    assert "t_y = −0.4" in body(page)


def test_both_curves_are_heard_each_for_itself(visit: Visit) -> None:
    page = visit("decode")
    send(page, "decode-centre", "drag", kind="end", seq=1, rev=0, x=-2.0, y=0.0)
    send(page, "decode-size", "drag", kind="end", seq=1, rev=0, x=1.5, y=0.0)
    assert desk(page).state.raw == (-2, -0.4, 1.5, 0.7)
    send(page, ROWS, kind="end", seq=1, rev=0, channel=0, value=0.5)
    page.run()
    assert desk(page).state.raw == (0.5, -0.4, 1.5, 0.7)
    assert len(desk(page).past) == 3


def test_a_guess_shows_what_becomes_of_it_and_is_forgotten_when_something_moves(visit: Visit) -> None:
    page = visit("decode")
    press(page, "guess-cells")
    assert "✗" in body(page)
    assert desk(page).state.raw[0] == 10
    press(page, "undo")
    assert 'data-testid="verdict"' not in body(page)
    press(page, "guess-border")
    assert "✓" in body(page)


def test_three_moves_make_it_nan(visit: Visit) -> None:
    page, seen = visit("decode", level="3"), []
    for number in range(1, len(MOVES) + 1):
        press(page, f"move-{number}")
        seen.append(body(page).partition('data-situation="')[2].partition('"')[0])
    assert seen == ["infinite", "giou", "lost"]
    assert page.query_params["raw"] == "0.6_-0.4_89_-104"


@pytest.mark.parametrize("name", PAGES["decode"])
def test_every_example_opens_from_its_link_on_its_level(visit: Visit, name: str) -> None:
    preset = PAGES["decode"][name]
    page = visit("decode", level=preset.level, **preset.query)
    assert desk(page).state == from_query(preset.query)[0]
    assert not page.warning


def test_what_a_link_hides_is_not_there(visit: Visit) -> None:
    assert 'class="lz-sentence"' not in body(visit("decode", hide="sentence"))
    hidden = visit("decode", level="3", hide="numbers")
    assert 'data-testid="overflow"' not in body(hidden)
    assert 'data-testid="broken"' in body(visit("decode", level="3", view="embed"))
