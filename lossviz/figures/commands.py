"""The commands of the figures: ``figure`` and ``figures``."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import track
from rich.table import Column, Table

from lossviz.core.hosts import VARIABLE, site_of
from lossviz.core.languages import LANGUAGES
from lossviz.core.slides import HEAD
from lossviz.core.text import Text

if TYPE_CHECKING:
    from lossviz.figures.take import Asked, Opened, Order

Deliver = Callable[[dict[str, Any], str | None, Mapping[Path, Callable[[IO[bytes]], object]]], None]
"""What writes JSON and further files, all of them or none."""
STANDARD = "-"
LOOKS = ("light", "dark", "plain")
KINDS = ("png", "svg", "pdf", "csv", "txt")
LARGEST = 2_000_000
"""Most bytes of a file of links."""
ASKED = ("--figure", "figures")


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


def some_of(known: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of names between commas, each a known one; twice is once."""

    def read(text: str) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(text.split(",")))
        if not set(names) <= set(known):
            raise argparse.ArgumentTypeError(f"expected some of {','.join(known)}, not {text!r}")
        return names

    return read


def site(text: str) -> str:
    """Read the address of a server."""
    try:
        return site_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run_figure(options: argparse.Namespace, deliver: Deliver) -> None:
    """Read all links, then write the files of one after another; a link that is no good ends it before anything is made."""
    from lossviz.figures.take import opened, take  # and with it torch and matplotlib: no other command waits

    order = order_of(options)
    ones = [opened(line) for line in lines_of(options)]
    asked: dict[str, tuple[Opened, Asked]] = {}
    for one in ones:
        for each in order.files(one):
            name = one.name_of(each)
            if asked.setdefault(name, (one, each))[1].imprint != each.imprint:
                raise ValueError(f"two of the links make the same file {name!r} with different titles")
    if options.folder.exists() and not options.folder.is_dir():
        raise ValueError(f"expected a folder after -o, or none yet, not the file {str(options.folder)!r}")
    if not options.folder.parent.is_dir():
        raise ValueError(f"expected an existing folder to make {options.folder.name!r} in")
    options.folder.mkdir(exist_ok=True)
    bar = Console(stderr=True)
    for one, each in track([*asked.values()], "figures", console=bar, transient=True, disable=not bar.is_terminal):
        made = take(one, each)
        path = options.folder / made.name
        deliver({}, None, {path: lambda stream, data=made.data: stream.write(data)})  # type: ignore[misc]
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
        lines = (line.strip() for line in text_of(options.file).splitlines())
        found += [line for line in lines if line and line != HEAD and not line.startswith("#")]
    if not found:
        raise ValueError("expected a link such as 'lab?scene=coffee', or --from FILE with a link a line")
    return list(dict.fromkeys(found))


def text_of(file: str) -> str:
    """Return the text of a file or of standard input. Raises: ValueError for one that is too long, or no text."""
    if file == STANDARD:
        return sys.stdin.read(LARGEST)
    path = Path(file)
    if not path.is_file():
        raise ValueError(f"expected a file with a link a line, not {file!r}")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"expected at most {LARGEST:,} bytes of links, not {path.stat().st_size:,}")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"expected text in UTF-8 in {file!r}") from error


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
