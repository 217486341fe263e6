"""The commands of the figures: ``figure`` and ``figures``."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from lossviz.core.arguments import STANDARD, Deliver, folder_for, site, some_of, text_of, writer
from lossviz.core.hosts import VARIABLE
from lossviz.core.languages import LANGUAGES
from lossviz.core.slides import HEAD
from lossviz.core.text import Text

if TYPE_CHECKING:
    from lossviz.figures.take import Asked, Opened, Order

LOOKS = ("light", "dark", "plain")
KINDS = ("png", "svg", "pdf", "csv", "txt")
"""Those of ``figures/look.py`` and ``figures/take.py``, which no other command waits for."""
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
    one.add_argument("--format", type=some_of(KINDS), default=("png",), metavar=",".join(KINDS), help="txt: the words")
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
    from lossviz.figures.take import checked, opened, take  # and with it torch and matplotlib: no other command waits

    order = order_of(options)
    ones = [opened(line) for line in lines_of(options)]
    asked: dict[str, tuple[Opened, Asked]] = {}
    for one in ones:
        for each in order.files(one):
            name = one.name_of(each)
            if asked.setdefault(name, (one, each))[1].imprint != each.imprint:
                raise ValueError(f"two of the links make the same file {name!r} with different titles")
    for one, each in asked.values():
        checked(one, each)
    folder_for(options.folder).mkdir(exist_ok=True)
    bar = Console(stderr=True)
    for one, each in track([*asked.values()], "figures", console=bar, transient=True, disable=not bar.is_terminal):
        made = take(one, each)
        path = options.folder / made.name
        deliver({}, None, {path: writer(made.data)})
        sys.stdout.write(f"{path}\n")


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
