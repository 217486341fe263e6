"""What the figures of loss functions over an axis, or of two distributions, are drawn from."""

from collections.abc import Mapping
from functools import cached_property

from lossviz.core.text import Text, four, minus
from lossviz.figures.content import StateContent
from lossviz.functions.batch import Batch, batch_of
from lossviz.functions.distributions import TwoDistributions, distributions_of
from lossviz.functions.stability import Strained, Way, all_strained
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

    @cached_property
    def batch(self) -> Batch:
        """Return the batch under every reduction."""
        return batch_of(self.state)

    @cached_property
    def strained(self) -> Mapping[tuple[Way, str], Strained]:
        """Return the textbook form and the library form in every precision."""
        return all_strained(self.state.form, self.state.t, self.state.pos)

    @property
    def spread(self) -> bool:
        """Return whether the page is about distributions."""
        return self.state.tab == "distributions"

    def names(self, text: Text) -> dict[str, str]:
        """Return the names of the shown functions."""
        return {key: text(f"zoo_{key}") for key in self.state.functions}

    def title(self, text: Text) -> str:
        """Return the title: what is drawn."""
        state = self.state
        if self.spread:
            first, second = self.distributions.divergences
            return text("caption_chances_title", pq=four(first), qp=four(second))
        if state.tab == "reductions":
            return text("caption_batch_title")
        if state.tab == "stability":
            return text("caption_breaks_title", form=text(f"breaks_{state.form}"), type=state.dtype)
        names = text("list_nouns").join(self.names(text).values())
        return text("caption_zoo_title", names=names)

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: what x is, the target, the knobs; or both distributions."""
        state = self.state
        if state.tab == "reductions":
            name = text(f"zoo_{state.loss}")
            return [text("caption_batch", name=name, rows=len(state.rows), factor=f"{state.factor:.6g}")]
        if state.tab == "stability":
            weight = [text("caption_breaks_weight", q=f"{state.pos:.6g}")] if state.form == "weighted" else []
            return [text("caption_breaks", t=f"{state.t:.6g}"), *weight, text("breaks_bound")]
        if self.spread:
            p, q = (", ".join(f"{chance:.4g}" for chance in chances) for chances in (state.p, state.q))
            return [text("caption_chances", p=p, q=q)]
        bent = [f"{name} {value:.6g}" for key in state.functions for name, value in named(key, state.knobs_of(key))]
        knobs = [text("caption_zoo_knobs", knobs=text("list_comma").join(bent))] if bent else []
        return [text(f"zoo_axis_{state.by}_about", t=minus(f"{state.t:.4g}")), *knobs]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return the first of the shown functions, or what else the open part of the page is about."""
        state = self.state
        parts = {"reductions": (state.loss,), "stability": (state.form, state.dtype), "distributions": ()}
        return parts.get(state.tab, state.functions[:3])


def named(key: str, knobs: dict[str, float]) -> list[tuple[str, float]]:
    """Return knobs by their whole names, as a link spells them."""
    return [(f"{key}.{name}", value) for name, value in knobs.items()]
