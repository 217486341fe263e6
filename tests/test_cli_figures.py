"""Figures on the command line: from links and from a file of links, every one or none."""

import io
import sys
from pathlib import Path

import pytest
from helpers.command_line import Run, caller, refused, strict

from lossviz.core.slides import as_file
from lossviz.figures import commands, look, take
from lossviz.figures.moving import film
from lossviz.figures.registry import FIGURES
from lossviz.figures.take import short


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line, in this process and in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return caller(capsys)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.slow
def test_a_file_of_links_gives_every_figure_in_every_language_and_format_twice_the_same(
    run: Run, tmp_path: Path
) -> None:
    Path("links.txt").write_text(
        "# for the post\noverlap#Two boxes, one measure\n\ndecode?tab=tensor\n", encoding="utf-8"
    )
    arguments = ("figure", "--from", "links.txt", "--lang", "en,zh", "--format", "svg,csv,txt", "--size", "column,plot")
    said = run(*arguments, "--site", "https://a.example", "-o", "made")
    assert (said.status, said.err) == (0, "")
    found = files(tmp_path / "made")
    assert len(found) == 2 * (2 * 2 + 1 + 2)
    assert sorted(said.out.split()) == sorted(f"made/{name}" for name in found)
    assert "Two boxes, one measure. " in found["lossviz-overlap-boxes-giou-en.txt"].decode()
    assert "https://a.example/overlap?lang=zh&v=1" in found["lossviz-overlap-boxes-giou-zh.txt"].decode()
    run(*arguments, "--site", "https://a.example", "-o", "again")
    assert files(tmp_path / "again") == found


def test_a_saved_list_of_states_is_a_file_of_links_and_its_names_are_titles(run: Run, tmp_path: Path) -> None:
    Path("list.txt").write_text(as_file(["objectness?v=1#First#a note", "objectness?t=0.5"]), encoding="utf-8")
    assert run("figure", "--from", "list.txt", "--format", "txt").status == 0
    first, second = (
        Path(name).read_text(encoding="utf-8")
        for name in sorted(tmp_path.glob("lossviz*"), key=lambda path: len(path.name))
    )
    assert "\nFirst. " in first
    assert "a note" not in first + second


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "expected a link such as 'lab?scene=coffee', or --from FILE"),
        (("lab?scene=nowhere",), "scene"),
        (("overlap", "lab?scen=voc"), "unknown key 'scen'"),
        (("overlap", "--figure", "map"), "expected one of the figures of this state (boxes,"),
        (("overlap", "--size", "9x9"), "expected a size such as post, column, square, plot"),
        (("overlap", "--lang", "fr"), "expected some of en,zh, each once, not 'fr'"),
        (("overlap", "--format", "bmp"), "expected some of png,svg,pdf,csv,txt,gif,webp,html"),
        (("overlap", "--sweep", "x"), "expected --format gif, webp, html with --sweep"),
        (("overlap", "--format", "html", "--sweep", "x=1..2"), "expected ends of x within 5..15"),
        (("overlap", "--format", "html", "--together"), "expected 2 to 240 links of one page"),
        (("overlap", "--format", "gif", "--sweep", "x:2", "--sweep", "y:2"), "a grid, which only html holds"),
        (("overlap", "--format", "gif", "--fps", "99"), "expected 1 to 50 frames a second, not 99"),
        (("overlap", "--site", "127.0.0.1"), "expected an address such as"),
        (("overlap", "--title", "\x1b[2J"), "expected at most 200 printable letters"),
        (("overlap", "--from", "nowhere.txt"), "expected a file with links, one a line, not 'nowhere.txt'"),
        (("overlap", "-o", "no/where"), "expected an existing folder to make 'where' in"),
        (("overlap#One", "overlap#Two"), "make the same file"),
        (
            ("overlap", "overlap?measure=all", "--figure", "referee", "--size", "column,500x640"),
            "a higher size than 500x640",
        ),
        (("overlap", "--lang", "en,en"), "each once"),
    ],
)
def test_a_bad_command_ends_in_one_sentence_and_writes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    said = run("figure", *arguments)
    assert sentence in refused(said)
    assert list(tmp_path.iterdir()) == []


def test_the_figures_are_listed_and_those_of_a_link_with_the_one_on_the_screen(run: Run) -> None:
    rows = strict(run("figures", "--json", "-").out)["figures"]
    assert {(row["page"], row["figure"]) for row in rows} == {
        (page, short(figure)) for page, figures in FIGURES.items() for figure in figures.values()
    }
    rows = strict(run("figures", "decode?tab=tensor", "--json", "-").out)["figures"]
    assert [row["figure"] for row in rows if row["on_screen"]] == ["tensor"]
    assert "tensor" in run("figures", "decode?tab=tensor").out
    assert run("figure", "zoo?tab=stability", "--figure", "stability", "--format", "csv").status == 0


def test_a_sweep_is_recorded_beside_the_figures_of_the_link_itself_and_says_how_far_it_is(
    run: Run, tmp_path: Path
) -> None:
    arguments = ("objectness", "--sweep", "z=-1..1:3", "--size", "column", "--format", "html,txt", "--progress", "json")
    said = run("figure", *arguments, "-o", "made")
    assert said.status == 0
    assert [strict(line) for line in said.err.splitlines()] == [{"done": n, "of": 4} for n in (1, 2, 3, 4)]
    names = sorted(files(tmp_path / "made"))
    assert [name.rpartition(".")[2] for name in names] == ["txt", "html"]
    frames = [f"objectness?v=1&z={z}" for z in (-1, 0, 1)]
    run("figure", *frames, "--together", "--size", "column", "--format", "html", "-o", "again")
    (again,) = files(tmp_path / "again")
    assert "-moment-" in again


def test_the_command_knows_the_looks_and_kinds_there_are() -> None:
    assert tuple(look.LOOKS) == commands.LOOKS
    assert commands.KINDS == take.KINDS
    assert tuple(film.MOVING) == commands.MOVING
    assert commands.FPS == film.FPS


def test_links_come_from_standard_input_too_and_too_many_are_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("overlap # A title\n"))
    assert run("figure", "--from", "-", "--format", "txt").status == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("overlap\n" * 300_000))
    assert "at most 2,000,000 bytes of links, one a line" in refused(run("figure", "--from", "-"))
