"""What a visitor wants to record, and how the command line says it."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lossviz.core.desk import Desk
from lossviz.core.link import digits, six
from lossviz.figures.caption import Imprint
from lossviz.figures.moving.film import FPS
from lossviz.figures.moving.worker import Take
from lossviz.figures.quantity import MOST_FRAMES, MOST_SIDE, USUAL, USUAL_SIDE, Quantity, sweep_of
from lossviz.figures.take import Opened

DRAG = "drag"
"""What moves: the last drag; any other name is a quantity's."""
AROUND = 1 / 3
"""Share of a quantity's range that is swept unless asked otherwise."""
Ends = tuple[float, float]


@dataclass(frozen=True)
class Wish:
    """What moves, from where to where, in how many frames; nothing said: what the page offers first."""

    what: str = ""
    other: str = ""
    """The second quantity, of a grid."""
    ends: Mapping[str, Ends] = field(default_factory=dict)
    """Those that were chosen, by quantity."""
    frames: Mapping[bool, int] = field(default_factory=dict)
    """The numbers of frames that were chosen: of a sweep, and along each side of a grid."""
    kind: str = "html"
    fps: int = FPS

    @property
    def grid(self) -> bool:
        """Return whether two quantities are swept."""
        return bool(self.other)

    @property
    def most(self) -> int:
        """Return the most frames, along each side of a grid."""
        return MOST_SIDE if self.grid else MOST_FRAMES

    @property
    def count(self) -> int:
        """Return the number of frames, along each side of a grid."""
        return self.frames.get(self.grid, USUAL_SIDE if self.grid else USUAL)

    def counted(self, count: int) -> "Wish":
        """Return the wish with another number of frames."""
        return replace(self, frames={**self.frames, self.grid: count})

    def between(self, quantity: Quantity[Any], state: Any) -> Ends:
        """Return where the sweep of a quantity begins and ends: as chosen, as far as this state lets it go."""
        usual = around(quantity, quantity.of(state))
        first, last = (within(quantity, end) for end in self.ends.get(quantity.name, usual))
        return (first, last) if first != last else usual

    def ended(self, name: str, ends: Ends) -> "Wish":
        """Return the wish with other ends of a quantity."""
        return replace(self, ends={**self.ends, name: ends})

    def fitting(self, known: Mapping[str, Quantity[Any]], *, drag: bool) -> "Wish":
        """Return the wish as far as the page can follow it."""
        choices = [*known, *([DRAG] if drag else [])]
        what = self.what if self.what in choices else choices[0]
        other = self.other if self.other in known and DRAG != what != self.other else ""
        return replace(self, what=what, other=other, kind="html" if other else self.kind)


def around(quantity: Quantity[Any], value: float) -> Ends:
    """Return a range around a value that shows something, with round ends: a share of the whole; all of what is counted."""
    low, high = quantity.low, quantity.high
    if quantity.whole:
        return low, high
    span = (high - low) * AROUND
    start = min(max(value - span / 2, low), high - span)
    step = float(f"{span / 20:.1g}")
    first, last = (within(quantity, six(round(end / step) * step)) for end in (start, start + span))
    return low if start <= low else first, high if start >= high - span else last


def within(quantity: Quantity[Any], value: float) -> float:
    """Return the value, or the end of the quantity's range that it lies beyond."""
    return min(max(value, quantity.low), quantity.high)


def frames_of(desk: Desk[Any] | None, one: Opened) -> tuple[str, ...]:
    """Return the links of the last drag's states, looked at as one looks now; fewer than two: there is nothing to record."""
    recorded = list(desk.recorded.states) if desk else []
    if not desk or not recorded or type(recorded[-1]) is not type(one.state) or not desk.same_place(recorded[-1]):
        return ()
    moved = [replace(one.state, **{name: getattr(state, name) for name in state.dragged}) for state in recorded]
    links = tuple(dict.fromkeys(replace(one, state=state).link for state in moved))
    return links if len(links) > 1 else ()


def take_of(one: Opened, wish: Wish, frames: Sequence[str], look: Sequence[str]) -> Take:
    """Return what the command is asked. ``look``: the options that say how the figure looks. Raises: ValueError."""
    shown = (f"--format={wish.kind}", f"--fps={wish.fps}", *look)
    if wish.what == DRAG:
        return Take(tuple(frames), ("--together", *shown))
    known = one.subject.quantities(one.state)
    sweeps = []
    for name in filter(None, (wish.what, wish.other)):
        low, high = wish.between(known[name], one.state)
        sweeps.append(f"{name}={digits(low)}..{digits(high)}:{wish.count}")
        sweep_of(sweeps[-1], known, wish.most)
    return Take((one.link,), (*(f"--sweep={sweep}" for sweep in sweeps), *shown))


def look_options(figure: str, lang: str, size: str, look: str, imprint: Imprint) -> tuple[str, ...]:
    """Return the options that say which figure it is, how it looks and what is said around it."""
    said = {"figure": figure, "lang": lang, "size": size, "look": look}
    return tuple(f"--{name}={value}" for name, value in {**said, **vars(imprint)}.items() if value)


def command_of(take: Take, file: str) -> str:
    """Return the command as a person types it; ``file``: where the links are, if there are several."""
    links = f'"{take.links[0]}"' if len(take.links) == 1 else f"--from {file}"
    return f"lossviz figure {links} {shlex.join(take.options)}"
