"""The commands of the lessons: ``pack`` and ``codes``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from lossviz.core.arguments import STANDARD, Deliver, folder_for, site, text_of, writer
from lossviz.core.hosts import SITE, VARIABLE, public_site
from lossviz.core.languages import LANGUAGES
from lossviz.core.text import Text
from lossviz.core.visit import class_word
from lossviz.lessons.plans import UNITS
from lossviz.lessons.teacher.codes import LONGEST, Line, as_csv, as_rows, lines_of


def add(commands: Any, deliver: Deliver) -> None:
    """Add both commands to the command line, which says how files are written."""
    pack = commands.add_parser("pack", help="handout, plan and key of a lesson or a class, as files")
    pack.add_argument("unit", metavar="LESSON|CLASS", choices=tuple(UNITS), help=", ".join(UNITS))
    pack.add_argument("--lang", choices=tuple(LANGUAGES), default="en")
    pack.add_argument("--class", dest="word", metavar="WORD", type=word, help="the class keyword")
    pack.add_argument("--site", metavar="URL", type=site, help=f"where links lead; default: {VARIABLE}, else {SITE}")
    pack.add_argument("-o", dest="folder", metavar="FOLDER", type=Path, help="default: lossviz-LESSON-LANG")
    pack.set_defaults(run=lambda options: run_pack(options, deliver))
    codes = commands.add_parser("codes", help="completion codes of a class, line by line")
    codes.add_argument("file", metavar="FILE|-", help="a code a line, a name and a comma may stand before it")
    codes.add_argument("--class", dest="word", metavar="WORD", type=word, required=True, help="the class keyword")
    codes.add_argument("--csv", metavar="FILE|-")
    codes.add_argument("--json", metavar="FILE|-")
    codes.set_defaults(run=lambda options: run_codes(options, deliver))


def word(text: str) -> str:
    """Read the word of a class."""
    try:
        found = class_word(text)
    except ValueError:
        found = ""
    if not found:
        raise argparse.ArgumentTypeError(f"expected 1 to 60 printable letters, not {text!r}")
    return found


def run_pack(options: argparse.Namespace, deliver: Deliver) -> None:
    """Make all files of a lesson or class, then write them; a folder that is made here goes again if that fails."""
    from lossviz.lessons.teacher.edition import Edition
    from lossviz.lessons.teacher.pack import PICTURES, packed  # and with it matplotlib: no other command waits for it

    folder = folder_for(options.folder or Path(f"lossviz-{options.unit}-{options.lang}"))
    where = options.site or public_site() or SITE
    files = packed(UNITS[options.unit], Edition(Text(options.lang), where, options.word or ""))
    made = [place for place in (folder, folder / PICTURES) if not place.exists()]
    try:
        for place in made:
            place.mkdir()
        deliver({}, None, {folder / name: writer(data) for name, data in files.items()})
    except BaseException:
        for place in reversed(made):
            if place.is_dir():
                place.rmdir()
        raise
    sys.stdout.write("".join(f"{folder / name}\n" for name in files))
    if where == SITE:
        sys.stderr.write(f"lossviz: links and codes lead to {SITE}; --site URL gives the address that others reach\n")


def run_codes(options: argparse.Namespace, deliver: Deliver) -> None:
    """Read the codes, write CSV and JSON where they are asked for, and print a table."""
    if options.csv == STANDARD and options.json == STANDARD:
        raise ValueError("expected only one of --csv and --json on standard output")
    lines = lines_of(text_of(options.file, "completion codes", 4 * LONGEST), options.word)
    csv = as_csv(lines).encode("utf-8")
    files = {} if options.csv in (None, STANDARD) else {Path(options.csv): writer(csv)}
    deliver({"codes": as_rows(lines)}, options.json, files)
    if options.csv == STANDARD:
        sys.stdout.write(csv.decode())
    Console(stderr=STANDARD in (options.csv, options.json)).print(table(lines))


def table(lines: tuple[Line, ...]) -> Table:
    """Return the codes as a table that fits a terminal; what was pasted is no markup there."""
    fixed = (Column(name, no_wrap=True) for name in ("code", "lesson", "done", "right", "min"))
    free = (Column(name, overflow="fold") for name in ("name", "problem"))
    found = Table("line", next(free), *fixed, next(free), box=None)
    for line in lines:
        lesson = line.lesson
        said = (lesson.key, f"{line.done}/{line.cards}", str(line.right), str(line.minutes)) if lesson else ("",) * 4
        problem = f"{line.problem} of {line.copy_of}" if line.problem == "copy" else line.problem
        found.add_row(str(line.number), escape(line.name), escape(line.code), *said, problem)
    return found
