"""The completion codes of a class: a pasted column, line by line, with what is wrong with it. Nothing is kept."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from lossviz.core.lessons import LESSONS, SHORT, Lesson
from lossviz.core.text import Text
from lossviz.lessons.code import LENGTH, READ_AS, Judged, judged

LONGEST, MOST = 200_000, 2_000
"""Most characters of what is pasted, and most codes in it."""
LONGEST_NAME = 80
CODE_AT_END = re.compile(r"(?:[0-9A-Za-z]{4}[- ]?){5}$")
BY_ORDER = {lesson.order: lesson for lesson in LESSONS.values() if lesson.key != SHORT}
FORMULA = "=+-@\t\r"
"""With what a cell begins that a spreadsheet would take for a formula."""


@dataclass(frozen=True)
class Line:
    """One line with a code: whose it is, what the code says, what is wrong with it."""

    number: int
    """The number of the line, counted from 1."""
    name: str
    judged: Judged
    copy_of: int = 0
    """The number of an earlier line whose code has the same number of its own; 0: none."""

    @property
    def lesson(self) -> Lesson | None:
        """Return the lesson that was done."""
        return BY_ORDER.get(self.judged.completion.lesson) if self.judged.completion else None

    @property
    def cards(self) -> int:
        """Return how many cards the lesson has."""
        return len(self.lesson.cards) if self.lesson else 0

    @property
    def done(self) -> int:
        """Return how many of them were done."""
        return sum(self.judged.completion.done[: self.cards]) if self.judged.completion else 0

    @property
    def right(self) -> int:
        """Return how many first answers were right."""
        return sum(self.judged.completion.right[: self.cards]) if self.judged.completion else 0

    @property
    def minutes(self) -> int:
        """Return the minutes that the code says."""
        return self.judged.completion.minutes if self.judged.completion and self.lesson else 0

    @property
    def problem(self) -> str:
        """Return what is wrong: "letters", "class", "altered" or "copy"; "" for a good code."""
        if self.judged.completion and not self.lesson:
            return "altered"
        return self.judged.problem or ("copy" if self.copy_of else "")

    @property
    def code(self) -> str:
        """Return the code in five groups; what is none, as it came."""
        letters = self.judged.letters
        groups = (letters[n : n + 4] for n in range(0, LENGTH, 4))
        return letters if self.judged.problem == "letters" else "-".join(groups)


def lines_of(pasted: str, word: str) -> tuple[Line, ...]:
    """Return the codes of a pasted column, each with what it says. Raises: ValueError for too long a text."""
    if len(pasted) > LONGEST:
        raise ValueError(f"expected at most {LONGEST:,} characters of codes, not {len(pasted):,}")
    found, seen = list[Line](), dict[int, int]()
    for number, name, code in split(pasted):
        here = judged(code, word)
        earlier = seen.setdefault(here.nonce, number) if here.completion else number
        found.append(Line(number, name, here, 0 if earlier == number else earlier))
    if len(found) > MOST:
        raise ValueError(f"expected at most {MOST:,} codes, not {len(found):,}")
    return tuple(found)


def split(pasted: str) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each line that is not empty, the name in it and its code."""
    for number, line in enumerate(pasted.splitlines(), 1):
        if line.strip():
            name, code = (clean(part) for part in parted(line.strip()))
            yield number, name, code


def parted(line: str) -> tuple[str, str]:
    """Return name and code of a line: the code stands behind the last comma, semicolon or tab, or ends the line."""
    if len(line.translate(READ_AS)) == LENGTH:
        return "", line
    at = max(line.rfind(sign) for sign in ",;\t，；")
    if at >= 0:
        return line[:at], line[at + 1 :]
    end = CODE_AT_END.search(line)
    return (line[: end.start()], end[0]) if end else ("", line)


def clean(part: str) -> str:
    """Return a part of a line without quotation marks around it and without what cannot be printed."""
    return "".join(letter for letter in part if letter.isprintable()).strip(' "')[:LONGEST_NAME]


def as_rows(lines: tuple[Line, ...]) -> list[dict[str, Any]]:
    """Return the lines as plain values."""
    return [
        {
            "line": line.number,
            "name": line.name,
            "code": line.code,
            "lesson": line.lesson.key if line.lesson else "",
            "cards": line.cards,
            "done": line.done,
            "right": line.right,
            "minutes": line.minutes,
            "problem": line.problem,
            "copy_of": line.copy_of,
        }
        for line in lines
    ]


COLUMNS = ("line", "name", "code", "lesson", "cards", "done", "right", "minutes", "problem", "copy_of")


def as_csv(lines: tuple[Line, ...]) -> str:
    """Return the lines as CSV; what a spreadsheet would take for a formula begins with an apostrophe there."""
    stream = io.StringIO()
    rows = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows({key: tamed(value) for key, value in row.items()} for row in as_rows(lines))
    return stream.getvalue()


def tamed(value: Any) -> Any:
    """Return a value of a cell that no spreadsheet computes."""
    return f"'{value}" if isinstance(value, str) and value[:1] and value[0] in FORMULA else value


def table_of(lines: tuple[Line, ...], text: Text) -> str:
    """Return the lines as a table; what was pasted is text there, never markup."""
    heads = "".join(f'<th scope="col">{escape(text(f"codes_{key}"))}</th>' for key in HEADS)
    return (
        f'<table class="lz-table lz-codes" data-testid="codes"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(row_of(line, text) for line in lines)}</tbody></table>"
    )


HEADS = ("line", "name", "code", "lesson", "done", "right", "minutes", "remark")


def row_of(line: Line, text: Text) -> str:
    """Return a row of the table."""
    kind = ' class="lz-wrong"' if line.problem else ""
    return f"<tr{kind}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells_of(line, text))}</tr>"


def cells_of(line: Line, text: Text) -> tuple[str, ...]:
    """Return what a line says, for people, under ``HEADS``."""
    remark = text(f"codes_{line.problem}", line=line.copy_of) if line.problem else text("codes_good")
    numbers = ("", "", "")
    if line.lesson:
        numbers = (text("codes_of", number=line.done, count=line.cards), str(line.right), str(line.minutes))
    lesson = text.of(line.lesson.title) if line.lesson else ""
    return str(line.number), line.name, line.code, lesson, *numbers, remark
