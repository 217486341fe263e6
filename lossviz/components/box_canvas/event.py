"""Messages of the canvas, read at the border: a valid event, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeGuard, cast, get_args

from lossviz.components.message import inside, is_number, is_whole
from lossviz.engine.boxes import XYWH

Limits = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
EventKind = Literal["move", "end", "cancel", "select", "pick", "film"]

MOST = 1e6
"""A place farther away than this is none."""
ANYWHERE: Limits = ((1e-4, 1 - 1e-4), (1e-4, 1 - 1e-4), (0.002, 4.0), (0.002, 4.0))


@dataclass(frozen=True)
class CanvasBox:
    """A box in shares of the network input; ``limits`` are (low, high) of x, y, w and h."""

    id: str
    kind: Literal["prediction", "truth", "other"]
    label: str
    xywh: XYWH
    limits: Limits = ANYWHERE
    movable: bool = True
    opacity: float = 1.0


@dataclass(frozen=True)
class CanvasEvent:
    """What the visitor did: ``boxes`` holds the movable ones, inside their limits; ``pick`` a tapped (x, y).

    ``at`` and ``playing`` come with ``"film"``: the step that is shown, and whether the film runs on.
    """

    kind: EventKind
    seq: int
    rev: int
    boxes: dict[str, XYWH]
    selected: str
    pick: tuple[float, float] | None = None
    at: int | None = None
    playing: bool | None = None


def read(
    message: object, *, boxes: Sequence[CanvasBox], rev: int, seq: int, steps: int | None = None
) -> CanvasEvent | None:
    """Read a message as a valid event, or None: malformed, made before ``rev`` was raised, or already handled.

    ``steps`` is the last step of the film, None where there is none.
    """
    if not isinstance(message, Mapping) or not is_whole(message.get("seq")):
        return None
    kind, sent, selected = message.get("kind"), message.get("boxes"), message.get("selected")
    known = {box.id: box for box in boxes}
    if kind not in get_args(EventKind) or message["seq"] <= seq or not is_whole(message.get("rev")):
        return None
    if message["rev"] != rev or not isinstance(sent, Mapping) or not isinstance(selected, str):
        return None
    if not known.keys() >= {*sent, selected} or not all(_are_numbers(xywh, 4) for xywh in sent.values()):
        return None
    pick = message.get("pick")
    point = (inside(pick[0], 0, 1), inside(pick[1], 0, 1)) if _are_numbers(pick, 2) else None
    film = _film(message, steps)
    if (kind == "pick") != (point is not None) or (kind == "film") != (film is not None):
        return None
    return CanvasEvent(
        kind=cast(EventKind, kind),
        seq=message["seq"],
        rev=rev,
        boxes={name: _within(xywh, known[name].limits) for name, xywh in sent.items() if known[name].movable},
        selected=selected,
        pick=point,
        at=film[0] if film else None,
        playing=film[1] if film else None,
    )


def _film(message: Mapping[str, object], steps: int | None) -> tuple[int, bool] | None:
    at, playing = message.get("at"), message.get("playing")
    if steps is None or not is_whole(at) or not 0 <= at <= steps or not isinstance(playing, bool):
        return None
    return at, playing


def _within(xywh: Sequence[float], limits: Limits) -> XYWH:
    x, y, w, h = (inside(value, *pair) for value, pair in zip(xywh, limits, strict=True))
    return x, y, w, h


def _are_numbers(value: object, count: int) -> TypeGuard[Sequence[float]]:
    return isinstance(value, list | tuple) and len(value) == count and all(is_number(one, MOST) for one in value)
