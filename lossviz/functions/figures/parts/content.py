"""Loss functions over an axis, or two distributions."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from lossviz.core.text import Text, four
from lossviz.functions.distributions import TwoDistributions, distributions_of
from lossviz.functions.state import FunctionsState
from lossviz.functions.view import Curve, Point, curves_of, points_of


@dataclass(frozen=True)
class FunctionsContent:
    """The state of the page. What costs time is worked out when a figure asks for it."""

    state: FunctionsState
    link: str = ""
    subject: ClassVar[str] = "zoo"

    @cached_property
    def curves(self) -> list[Curve]:
        """Every shown function."""
        return curves_of(self.state)

    @cached_property
    def points(self) -> list[Point]:
        """The same at the point."""
        return points_of(self.state)

    @property
    def meeting(self) -> TwoDistributions:
        """The two distributions."""
        return distributions_of(self.state)

    @property
    def spread(self) -> bool:
        """Whether it is about distributions."""
        return self.state.tab == "distributions"

    def names(self, text: Text) -> dict[str, str]:
        """What the shown functions are called."""
        return {key: text(f"zoo_{key}") for key in self.state.functions}

    def title(self, text: Text) -> str:
        """What is drawn."""
        if self.spread:
            first, second = self.meeting.divergences
            return text("caption_chances_title", pq=four(first), qp=four(second))
        names = text("list_comma").join(self.names(text).values())
        return text("caption_zoo_title", names=names)

    def details(self, text: Text) -> list[str]:
        """What x is, the target, the knobs; or both distributions."""
        state = self.state
        if self.spread:
            p, q = (", ".join(f"{chance:.4g}" for chance in chances) for chances in (state.p, state.q))
            return [text("caption_chances", p=p, q=q)]
        bent = [f"{name} {value:.6g}" for key in state.functions for name, value in named(key, state.knobs_of(key))]
        knobs = [text("caption_zoo_knobs", knobs=text("list_comma").join(bent))] if bent else []
        return [text(f"zoo_axis_{state.by}_about", t=f"{state.t:.4g}"), *knobs]

    def file_name(self, figure: str) -> str:
        """What is shown."""
        return f"lossviz-{figure}" if self.spread else f"lossviz-{figure}-{'-'.join(self.state.functions[:3])}"


def named(key: str, knobs: dict[str, float]) -> list[tuple[str, float]]:
    """Knobs by their whole names, as a link spells them."""
    return [(f"{key}.{name}", value) for name, value in knobs.items()]
