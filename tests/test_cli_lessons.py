"""A lesson's documents as files, and a class's completion codes, on the command line."""

import io
import sys
from pathlib import Path

import pytest
from helpers.command_line import Run, caller, refused, strict

from lossviz.core.lessons import LESSONS
from lossviz.lessons.code import Completion, made
from lossviz.lessons.teacher import pack

DONE = Completion(10, (True, True), (True,), 9)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line, in this process and in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return caller(capsys)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_lesson_is_packed_with_its_documents_pictures_and_links(run: Run, tmp_path: Path) -> None:
    said = run("pack", "iou", "--lang", "zh", "--class", "night-b", "--site", "https://class.example/r/", "-o", "iou")
    assert (said.status, said.err) == (0, "")
    found = files(tmp_path / "iou")
    pictures = [f"pictures/{n:02}-iou-{card.key}.svg" for n, card in enumerate(LESSONS["iou"].cards, 1)]
    assert sorted(found) == sorted(["plan.html", "key.html", "handout.html", "links.txt", *pictures])
    assert said.out.split() == [
        f"iou/{name}" for name in ("plan.html", "key.html", "handout.html", "links.txt", *pictures)
    ]
    assert (
        "https://class.example/r/lessons?lang=zh&lesson=iou&hide=examples.share&class=night-b"
        in found["links.txt"].decode()
    )
    assert '<html lang="zh' in found["handout.html"].decode()
    assert "role=" not in "".join(found[name].decode() for name in ("handout.html", "links.txt", "plan.html"))
    run("pack", "iou", "--lang", "zh", "--class", "night-b", "--site", "https://class.example/r", "-o", "iou")
    assert files(tmp_path / "iou") == found, "the same input, the same bytes"


def test_without_options_it_is_english_and_leads_to_this_machine(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack, "KINDS", ("handout",))
    monkeypatch.setattr(pack, "solved_picture", lambda name, lang: b"")
    assert run("pack", "class-c").status == 0
    found = files(tmp_path / "lossviz-class-c-en")
    assert sorted(found) == ["handout.html", "links.txt"]
    assert "http://localhost:8501/lessons?lang=en&hide=examples.share" in found["links.txt"].decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody"],
        ["short"],
        ["iou", "--lang", "fr"],
        ["iou", "--site", "javascript:alert(1)"],
        ["iou", "--class", ""],
        ["iou", "--class", "x" * 61],
        ["iou", "-o", "nowhere/there"],
        ["iou", "-o", "file"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_packed_is_one_line_and_leaves_nothing(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "file").write_text("mine")
    refused(run("pack", *arguments))
    assert files(tmp_path) == {"file": b"mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_cannot_be_filled_is_as_it_was(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "packed", lambda unit, edition: {"a.html": b"a", "b/c.html": b"c"})
    refused(run("pack", "iou", "-o", "new"))
    assert [*tmp_path.iterdir()] == []


def test_codes_are_read_from_a_file_and_written_as_csv_and_json(run: Run, tmp_path: Path) -> None:
    code = made(DONE, "night-b", 7)
    (tmp_path / "codes.txt").write_text(f"\ufeffAnna,{code}\n[red]Bo[/red],{code}\nno\n", encoding="utf-8")
    said = run("codes", "codes.txt", "--class", "Night-B", "--csv", "codes.csv", "--json", "codes.json")
    assert (said.status, said.err) == (0, "")
    assert code in said.out
    assert "[red]" in said.out
    rows = strict((tmp_path / "codes.json").read_text())["codes"]
    assert [(row["name"], row["problem"], row["copy_of"]) for row in rows] == [
        ("Anna", "", 0),
        ("[red]Bo[/red]", "copy", 1),
        ("", "letters", 0),
    ]
    assert (rows[0]["lesson"], rows[0]["done"], rows[0]["cards"], rows[0]["right"], rows[0]["minutes"]) == (
        "iou",
        2,
        5,
        1,
        9,
    )
    assert (tmp_path / "codes.csv").read_text().splitlines()[1] == f"1,Anna,{code},iou,5,2,1,9,,0"


def test_standard_output_is_json_or_csv_and_nothing_else(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for option in ("--json", "--csv"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(made(DONE, "a", 7)))
        said = run("codes", "-", "--class", "a", option, "-")
        assert said.status == 0
        assert "problem" in said.err
        assert strict(said.out)["codes"][0]["lesson"] == "iou" if option == "--json" else said.out.count("\n") == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.txt", "--class", "a"],
        [".", "--class", "a"],
        ["binary", "--class", "a"],
        ["long", "--class", "a"],
        ["many", "--class", "a"],
        ["many"],
        ["many", "--class", " "],
        ["few", "--class", "a", "--csv", "-", "--json", "-"],
        ["few", "--class", "a", "--csv", "nowhere/a.csv"],
        ["few", "--class", "a", "--csv", "a", "--json", "a"],
    ],
    ids=" ".join,
)
def test_what_is_wrong_with_the_codes_is_one_line(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "long").write_text("x" * 900_000)
    (tmp_path / "many").write_text("x\n" * 2_001)
    (tmp_path / "few").write_text("x\n")
    before = files(tmp_path)
    refused(run("codes", *arguments))
    assert files(tmp_path) == before
