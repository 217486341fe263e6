"""What the figures of truths and the predictors that answer for them are drawn from."""

from functools import cached_property

from lossviz.assignment.state import AssignmentState
from lossviz.assignment.view import AssignmentView, Comparison, comparison_of, recipe_of, shown_head, view_of
from lossviz.assignment.words import field_name, rule_name, size_of, truth_name
from lossviz.core.text import Text
from lossviz.figures.content import StateContent
from lossviz.recipes import RECIPES


class AssignmentContent(StateContent[AssignmentState]):
    """The state of the page on assignment; what costs time is worked out when a figure asks for it."""

    subject = "assignment"

    @cached_property
    def view(self) -> AssignmentView:
        """Return what the page shows of the truth in hand and of all predictors."""
        return view_of(self.state)

    @cached_property
    def comparison(self) -> Comparison:
        """Return the rule beside the other one."""
        return comparison_of(self.state)

    @cached_property
    def compared(self) -> "AssignmentContent":
        """Return the content with the head on which the screen compares the two rules."""
        return AssignmentContent(shown_head(self.view, self.comparison).state, self.link)

    def rule(self, text: Text) -> str:
        """Return the first rule's name."""
        return rule_name(self.state.recipe, text)

    def title(self, text: Text) -> str:
        """Return the title: whose rule decides over which truth."""
        return text(
            "caption_assignment_title",
            rule=self.rule(text),
            truth=truth_name(self.state, self.state.hand, text),
            size=size_of(self.view.pixels),
        )

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: predictors, thresholds, where the rule was read."""
        source = RECIPES[self.state.recipe].source
        settings = recipe_of(self.state).settings
        names = [name for name, _ in self.state.settings]
        said = [text("caption_assignment_field", field=field_name(self.state.field, text)) + text("list_end")]
        if names:
            pairs = text("list_comma").join(f"{name} {getattr(settings, name):.6g}" for name in names)
            said.append(text("caption_assignment_settings", settings=pairs) + text("list_end"))
        where = {"repository": source.repository, "file": source.file, "commit": source.commit[:7]}
        program = text("caption_assignment_source", **where)
        rule = program if source.repository else text("caption_assignment_paper", paper=source.paper)
        return [*said, rule + text("list_end")]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return which predictors are shown, and by which rule."""
        return self.state.field, self.state.recipe
