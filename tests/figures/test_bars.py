"""The bars of the excess."""

import pytest

from lossviz.figures.bars import bars, described, height, hover
from lossviz.lab import LabView, moved_prediction, resting_view, view_of
from lossviz.recipes import RECIPES
from lossviz.state import State
from lossviz.text import Text, four

ENGLISH = Text("en")


@pytest.fixture(scope="module")
def before() -> LabView:
    return resting_view(State())


@pytest.fixture(scope="module")
def after(before: LabView) -> LabView:
    return view_of(moved_prediction(State(), before.prediction.predictor, (0.5, 0.42, 0.7, 0.3)))


def test_the_bars_are_the_excess_of_each_term_and_the_marks_what_it_was(before: LabView, after: LabView) -> None:
    bar, mark, label = bars(after.active_terms, before.terms, ENGLISH)["data"]
    assert bar["x"] == [term.excess for term in after.active_terms]
    assert mark["x"] == [term.excess for term in before.active_terms]
    assert bar["y"] == mark["y"] == label["y"] == ["centre", "size", "object", "no object", "class"]
    assert [text.strip() for text in label["text"]] == [four(term.excess) for term in after.active_terms]


def test_the_bars_add_up_to_the_excess(after: LabView, before: LabView) -> None:
    assert sum(bars(after.active_terms, before.terms, ENGLISH)["data"][0]["x"]) == pytest.approx(after.excess, rel=1e-6)


def test_bar_mark_and_number_fit_on_the_axis(before: LabView, after: LabView) -> None:
    figure = bars(after.active_terms, before.terms, ENGLISH)
    low, high = figure["layout"]["xaxis"]["range"]
    assert low == 0
    assert high >= 1.2 * max(figure["data"][0]["x"] + figure["data"][1]["x"])


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_term_that_is_drawn_has_a_mark(recipe: str) -> None:
    view = resting_view(State(recipe=recipe))
    bar, mark, label = bars(view.active_terms, view.terms, ENGLISH)["data"]
    assert len(bar["x"]) == len(mark["x"]) == len(label["x"]) == len(view.active_terms)
    assert height(view.active_terms) > 30 * len(view.active_terms)


def test_hovering_says_excess_value_floor_and_over_how_many_predictors(before: LabView) -> None:
    centre = before.terms[0]
    said = hover(centre, ENGLISH)
    assert said.startswith("centre: excess 0.6097 = value 4.948 − floor 4.339; 2 predictors")


def test_a_screen_reader_hears_every_bar(before: LabView) -> None:
    said = described(before.active_terms, ENGLISH)
    assert said.endswith("centre 0.6097, size 0.4088, object 7.061, no object 0.9790, class 3.237")
    assert "有物体 7.061" in described(before.active_terms, Text("zh"))
