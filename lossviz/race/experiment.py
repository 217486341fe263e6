"""The Distance-IoU paper's simulation over many cases: all boxes of a chunk take a step at once.

A point is a centre at which 343 regressions start: 7 targets at (10, 10), 7 areas and 7 shapes of the box.
"""

import math
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx

from lossviz.core.assets import ASSETS
from lossviz.engine.boxes import Boxes
from lossviz.engine.host import moved
from lossviz.engine.memory import keep_memory
from lossviz.engine.overlap import MEASURES
from lossviz.engine.regression import STEPS, error, rates, step
from lossviz.scenes.file import Checked, SceneError, read_fields

POINTS_FILE = ASSETS / "points5000_seed20200207.npz"
CENTRE = 10.0
"""The x and the y of every target."""
SHAPES = (
    (1 / 2, 2),
    (3**0.5 / 3, 3**0.5),
    (2**0.5 / 2, 2**0.5),
    (1, 1),
    (2**0.5, 2**0.5 / 2),
    (3**0.5, 3**0.5 / 3),
    (2, 1 / 2),
)
"""Width and height at area 1: of the targets, and of the boxes at the start."""
AREAS = (0.5, 0.67, 0.75, 1, 1.33, 1.5, 2)
CASES = len(SHAPES) * len(AREAS) * len(SHAPES)
"""How many cases a point has."""

CHUNK = 48 * CASES
"""How many cases go step by step together: their columns stay in the cache."""
COMPILED_CHUNK = 100 * CASES
LARGE_CHUNK = 5000 * CASES
"""The same on a GPU, which needs many at once."""
WORTH_COMPILING = 100_000_000
"""Box updates of one loss from which on compiling wins back the seconds it takes."""
LISTEN = 10
"""Steps between two reports, and between two looks at whether to stop."""

MOST_POINTS, MOST_CASES, MOST_STEPS = 100_000, 2_000_000, 10_000
MOST_KEPT = 2**27
"""Most numbers that all trajectories may have together."""
FARTHEST = 1e6

Columns = tuple[Tensor, ...]
Once = Callable[..., Columns]
"""A step: takes x, y, w, h, those of the targets, and the rate; returns x, y, w, h after it and each group's error."""


class StoppedError(Exception):
    """The run ended because somebody asked to stop."""


@dataclass(frozen=True)
class Field:
    """Where boxes start and where they should go. A group is a point's 343 cases, or one case of a list."""

    rows: Float[Tensor, "n k"]
    """Each row holds x, y of a point; or x, y, w, h of a box and of its target."""

    @property
    def size(self) -> int:
        """Return how many cases a group has."""
        return CASES if self.rows.shape[1] == 2 else 1

    @property
    def cases(self) -> int:
        """Return how many cases all groups have."""
        return len(self.rows) * self.size

    def at(self, rows: slice, wish: "Wish") -> tuple[Boxes, Boxes]:
        """Return boxes and targets of some groups."""
        some = self.rows[rows].double()
        boxes, targets = point_cases(some) if self.size == CASES else (Boxes.of(some[:, :4]), Boxes.of(some[:, 4:]))
        return tuple(
            Boxes(*(column.to(wish.device, wish.dtype).contiguous() for column in side)) for side in (boxes, targets)
        )  # type: ignore[return-value]


def point_cases(xy: Float[Tensor, "n 2"]) -> tuple[Boxes, Boxes]:
    """Return boxes and targets at some points, in the order point, target, area, shape.

    Sides are worked out in Python: torch rounds some otherwise in the last place, and a race at a kink amplifies that.
    """
    sides = [
        (w * side, h * side, target_w, target_h)
        for target_w, target_h in SHAPES
        for side in (math.sqrt(area * target_w * target_h) for area in AREAS)
        for w, h in SHAPES
    ]
    own = torch.tensor(sides, dtype=xy.dtype, device=xy.device).unbind(1)
    x, y = xy[:, :1], xy[:, 1:]
    centre = torch.full_like(x, CENTRE)
    columns = torch.broadcast_tensors(x, y, own[0], own[1], centre, centre, own[2], own[3])
    flat = [column.flatten() for column in columns]
    return Boxes(*flat[:4]), Boxes(*flat[4:])


def shipped_points(count: int) -> Field:
    """Return the first of the 5000 points that come with lossviz.

    Raises: SceneError for fewer than one or more than there are.
    """
    xy = read_fields(POINTS_FILE)["xy"]
    if not 1 <= count <= len(xy):
        raise SceneError(f"expected from 1 to {len(xy)} points, not {count}")
    return Field(torch.from_numpy(xy[:count]))


def read_points(path: Path) -> Field:
    """Return the points of a file: ``xy``, one row a point.

    Raises: SceneError for a file or a table that is none.
    """
    return Field(read_rows(path, "xy", 2, MOST_POINTS))


def read_cases(path: Path) -> Field:
    """Return the cases of a file: ``pred`` and ``gt``, one row x, y, w, h a case.

    Raises: SceneError for a file or a table that is none, and for sides that are not above 0.
    """
    boxes, targets = (read_rows(path, name, 4, MOST_CASES) for name in ("pred", "gt"))
    if len(boxes) != len(targets):
        raise SceneError(f"'pred' has {len(boxes)} rows, 'gt' has {len(targets)}; expected as many")
    if not (boxes[:, 2:] > 0).all() or not (targets[:, 2:] > 0).all():
        raise SceneError("'pred' and 'gt' must have widths and heights above 0")
    return Field(torch.cat([boxes, targets], 1))


def read_rows(path: Path, name: str, columns: int, most: int) -> Float[Tensor, "n k"]:
    """Return a table of finite numbers within bounds. Raises: SceneError for anything else."""
    if not path.is_file():
        raise SceneError(
            f"expected a file (.npz) with {name!r}, but {str(path)!r} is {'a folder' if path.is_dir() else 'not there'}"
        )
    expected = f"numbers of shape (rows, {columns}), from 1 to {most} rows"
    table = Checked(read_fields(path)).finite(name, "fiu", expected)
    if table.ndim != 2 or table.shape[1] != columns or not 1 <= len(table) <= most:
        raise SceneError(f"{name!r} must be {expected}, not of shape {table.shape}")
    if np.abs(table.astype(np.float64)).max() > FARTHEST:
        raise SceneError(f"{name!r} must be numbers from {-FARTHEST:g} to {FARTHEST:g}")
    return torch.from_numpy(table.astype(np.float64))


@dataclass(frozen=True)
class Progress:
    """How far a run is: box updates of all losses, done and in all."""

    loss: str
    done: int
    of: int
    seconds: float
    backend: str
    """How the boxes are updated: "compiled" or "eager"."""


@dataclass(frozen=True)
class Outcome:
    """What became of all boxes that one loss pulled."""

    curve: Float[Tensor, " steps"]
    """Error after each step, summed over all cases."""
    final: Float[Tensor, " n"]
    """Error after the last step, summed over each group's cases."""
    quartiles: Float[Tensor, "2 steps"] | None
    """Lower and upper quartile, over the groups, of the mean error per case after each step, if wanted."""
    trajectories: Float[Tensor, "n steps 4"] | None
    """The boxes after each step, if wanted."""
    backend: str
    seconds: float
    compiling: float
    """How many of the seconds went into compiling."""


@dataclass(frozen=True)
class Result:
    """The outcomes of a run by loss."""

    field: Field
    steps: int
    start: Float[Tensor, " n"]
    """Error before the first step, summed over each group's cases."""
    outcomes: dict[str, Outcome]


@dataclass(frozen=True)
class Wish:
    """What a run should compute and what to keep of it."""

    losses: tuple[str, ...] = tuple(MEASURES)
    published: bool = False
    steps: int = STEPS
    dtype: torch.dtype = torch.float64
    quartiles: bool = False
    trajectories: bool = False
    device: str = "cpu"

    @property
    def sums(self) -> torch.dtype:
        """Return the precision in which errors are added up: double, but on mps, which has none."""
        return torch.float32 if self.device == "mps" else torch.float64


def run(
    field: Field,
    wish: Wish,
    *,
    report: Callable[[Progress], object] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    worth_compiling: int = WORTH_COMPILING,
) -> Result:
    """Run every case of the field by every loss that is wished for and return the outcomes.

    From ``worth_compiling`` box updates of a loss on, its step is compiled.

    Raises: StoppedError as soon as ``stop`` says so; it is asked every few steps, but not while compiling.
    """
    keep_memory()
    updates, begun = field.cases * wish.steps, time.perf_counter()
    outcomes: dict[str, Outcome] = {}
    with torch.inference_mode(), one_thread():
        start = torch.cat([each.start for each in chunks(field, wish, CHUNK)])
        for number, loss in enumerate(wish.losses):

            def tell(done: int, backend: str, *, loss: str = loss, before: int = number * updates) -> None:
                if stop():
                    raise StoppedError
                total, seconds = updates * len(wish.losses), time.perf_counter() - begun
                report(Progress(loss, before + done, total, seconds, backend))

            outcomes[loss] = run_loss(field, wish, loss, tell, compile_it=updates >= worth_compiling)
    return Result(field, wish.steps, start, outcomes)


@dataclass(frozen=True)
class Chunk:
    """Some groups; the last chunk is filled up with copies of the first group, which do not count."""

    rows: slice
    boxes: Boxes
    targets: Boxes
    size: int

    @property
    def groups(self) -> int:
        """Return how many groups count."""
        return self.rows.stop - self.rows.start  # type: ignore[no-any-return]

    @property
    def start(self) -> Tensor:
        """Return the error of each group before the first step."""
        total: Tensor = error(self.boxes, self.targets).unflatten(0, (-1, self.size)).sum(1)
        return total.cpu().double()


def chunks(field: Field, wish: "Wish", cases: int, *, full: bool = False) -> Iterator[Chunk]:
    """Return the field in pieces of so many cases; ``full``: the last one is filled up as well."""
    each = max(1, cases // field.size)
    for first in range(0, len(field.rows), each):
        last = min(first + each, len(field.rows))
        chosen = field
        rows = slice(first, last)
        if full and last - first < each:
            filler = field.rows[:1].expand(each - (last - first), -1)
            chosen, rows = Field(torch.cat([field.rows[first:last], filler])), slice(0, each)
        yield Chunk(slice(first, last), *chosen.at(rows, wish), field.size)


def once(measure: str, size: int, *, published: bool) -> Once:
    """Return a function that takes one step of columns and gives the error of each group after it."""

    def function(*columns: Tensor) -> Columns:
        targets = Boxes(*columns[4:8])
        boxes = step(Boxes(*columns[:4]), targets, columns[8], measure=measure, published=published)
        return *boxes, error(boxes, targets).unflatten(0, (-1, size)).sum(1)

    return function


def compiler() -> str | None:
    """Return the path of the C++ compiler that ``torch.compile`` would use, if there is one."""
    return shutil.which(os.environ.get("CXX", "g++"))


@cache
def compiled(measure: str, size: int, dtype: torch.dtype, device: str, *, published: bool) -> Once | None:
    """Return one step of a full chunk as one loop of machine code; None where that fails."""
    cases = COMPILED_CHUNK if device == "cpu" else LARGE_CHUNK
    example = [torch.ones(cases // size * size, dtype=dtype, device=device) for _ in range(8)]
    rate = torch.ones((), dtype=dtype, device=device)
    try:
        traced = make_fx(once(measure, size, published=published))(*example, rate)
        fused: Once = torch.compile(traced, dynamic=False, fullgraph=True)
        fused(*example, rate)
    except Exception:  # a compiler can be there and not work in many ways; the run does without
        return None
    return fused


def run_loss(field: Field, wish: Wish, loss: str, tell: Callable[[int, str], object], *, compile_it: bool) -> Outcome:
    """Run all chunks by one loss, one after another, and return what became of the boxes."""
    begun = time.perf_counter()
    function = None
    if compile_it and (compiler() or wish.device != "cpu"):
        tell(0, "compiled")
        function = compiled(loss, field.size, wish.dtype, wish.device, published=wish.published)
    backend, cases = ("compiled", COMPILED_CHUNK) if function is not None else ("eager", CHUNK)
    cases = cases if wish.device == "cpu" else LARGE_CHUNK
    function = function if function is not None else once(loss, field.size, published=wish.published)
    compiling = time.perf_counter() - begun
    pace = [torch.tensor(rate, dtype=wish.dtype, device=wish.device) for rate in rates(wish.steps)]
    book = Book.blank(len(field.rows), wish)
    for chunk in chunks(field, wish, cases, full=backend == "compiled"):
        after: Columns = tuple(chunk.boxes)
        for number, rate in enumerate(pace):
            if number % LISTEN == 0:
                tell(field.size * (chunk.rows.start * wish.steps + chunk.groups * number), backend)
            after = function(*after[:4], *chunk.targets, rate)
            book.enter(chunk, number, after)
    tell(field.cases * wish.steps, backend)
    kept = moved(book, "cpu")
    spread = quartiles(kept.curves, field.size) if kept.curves is not None else None
    seconds = time.perf_counter() - begun
    return Outcome(kept.curve, kept.final, spread, kept.trajectories, backend, seconds, compiling)


@dataclass(frozen=True)
class Book:
    """What is kept of a run, filled step by step."""

    curve: Tensor
    final: Tensor
    curves: Tensor | None
    trajectories: Tensor | None

    @classmethod
    def blank(cls, groups: int, wish: Wish) -> "Book":
        """Return a book with room for the groups and for what is wished."""
        kind: dict[str, Any] = {"dtype": wish.sums, "device": wish.device}
        return cls(
            torch.zeros(wish.steps, **kind),
            torch.empty(groups, **kind),
            torch.empty(groups, wish.steps, **kind) if wish.quartiles else None,
            torch.empty(groups, wish.steps, 4, dtype=wish.dtype, device=wish.device) if wish.trajectories else None,
        )

    def enter(self, chunk: Chunk, number: int, after: Columns) -> None:
        """Enter the boxes and errors of a chunk after step ``number``."""
        errors = after[4][: chunk.groups].to(self.final.dtype)
        self.curve[number] += errors.sum()
        if self.curves is not None:
            self.curves[chunk.rows, number] = errors
        if self.trajectories is not None:
            self.trajectories[chunk.rows, number] = torch.stack(after[:4], 1)[: chunk.groups]
        if number == len(self.curve) - 1:
            self.final[chunk.rows] = errors


def quartiles(curves: Float[Tensor, "n steps"], size: int) -> Float[Tensor, "2 steps"]:
    """Return lower and upper quartile of the mean error per case, after each step."""
    share = torch.tensor([0.25, 0.75], dtype=curves.dtype, device=curves.device)
    return (curves / size).quantile(share, dim=0)


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread inside the block.

    Two are up to twice as fast on an idle machine, and ten times slower on a busy one.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def check_size(field: Field, wish: Wish) -> None:
    """Check that what is kept stays within bounds, and that trajectories are wished for cases only.

    Raises: SceneError where it does not.
    """
    if wish.trajectories and field.size != 1:
        raise SceneError("expected --cases with --trajectories; points keep their errors only")
    if wish.quartiles and len(field.rows) * wish.steps > MOST_KEPT:
        raise SceneError(f"expected points times steps of at most {MOST_KEPT}")
    if wish.trajectories and math.prod((field.cases, wish.steps, 4, len(wish.losses))) > MOST_KEPT:
        raise SceneError(f"expected trajectories of at most {MOST_KEPT} numbers; take fewer cases, steps or losses")


def last_line(result: Result) -> str:
    """Return the error after the last step, summed over all cases: ``iou 5.906060 ... million``."""
    ends = (f"{loss} {float(outcome.curve[-1]) / 1e6:.6f}" for loss, outcome in result.outcomes.items())
    return f"{' '.join(ends)} million"
