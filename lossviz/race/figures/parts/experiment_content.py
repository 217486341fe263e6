"""What the figures of an experiment are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from lossviz.core.text import Text
from lossviz.race.results import CASES, Results


@dataclass(frozen=True, eq=False)
class ExperimentContent:
    """The results of one experiment."""

    results: Results
    link: str = ""
    subject: ClassVar[str] = "experiment"

    def names(self, text: Text) -> dict[str, str]:
        """Return the names of the losses."""
        return {name: text(name) for name in self.results.curves}

    def title(self, text: Text) -> str:
        """Return the title: how many cases, by which gradient."""
        gradient = text(f"gradient_{self.results.gradient}")
        return text("caption_experiment_title", cases=f"{CASES * self.results.count:,}", gradient=gradient)

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption.

        They say points, rules, what a curve is; which gradient; where the paper's points come from.
        """
        found = self.results
        rules = text("caption_experiment", points=f"{found.count:,}", cases=CASES, steps=found.steps)
        return [rules, text(f"caption_{found.gradient}"), text("caption_paper")]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return points and gradient."""
        return str(self.results.count), self.results.gradient

    @property
    def query(self) -> Mapping[str, str]:
        """Return nothing: points and gradient are the whole of it."""
        return {}

    @property
    def boxes(self) -> tuple[()]:
        """Return none: no window follows boxes."""
        return ()

    @property
    def reach(self) -> float:
        """Return 0."""
        return 0.0

    @property
    def moment(self) -> object:
        """Return points and gradient: the full experiment is drawn until one's own is done."""
        return self.name_parts
