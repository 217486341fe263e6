"""The race and the experiment, as links and figures know them."""

from lossviz.figures.content import Content
from lossviz.figures.subjects import Subject
from lossviz.race.figures.parts.content import RaceContent
from lossviz.race.figures.parts.experiment_content import ExperimentContent
from lossviz.race.quantities import quantities
from lossviz.race.results import shipped
from lossviz.race.state import KEYS, RaceState, from_query


def content_of(state: RaceState, link: str) -> Content:
    """Return what the figures of a state draw: the race, or the full experiment as it comes with lossviz."""
    return RaceContent(state, link) if state.tab == "one" else ExperimentContent(shipped(state.gradient), link)


SUBJECT = Subject("race", from_query, KEYS, content_of, quantities)
