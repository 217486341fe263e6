"""What the figures of one race are drawn from."""

from functools import cached_property

from lossviz.core.text import Text
from lossviz.figures.content import StateContent
from lossviz.race.state import RaceState
from lossviz.race.view import Run, published, runs_of, unpublished


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
