"""What the figures of one race are drawn from."""

from functools import cached_property

import numpy as np

from lossviz.core.plane import LOW, SIDE
from lossviz.core.text import Text
from lossviz.engine.boxes import XYWH
from lossviz.figures.content import StateContent
from lossviz.race.state import RaceState
from lossviz.race.view import Run, published, runs_of, unpublished

FARTHEST = 1e4
"""Distance from which on boxes that ran away are not drawn."""


class RaceContent(StateContent[RaceState]):
    """The state of the race's page and its runs."""

    subject = "race"

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Return the run of each contender."""
        return runs_of(self.state)

    @property
    def at(self) -> int:
        """Return the step that is shown: while the film runs, its last."""
        return self.state.steps if self.state.at is None else self.state.at

    @cached_property
    def boxes(self) -> list[XYWH]:
        """Return start, target, and where each contender was up to the shown step."""
        ways = (way_of(run, self.at) for run in self.runs)
        return [self.state.start, self.state.target, *(row for way in ways for row in seen(way))]

    def names(self, text: Text) -> dict[str, str]:
        """Return the names of the contenders."""
        return {name: text(name) for name in self.state.who}

    def title(self, text: Text) -> str:
        """Return the title: who runs."""
        return text("caption_race_title", names=text("list_nouns").join(self.names(text).values()))

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: start, target and rules; which gradient."""
        state = self.state
        start, target = (", ".join(f"{side:.6g}" for side in box) for box in (state.start, state.target))
        rules = text(
            "caption_race",
            start=start,
            target=target,
            steps=f"{state.steps:,}",
            rate=f"{state.rate:.6g}",
            schedule=text(f"schedule_{state.schedule}"),
            factor=text("caption_factor_on" if state.factor else "caption_factor_off"),
        )
        kind = "published" if published(state) else "true"
        said = [rules + text("list_end"), text(f"caption_{kind}")]
        alone = [text(name) for name in unpublished(state)]
        if alone and published(state):
            said.append(text("caption_not_published", names=text("list_nouns").join(alone)) + text("list_end"))
        return said

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return who runs, by which gradient."""
        return *self.state.who, self.state.gradient


def way_of(run: Run, at: int) -> np.ndarray:
    """Return a run's boxes up to that step, nan where it has run away."""
    way: np.ndarray = np.where(np.abs(run.boxes) < FARTHEST, run.boxes, np.nan)[: at + 1]
    return way


def seen(way: np.ndarray) -> list[XYWH]:
    """Return the last box, and the places of the others, as far as they lie on the plane."""
    known = way[np.isfinite(way).all(1)]
    places = np.clip(known[:, :2], LOW, LOW + SIDE)
    sizes = np.zeros_like(places)
    sizes[-1:] = np.clip(known[-1:, 2:], 0, SIDE / 2)
    return [(float(x), float(y), float(w), float(h)) for (x, y), (w, h) in zip(places, sizes, strict=True)]
