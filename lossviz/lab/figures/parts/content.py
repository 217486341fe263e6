"""What the figures of the Lab are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from lossviz.core.text import Text
from lossviz.engine.heads import Predictor
from lossviz.lab.channels import WhyView, why_of
from lossviz.lab.charts.bars import read
from lossviz.lab.descent import Walk, done, walked, walks_of
from lossviz.lab.dragging import Track
from lossviz.lab.figures.parts.caption import details, title
from lossviz.lab.predictors import MapView, map_of
from lossviz.lab.state import State
from lossviz.lab.view import LabView
from lossviz.scenes.gallery import SAMPLES


@dataclass(frozen=True)
class LabContent:
    """A state of the Lab and what it shows; what costs time is worked out when a figure asks for it."""

    view: LabView
    before: LabView
    """The view of the same choices with the raw outputs as the network left them."""
    link: str = ""
    track: Track = field(default_factory=Track)
    subject: ClassVar[str] = "lab"

    @property
    def state(self) -> State:
        """Return what the visitor chose."""
        return self.view.state

    @property
    def said(self) -> Predictor:
        """Return the chosen predictor."""
        return self.view.prediction.predictor

    @cached_property
    def why(self) -> WhyView:
        """Return the Lab's second level: what is asked of the chosen predictor."""
        return why_of(self.view)

    @cached_property
    def map(self) -> MapView:
        """Return the Lab's third level: every predictor of a head on a map."""
        return map_of(self.view)

    @cached_property
    def walks(self) -> tuple[Walk, ...]:
        """Return the walks of the gradient steps, with all steps that the state asks for taken."""
        walked(self.state)
        return walks_of(self.state)

    @property
    def steps(self) -> int:
        """Return how many gradient steps were walked."""
        return done(self.state) if self.walks else 0

    def kind(self, number: int, text: Text) -> str:
        """Return the name of a class in this scene."""
        return text.kind(SAMPLES[self.state.scene].classes, number)

    def predictor(self, text: Text) -> str:
        """Return the chosen predictor in words."""
        head, anchor, row, column = self.said
        return text("predictor", head=head, anchor=anchor, row=row, column=column)

    def title(self, text: Text) -> str:
        """Return the title: recipe and scene."""
        return title(self.state, text)

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: source, changes, credit."""
        return details(self.state, text)

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return scene and recipe, and what the bars read."""
        return self.state.scene, self.state.recipe, *(("printed",) if self.state.reading == "printed" else ())

    @property
    def query(self) -> Mapping[str, str]:
        """Return the state as a link has it."""
        return self.state.to_query()

    @property
    def boxes(self) -> tuple[()]:
        """Return none: no window follows boxes."""
        return ()

    @property
    def reach(self) -> float:
        """Return the length of the longest bar of a term, now or with the network's raw outputs."""
        terms = (*self.view.terms, *self.before.terms)
        return max(read(term, self.state.reading) or 0.0 for term in terms)

    @property
    def moment(self) -> object:
        """Return where the label has been, and how many gradient steps have been walked so far."""
        return self.track, done(self.state)
