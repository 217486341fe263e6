"""What a figure needs to know of what it draws, and what a figure is."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.look import Look

Cell = str | int | float | None
Table = list[list[Cell]]
"""A table: the names first, then the numbers in full precision."""


@runtime_checkable
class Content(Protocol):
    """A state and what it shows."""

    subject: ClassVar[str]
    """What it is about: the figures of the same subject draw it."""

    @property
    def link(self) -> str:
        """Where it can be seen again; may be empty."""

    def title(self, text: Text) -> str:
        """Above the figure, first in the caption."""

    def details(self, text: Text) -> list[str]:
        """Sentences of the caption: what was chosen, where the numbers come from."""

    def file_name(self, figure: str) -> str:
        """Of that figure's file, without its ending."""


C = TypeVar("C", bound=Content)


def always(content: Content) -> bool:
    """For figures that always make sense."""
    return True


@dataclass(frozen=True)
class ExportFigure(Generic[C]):
    """One figure: when it makes sense, how it is drawn, its numbers, its words for those who do not see it."""

    key: str
    _: KW_ONLY
    subject: str
    """What it draws: ``Content.subject``."""
    order: int
    applies: Callable[[C], bool]
    draw: Callable[[SubFigure, C, Text, Look], None]
    table: Callable[[C], Table]
    says: Callable[[C, Text], str]
    """What there is to see, after the title."""
    tall: Callable[[C, Text, Look], float]
    """Inches it needs in a column, without title and caption."""
    numbers: str = "export_csv"
    """What its table is called."""

    def alt(self, content: C, text: Text) -> str:
        """For those who do not see it."""
        return f"{content.title(text)}{text('list_end')} {self.says(content, text)}"
