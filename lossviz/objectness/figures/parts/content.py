"""One output and its target."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from lossviz.core.text import Text, four
from lossviz.objectness.charts import name_of
from lossviz.objectness.descent import Run, race_of
from lossviz.objectness.state import ObjectnessState
from lossviz.objectness.view import ObjectnessView


@dataclass(frozen=True)
class ObjectnessContent:
    """The state of the page and its numbers."""

    state: ObjectnessState
    link: str = ""
    subject: ClassVar[str] = "objectness"

    @cached_property
    def view(self) -> ObjectnessView:
        """Of the losses that are shown."""
        return ObjectnessView(self.state)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """Of the race."""
        return race_of(self.state)

    def names(self, text: Text) -> dict[str, str]:
        """Of the losses that are shown."""
        return {name: name_of(name, text) for name in self.state.shown}

    def title(self, text: Text) -> str:
        """Of which target."""
        return text("caption_objectness_title", t=f"{self.state.target:.6g}")

    def details(self, text: Text) -> list[str]:
        """The output, and what each curve is."""
        state = self.state
        said = text("caption_objectness", z=f"{state.logit:.6g}", p=four(state.probability), t=f"{state.target:.6g}")
        scaled = "darknet_v2" in state.shown and state.target > 0
        scale = [text("objectness_letters_scale", scale=state.scale)] if scaled else []
        return [said + text("list_end"), *scale]

    def file_name(self, figure: str) -> str:
        """Which losses."""
        return f"lossviz-{figure}-{'-'.join(self.state.shown)}"
