"""What a figure is made of, and what a figure is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from matplotlib.figure import SubFigure

from lossviz.crossing import Track
from lossviz.descent import Walk, done, walked, walks_of
from lossviz.every import MapView, map_of
from lossviz.figures.export.parts.look import Look
from lossviz.gallery import SAMPLES
from lossviz.lab import LabView
from lossviz.state import Predictor, State
from lossviz.text import Text
from lossviz.why import WhyView, why_of

Cell = str | int | float | None
Rows = list[list[Cell]]
"""A table: the names first, then the numbers in full precision."""


@dataclass(frozen=True)
class Content:
    """A state and what it shows. What costs time is worked out when a figure asks for it."""

    view: LabView
    before: LabView
    """The same choices as the network left them."""
    link: str = ""
    track: Track = field(default_factory=Track)

    @property
    def state(self) -> State:
        """What the visitor chose."""
        return self.view.state

    @property
    def said(self) -> Predictor:
        """The chosen predictor."""
        return self.view.prediction.predictor

    @cached_property
    def why(self) -> WhyView:
        """The second level."""
        return why_of(self.view)

    @cached_property
    def map(self) -> MapView:
        """The third."""
        return map_of(self.view)

    @cached_property
    def walks(self) -> tuple[Walk, ...]:
        """The gradient steps, all that the state asks for."""
        walked(self.state)
        return walks_of(self.state)

    @property
    def steps(self) -> int:
        """How many that are."""
        return done(self.state) if self.walks else 0

    def kind(self, number: int, text: Text) -> str:
        """The name of a class in this scene."""
        return text.kind(SAMPLES[self.state.scene].classes, number)

    def predictor(self, text: Text) -> str:
        """The chosen predictor in words."""
        head, anchor, row, column = self.said
        return text("predictor", head=head, anchor=anchor, row=row, column=column)


@dataclass(frozen=True)
class ExportFigure:
    """One figure: when it makes sense, how it is drawn, its numbers, its words for those who do not see it."""

    key: str
    order: int
    applies: Callable[[Content], bool]
    draw: Callable[[SubFigure, Content, Text, Look], None]
    table: Callable[[Content], Rows]
    alt: Callable[[Content, Text], str]
    tall: Callable[[Content, Text, Look], float]
    """Inches it needs in a column, without title and caption."""
    numbers: str = "export_csv"
    """What its table is called."""
