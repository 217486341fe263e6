"""What the visitor of the page on IoU losses chose, and how a link spells it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lossviz.core.link import Query, Reader, numbers, one_of, read, spell, version, whole
from lossviz.core.plane import box_reader, inside
from lossviz.engine.boxes import XYWH

MEASURES = ("iou", "giou", "diou", "ciou")
SHOWN = (*MEASURES, "all")
AXES = ("place", "size")
"""What the surface is drawn over: the moving box's place x, y or its size w, h."""
FILLS = ("contour", "heat")
CUTS = ("first", "second")
"""The axis of the surface along which it is cut."""
BOXES = ("moving", "target")
CHECKS = ("referee", "iou", "giou", "laws", "rules")
"""What the third level shows: the published gradients, IoU and GIoU step by step, properties, the libraries' rules."""
RECIPE_STEPS = 5
"""How many steps the third level's walk through IoU has, and through GIoU."""


@dataclass(frozen=True)
class OverlapState:
    """Two boxes in units of the plane, and how one looks at them.

    ``check``: what the third level shows; ``step``: how far a recipe has been walked.
    """

    dragged: ClassVar[tuple[str, ...]] = ("moving", "target")
    """Names of the fields that a hand drags."""

    moving: XYWH = (12.4, 9.0, 1.8, 1.4)
    target: XYWH = (9.0, 10.4, 2.6, 2.2)
    measure: str = "giou"
    axes: str = "place"
    fill: str = "contour"
    cut: str = "first"
    check: str = "referee"
    step: int = 1

    def with_box(self, name: str, box: XYWH) -> "OverlapState":
        """Return the state in which the moving or the target box lies elsewhere."""
        changes: dict[str, Any] = {name: inside(box)}
        return replace(self, **changes)

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on: the two boxes."""
        return self.moving, self.target

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, PLAIN, KEYS, SPELLED)


PLAIN = OverlapState()
KEYS = {
    "moving": "box",
    "target": "target",
    "measure": "measure",
    "axes": "over",
    "fill": "fill",
    "cut": "cut",
    "check": "check",
    "step": "step",
}
SPELLED: dict[str, Callable[[Any], str]] = {"moving": numbers, "target": numbers}
READERS: dict[str, Reader] = {
    "moving": box_reader(),
    "target": box_reader(),
    "measure": one_of(*SHOWN),
    "axes": one_of(*AXES),
    "fill": one_of(*FILLS),
    "cut": one_of(*CUTS),
    "check": one_of(*CHECKS),
    "step": whole(RECIPE_STEPS, 1),
}


def from_query(query: Query) -> tuple[OverlapState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    return OverlapState(**read(query, PLAIN, KEYS, READERS, bad)), tuple(bad)
