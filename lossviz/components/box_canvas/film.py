"""Races as films: each contender's box at every step, small on the wire."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

TrackKind = Literal["iou", "giou", "diou", "ciou", "l2", "smooth_l1", "darknet"]

FILM_WORDS = (
    *("film_play", "film_pause", "film_back", "film_step", "film_ten", "film_speed", "film_restart"),
    "film_slider",  # the name of the slider
    "film_at",  # what stands beside it, with {step}
    "film_contender",  # the head of the table's first column; the others are film_<row>
)
"""Keys that ``words`` must have when there is a film; besides them ``film_<row>`` for each row, in small letters."""


@dataclass(frozen=True, eq=False)
class Track:
    """A contender: its box in shares before the first step and after each one, and numbers that go with them.

    ``kind`` says colour and dashes. ``rows`` are (name, one number a step); names are ``"iou"`` and ``"error"``.
    """

    name: str
    label: str
    kind: TrackKind
    boxes: ArrayLike
    rows: Sequence[tuple[str, ArrayLike]] = ()


@dataclass(frozen=True, eq=False)
class Film:
    """Tracks that run at ``speed`` steps a second, from step ``at``; a loop rests for a moment at the end.

    The browser owns the present step. ``at`` and ``playing`` count when the canvas's ``rev`` changes, or when they
    differ from what the server said last and from what the browser just reported.
    """

    tracks: Sequence[Track]
    at: int = 0
    playing: bool = True
    speed: float = 20.0
    loop: bool = True

    def __post_init__(self) -> None:
        """Check that all tracks have one length, and a number for each step in each of their rows."""
        shapes = {np.shape(track.boxes) for track in self.tracks}
        if len(shapes) != 1 or len(next(iter(shapes))) != 2 or next(iter(shapes))[1] != 4:
            raise ValueError(f"a film needs tracks of the same (steps + 1, 4) boxes, not {sorted(shapes)}")
        wrong = [name for track in self.tracks for name, row in track.rows if np.shape(row) != (self.steps + 1,)]
        if wrong or len({self.names(track) for track in self.tracks}) != 1:
            raise ValueError(
                f"all tracks need the same rows of {self.steps + 1} numbers; look at {wrong or 'their names'}"
            )
        if not 0 <= self.at <= self.steps or not self.speed > 0:
            raise ValueError(f"at must be within 0..{self.steps} and speed above 0, not {self.at} and {self.speed}")

    @property
    def steps(self) -> int:
        """Return the number of the last step; step 0 is the start."""
        return int(np.shape(self.tracks[0].boxes)[0]) - 1

    @staticmethod
    def names(track: Track) -> tuple[str, ...]:
        """Return the names of a track's rows in small letters, as they stand in test ids and in keys of words."""
        return tuple(name.lower() for name, _ in track.rows)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the keys of the words that this film needs."""
        return *FILM_WORDS, *(f"film_{name}" for name in self.names(self.tracks[0]))

    def to_data(self) -> dict[str, Any]:
        """Return what the browser gets to play the film."""
        tracks = [
            {"name": track.name, "label": track.label, "kind": track.kind, "boxes": packed(track.boxes)}
            | {"rows": [packed(row) for _, row in track.rows]}
            for track in self.tracks
        ]
        film = {"tracks": tracks, "rows": self.names(self.tracks[0]), "steps": self.steps}
        return film | {"at": self.at, "playing": self.playing, "speed": self.speed, "loop": self.loop}


def packed(numbers: ArrayLike) -> str:
    """Pack numbers as little-endian float32 in base64; too large ones become infinite, and are not drawn."""
    with np.errstate(over="ignore"):
        small: NDArray[np.float32] = np.ascontiguousarray(numbers, dtype="<f4")
    return base64.b64encode(small.tobytes()).decode("ascii")
