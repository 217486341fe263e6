"""Every figure of ours is one that Plotly knows."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from lossviz.core.text import LANGUAGES, Text
from lossviz.engine.heads import Predictor
from lossviz.figures.traces import MOST_POINTS, sampled
from lossviz.lab.charts.curves import cliff, steps_curve
from lossviz.lab.charts.maps import HIGHEST, LOWEST, state_map, term_map
from lossviz.lab.descent import walked, walks_of
from lossviz.lab.dragging import Point, Track
from lossviz.lab.predictors import map_of
from lossviz.lab.state import State
from lossviz.lab.view import resting_view
from lossviz.recipes import RECIPES

EARLY = (("seen", 0.0),)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_maps_hold_only_what_plotly_knows_on_a_scale_that_never_moves(recipe: str, lang: str) -> None:
    early = EARLY if "seen" in RECIPES[recipe].settings.accepts() else ()
    found = map_of(resting_view(State(recipe=recipe, settings=early)))
    heat = go.Figure(term_map(found, (6, 5), Text(lang))).data[0]
    assert (heat.zmin, heat.zmax) == (LOWEST, HIGHEST)
    assert heat.z.shape == (13, 13)
    assert len(go.Figure(state_map(found, None, Text(lang))).data) == (3 if early else 1)


def test_the_colour_is_the_power_of_ten_of_the_excess() -> None:
    found = map_of(resting_view(State()))
    drawn = term_map(found, None, Text("en"))["data"][0]["z"]
    inside = (found.values > 10.0**LOWEST) & (found.values < 10.0**HIGHEST)
    assert inside.sum() > 50
    assert np.allclose(10 ** drawn[inside], found.values[inside])
    assert np.array_equal(np.isnan(drawn), np.isnan(found.values))


def test_the_arrows_of_the_early_pull_stay_near_their_cells_and_point_to_the_middle() -> None:
    found = map_of(resting_view(State(recipe="darknet_v2", settings=EARLY)))
    lines = term_map(found, None, Text("en"))["data"][1]
    starts, ends = np.array(lines["x"][0::3], float), np.array(lines["x"][1::3], float)
    assert np.abs(ends - starts).max() <= 0.8 + 1e-9
    assert len(starts) == np.isfinite(found.pull[0]).sum()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_curves_hold_only_what_plotly_knows(lang: str) -> None:
    state = State(at=Predictor("13", 1, 6, 8), steps=12, walker="duel")
    walked(state)
    walks = walks_of(state)
    both = go.Figure(steps_curve(walks, ("BCE", "MSE"), 12, Text(lang), objectness=True))
    assert [len(trace.x) for trace in both.data] == [13, 13]
    assert both.data[0].y[12] == walks[0].records[12].objectness
    points = tuple(Point(0.5 + n / 100, 0.4, float(n), float(n), ()) for n in range(3))
    strip = go.Figure(cliff(Track(0, points), 13, Text(lang)))
    assert list(strip.data[0].x) == pytest.approx([6.5, 6.63, 6.76])
    assert list(strip.data[1].x) == pytest.approx([6.76])


def test_the_strip_breaks_where_another_predictor_takes_over() -> None:
    here, there = Predictor("13", 1, 5, 6), Predictor("13", 1, 5, 7)
    points = [Point(0.5, 0.4, 1.0, 1.0, (here,)), Point(0.6, 0.4, 5.0, 5.0, (there,))]
    assert None in cliff(Track(0, tuple(points)), 13, Text("en"))["data"][0]["x"]
    same = tuple(replace(point, answers=(here,)) for point in points)
    assert None not in cliff(Track(0, same), 13, Text("en"))["data"][0]["x"]


@pytest.mark.parametrize("count", [0, 7, 300, 9554])
def test_a_curve_has_its_first_and_last_step_and_not_too_many(count: int) -> None:
    steps = sampled(count)
    assert (steps[0], steps[-1]) == (0, count)
    assert steps == sorted(set(steps))
    assert len(steps) <= MOST_POINTS + 3


def test_plotly_refuses_a_misspelled_property() -> None:
    with pytest.raises(ValueError, match="Invalid property"):
        go.Figure({"data": [{"type": "bar", "heigth": [1]}]})
