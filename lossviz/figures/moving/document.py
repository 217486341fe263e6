"""A moving figure as one HTML file: first frame and words readable as they are, all frames for the player in it."""

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

from lossviz.core.languages import TAGS
from lossviz.core.text import Text, minus
from lossviz.figures.look import FONT, STAND_INS, Look
from lossviz.figures.moving.motion import Axis, Motion
from lossviz.figures.moving.packed import packed, recorded
from lossviz.figures.moving.tidy import coloured
from lossviz.figures.theme import TERM

HERE = Path(__file__).parent
WIDEST = {"wide": "1200px", "narrow": "584px"}
"""Widest that the figure is drawn, by its widest layout."""
SPOKEN = ("title", "says", "details", "link")


@dataclass(frozen=True)
class Said:
    """The words of one frame."""

    title: str
    says: str
    details: str
    link: str


@dataclass(frozen=True)
class Layout:
    """All frames as drawn for one width: ``narrow`` or ``wide``; SVGs with stand-ins for colours of two grounds."""

    name: str
    frames: Sequence[str]

    @property
    def ratio(self) -> float:
        """Return width over height of the highest frame."""
        return min(float(box[2]) / float(box[3]) for box in map(view_box, self.frames))


def view_box(svg: str) -> list[str]:
    """Return the four numbers of an SVG's own coordinates."""
    return svg.partition('viewBox="')[2].partition('"')[0].split()


@cache
def source(name: str) -> str:
    """Return a part of the player."""
    return (HERE / f"player.{name}").read_text("utf-8")


def document(motion: Motion, layouts: Sequence[Layout], said: Sequence[Said], fps: int, text: Text) -> bytes:
    """Return the file: it asks for nothing from anywhere and computes nothing."""
    names = {stand_in: f"var(--c{n})" for n, stand_in in enumerate(sorted(used(layouts)))}
    drawn = {layout.name: [coloured(frame, names) for frame in layout.frames] for layout in layouts}
    first = said[motion.start]
    data = {
        "axes": [{"label": axis.called(text), "values": spelled(axis)} for axis in motion.axes],
        "start": motion.start,
        "fps": fps,
        "layouts": {name: recorded(frames) for name, frames in drawn.items()},
        "words": {name: column([getattr(words, name) for words in said]) for name in SPOKEN},
    }
    pictures = [
        f'<div class="{layout.name}" style="--ratio:{layout.ratio:.4f}">{drawn[layout.name][motion.start]}</div>'
        for layout in layouts
    ]
    filled = {
        "lang": TAGS.get(text.lang, "en"),
        "title": escape(first.title),
        "alt": escape(first.says),
        "details": escape(first.details),
        "link": linked(first.link),
        "style": style(layouts, names),
        "play": escape(text("moving_play")),
        "pause": escape(text("moving_pause")),
        "still": escape(text("moving_still")),
        "colophon": escape(text("moving_colophon")),
        "pictures": "".join(pictures),
        "sliders": "\n".join(slider(axis, at, text) for axis, at in zip(motion.axes, places(motion), strict=True)),
        "frames": packed(data),
        "player": source("js"),
    }
    return Template(source("html")).substitute(filled).encode()


def used(layouts: Sequence[Layout]) -> set[str]:
    """Return the stand-ins that some frame has."""
    return {
        stand_in for stand_in in [*STAND_INS] for layout in layouts if any(stand_in in svg for svg in layout.frames)
    }


def column(texts: Sequence[str]) -> dict[str, Any]:
    """Return texts once, and of each frame which it is."""
    known = {text: n for n, text in enumerate(dict.fromkeys(texts))}
    return {"texts": [*known], "frames": [known[text] for text in texts]}


def spelled(axis: Axis) -> list[str]:
    """Return the values of an axis as the page writes them."""
    return [minus(f"{value:.4g}") for value in axis.values]


def places(motion: Motion) -> list[int]:
    """Return where each slider stands at first."""
    if len(motion.axes) == 1:
        return [motion.start]
    return [*divmod(motion.start, len(motion.axes[1].values))]


def slider(axis: Axis, at: int, text: Text) -> str:
    """Return a slider with its name and its value."""
    name, value = escape(axis.called(text)), escape(spelled(axis)[at])
    most = len(axis.values) - 1
    return f'<label>{name} <input type="range" max="{most}" value="{at}"> <output>{value}</output></label>'


def linked(link: str) -> str:
    """Return where the state can be seen again: a link where there is a site to lead to, else page and state alone."""
    words = escape(link)
    return (
        f'<a data-said="link" href="{words}">{words}</a>' if "://" in link else f'<code data-said="link">{words}</code>'
    )


def style(layouts: Sequence[Layout], names: dict[str, str]) -> str:
    """Return the sheet with the colours of both grounds, and the letters of the frames in our font."""
    page = Look(), Look(dark=True)
    light, dark = (
        "; ".join(
            [
                f"--paper: {look.paper}; --ink: {look.ink}; --quiet: {look.quiet}; --accent: {look.colour(TERM)}",
                *(f"{name[4:-1]}: {STAND_INS[stand_in][look.dark]}" for stand_in, name in names.items()),
            ]
        )
        for look in page
    )
    letters = frozenset("".join(frame for layout in layouts for frame in layout.frames))
    face = f'@font-face {{ font-family: "lossviz figures"; src: url(data:font/woff;base64,{letters_of(letters)}); }}'
    widest = max(layouts, key=lambda layout: layout.ratio).name
    return Template(source("css")).substitute(light=light, dark=dark, fonts=face, wide=WIDEST[widest])


def letters_of(letters: frozenset[str]) -> str:
    """Return our font, cut to these letters."""
    options = subset.Options(
        flavor="woff", layout_features=["kern"], hinting=False, desubroutinize=True, notdef_outline=True
    )
    with TTFont(FONT, recalcTimestamp=False) as font:
        cut = subset.Subsetter(options)
        cut.populate(text="".join(sorted(letters)))
        cut.subset(font)
        font.flavor = "woff"
        stream = io.BytesIO()
        font.save(stream)
    return b64encode(stream.getvalue()).decode()
