"""What a figure needs to know of what it draws, and what a figure is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from matplotlib.figure import SubFigure

from lossviz.core.desk import Linked
from lossviz.core.text import Text, paragraph
from lossviz.engine.boxes import XYWH
from lossviz.figures.look import Look

Cell = str | int | float | None
Table = list[list[Cell]]
"""A table: the names first, then the numbers in full precision."""


@runtime_checkable
class Content(Protocol):
    """A state and what it shows: everything that a figure draws."""

    subject: ClassVar[str]
    """What the content is about: the figures of the same subject draw it."""

    @property
    def link(self) -> str:
        """Return the address where the state can be seen again; it may be empty."""

    def title(self, text: Text) -> str:
        """Return the title that stands above the figure and first in the caption."""

    def details(self, text: Text) -> list[str]:
        """Return the sentences of the caption: what was chosen, where the numbers come from."""

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return what a file's name says of the state in words, after the figure."""

    @property
    def query(self) -> Mapping[str, str]:
        """Return the state as a link has it, by which files of different states have different names."""

    @property
    def moment(self) -> object:
        """Return what the figures draw and the link does not say, to compare; None where it says everything."""

    @property
    def boxes(self) -> Sequence[XYWH]:
        """Return the boxes on a plane that a window of the figures has to hold; none where no window follows them."""

    @property
    def reach(self) -> float:
        """Return the length of the longest bar for which an axis has to have room; 0 where no axis follows it."""


L = TypeVar("L", bound=Linked)


@dataclass(frozen=True)
class StateContent(Generic[L]):
    """A page's state as a ``Content``: each page says its subject, title and details, and what a file's name says.

    What costs time is a cached property: it is worked out when a figure asks for it.
    """

    state: L
    link: str = ""
    subject: ClassVar[str]

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return what a file's name says of the state in words, after the figure."""
        return ()

    @property
    def query(self) -> Mapping[str, str]:
        """Return the state as a link has it."""
        return self.state.to_query()

    @property
    def moment(self) -> object:
        """Return None: a state is all that is drawn."""
        return None

    @property
    def boxes(self) -> Sequence[XYWH]:
        """Return none."""
        return ()

    @property
    def reach(self) -> float:
        """Return 0."""
        return 0.0


C = TypeVar("C", bound=Content)


def always(content: Content) -> bool:
    """Return True, for figures that make sense of every content."""
    return True


def never(content: Content, level: str) -> bool:
    """Return False, for figures that are a part of another one, or its alternative."""
    return False


@dataclass(frozen=True)
class ExportFigure(Generic[C]):
    """One figure: when it makes sense, how it is drawn, its numbers, its words for those who do not see it."""

    key: str
    _: KW_ONLY
    subject: str
    """What the figure draws: the ``subject`` of its contents."""
    order: int
    applies: Callable[[C], bool]
    draw: Callable[[SubFigure, C, Text, Look], None]
    table: Callable[[C], Table]
    says: Callable[[C, Text], str]
    """Returns what there is to see, which follows the title in the words for those who do not see the figure."""
    tall: Callable[[C, Text, Look], float]
    """Returns the inches the figure needs in a column, without title and caption."""
    title: Callable[[C, Text], str] | None = None
    """Returns the title above the figure; None: the content's."""
    details: Callable[[C, Text], list[str]] | None = None
    """Returns the sentences of the caption; None: the content's."""
    seen: Callable[[C, str], bool] = never
    """Returns whether the figure is what the screen shows at that level of the page."""
    fills: bool = False
    """Whether the figure takes any proportion, as curves do; others keep theirs, as squares do."""
    numbers: str = "export_csv"
    """Key in the catalogue of what the figure's table is called."""

    def alt(self, content: C, text: Text, title: str = "") -> str:
        """Return the words for those who do not see the figure, under the content's title or another one."""
        return paragraph([ended(title or self.title_of(content, text), text), self.says(content, text)])

    def title_of(self, content: C, text: Text) -> str:
        """Return the title above the figure."""
        return self.title(content, text) if self.title else content.title(text)

    def details_of(self, content: C, text: Text) -> list[str]:
        """Return the sentences of the caption."""
        return self.details(content, text) if self.details else content.details(text)


def ended(title: str, text: Text) -> str:
    """Return a title as a sentence: a full stop follows, unless it ends in a mark of its own."""
    return title if title.endswith((".", "?", "!", "。", "？", "！", "…")) else title + text("list_end")
