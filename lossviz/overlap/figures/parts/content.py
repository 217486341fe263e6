"""Two boxes and what is made of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from lossviz.core.text import Text, four, minus
from lossviz.engine.boxes import XYWH
from lossviz.overlap.checks import Verdict, verdicts
from lossviz.overlap.state import CUTS, MEASURES, OverlapState
from lossviz.overlap.view import Cut, Measured, OverlapView, Terrain, cuts_of, terrain_of, view_of

FINE = 201
"""Points along a side of the surface."""


@dataclass(frozen=True)
class OverlapContent:
    """The state of the page. What costs time is worked out when a figure asks for it."""

    state: OverlapState
    link: str = ""
    subject: ClassVar[str] = "overlap"

    @cached_property
    def meeting(self) -> OverlapView:
        """Areas, lengths, measures."""
        return view_of(self.state)

    @property
    def names(self) -> tuple[str, ...]:
        """The measures that are shown."""
        return MEASURES if self.state.measure == "all" else (self.state.measure,)

    @property
    def shown(self) -> list[Measured]:
        """The same with their numbers."""
        return [self.meeting.measures[name] for name in self.names]

    @cached_property
    def terrains(self) -> list[Terrain]:
        """Over the moving box's place or size."""
        return terrain_of(self.state, self.names, FINE)

    @cached_property
    def cuts(self) -> list[Cut]:
        """Along one axis through the moving box."""
        return cuts_of(self.state, self.names)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """Of the published slopes of what is shown."""
        return [verdict for verdict in verdicts(self.state) if verdict.name in self.names]

    @property
    def here(self) -> tuple[float, float]:
        """Where the moving box stands on the surface."""
        box = self.state.moving
        return box[:2] if self.state.axes == "place" else box[2:]

    @property
    def letters(self) -> str:
        """The two axes of the surface."""
        return "xy" if self.state.axes == "place" else "wh"

    @property
    def along(self) -> int:
        """Which of the two the cut follows."""
        return CUTS.index(self.state.cut)

    def measure(self, text: Text) -> str:
        """What is shown, in words."""
        return text("measure_all") if self.state.measure == "all" else text(self.state.measure)

    def title(self, text: Text) -> str:
        """How the boxes lie, and the four measures."""
        found = self.meeting
        said = text("list_comma").join(f"{text(name)} {minus(four(found.measures[name].value))}" for name in MEASURES)
        return text("caption_overlap_title", situation=text(f"situation_{found.situation}"), measures=said)

    def details(self, text: Text) -> list[str]:
        """Boxes, measure, sources and rules."""
        boxes = text("caption_boxes", moving=spelled(self.state.moving), target=spelled(self.state.target))
        return [
            boxes + text("list_end"),
            text("caption_shown", measure=self.measure(text)),
            text("caption_measures"),
        ]

    def file_name(self, figure: str) -> str:
        """Measure and figure."""
        return f"lossviz-overlap-{self.state.measure}-{figure}"


def spelled(box: XYWH) -> str:
    """x, y, w, h."""
    return ", ".join(f"{side:.6g}" for side in box)
