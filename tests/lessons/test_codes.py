"""A class's completion codes: names kept, copies seen, wrong ones named, nothing pasted is trusted."""

import csv
import io

import pytest

from lossviz.core.text import LANGUAGES, Text
from lossviz.lessons.code import Completion, judged, made
from lossviz.lessons.teacher.codes import COLUMNS, LONGEST, MOST, as_csv, as_rows, lines_of, table_of

DONE = Completion(10, (True, True, True, False, True), (True, False, True), 14)
CODE = made(DONE, "night-b", 7)
OTHER = made(DONE, "night-b", 8)


def problems(pasted: str, word: str = "night-b") -> list[str]:
    return [line.problem for line in lines_of(pasted, word)]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (CODE, ""),
        (f"  {CODE.lower().replace('-', ' ')}  ", ""),
        (f"Anna,{CODE}", "Anna"),
        (f'"Li, Anna",{CODE}', "Li, Anna"),
        (f"Li, Anna;{CODE}", "Li, Anna"),
        (f"李安，{CODE}", "李安"),
        (f"Anna\t{CODE}", "Anna"),
        (f"Anna Li {CODE}", "Anna Li"),
        (f"\ufeffAnna,{CODE}", "Anna"),
        (f"Anna,{CODE.replace('-', '')}", "Anna"),
    ],
)
def test_a_line_has_a_code_and_may_have_a_name_before_it(line: str, name: str) -> None:
    (found,) = lines_of(f"\n{line}\n\n", "Night-B")
    assert (found.number, found.name, found.code, found.problem) == (2, name, CODE, "")
    assert found.lesson
    assert (found.lesson.key, found.done, found.cards, found.right, found.minutes) == ("iou", 4, 5, 2, 14)


def test_a_copy_is_seen_and_names_the_line_it_is_a_copy_of() -> None:
    found = lines_of(f"a,{CODE}\nb,{OTHER}\nc,{CODE.lower()}\nd,{CODE}", "night-b")
    assert [line.problem for line in found] == ["", "", "copy", "copy"]
    assert [line.copy_of for line in found] == [0, 0, 1, 1]


def test_another_class_a_slip_and_what_is_no_code_are_told_apart() -> None:
    slip = CODE[:6] + ("0" if CODE[6] != "0" else "1") + CODE[7:]
    assert problems(f"{made(DONE, 'day-a')}\n{slip}\nname, code\n{CODE[:-1]}") == [
        "class",
        "altered",
        "letters",
        "letters",
    ]
    assert problems(made(Completion(31, (True,), (), 5), "night-b")) == ["altered"], "no lesson has that number"


def test_what_was_altered_says_nothing_else() -> None:
    (line,) = lines_of(f"Anna,{made(DONE, 'day-a')}", "night-b")
    assert (line.lesson, line.done, line.right, line.minutes, line.name) == (None, 0, 0, 0, "Anna")


def test_a_code_s_own_number_is_known_only_of_a_good_one() -> None:
    assert judged(CODE, "night-b").nonce == 7
    assert judged(CODE, "day-a").nonce == 0


def test_the_table_is_as_csv_and_as_plain_values_with_the_same_columns() -> None:
    found = lines_of(f'"Li, Anna",{CODE}\nx,y', "night-b")
    rows = [*csv.DictReader(io.StringIO(as_csv(found)))]
    assert [*rows[0]] == [*COLUMNS] == [*as_rows(found)[0]]
    assert (rows[0]["name"], rows[0]["code"], rows[0]["lesson"], rows[0]["done"]) == ("Li, Anna", CODE, "iou", "4")
    assert rows[1]["problem"] == "letters"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_spreadsheet_computes_what_a_learner_wrote(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv(lines_of(f"{name},{CODE}", "night-b"))))
    assert row["name"] == f"'{name}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_pasted_is_text_on_the_page(lang: str) -> None:
    nasty = '<img src=x onerror="alert(1)">'
    shown = table_of(lines_of(f"{nasty},{CODE}\n{nasty}", "night-b"), Text(lang))
    assert "<img" not in shown
    assert shown.count("&lt;img") == 2
    assert shown.count('class="lz-wrong"') == 1


def test_more_than_a_class_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 200,000 characters"):
        lines_of("x" * (LONGEST + 1), "a")
    with pytest.raises(ValueError, match="at most 2,000 codes, not 2,001"):
        lines_of("x\n" * (MOST + 1), "a")
    assert lines_of("", "a") == ()
