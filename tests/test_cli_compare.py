"""All recipes side by side, and what is known of each, on the command line."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.command_line import Run, caller, refused, strict
from helpers.scene_files import one_head, squared, two_heads, write

from lossviz import cli
from lossviz.programs.verified import verified
from lossviz.recipes import RECIPES

COFFEE = Path(__file__).parent / "golden/real/coffee.npz"
DARKNET = ("darknet_v2", "darknet_v2_2016", "darknet_v3")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process."""
    return caller(capsys)


def compared(run: Run, scene: Path, *arguments: object) -> dict[str, Any]:
    """The answers by recipe."""
    said = run("compare", scene, "--json", "-", *arguments)
    assert said.status == 0, said.err
    found = strict(said.out)
    assert list(found) == ["scene", "recipes"]
    assert found["scene"] == str(scene)
    return {row["recipe"]: row for row in found["recipes"]}


def test_every_recipe_says_what_it_would_say_alone(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "scene.npz", squared(two_heads()))
    rows = compared(run, scene)
    assert list(rows) == list(RECIPES)
    for key, row in rows.items():
        assert row == strict(run("evaluate", scene, "--recipe", key, "--json", "-").out)


def test_only_those_asked_for_answer_and_in_that_order(run: Run) -> None:
    assert list(compared(run, COFFEE, "--recipes", "darknet_v3,darknet_v2")) == ["darknet_v3", "darknet_v2"]


def test_a_setting_in_the_file_goes_to_the_family_that_knows_it(run: Run, tmp_path: Path) -> None:
    plain = compared(run, write(tmp_path / "a.npz", two_heads()), "--recipes", ",".join(DARKNET))
    other = write(tmp_path / "b.npz", two_heads(object_scale=np.array(9.0), thresh=np.array(0.2)))
    changed = compared(run, other, "--recipes", ",".join(DARKNET))
    assert changed["darknet_v3"] == plain["darknet_v3"]
    assert changed["darknet_v2"]["loss"] != plain["darknet_v2"]["loss"]


def test_a_setting_that_is_no_good_keeps_only_its_own_family_from_answering(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", two_heads(thresh=np.array(9.0)))
    rows = compared(run, scene, "--recipes", ",".join(DARKNET))
    assert rows["darknet_v2"]["terms"] == []
    assert "thresh must be a number from 0 to 2" in rows["darknet_v2"]["notes"][0]
    assert rows["darknet_v3"]["loss"] > 0
    refused(run("compare", scene, "--recipes", "darknet_v2"))


def test_a_recipe_that_cannot_be_applied_has_no_terms_and_says_why(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "darknet_v2", replace(RECIPES["darknet_v2"], square=True))
    scene = write(tmp_path / "scene.npz", two_heads())
    row = compared(run, scene, "--recipes", "darknet_v2,darknet_v3")["darknet_v2"]
    assert list(row) == ["recipe", "loss", "floor", "printed_cost", "printed", "terms", "heads", "notes"]
    assert (row["terms"], row["heads"], row["loss"]) == ([], [], None)
    assert "head 3 has 4 × 3 cells" in row["notes"][0]
    assert compared(run, scene, "--recipes", "darknet_v2").keys() == {"darknet_v2"}
    assert "square" in refused(run("evaluate", scene, "--recipe", "darknet_v2", "--json", tmp_path / "a.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["scene.npz"]


def test_truths_that_only_some_recipes_read_stop_only_these(run: Run, tmp_path: Path) -> None:
    fields = two_heads()
    rows = np.concatenate([np.repeat(fields["truth"][:, :1], 30, 1), np.full((1, 1, 5), math.nan, np.float32)], 1)
    found = compared(run, write(tmp_path / "a.npz", fields | {"truth": rows}), "--recipes", ",".join(DARKNET))
    assert found["darknet_v2"]["loss"] > 0
    assert found["darknet_v3"]["terms"] == []


def test_what_is_wrong_for_all_is_one_line(run: Run, tmp_path: Path) -> None:
    for number, fields in enumerate((one_head(raw=np.zeros(3, np.float32)), two_heads(truth=np.full((1, 2, 5), 0.5)))):
        scene = write(tmp_path / f"{number}.npz", fields)
        refused(run("compare", scene, "--json", tmp_path / "a.json"))
    refused(run("compare", tmp_path / "nowhere.npz"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.npz", "1.npz"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--recipes", "darknet_v9"],
        ["--recipes", ""],
        ["--recipes", "darknet_v3,darknet_v3"],
        ["--json", "nowhere/a.json"],
        ["--set", "thresh=1"],
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_one_line(arguments: list[str], run: Run) -> None:
    refused(run("compare", COFFEE, *arguments))


def test_a_scene_that_does_not_train_costs_nothing_in_any_recipe(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", squared(two_heads(train=np.array(0))))
    for row in compared(run, scene).values():
        assert row["loss"] == row["floor"] == 0
        assert all(head["log"] is None for head in row["heads"])
        assert any(note.startswith("train = 0") for note in row["notes"])


@pytest.mark.parametrize(("prints", "words"), [("loss", "prints its loss"), ("nothing", "prints nothing")])
def test_a_program_without_a_sum_of_squares_has_null_for_it_and_says_what_it_prints(
    prints: str, words: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "darknet_v3", replace(RECIPES["darknet_v3"], prints=prints, printed=None))  # type: ignore[arg-type]
    said = run("evaluate", COFFEE, "--recipe", "darknet_v3", "--json", "-")
    summary = strict(said.out)
    assert summary["printed_cost"] is None
    assert [head["printed_cost"] for head in summary["heads"]] == [None, None]
    assert len(summary["notes"]) == 1
    assert words in summary["notes"][0]
    assert "network cost" not in said.err


def test_the_table_names_every_term_and_every_reason(run: Run, tmp_path: Path) -> None:
    said = run("compare", COFFEE, "--recipes", ",".join(DARKNET))
    assert said.err == ""
    for words in ("prior_centre", "noobject", "sum", "16.63401", "10.72342"):
        assert words in said.out
    dash = run("compare", COFFEE, "--recipes", ",".join(DARKNET), "--json", "-")
    assert dash.err == said.out
    bad = write(tmp_path / "a.npz", two_heads(thresh=np.array(9.0)))
    assert "darknet_v2: cannot be applied: thresh" in run("compare", bad, "--recipes", "darknet_v2,darknet_v3").out


def test_the_list_of_recipes_says_where_each_was_read_and_how_well_it_was_checked(run: Run, tmp_path: Path) -> None:
    said = run("recipes", "--json", "-")
    assert said.status == 0
    rows = {row["key"]: row for row in strict(said.out)["recipes"]}
    assert list(rows) == list(RECIPES)
    for key, row in rows.items():
        assert list(row) == ["key", "title", "source", "reference_files", "deviation"]
        assert (row["title"], row["source"]["file"]) == (RECIPES[key].title, RECIPES[key].source.file)
        known = verified().get(key)
        assert (row["reference_files"], row["deviation"]) == ((known.files, known.deviation) if known else (0, None))
    plain = run("recipes", "--json", tmp_path / "a.json")
    assert (plain.out, (tmp_path / "a.json").read_text()) == (said.err, said.out)
    assert all(key in plain.out for key in RECIPES)
    assert "pjreddie/darknet src/yolo_layer.c f6afaab" in " ".join(plain.out.replace("│", " ").split())


def test_a_recipe_without_a_program_has_no_deviation(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "verified", dict)
    assert all(row["deviation"] is None for row in strict(run("recipes", "--json", "-").out)["recipes"])
