"""What the figures of a comparison are drawn from."""

from functools import cached_property

from lossviz.compare.difference import Difference, difference_of
from lossviz.compare.state import CompareState
from lossviz.compare.view import CompareView, view_of
from lossviz.core.text import Text, labelled
from lossviz.figures.content import StateContent
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_name

DIGITS = 7
"""How many digits of a commit are shown."""


class CompareContent(StateContent[CompareState]):
    """A state of the comparison and what follows from it; slow parts are worked out when a figure asks."""

    subject = "ledger"

    @cached_property
    def view(self) -> CompareView:
        """Return the table that compares the programs."""
        return view_of(self.state)

    @cached_property
    def difference(self) -> Difference | None:
        """Return the map; None where one of the two programs refuses the scene."""
        return difference_of(self.view)

    def title(self, text: Text) -> str:
        """Return the title: programs and scene."""
        names = text("list_nouns").join(text(f"recipe_{column.key}") for column in self.view.applied)
        return text("figure_title", recipe=names, scene=scene_name(self.state.lab.scene, text))

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: whose numbers, where each program was read, settings, credit."""
        found = [self.about(text), *(source(column.key, text) for column in self.view.applied)]
        changes = text("list_comma").join(f"{name} {value:.6g}" for name, value in self.state.settings)
        if changes:
            found.append(text("caption_changes", changes=changes))
        credit = SAMPLES[self.state.lab.scene].credit
        return [*found, text("photo_credit", credit=credit) + text("list_end")] if credit else found

    def about(self, text: Text) -> str:
        """Return the words for the truth the predictors answer for, or for the one predictor."""
        if self.state.held and self.state.lab.at:
            return text("ledger_caption_held", predictor=self.state.lab.at)
        truth = next((truth for truth in self.view.truths if truth.number == self.view.truth), None)
        family = SAMPLES[self.state.lab.scene].classes
        return text("ledger_caption", what=text.kind(family, truth.kind)) if truth else text("ledger_no_truth")

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return scene and programs."""
        return self.state.lab.scene, *self.state.recipes


def source(recipe: str, text: Text) -> str:
    """Return repository, file and commit of one program, as written."""
    origin, name = RECIPES[recipe].source, text(f"short_{recipe}")
    if not origin.repository:
        return labelled(name, origin.paper, text) + text("list_end")
    said = text("ledger_source", repository=origin.repository, file=origin.file, commit=origin.commit[:DIGITS])
    return labelled(name, said, text) + text("list_end")
