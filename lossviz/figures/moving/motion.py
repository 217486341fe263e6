"""What a moving figure shows: states of one page in a row or in a plane, each one the figure of a link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from zlib import crc32

from lossviz.core.text import Text
from lossviz.figures.quantity import MOST_FRAMES, MOST_SIDE, USUAL, USUAL_SIDE, Quantities, Sweep, sweep_of
from lossviz.figures.take import Opened

MOMENT = "moment"
"""The name of the axis of a drag: which of its recorded states is shown."""
MOST_SWEEPS = 2
CLOSE = 1e-3
"""How far a value may be from the one that was asked for, as part of the sweep: links have six digits."""


@dataclass(frozen=True)
class Axis:
    """What a slider of a moving figure sets: its name, the catalogue's key of it, its values."""

    name: str
    values: tuple[float, ...]
    label: str = ""

    def called(self, text: Text) -> str:
        """Return its name in words, or its symbol."""
        return text(self.label) if self.label else self.name


@dataclass(frozen=True)
class Motion:
    """Frames along one axis, or over two, those of the first value of the first axis first."""

    frames: tuple[Opened, ...]
    axes: tuple[Axis, ...]
    start: int = 0
    """The frame that is shown at first."""

    @property
    def name_parts(self) -> tuple[str, ...]:
        """Return what a file's name says of the motion: what moves, and a number that no other motion has."""
        digest = crc32("\n".join(frame.link for frame in self.frames).encode())
        return (*(axis.name for axis in self.axes), f"{digest:08x}")


def quantities_of(one: Opened) -> Quantities:
    """Return what can be swept in an opened state; nothing on a page without such a number."""
    return one.subject.quantities(one.state)


def swept(one: Opened, said: Sequence[str] = ()) -> Motion:
    """Return the frames of one sweep or of two; nothing said: of what the page's film plays, or of its first quantity.

    Raises: ValueError, one sentence.
    """
    known = quantities_of(one)
    if not known:
        raise ValueError(f"expected a page with something to sweep, not {one.subject.path}")
    if len(said) > MOST_SWEEPS:
        raise ValueError("expected one sweep, or two for a grid")
    most, usual = (MOST_SIDE, USUAL_SIDE) if len(said) == MOST_SWEEPS else (MOST_FRAMES, USUAL)
    sweeps = [sweep_of(words, known, most, usual) for words in said or (next(iter(known)),)]
    if len({sweep.quantity.name for sweep in sweeps}) < len(sweeps):
        raise ValueError(f"expected two different quantities, not {sweeps[0].quantity.name} twice")
    states = [reached(one, sweeps, values) for values in product(*(sweep.values for sweep in sweeps))]
    axes = tuple(Axis(sweep.quantity.name, sweep.values, sweep.quantity.label) for sweep in sweeps)
    return Motion(tuple(states), axes, nearest(one, sweeps))


def reached(one: Opened, sweeps: Sequence[Sweep], values: Sequence[float]) -> Opened:
    """Return the state with these values, as its link opens it. Raises: ValueError for a value that it does not keep."""
    state = one.state
    for sweep, value in zip(sweeps, values, strict=True):
        state = sweep.quantity.put(state, value)
    state = one.subject.reads(state.to_query())[0]
    for sweep, value in zip(sweeps, values, strict=True):
        here, whole = sweep.quantity.of(state), abs(sweep.values[-1] - sweep.values[0])
        if abs(here - value) > CLOSE * whole:
            raise ValueError(
                f"expected values of {sweep.quantity.name} that the page keeps: {value:.6g} becomes {here:.6g}"
            )
    return replace(one, state=state)


def nearest(one: Opened, sweeps: Sequence[Sweep]) -> int:
    """Return the number of the frame that is closest to the state of the link itself."""
    at = 0
    for sweep in sweeps:
        here = sweep.quantity.of(one.state)
        closest = min(range(len(sweep.values)), key=lambda n: abs(sweep.values[n] - here))
        at = at * len(sweep.values) + closest
    return at


def together(ones: Sequence[Opened]) -> Motion:
    """Return links of one page as the frames of one motion, as a drag records them. Raises: ValueError."""
    if not 2 <= len(ones) <= MOST_FRAMES or len({one.subject.path for one in ones}) > 1:
        raise ValueError(f"expected 2 to {MOST_FRAMES} links of one page as the frames of one figure")
    return Motion(tuple(ones), (Axis(MOMENT, tuple(float(n + 1) for n in range(len(ones))), "moving_moment"),))
