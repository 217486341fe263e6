"""What the figures of two boxes are drawn from."""

from functools import cached_property

from lossviz.core.text import Text, four, minus
from lossviz.engine.boxes import XYWH
from lossviz.figures.content import StateContent
from lossviz.overlap.checks import Verdict, verdicts
from lossviz.overlap.state import CUTS, MEASURES, OverlapState
from lossviz.overlap.surface import Cut, Terrain, cuts_of, terrain_of
from lossviz.overlap.view import Measured, OverlapView, view_of

FINE = 201
"""How many points the surface has along a side."""


class OverlapContent(StateContent[OverlapState]):
    """A state of the page on IoU losses; what costs time is worked out when a figure asks for it."""

    subject = "overlap"

    @cached_property
    def view(self) -> OverlapView:
        """Return areas, lengths and measures of the two boxes."""
        return view_of(self.state)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the measures that are shown."""
        return MEASURES if self.state.measure == "all" else (self.state.measure,)

    @property
    def shown(self) -> list[Measured]:
        """Return the measures that are shown, with their numbers."""
        return [self.view.measures[name] for name in self.names]

    @cached_property
    def terrains(self) -> list[Terrain]:
        """Return each shown measure over the moving box's place or size."""
        return terrain_of(self.state, self.names, FINE)

    @cached_property
    def cuts(self) -> list[Cut]:
        """Return each shown measure along one axis through the moving box."""
        return cuts_of(self.state, self.names)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """Return the verdicts on the published slopes of the shown measures."""
        return [verdict for verdict in verdicts(self.state) if verdict.name in self.names]

    @property
    def here(self) -> tuple[float, float]:
        """Return where the moving box stands on the surface."""
        box = self.state.moving
        return box[:2] if self.state.axes == "place" else box[2:]

    @property
    def letters(self) -> str:
        """Return the letters of the two axes of the surface."""
        return "xy" if self.state.axes == "place" else "wh"

    @property
    def along(self) -> int:
        """Return which of the surface's two axes the cut follows, 0 or 1."""
        return CUTS.index(self.state.cut)

    @property
    def boxes(self) -> tuple[XYWH, XYWH]:
        """Return the two boxes."""
        return self.state.moving, self.state.target

    def measure(self, text: Text) -> str:
        """Return the shown measure in words."""
        return text("measure_all") if self.state.measure == "all" else text(self.state.measure)

    def title(self, text: Text) -> str:
        """Return the title: how the boxes lie, and the four measures."""
        found = self.view
        said = text("list_comma").join(f"{text(name)} {minus(four(found.measures[name].value))}" for name in MEASURES)
        return text("caption_overlap_title", situation=text(f"situation_{found.situation}"), measures=said)

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: boxes, measure, sources and rules."""
        boxes = text("caption_boxes", moving=spelled(self.state.moving), target=spelled(self.state.target))
        return [
            boxes + text("list_end"),
            text("caption_shown", measure=self.measure(text)),
            text("caption_measures"),
        ]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return the shown measure."""
        return (self.state.measure,)


def spelled(box: XYWH) -> str:
    """Return x, y, w, h of a box as they are written in a caption."""
    return ", ".join(f"{side:.6g}" for side in box)
