"""The commands of the figures: ``figure`` and ``figures``."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table

from lossviz.core.arguments import STANDARD, Deliver, folder_for, site, some_of, text_of, writer
from lossviz.core.hosts import VARIABLE
from lossviz.core.languages import LANGUAGES
from lossviz.core.slides import HEAD
from lossviz.core.text import Text

if TYPE_CHECKING:
    from lossviz.figures.caption import Imprint
    from lossviz.figures.moving.motion import Motion
    from lossviz.figures.take import Asked, Opened, Order, Picture

LOOKS = ("light", "dark", "plain")
KINDS = ("png", "svg", "pdf", "csv", "txt")
MOVING = ("gif", "webp", "html")
"""Those of ``figures/look.py``, ``figures/take.py`` and ``figures/moving/film.py``, which no other command waits for."""
FPS = 20
LARGEST = 2_000_000
"""Most bytes of a file of links."""


def add(commands: Any, deliver: Deliver) -> None:
    """Add both commands to the command line, which says how files are written."""
    one = commands.add_parser(
        "figure",
        help="the picture of a link, as files",
        description="A link is a page's address or its end: lab?scene=coffee. After # its title may follow.",
    )
    one.add_argument("links", metavar="LINK", nargs="*")
    one.add_argument("--from", dest="file", metavar="FILE|-", help="a link a line; a saved list of states is one, too")
    one.add_argument("--figure", default="", metavar="NAME,...|all", help="default: the one on the page's screen")
    one.add_argument(
        "--lang", type=some_of(LANGUAGES), default=(), metavar=",".join(LANGUAGES), help="default: the link's"
    )
    kinds = (*KINDS, *MOVING)
    one.add_argument(
        "--format",
        type=some_of(kinds),
        default=("png",),
        metavar=",".join(kinds),
        help="txt: the words; gif, webp and html move",
    )
    one.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="NAME[=FROM..TO][:FRAMES]",
        help="what moves, such as x=9..13:60; twice for a grid in html; default: the page's film or first quantity",
    )
    one.add_argument("--together", action="store_true", help="the links are the frames of one figure that moves")
    one.add_argument("--fps", type=int, default=FPS, help=f"frames a second (default: {FPS})")
    one.add_argument("--progress", choices=("bar", "json"), default="bar", help="on standard error")
    one.add_argument(
        "--size", default="post", metavar="NAME,...", help="post, column, square, plot or such as 1200x630"
    )
    one.add_argument("--look", type=some_of(LOOKS), default=("light",), metavar=",".join(LOOKS))
    one.add_argument("--editable", action="store_true", help="text in an SVG stays text")
    one.add_argument("--title", default="", help="in place of the figure's own")
    one.add_argument("--credit", default="", help="whom the caption thanks")
    one.add_argument("--site", type=site, metavar="URL", help=f"where the caption leads; default: {VARIABLE}")
    one.add_argument("-o", dest="folder", metavar="FOLDER", type=Path, default=Path())
    one.set_defaults(run=lambda options: run_figure(options, deliver))
    several = commands.add_parser("figures", help="the figures of every page, or those of a link")
    several.add_argument("link", metavar="LINK", nargs="?")
    several.add_argument("--json", metavar="FILE|-")
    several.set_defaults(run=lambda options: run_figures(options, deliver))


def run_figure(options: argparse.Namespace, deliver: Deliver) -> None:
    """Read all links, then write the files of one after another; a link that is no good ends it before anything is made."""
    from lossviz.figures.moving.film import speed_of
    from lossviz.figures.take import opened  # and with it torch and matplotlib: no other command waits

    speed_of(options.fps)
    jobs = jobs_of(options, [opened(line) for line in lines_of(options)])
    folder_for(options.folder).mkdir(exist_ok=True)
    with reporter(options.progress) as report:
        done, whole = 0, sum(job.frames for job in jobs)
        for job in jobs:
            made = job.make(partial(further, report, done, job.frames, whole))
            done += job.frames
            path = options.folder / made.name
            deliver({}, None, {path: writer(made.data)})
            sys.stdout.write(f"{path}\n")


def further(report: "Callable[[float, int], object]", before: int, frames: int, whole: int, share: float) -> None:
    """Report that a share of a file's frames is done, after those of the files before it."""
    report(before + share * frames, whole)


@contextmanager
def reporter(kind: str) -> "Iterator[Callable[[float, int], object]]":
    """Report how many of how many frames are drawn on standard error: a bar for people, lines of JSON for programs."""
    if kind == "json":
        yield lambda done, of: sys.stderr.write(json.dumps({"done": done, "of": of}) + "\n")
        return
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("figures", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


Share = Callable[[float], object]


@dataclass(frozen=True)
class Job:
    """One file that is asked for: how it is made, and of how many frames."""

    make: "Callable[[Share], Picture]"
    """Takes what is told the share that is done."""
    frames: int = 1


def jobs_of(options: argparse.Namespace, ones: "Sequence[Opened]") -> list[Job]:
    """Return what makes each file, by name only once. Raises: ValueError for what is no good, before anything is drawn."""
    from lossviz.figures.moving.film import named_of
    from lossviz.figures.moving.motion import swept, together

    order, moves = order_of(options), bool({*options.format} & {*MOVING})
    if (options.sweep or options.together) and not moves:
        raise ValueError(f"expected --format {', '.join(MOVING)} with --sweep or --together")
    if options.together and (options.sweep or {*options.format} - {*MOVING}):
        raise ValueError(f"expected --together without --sweep, and only {', '.join(MOVING)}: the links are the frames")
    motions = [together(ones)] if options.together else [swept(one, options.sweep) if moves else None for one in ones]
    jobs: dict[str, Job] = {}
    said: dict[str, Imprint] = {}
    for one, motion in zip(ones, motions, strict=False):  # the first of links together says what is around them
        for asked in order.files(one):
            moving = motion if asked.kind in MOVING else None
            name = named_of(moving, asked) if moving else one.name_of(asked)
            if said.setdefault(name, asked.imprint) != asked.imprint:
                raise ValueError(f"two of the links make the same file {name!r} with different titles")
            jobs.setdefault(name, filmed(moving, asked, options.fps) if moving else taken(one, asked))
    return [*jobs.values()]


def filmed(motion: "Motion", asked: "Asked", fps: int) -> Job:
    """Return what makes a figure that moves."""
    from lossviz.figures.moving.film import checked, film

    checked(motion, asked)
    return Job(lambda on: film(motion, asked, fps, lambda done, of: on(done / of)), len(motion.frames))


def taken(one: "Opened", asked: "Asked") -> Job:
    """Return what makes a figure that stands still."""
    from lossviz.figures.take import checked, take

    checked(one, asked)
    return Job(lambda on: (take(one, asked), on(1))[0])


def order_of(options: argparse.Namespace) -> "Order":
    """Return what is asked of each link. Raises: ValueError."""
    from lossviz.figures.caption import Imprint
    from lossviz.figures.take import Order, legible, look_of

    looks = [
        look_of(size, look, live=options.editable)
        for size in dict.fromkeys(options.size.split(","))
        for look in options.look
    ]
    imprint = Imprint(legible(options.title), legible(options.credit), options.site or "")
    return Order(tuple(options.figure.split(",")), options.lang, options.format, tuple(looks), imprint)


def lines_of(options: argparse.Namespace) -> list[str]:
    """Return the links of the command and of the file. Raises: ValueError where there are none."""
    found = list(options.links)
    if options.file:
        lines = (line.strip() for line in text_of(options.file, "links, one a line", LARGEST).splitlines())
        found += [line for line in lines if line and line != HEAD and not line.startswith("#")]
    if not found:
        raise ValueError("expected a link such as 'lab?scene=coffee', or --from FILE with a link a line")
    return list(dict.fromkeys(found))


def run_figures(options: argparse.Namespace, deliver: Deliver) -> None:
    """List every figure by page, or those that make sense of a link, the one on the screen marked."""
    from lossviz.figures.registry import FIGURES
    from lossviz.figures.take import opened, short

    one: Opened | None = opened(options.link) if options.link else None
    chosen = {one.content.subject: one.figures} if one else FIGURES
    name = Text("en")
    rows = [
        {"page": page, "figure": short(figure), "shows": name(f"export_{key}"), **on_screen(one, key)}
        for page, figures in chosen.items()
        for key, figure in figures.items()
    ]
    deliver({"figures": rows}, options.json, {})
    table = Table(
        Column("page"), Column("figure", no_wrap=True), Column("shows"), *(["on the screen"] if one else []), box=None
    )
    for row in rows:
        table.add_row(*("yes" if cell is True else str(cell or "") for cell in row.values()))
    Console(stderr=options.json == STANDARD).print(table)


def on_screen(one: "Opened | None", key: str) -> dict[str, bool]:
    """Return whether a figure is the one that the screen shows; nothing without a link."""
    return {"on_screen": key == one.shown} if one else {}
