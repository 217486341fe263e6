"""One race."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from lossviz.core.text import Text
from lossviz.race.state import RaceState
from lossviz.race.view import Run, runs_of, unpublished


@dataclass(frozen=True)
class RaceContent:
    """The state of the page and its runs."""

    state: RaceState
    link: str = ""
    subject: ClassVar[str] = "race"

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """A contender each."""
        return runs_of(self.state)

    @property
    def at(self) -> int:
        """The step that is shown: while the film runs, its last."""
        return self.state.steps if self.state.at is None else self.state.at

    def names(self, text: Text) -> dict[str, str]:
        """Of the contenders."""
        return {name: text(name) for name in self.state.who}

    def title(self, text: Text) -> str:
        """Who runs."""
        return text("caption_race_title", names=text("list_comma").join(self.names(text).values()))

    def details(self, text: Text) -> list[str]:
        """Start, target and rules; which gradient."""
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
        said = [rules + text("list_end"), text(f"caption_{state.gradient}")]
        alone = [text(name) for name in unpublished(state)]
        if alone and state.gradient == "published":
            said.append(text("caption_not_published", names=text("list_comma").join(alone)) + text("list_end"))
        return said

    def file_name(self, figure: str) -> str:
        """Who runs, by which gradient."""
        return f"lossviz-{figure}-{'-'.join(self.state.who)}-{self.state.gradient}"
