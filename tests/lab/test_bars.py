"""The bars of the terms: their order, their axis, what is said of them."""

import pytest

from lossviz.core.text import Text
from lossviz.lab.charts.bars import axis_end, described, hover, in_order, read, ticks
from lossviz.lab.predictors import MOST, ties_of
from lossviz.lab.state import State
from lossviz.lab.view import resting_view
from lossviz.recipes import RECIPES

ENGLISH = Text("en")


def test_a_bar_is_the_excess_or_what_is_printed() -> None:
    view = resting_view(State())
    assert sum(read(term, "loss") or 0 for term in view.terms) == pytest.approx(view.excess, rel=1e-6)
    assert sum(read(term, "printed") or 0 for term in view.terms) == pytest.approx(sum(view.printed_costs), rel=1e-6)


def test_the_astronauts_terms_change_ranks_with_the_reading() -> None:
    terms = resting_view(State(scene="astronaut")).active_terms
    loss, printed = ([term.name for term in in_order(terms, terms, reading)] for reading in ("loss", "printed"))
    assert loss.index("noobject") < loss.index("object")
    assert printed.index("object") < printed.index("noobject")


@pytest.mark.parametrize("longest", [0.0, 1e-9, 0.61, 7.06, 199.0, 2000.1])
def test_the_axis_ends_at_a_round_number_beyond_every_bar(longest: float) -> None:
    end = axis_end([longest, longest / 3])
    assert end >= longest
    assert float(f"{end:.1g}") == pytest.approx(end)
    assert [place for place, _ in ticks(end)] == pytest.approx([0, end / 4, end / 2, 3 * end / 4, end])


def test_hovering_says_excess_value_floor_print_and_over_how_many_predictors() -> None:
    said = hover(resting_view(State()).terms[0], ENGLISH)
    assert said.startswith(
        "centre: excess 0.6097 = value 4.948 − floor 4.339; sum of delta² 0.5335; predictors: 2. x and y of"
    )


def test_a_screen_reader_hears_every_bar() -> None:
    said = described(resting_view(State()).active_terms, ENGLISH)
    assert "centre 0.6097, size 0.4088, object 7.061, no object 0.9790, class 3.237" in said


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_term_is_tied_to_the_cells_of_its_dearest_predictors(recipe: str) -> None:
    view = resting_view(State(recipe=recipe))
    for term in view.active_terms:
        ties = ties_of(view, term.name)
        assert 0 < len(ties) <= min(MOST, term.predictors)
        assert all(0 < x < 1 and 0 < y < 1 for x, y in ties)
    grids = {head.name: head.grid for head in view.report.scene.heads}
    answers = [(grids[p.head], p) for truth in view.truths for p in truth.answers]
    cells = {((p.column + 0.5) / columns, (p.row + 0.5) / rows) for (columns, rows), p in answers}
    assert cells <= set(ties_of(view, "object"))
