"""The Lab, as links and figures know it."""

from dataclasses import replace

from lossviz.figures.subjects import Subject
from lossviz.lab.descent import walked
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.quantities import quantities
from lossviz.lab.state import KEYS, State, from_query
from lossviz.lab.view import resting_view

PATIENCE = 30.0
"""Most seconds that the gradient steps of a state may take, once they are needed elsewhere than on the page."""


def content_of(state: State, link: str) -> LabContent:
    """Return what the figures of a state draw, with its gradient steps walked.

    Raises: ValueError where they take too long: the numbers of fewer steps are not those of the state.
    """
    if state.steps:
        state = state if state.at else replace(state, at=resting_view(replace(state, steps=None)).prediction.predictor)
        if not walked(state, PATIENCE):
            raise ValueError(f"expected gradient steps that take less than {PATIENCE:.0f} seconds: fewer of them")
    return LabContent(resting_view(state), resting_view(state.untouched()), link)


SUBJECT = Subject("lab", from_query, KEYS, content_of, quantities)
