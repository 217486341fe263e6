"""What the figures of loss functions over an axis, or of two distributions, are drawn from."""

from functools import cached_property

from lossviz.core.text import Text, four, minus
from lossviz.figures.content import StateContent
from lossviz.functions.distributions import TwoDistributions, distributions_of
from lossviz.functions.state import FunctionsState
from lossviz.functions.view import Curve, Point, curves_of, points_of


class FunctionsContent(StateContent[FunctionsState]):
    """The state of the page on loss functions; what costs time is worked out when a figure asks for it."""

    subject = "zoo"

    @cached_property
    def curves(self) -> list[Curve]:
        """Return the curve of every shown function."""
        return curves_of(self.state)

    @cached_property
    def points(self) -> list[Point]:
        """Return every shown function at the point."""
        return points_of(self.state)

    @property
    def distributions(self) -> TwoDistributions:
        """Return the two distributions held against each other."""
        return distributions_of(self.state)

    @property
    def spread(self) -> bool:
        """Return whether the page is about distributions."""
        return self.state.tab == "distributions"

    def names(self, text: Text) -> dict[str, str]:
        """Return the names of the shown functions."""
        return {key: text(f"zoo_{key}") for key in self.state.functions}

    def title(self, text: Text) -> str:
        """Return the title: what is drawn."""
        if self.spread:
            first, second = self.distributions.divergences
            return text("caption_chances_title", pq=four(first), qp=four(second))
        names = text("list_nouns").join(self.names(text).values())
        return text("caption_zoo_title", names=names)

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: what x is, the target, the knobs; or both distributions."""
        state = self.state
        if self.spread:
            p, q = (", ".join(f"{chance:.4g}" for chance in chances) for chances in (state.p, state.q))
            return [text("caption_chances", p=p, q=q)]
        bent = [f"{name} {value:.6g}" for key in state.functions for name, value in named(key, state.knobs_of(key))]
        knobs = [text("caption_zoo_knobs", knobs=text("list_comma").join(bent))] if bent else []
        return [text(f"zoo_axis_{state.by}_about", t=minus(f"{state.t:.4g}")), *knobs]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return the first of the shown functions; nothing for distributions."""
        return () if self.spread else self.state.functions[:3]


def named(key: str, knobs: dict[str, float]) -> list[tuple[str, float]]:
    """Return knobs by their whole names, as a link spells them."""
    return [(f"{key}.{name}", value) for name, value in knobs.items()]
