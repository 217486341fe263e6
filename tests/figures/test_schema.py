"""Every figure of ours is one that Plotly knows."""

import plotly.graph_objects as go
import pytest

from lossviz.figures.bars import bars
from lossviz.lab import resting_view
from lossviz.recipes import RECIPES
from lossviz.state import State
from lossviz.text import LANGUAGES, Text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_bars_hold_only_what_plotly_knows(recipe: str, lang: str) -> None:
    terms = resting_view(State(recipe=recipe)).active_terms
    figure = go.Figure(bars(terms, terms, Text(lang)))
    assert len(figure.data[0].x) == len(terms)


def test_plotly_refuses_a_misspelled_property() -> None:
    with pytest.raises(ValueError, match="Invalid property"):
        go.Figure({"data": [{"type": "bar", "heigth": [1]}]})
