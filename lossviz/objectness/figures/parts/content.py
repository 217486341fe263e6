"""What the figures of one output and its target are drawn from."""

from functools import cached_property

from lossviz.core.text import Text, four, minus
from lossviz.figures.content import StateContent
from lossviz.objectness.charts import name_of
from lossviz.objectness.descent import Run, race_of
from lossviz.objectness.state import ObjectnessState
from lossviz.objectness.view import ObjectnessView


class ObjectnessContent(StateContent[ObjectnessState]):
    """The state of the page on objectness and its numbers."""

    subject = "objectness"

    @cached_property
    def view(self) -> ObjectnessView:
        """Return what the page shows of the losses."""
        return ObjectnessView(self.state)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Return the runs of the race."""
        return race_of(self.state)

    def names(self, text: Text) -> dict[str, str]:
        """Return the names of the losses that are shown."""
        return {name: name_of(name, text) for name in self.state.shown}

    def title(self, text: Text) -> str:
        """Return the title, which names the target."""
        return text("caption_objectness_title", t=f"{self.state.target:.6g}")

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: the output, and what each curve is."""
        state = self.state
        said = text(
            "caption_objectness", z=minus(f"{state.logit:.6g}"), p=four(state.probability), t=f"{state.target:.6g}"
        )
        scaled = "darknet_v2" in state.shown and state.target > 0
        scale = [text("objectness_letters_scale", scale=state.scale)] if scaled else []
        return [said + text("list_end"), *scale]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return the losses that are shown."""
        return self.state.shown
