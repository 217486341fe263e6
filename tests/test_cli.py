"""The command line: its numbers, its files, and what it says to bad input."""

import io
import math
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from helpers.command_line import Run, Said, caller, refused, strict
from helpers.scene_files import MISSING, npy, npy_declaring, one_head, squared, two_heads, write, write_raw_members

from lossviz import bench, cli
from lossviz.engine import device
from lossviz.recipes import RECIPES
from lossviz.scenes.file import MOST_BYTES

GOLDEN = Path(__file__).parent / "golden"
COFFEE = GOLDEN / "real/coffee.npz"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process."""
    return caller(capsys)


# --- files that are no scenes -------------------------------------------------------------------------------------------


def with_truth(*row: float) -> dict[str, Any]:
    return two_heads(truth=np.array([[row]]))


def with_number(name: str, index: tuple[int, ...], value: float) -> dict[str, Any]:
    fields = two_heads()
    fields[name] = np.array(fields[name], dtype=np.float64 if name == "anchors" else None)
    fields[name][index] = value
    return fields


EXECUTED: list[str] = []


class Bomb:
    """A pickle that would run something."""

    def __reduce__(self) -> tuple[Any, ...]:
        return EXECUTED.append, ("bang",)


WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "no raw": two_heads(raw3=MISSING, raw6=MISSING),
    "no truth": two_heads(truth=MISSING),
    "no anchors": two_heads(anchors=MISSING),
    "no net_w beside a mask": two_heads(net_w=MISSING),
    "one mask missing": two_heads(mask6=MISSING),
    "raw beside raw3": two_heads(raw=two_heads()["raw3"]),
    "nothing at all": {},
    "raw of float16": two_heads(raw3=two_heads()["raw3"].astype(np.float16)),
    "raw of long double": one_head(raw=one_head()["raw"].astype(np.longdouble)),
    "raw of integers": one_head(raw=np.zeros((2, 2, 8, 3, 4), int)),
    "raw of complex numbers": one_head(raw=np.zeros((2, 2, 8, 3, 4), complex)),
    "raw of text": one_head(raw=np.full((2, 2, 8, 3, 4), "1.0")),
    "raw of dates": one_head(raw=np.zeros((2, 2, 8, 3, 4), "datetime64[s]")),
    "raw of records": one_head(raw=np.zeros((2, 2, 8, 3, 4), [("a", "f4")])),
    "raw with three axes": one_head(raw=np.zeros((8, 3, 4), np.float32)),
    "raw with six axes": one_head(raw=np.zeros((1, 1, 2, 8, 3, 4), np.float32)),
    "raw a single number": one_head(raw=np.array(1.0)),
    "raw without images": one_head(raw=np.zeros((0, 2, 8, 3, 4), np.float32)),
    "raw without rows": one_head(raw=np.zeros((2, 2, 8, 0, 4), np.float32)),
    "raw without classes": one_head(raw=np.zeros((2, 2, 5, 3, 4), np.float32)),
    "nan in raw": with_number("raw6", (0, 1, 7, 5, 7), math.nan),
    "infinity in raw": with_number("raw3", (0, 0, 2, 0, 0), -math.inf),
    "heads of different type": two_heads(raw6=two_heads()["raw6"].astype(np.float64)),
    "heads of different classes": two_heads(raw6=np.zeros((1, 2, 9, 6, 8), np.float32)),
    "heads of different batch": two_heads(raw6=np.zeros((2, 2, 8, 6, 8), np.float32)),
    "heads with and without images": two_heads(raw6=np.zeros((2, 8, 6, 8), np.float32)),
    "grid_w disagrees": one_head(grid_w=np.array(5)),
    "grid_h disagrees": one_head(grid_h=np.array(4)),
    "n_slots disagrees": one_head(n_slots=np.array(3)),
    "classes disagrees": one_head(classes=np.array(4)),
    "batch disagrees": one_head(batch=np.array(1)),
    "classes is text": one_head(classes=np.array("three")),
    "mask out of range": two_heads(mask6=np.array([0, 4])),
    "mask below zero": two_heads(mask6=np.array([-1, 0])),
    "mask too short": two_heads(mask6=np.array([0])),
    "mask of floats": two_heads(mask6=np.array([0.0, 1.0])),
    "mask of two axes": two_heads(mask6=np.array([[0, 1]])),
    "mask of huge numbers": two_heads(mask6=np.array([0, 2**64 - 1], np.uint64)),
    "anchor of zero": with_number("anchors", (0, 1), 0),
    "anchor below zero": with_number("anchors", (1, 0), -3),
    "anchor of nan": with_number("anchors", (1, 0), math.nan),
    "anchor that vanishes in float32": with_number("anchors", (1, 0), 1e-60),
    "anchor that overflows in float32": with_number("anchors", (1, 0), 1e60),
    "anchors of three columns": two_heads(anchors=np.ones((4, 3))),
    "anchors of one axis": two_heads(anchors=np.ones(8)),
    "no anchors at all": two_heads(anchors=np.ones((0, 2))),
    "anchors unlike raw": one_head(anchors=np.ones((3, 2))),
    "net_w of zero": two_heads(net_w=np.array(0)),
    "net_w of a half": two_heads(net_w=np.array(128.5)),
    "net_w of two": two_heads(net_w=np.array([128, 128])),
    "net_w of text": two_heads(net_w=np.array("128")),
    "net_w of infinity": two_heads(net_w=np.array(math.inf)),
    "truth of four columns": two_heads(truth=np.ones((1, 2, 4))),
    "truth of one axis": two_heads(truth=np.ones(5)),
    "truth of two images": two_heads(truth=np.ones((2, 2, 5))),
    "truth of text": two_heads(truth=np.full((1, 2, 5), "x")),
    "truth a single number": two_heads(truth=np.array(0.5)),
    "too many truths": two_heads(truth=np.zeros((1, 20_000, 5), np.float32)),
    "x of one": with_truth(1, 0.5, 0.1, 0.1, 0),
    "x below zero": with_truth(-0.1, 0.5, 0.1, 0.1, 0),
    "y of one": with_truth(0.5, 1, 0.1, 0.1, 0),
    "y below zero": with_truth(0.5, -1e-3, 0.1, 0.1, 0),
    "x of nan": with_truth(math.nan, 0.5, 0.1, 0.1, 0),
    "y of nan": with_truth(0.5, math.nan, 0.1, 0.1, 0),
    "w of nan": with_truth(0.5, 0.5, math.nan, 0.1, 0),
    "w of infinity": with_truth(0.5, 0.5, math.inf, 0.1, 0),
    "w of zero": with_truth(0.5, 0.5, 0, 0.1, 0),
    "h below zero": with_truth(0.5, 0.5, 0.1, -0.1, 0),
    "w above four": with_truth(0.5, 0.5, 4.1, 0.1, 0),
    "class of nan": with_truth(0.5, 0.5, 0.1, 0.1, math.nan),
    "class of infinity": with_truth(0.5, 0.5, 0.1, 0.1, math.inf),
    "class below zero": with_truth(0.5, 0.5, 0.1, 0.1, -1),
    "class too large": with_truth(0.5, 0.5, 0.1, 0.1, 3),
    "class of a half": with_truth(0.5, 0.5, 0.1, 0.1, 0.5),
    "class out of the map": two_heads(class_map=np.array([2, 1])) | {"truth": np.array([[0.5, 0.5, 0.1, 0.1, 2]])},
    "map out of the classes": two_heads(class_map=np.array([0, 3])),
    "map below zero": two_heads(class_map=np.array([0, -1])),
    "map of floats": two_heads(class_map=np.array([0.0, 1.0])),
    "x that only float32 rounds to one": with_truth(1 - 1e-12, 0.5, 0.1, 0.1, 0),
    "ignore_thresh of nan": two_heads(ignore_thresh=np.array(math.nan)),
    "ignore_thresh of text": two_heads(ignore_thresh=np.array("high")),
    "ignore_thresh of two": two_heads(ignore_thresh=np.array([0.5, 0.5])),
    "ignore_thresh out of range": two_heads(ignore_thresh=np.array(-1.0)),
    "max_boxes of a half": two_heads(max_boxes=np.array(2.5)),
    "train of nan": two_heads(train=np.array(math.nan)),
    "train of text": two_heads(train=np.array("yes")),
    "layer_index of a half": two_heads(layer_index6=np.array(82.5)),
    "pickled raw": one_head(raw=np.array([Bomb()], dtype=object)),
    "pickled truth": two_heads(truth=np.array([Bomb()], dtype=object)),
    "a pickle nobody asked for": two_heads(extra=np.array([Bomb()], dtype=object)),
}


@pytest.mark.parametrize("fields", WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_wrong_field_is_one_line_and_nothing_is_written(fields: dict[str, Any], run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "scene.npz", fields)
    before = sorted(tmp_path.iterdir())
    recipe = "darknet_v3" if "raw3" in fields or "mask3" in fields else "darknet_v2"
    line = refused(
        run("evaluate", scene, "--recipe", recipe, "--json", tmp_path / "a.json", "--npz", tmp_path / "a.npz")
    )
    assert len(line) < 400
    assert sorted(tmp_path.iterdir()) == before
    assert EXECUTED == []


def truncated(path: Path) -> None:
    write(path, two_heads())
    path.write_bytes(path.read_bytes()[:700])


def corrupted(path: Path) -> None:
    write(path, two_heads())
    content = bytearray(path.read_bytes())
    content[200:260] = b"\xff" * 60
    path.write_bytes(bytes(content))


def a_lie(shape: tuple[int, ...], dtype: str = "<f4") -> Callable[[Path], None]:
    members = {f"{name}.npy": npy(np.asarray(value)) for name, value in one_head(raw=MISSING).items()}
    return lambda path: (write_raw_members(path, members | {"raw.npy": npy_declaring(shape, dtype)}), None)[1]


@cache
def bombed() -> bytes:
    """An archive of a few kilobytes that is more than is read once it is unpacked."""
    stream = io.BytesIO()
    whole = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with whole as archive, archive.open("raw.npy", "w") as member:
        for _ in range((MOST_BYTES >> 20) + 1):
            member.write(b"\0" * 2**20)
    return stream.getvalue()


def bomb(path: Path) -> None:
    path.write_bytes(bombed())


def encrypted(path: Path) -> None:
    write(path, one_head())
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    path.write_bytes(bytes(content))


WRONG_FILES: dict[str, Callable[[Path], object]] = {
    "not there": lambda path: None,
    "a folder": lambda path: path.mkdir(),
    "a broken link": lambda path: path.symlink_to(path.parent / "nowhere"),
    "a link to itself": lambda path: path.symlink_to(path),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("raw = 1\n"),
    "a single array": lambda path: path.write_bytes(npy(np.zeros(3))),
    "an empty archive": lambda path: write_raw_members(path, {}),
    "an archive of text": lambda path: write_raw_members(path, {"raw.txt": b"1"}),
    "an archive of nonsense": lambda path: write_raw_members(path, {"raw.npy": b"nonsense"}),
    "an empty member": lambda path: write_raw_members(path, {"raw.npy": b""}),
    "truncated": truncated,
    "damaged": corrupted,
    "encrypted": encrypted,
    "a zip bomb": bomb,
    "a promise of more than memory": a_lie((2**40, 5, 8, 3, 4)),
    "a promise of more than integers": a_lie((2**62, 2**62)),
    "a promise of negative lengths": a_lie((-1, 2, 8, 3, 4)),
    "a promise that is not kept": a_lie((2, 2, 8, 3, 4)),
    "many numbers of no bytes": a_lie((2**40,), "<U0"),
    "a header that is code": lambda path: write_raw_members(
        path, {"raw.npy": b"\x93NUMPY\x01\x00\x20\x00" + b"__import__('os').abort()".ljust(31) + b"\n"}
    ),
    "a format of the future": lambda path: write_raw_members(path, {"raw.npy": b"\x93NUMPY\x09\x00" + b"\0" * 64}),
}


@pytest.mark.parametrize("make", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_is_one_line_and_nothing_is_written(
    make: Callable[[Path], object], run: Run, tmp_path: Path
) -> None:
    make(tmp_path / "scene.npz")
    before = sorted(tmp_path.iterdir())
    refused(run("evaluate", tmp_path / "scene.npz", "--recipe", "darknet_v2", "--json", tmp_path / "a.json"))
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (bomb, "MiB"),
        (a_lie((2**40, 5, 8, 3, 4)), "numbers"),
        (a_lie((2**40,), "<U0"), "numbers"),
        (lambda path: write(path, one_head(extra=np.array([Bomb()], dtype=object))), "pickled"),
    ],
    ids=["a zip bomb", "more than memory", "many numbers of no bytes", "a pickle"],
)
def test_what_is_too_much_or_could_run_is_refused_for_that_and_not_for_being_damaged(
    make: Callable[[Path], object], word: str, run: Run, tmp_path: Path
) -> None:
    make(tmp_path / "scene.npz")
    assert word in refused(run("evaluate", tmp_path / "scene.npz", "--recipe", "darknet_v2"))


def test_a_device_that_never_ends_is_no_scene(run: Run) -> None:
    refused(run("evaluate", "/dev/zero", "--recipe", "darknet_v2"))


def test_a_pipe_nobody_writes_to_does_not_hang(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    refused(run("evaluate", tmp_path / "pipe.npz", "--recipe", "darknet_v2"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--recipe", "darknet_v9"],
        [],
        ["--recipe", "darknet_v3", "--set", "nonsense=1"],
        ["--recipe", "darknet_v3", "--set", "rescore=1"],  # a setting of the other family
        ["--recipe", "darknet_v2", "--set", "ignore_thresh=.5"],
        ["--recipe", "darknet_v2", "--set", "classfix=1"],
        ["--recipe", "darknet_v3", "--set", "ignore_thresh=nan"],
        ["--recipe", "darknet_v3", "--set", "ignore_thresh=inf"],
        ["--recipe", "darknet_v3", "--set", "ignore_thresh=much"],
        ["--recipe", "darknet_v3", "--set", "ignore_thresh="],
        ["--recipe", "darknet_v3", "--set", "ignore_thresh"],
        ["--recipe", "darknet_v3", "--set", "=1"],
        ["--recipe", "darknet_v3", "--set", "ignore_thresh=-1"],
        ["--recipe", "darknet_v3", "--set", "max_boxes=1.5"],
        ["--recipe", "darknet_v3", "--set", "max_boxes=1e300"],
        ["--recipe", "darknet_v2_2016", "--set", "classfix=3"],
        ["--recipe", "darknet_v2", "--set", "softmax=2"],
        ["--recipe", "darknet_v3", "--objectness", "hinge"],
        ["--recipe", "darknet_v3", "--dtype", "float16"],
        ["--recipe", "darknet_v3", "--device", "tpu"],
        ["--recipe", "darknet_v3", "--json", "nowhere/a.json"],
        ["--recipe", "darknet_v3", "--npz", "nowhere/a.npz"],
        ["--recipe", "darknet_v3", "--json", "."],
        ["--recipe", "darknet_v3", "--npz", "."],
        ["--recipe", "darknet_v3", "--json", "a.json", "--npz", "nowhere/a.npz"],
        ["--recipe", "darknet_v3", "--json", "nowhere/a.json", "--npz", "a.npz"],
        ["--recipe", "darknet_v3", "--json", "-", "--npz", "nowhere/a.npz"],
        ["--recipe", "darknet_v3", "--json", "a" * 300],
        ["--recipe", "darknet_v3", "--json", "a\0b"],
        ["--recipe", "darknet_v3", "--nonsense"],
        ["--recipe", "darknet_v3", "another.npz"],
    ],
    ids=lambda arguments: " ".join(arguments).replace("\0", "nul")[:60] or "no recipe",
)
def test_a_wrong_option_is_one_line_and_nothing_is_written(
    arguments: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "scene.npz", two_heads())
    refused(run("evaluate", "scene.npz", *arguments))
    assert [path.name for path in tmp_path.iterdir()] == ["scene.npz"]


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_here_is_refused(device: str, run: Run) -> None:
    if getattr(torch.backends.mps if device == "mps" else torch.cuda, "is_available")():  # noqa: B009
        pytest.skip("it is here")
    assert "cpu" in refused(run("evaluate", COFFEE, "--recipe", "darknet_v3", "--device", device))


EVERYWHERE = (
    ("evaluate", COFFEE, "--recipe", "darknet_v3"),
    ("compare", COFFEE),
    ("race", "--points", "1", "--steps", "1"),
    ("devices",),
)


@pytest.mark.parametrize("command", EVERYWHERE, ids=lambda command: command[0])
def test_every_command_takes_the_device_of_the_environment(
    command: tuple[Any, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOSSVIZ_DEVICE", "tpu")
    assert "expected a device of auto, cpu, cuda, mps, not 'tpu'" in refused(run(*command))
    assert run(*command, "--device", "cpu").status == 0
    monkeypatch.setenv("LOSSVIZ_DEVICE", "")
    assert run(*command).status == 0


def test_devices_says_which_device_computes_what_and_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOSSVIZ_DEVICE", raising=False)
    monkeypatch.setattr(device, "CHOICES", chosen := {})
    monkeypatch.setattr(cli, "CHOICES", chosen)
    said = strict(run("devices", "--json", "-").out)
    assert said["devices"] == list(device.present())
    assert list(said["works"]) == list(device.WORKS)
    if said["devices"] == ["cpu"]:
        assert {work["why"] for work in said["works"].values()} == {"only"}
    asked = strict(run("devices", "--device", "cpu", "--json", "-").out)
    assert {(work["device"], work["why"]) for work in asked["works"].values()} == {("cpu", "asked")}
    # A machine with a GPU, on which only surfaces are quicker.
    monkeypatch.setattr(device, "present", lambda: ("cpu", "cuda"))
    monkeypatch.setattr(
        cli.bench, "sample_ms", lambda work, name: 1.5 if (name == "cuda") == (work == "surface") else 20
    )
    said = strict(run("devices", "--json", "-").out)
    assert [work for work, choice in said["works"].items() if choice["device"] == "cuda"] == ["surface"]
    assert said["works"]["race"] == {"device": "cpu", "why": "fastest", "times": {"cpu": 1.5, "cuda": 20}}
    table = run("devices").out
    assert "Surfaces" in table
    assert all(word in table.split() for word in ("cuda", "20.00", "1.500"))


@pytest.mark.parametrize("work", device.WORKS)
def test_a_sample_of_each_kind_of_work_can_be_timed(work: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SHORT", 2)
    monkeypatch.setattr(bench, "SURFACE", 21)
    monkeypatch.setattr(bench, "TRIES", 1)
    assert bench.sample_ms(work, "cpu") > 0


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["bench", "--only", "nonsense"], ["bench", "extra"]])
def test_a_wrong_command_is_one_line(arguments: list[str], run: Run) -> None:
    refused(run(*arguments))


# --- right answers --------------------------------------------------------------------------------------------------------


def test_the_same_image_twice_costs_twice_as_much_and_prints_the_same(tmp_path: Path, run: Run) -> None:
    fields = two_heads()
    once, twice = write(tmp_path / "once.npz", fields), tmp_path / "twice.npz"
    doubled = {
        name: np.concatenate([value if value.ndim == ndim else value[None]] * 2)
        for name, value in fields.items()
        for ndim in [5 if name.startswith("raw") else 3 if name == "truth" else 0]
        if ndim
    }
    write(twice, fields | doubled)
    one, two = (strict(run("evaluate", path, "--recipe", "darknet_v3", "--json", "-").out) for path in (once, twice))
    assert two["printed_cost"] == pytest.approx(2 * one["printed_cost"])
    assert two["printed"] == pytest.approx(one["printed"]) == pytest.approx(one["printed_cost"])


def test_coffee_prints_darknets_costs_and_lines(run: Run) -> None:
    said = run("evaluate", COFFEE, "--recipe", "darknet_v3", "--json", "-")
    assert said.status == 0
    summary = strict(said.out)
    assert list(summary) == ["recipe", "loss", "floor", "printed_cost", "printed", "terms", "heads", "notes"]
    assert [list(term) for term in summary["terms"]] == [["name", "predictors", "loss", "floor"]] * 5
    assert [list(head) for head in summary["heads"]] == [["name", "printed_cost", "log"]] * 2
    assert [head["name"] for head in summary["heads"]] == ["13", "26"]
    costs = [head["printed_cost"] for head in summary["heads"]]
    assert costs == pytest.approx([4.30897, 0.0041011], rel=5e-5)
    assert summary["printed_cost"] == pytest.approx(sum(costs) / 2)
    assert summary["printed"] == summary["printed_cost"]
    with np.load(COFFEE) as file:
        lines = [str(file["printed13"]), str(file["printed26"])]
    assert [head["log"] for head in summary["heads"]] == lines
    assert sum(term["loss"] for term in summary["terms"]) == pytest.approx(summary["loss"], rel=1e-6)
    assert sum(term["floor"] for term in summary["terms"]) == pytest.approx(summary["floor"], rel=1e-6)
    assert summary["notes"] == []


def test_with_a_dash_the_table_goes_to_standard_error(run: Run, tmp_path: Path) -> None:
    dash = run("evaluate", COFFEE, "--recipe", "darknet_v3", "--json", "-")
    plain = run("evaluate", COFFEE, "--recipe", "darknet_v3", "--json", tmp_path / "a.json")
    assert "network cost" in dash.err
    assert plain.out == dash.err
    assert plain.err == ""
    assert (tmp_path / "a.json").read_text() == dash.out
    assert dash.out.isascii() or "\\u" not in dash.out


@pytest.mark.parametrize("key", RECIPES)
@pytest.mark.parametrize("objectness", ["as-written", "bce", "mse"])
def test_every_recipe_answers_for_scenes_of_both_families(key: str, objectness: str, run: Run, tmp_path: Path) -> None:
    for number, fields in enumerate((one_head(), two_heads())):
        scene = write(tmp_path / f"{number}.npz", squared(fields) if RECIPES[key].square else fields)
        said = run("evaluate", scene, "--recipe", key, "--objectness", objectness, "--json", "-")
        assert said.status == 0
        summary = strict(said.out)
        assert summary["recipe"] == key
        assert [term["name"] for term in summary["terms"]] == [term.name for term in RECIPES[key].terms]
        assert [head["name"] for head in summary["heads"]] == (["3x3" if RECIPES[key].square else "3x4"], ["3", "6"])[
            number
        ]


def test_the_arrays_are_called_like_the_heads_and_shaped_like_raw(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "scene.npz", two_heads())
    run("evaluate", scene, "--recipe", "darknet_v3", "--npz", tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz", allow_pickle=False) as out:
        assert {"grad3", "grad6", "state3", "state6"} <= set(out.files)
        assert (out["grad3"].shape, out["grad3"].dtype) == ((1, 2, 8, 3, 4), np.float32)
        assert (out["state6"].shape, out["state6"].dtype) == ((1, 2, 6, 8), np.uint8)
        assert set(np.unique(out["state3"])) <= {1, 2, 4}


def test_a_file_is_written_under_the_very_name_that_was_given(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "scene.npz", one_head())
    run("evaluate", scene, "--recipe", "darknet_v2", "--npz", tmp_path / "out.dat", "--json", tmp_path / "ünïcode 箱")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.dat", "scene.npz", "ünïcode 箱"]


def test_raw_without_the_axis_of_images_gives_a_gradient_without_it(run: Run, tmp_path: Path) -> None:
    fields = one_head()
    short = fields | {"raw": fields["raw"][0], "truth": fields["truth"][0]}
    full = fields | {"raw": fields["raw"][:1], "truth": fields["truth"][:1]}
    found = []
    for name, content in (("short", short), ("full", full)):
        scene = write(tmp_path / f"{name}.npz", content)
        said = run("evaluate", scene, "--recipe", "darknet_v2", "--npz", tmp_path / f"{name}.out", "--json", "-")
        with np.load(tmp_path / f"{name}.out") as out:
            found.append((said.out, out["grad"], out["state"]))
    assert found[0][0] == found[1][0]
    assert found[0][1].shape == (2, 8, 3, 4)
    assert found[0][2].shape == (2, 3, 4)
    np.testing.assert_array_equal(found[0][1], found[1][1][0])


def test_numbers_are_of_raws_type_unless_told_otherwise(run: Run, tmp_path: Path) -> None:
    single = write(tmp_path / "single.npz", one_head())
    double = write(tmp_path / "double.npz", one_head(raw=one_head()["raw"].astype(np.float64)))
    for scene, options, expected in (
        (single, [], np.float32),
        (double, [], np.float64),
        (single, ["--dtype", "float64"], np.float64),
        (double, ["--dtype", "float32"], np.float32),
    ):
        run("evaluate", scene, "--recipe", "darknet_v2", *options, "--npz", tmp_path / "out")
        with np.load(tmp_path / "out") as out:
            assert out["grad"].dtype == expected


def loss_of(said: Said) -> float:
    assert said.status == 0, said.err
    return float(strict(said.out)["loss"])


def test_a_setting_given_goes_before_the_files_and_that_before_the_default(run: Run, tmp_path: Path) -> None:
    with_file = write(tmp_path / "a.npz", one_head(object_scale=np.array(3.0)))
    without = write(tmp_path / "b.npz", one_head())
    ask = ("--recipe", "darknet_v2", "--json", "-")
    default, file = loss_of(run("evaluate", without, *ask)), loss_of(run("evaluate", with_file, *ask))
    told = loss_of(run("evaluate", with_file, *ask, "--set", "object_scale=5"))
    assert file != default
    assert told == default
    assert loss_of(run("evaluate", without, *ask, "--set", "object_scale=3")) == file
    twice = loss_of(run("evaluate", without, *ask, "--set", "object_scale=7", "--set", "object_scale=3"))
    assert twice == file


def test_settings_of_the_other_family_in_a_file_are_ignored(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", two_heads())
    other = write(tmp_path / "b.npz", two_heads(thresh=np.array(0.1), object_scale=np.array(9.0)))
    ask = ("--recipe", "darknet_v3", "--json", "-")
    assert run("evaluate", scene, *ask).out == run("evaluate", other, *ask).out


def test_rows_after_the_end_of_the_list_are_not_checked(run: Run, tmp_path: Path) -> None:
    good = two_heads()
    dead = np.array([[math.nan, -3, math.inf, 0, 1e9]] * 2)
    scene = write(tmp_path / "a.npz", good)
    more = write(tmp_path / "b.npz", good | {"truth": np.concatenate([good["truth"][0], dead])[None]})
    ask = ("--recipe", "darknet_v3", "--json", "-")
    assert run("evaluate", scene, *ask).out == run("evaluate", more, *ask).out
    # Beyond the limit nothing is read either.
    limited = write(tmp_path / "c.npz", good | {"truth": np.concatenate([good["truth"][0, :2], dead])[None]})
    assert run("evaluate", limited, *ask, "--set", "max_boxes=2").out == run("evaluate", scene, *ask).out
    refused(run("evaluate", limited, *ask, "--set", "max_boxes=3"))


def test_a_file_that_does_not_train_gives_its_activated_output_and_no_log(run: Run, tmp_path: Path) -> None:
    said = run(
        "evaluate", GOLDEN / "darknet/v3_eval.npz", "--recipe", "darknet_v3", "--json", "-", "--npz", tmp_path / "out"
    )
    summary = strict(said.out)
    assert summary["loss"] == summary["printed_cost"] == summary["floor"] == 0
    assert [head["log"] for head in summary["heads"]] == [None]
    assert len(summary["notes"]) == 1
    with np.load(tmp_path / "out") as out, np.load(GOLDEN / "darknet/v3_eval.npz") as file:
        assert not out["grad"].any()
        np.testing.assert_allclose(out["output"], file["output"], rtol=0, atol=2e-6)


def test_background_in_a_softmax_has_null_for_a_loss_and_says_why(run: Run) -> None:
    said = run("evaluate", GOLDEN / "darknet/v2_background.npz", "--recipe", "darknet_v2", "--json", "-")
    summary = strict(said.out)
    assert said.status == 0
    assert summary["loss"] is None
    assert {t["name"] for t in summary["terms"] if t["loss"] is None} == {"object", "noobject", "class"}
    assert "background" in " ".join(summary["notes"])
    assert summary["printed_cost"] > 0


def test_what_overflows_is_null_with_a_note(run: Run, tmp_path: Path) -> None:
    fields = one_head()
    fields["raw"][:, :, 2:4] = 3e38
    said = run("evaluate", write(tmp_path / "a.npz", fields), "--recipe", "darknet_v2", "--json", "-")
    assert said.status == 0
    summary = strict(said.out)
    assert summary["loss"] is None
    assert "null" in " ".join(summary["notes"])


def test_a_floor_that_is_minus_infinity_is_null_with_a_note(run: Run) -> None:
    said = run(
        "evaluate",
        GOLDEN / "darknet/v3_truth_low.npz",
        "--recipe",
        "darknet_v3",
        "--json",
        "-",
        "--set",
        "truth_thresh=.1",
    )
    summary = strict(said.out)
    assert summary["floor"] is None
    assert isinstance(summary["loss"], float)
    assert "floor of centre" in " ".join(summary["notes"])


@pytest.mark.parametrize(
    "spell",
    [
        lambda f: f | {"raw": f["raw"].astype(">f4")},
        lambda f: f | {"raw": np.asfortranarray(f["raw"])},
        lambda f: f | {"truth": np.asfortranarray(f["truth"].astype(">f8"))},
        lambda f: f | {"anchors": f["anchors"].astype(">f8")},
        lambda f: f | {"train": np.array(True)},
        lambda f: f | {"train": np.array([[1.0]])},
        lambda f: f | {"thresh": np.array([0.5], ">f2")},
        lambda f: f | {"description": np.array("ein Bild – 图"), "unknown": np.array([1, 2])},
        lambda f: f | {"class_map": np.zeros(0)},
        lambda f: f | {"grid_w": np.array(4.0), "grid_h": np.array([3]), "n_slots": 2, "classes": 3, "batch": 2},
    ],
    ids=[
        "big-endian",
        "columns first",
        "odd truths",
        "odd anchors",
        "bool",
        "shaped",
        "half",
        "more",
        "no map",
        "sizes",
    ],
)
def test_the_same_scene_spelled_otherwise_gives_the_same_numbers(
    spell: Callable[[dict[str, Any]], dict[str, Any]], run: Run, tmp_path: Path
) -> None:
    ask = ("--recipe", "darknet_v2", "--json", "-")
    plain = run("evaluate", write(tmp_path / "a.npz", one_head()), *ask)
    other = run("evaluate", write(tmp_path / "b.npz", spell(one_head())), *ask)
    assert other.status == 0, other.err
    assert other.out == plain.out


@pytest.mark.parametrize("option", ["--json", "--npz"])
def test_what_is_neither_a_file_nor_free_is_not_replaced(option: str, run: Run, tmp_path: Path) -> None:
    # A pipe stands for devices: writing to /dev/null as root must not make a file of it.
    os.mkfifo(tmp_path / "pipe")
    refused(run("evaluate", COFFEE, "--recipe", "darknet_v3", option, tmp_path / "pipe"))
    assert (tmp_path / "pipe").is_fifo()
    assert len(list(tmp_path.iterdir())) == 1


def test_writing_to_a_link_writes_what_it_points_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there/a.json")
    assert run("evaluate", COFFEE, "--recipe", "darknet_v3", "--json", tmp_path / "link").status == 0
    assert (tmp_path / "link").is_symlink()
    assert strict((tmp_path / "there/a.json").read_text())["recipe"] == "darknet_v3"


def test_raw_outputs_must_be_finite_in_the_type_that_is_asked_for(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", one_head(raw=one_head()["raw"].astype(np.float64) * 1e300))
    assert "float32" in refused(run("evaluate", scene, "--recipe", "darknet_v2", "--dtype", "float32"))


def test_a_link_to_a_scene_is_a_scene(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(COFFEE)
    assert run("evaluate", tmp_path / "link", "--recipe", "darknet_v3").status == 0


def test_the_scene_itself_is_never_changed_by_reading_it(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", one_head())
    content = scene.read_bytes()
    run("evaluate", scene, "--recipe", "darknet_v2", "--json", tmp_path / "a.json")
    assert scene.read_bytes() == content


def test_a_class_that_classfix_would_use_unmapped_must_be_one_of_the_networks(run: Run, tmp_path: Path) -> None:
    fields = one_head(class_map=np.array([0] * 40))
    fields["truth"][..., 0, 4] = 30
    scene = write(tmp_path / "a.npz", fields)
    assert run("evaluate", scene, "--recipe", "darknet_v2_2016").status == 0
    said = refused(run("evaluate", scene, "--recipe", "darknet_v2_2016", "--set", "classfix=1"))
    assert "expected a class from 0 to" in said


def test_settings_of_the_other_family_in_a_file_are_not_even_read(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", two_heads(thresh=np.array([1.0, math.nan])))
    assert run("evaluate", scene, "--recipe", "darknet_v3").status == 0


def test_a_layer_that_does_not_train_has_a_loss_of_zero_also_with_background(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", one_head(train=np.array(0), background=np.array(1)))
    summary = strict(run("evaluate", scene, "--recipe", "darknet_v2", "--json", "-").out)
    assert summary["loss"] == summary["floor"] == 0
    assert [note.partition(":")[0] for note in summary["notes"]] == ["train = 0"]


def test_arrays_do_not_go_to_a_file_called_dash(run: Run) -> None:
    assert "--npz" in refused(run("evaluate", COFFEE, "--recipe", "darknet_v3", "--npz", "-"))


def test_the_number_after_region_is_the_layers_or_the_heads_own(run: Run, tmp_path: Path) -> None:
    scene = write(tmp_path / "a.npz", two_heads(layer_index3=np.array(82)))
    summary = strict(run("evaluate", scene, "--recipe", "darknet_v3", "--json", "-").out)
    assert [head["log"].split(" Avg")[0] for head in summary["heads"]] == ["Region 82", "Region 1"]


def test_the_bench_has_a_median_and_a_least_for_each_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    once, started = bench.alternately, []

    def start(command: list[str], *, check: bool) -> None:
        started.append(command)
        if len(started) == 1:
            subprocess.run(command, check=check)

    # Two rounds instead of six seconds of them, and a fresh interpreter once instead of three times.
    monkeypatch.setattr(bench, "alternately", lambda works: once(works, seconds=0, least=2))
    monkeypatch.setattr(bench, "subprocess", SimpleNamespace(run=start))
    said = run("bench", "--only", "evaluate", "--json", "-")
    assert said.status == 0
    assert started == [[sys.executable, "-c", "import lossviz.recipes"]] * 3
    figures = strict(said.out)
    keys = {"evaluate_three_heads_ms", "evaluate_head13_ms", "clone_three_heads_ms", "import_s"}
    assert set(figures) == keys
    assert all(0 < times["min"] <= times["median"] for times in figures.values())
    figures = strict(run("bench", "--only", "recipes", "--json", "-").out)
    assert set(figures) == {"clone_three_heads_ms"} | {f"evaluate_{key}_ms" for key in RECIPES}


# --- the simulation -------------------------------------------------------------------------------------------------------


def few(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "pred": np.array([[11, 9, 1, 2], [12.0, 9, 1, 0.5]]),
        "gt": np.array([[10.0, 10, 1, 1]] * 2),
    }
    return {name: value for name, value in (fields | changes).items() if value is not MISSING}


LINE = re.compile(r"iou \d+\.\d{6} giou \d+\.\d{6} diou \d+\.\d{6} ciou \d+\.\d{6} million")


def test_a_race_ends_with_one_line_of_millions(run: Run) -> None:
    said = run("race", "--points", 2, "--steps", 5)
    assert said.status == 0
    assert LINE.fullmatch(said.out.splitlines()[-1])
    assert run("race", "--points", 2, "--steps", 5, "--gradient", "true", "--dtype", "float64").out == said.out
    assert run("race", "--points", 2, "--steps", 5, "--gradient", "published").out != said.out


def test_a_race_of_some_losses_names_those(run: Run) -> None:
    said = run("race", "--points", 1, "--steps", 3, "--losses", "ciou,iou")
    assert re.fullmatch(r"ciou \d\.\d{6} iou \d\.\d{6} million", said.out.splitlines()[-1])


def test_a_race_of_points_writes_curves_and_what_each_point_ends_with(run: Run, tmp_path: Path) -> None:
    assert run("race", "--points", 2, "--steps", 5, "--npz", tmp_path / "out").status == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with np.load(tmp_path / "out", allow_pickle=False) as out:
        for loss in ("iou", "giou", "diou", "ciou"):
            assert out[f"curve_{loss}"].shape == (5,)
            assert out[f"final_per_point_{loss}"].shape == (2,)
            np.testing.assert_allclose(out[f"final_per_point_{loss}"].sum(), out[f"curve_{loss}"][-1], rtol=1e-12)
            low, high = out[f"quartile_low_{loss}"], out[f"quartile_high_{loss}"]
            assert (low <= high).all()
            assert low.shape == (5,)
        assert out["xy"].shape == (2, 2)
        # The same points from a file end the same way.
        points = write(tmp_path / "points.npz", {"xy": out["xy"]})
        assert run("race", "--points", points, "--steps", 5, "--npz", tmp_path / "again").status == 0
        with np.load(tmp_path / "again") as again:
            np.testing.assert_array_equal(again["curve_giou"], out["curve_giou"])


def test_a_race_of_cases_writes_what_each_case_ends_with_and_its_way_if_asked(run: Run, tmp_path: Path) -> None:
    cases = write(tmp_path / "cases.npz", few())
    assert run("race", "--cases", cases, "--losses", "giou", "--steps", 7, "--npz", tmp_path / "a").status == 0
    assert run("race", "--cases", cases, "--steps", 7, "--trajectories", "--npz", tmp_path / "b").status == 0
    with np.load(tmp_path / "a") as plain, np.load(tmp_path / "b") as full:
        assert set(plain.files) == {"init", "curve_giou", "final_giou"}
        assert plain["final_giou"].shape == (2,)
        assert full["traj_iou"].shape == (2, 7, 4)
        np.testing.assert_array_equal(plain["final_giou"], full["final_giou"])
        np.testing.assert_allclose(np.abs(full["traj_giou"][:, -1] - few()["gt"]).sum(1), full["final_giou"])
        np.testing.assert_allclose(plain["init"], np.abs(few()["pred"] - few()["gt"]).sum())


def test_a_race_tells_programs_how_far_it_is_in_lines_of_json(run: Run) -> None:
    said = run("race", "--points", 2, "--steps", 30, "--progress", "json")
    lines = [strict(line) for line in said.err.splitlines()]
    assert len(lines) > 8
    assert all(set(line) == {"loss", "done", "of", "seconds", "backend"} for line in lines)
    assert lines[-1]["done"] == lines[-1]["of"] == 2 * 343 * 30 * 4
    assert {line["backend"] for line in lines} == {"eager"}
    assert len(said.out.splitlines()) == 1


WRONG_RACES: dict[str, tuple[object, ...]] = {
    "nothing to run": (),
    "points and cases": ("--points", 1, "--cases", "cases.npz"),
    "no points": ("--points", 0),
    "more points than there are": ("--points", 5001),
    "fewer than none": ("--points=-1",),
    "half a point": ("--points", 1.5),
    "no such file": ("--points", "nowhere.npz"),
    "no such cases": ("--cases", "nowhere.npz"),
    "an unknown loss": ("--points", 1, "--losses", "iou,siou"),
    "a loss twice": ("--points", 1, "--losses", "iou,iou"),
    "no loss": ("--points", 1, "--losses", ""),
    "an unknown gradient": ("--points", 1, "--gradient", "numeric"),
    "no steps": ("--points", 1, "--steps", 0),
    "too many steps": ("--points", 1, "--steps", 10_001),
    "half a step": ("--points", 1, "--steps", 1.5),
    "an unknown type": ("--points", 1, "--dtype", "float16"),
    "ways of points": ("--points", 1, "--trajectories"),
    "a folder for a file": ("--points", "."),
    "a folder to write": ("--points", 1, "--npz", "."),
    "nowhere to write": ("--points", 1, "--npz", "nowhere/a.npz"),
    "dash to write": ("--points", 1, "--npz", "-"),
    "an unknown progress": ("--points", 1, "--progress", "xml"),
}


@pytest.mark.parametrize("arguments", WRONG_RACES.values(), ids=WRONG_RACES)
def test_a_wrong_race_is_one_line(
    arguments: tuple[object, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(run("race", *arguments))
    assert list(tmp_path.iterdir()) == []


WRONG_CASES: dict[str, dict[str, Any]] = {
    "no pred": few(pred=MISSING),
    "no gt": few(gt=MISSING),
    "of unequal length": few(gt=np.ones((3, 4))),
    "of three columns": few(pred=np.ones((2, 3))),
    "of one axis": few(pred=np.ones(4)),
    "of none": few(pred=np.ones((0, 4)), gt=np.ones((0, 4))),
    "of text": few(pred=np.full((2, 4), "1")),
    "with nan": few(pred=np.array([[11, 9, 1, 2], [12, 9, math.nan, 1]])),
    "with infinity": few(gt=np.array([[11, 9, 1, 2], [math.inf, 9, 1, 1]])),
    "without width": few(pred=np.array([[11, 9, 0.0, 2], [12, 9, 1, 1]])),
    "with a negative height": few(gt=np.array([[11, 9, 1, 2], [12, 9, 1, -1.0]])),
    "out of range": few(pred=np.array([[11, 9, 1, 2], [1e9, 9, 1, 1]])),
    "with a pickle": few(pred=np.array([Bomb()], dtype=object)),
}


@pytest.mark.parametrize("fields", WRONG_CASES.values(), ids=WRONG_CASES)
def test_wrong_cases_are_one_line_and_nothing_is_written(fields: dict[str, Any], run: Run, tmp_path: Path) -> None:
    cases = write(tmp_path / "cases.npz", fields)
    line = refused(run("race", "--cases", cases, "--npz", tmp_path / "out.npz"))
    assert len(line) < 400
    assert [path.name for path in tmp_path.iterdir()] == ["cases.npz"]
    assert EXECUTED == []


@pytest.mark.parametrize("option", ["--points", "--cases"])
@pytest.mark.parametrize("make", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_wrong_file_for_a_race_is_one_line(
    make: Callable[[Path], object], option: str, run: Run, tmp_path: Path
) -> None:
    make(tmp_path / "scene.npz")
    before = sorted(tmp_path.iterdir())
    refused(run("race", option, tmp_path / "scene.npz", "--npz", tmp_path / "out.npz"))
    assert sorted(tmp_path.iterdir()) == before


def test_more_ways_than_memory_holds_are_refused(run: Run, tmp_path: Path) -> None:
    cases = write(tmp_path / "cases.npz", few(pred=np.ones((2000, 4)), gt=np.ones((2000, 4))))
    refused(run("race", "--cases", cases, "--steps", 10_000, "--trajectories"))


def test_an_interrupted_race_ends_with_130_and_writes_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.experiment, "run", interrupt)
    said = run("race", "--points", 1, "--npz", tmp_path / "out.npz")
    assert said.status == 130
    assert said.out == ""
    assert said.err.splitlines()[-1] == "lossviz: interrupted"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_bench_of_surfaces_and_of_the_race_has_its_keys(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    once = bench.alternately
    monkeypatch.setattr(bench, "alternately", lambda works, **_: once(works, seconds=0, least=2))
    monkeypatch.setattr(bench, "SURFACE", 21)
    surfaces = {f"surface_{axes}{way}_ms" for axes in ("dxdy", "wh") for way in ("", "_autograd")}
    figures = strict(run("bench", "--only", "surface", "--json", "-").out)
    assert set(figures) == {"clone_three_heads_ms"} | surfaces
    # Without a compiler, on one point, measured once.
    monkeypatch.setattr(bench, "RACE_POINTS", 1)
    monkeypatch.setattr(bench, "ENOUGH_SECONDS", 0)
    monkeypatch.setattr(cli.experiment, "compiler", lambda: None)
    monkeypatch.setattr(bench, "BATCH", 2)
    figures = strict(run("bench", "--only", "device", "--json", "-").out)
    kinds = {"head13_ms", "three_heads_ms", "batch_of_2_ms", "surface_ms", "updates_per_s"}
    assert {f"cpu_{kind}" for kind in kinds} <= set(figures)
    figures = strict(run("bench", "--only", "race", "--json", "-").out)
    assert set(figures) == {"race_updates_per_s"}
    assert 0 < figures["race_updates_per_s"]["min"] <= figures["race_updates_per_s"]["median"]


def test_the_benchs_surfaces_are_the_same_in_both_ways() -> None:
    for axes in ("dxdy", "wh"):
        for (value, slope), (other, columns) in zip(bench.surface(axes), bench.surface_autograd(axes), strict=True):
            torch.testing.assert_close(value.expand_as(other), other.detach(), rtol=0, atol=1e-5)
            for ours, theirs in zip(slope, columns, strict=True):
                # Where areas are tiny, a slope of 50 and more has lost two of seven digits.
                torch.testing.assert_close(ours.expand_as(theirs), theirs, rtol=1e-3, atol=1e-4)


# --- as another program sees it -------------------------------------------------------------------------------------------


def process(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lossviz", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


PLAIN = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "COLUMNS": "80"}
"""An environment where nothing but ASCII is known."""


def test_a_real_process_writes_json_and_nothing_else_to_standard_output_also_where_only_ascii_is_known() -> None:
    done = process("evaluate", COFFEE, "--recipe", "darknet_v3", "--json", "-", env=os.environ | PLAIN)
    assert done.returncode == 0, done.stderr
    assert strict(done.stdout)["recipe"] == "darknet_v3"
    assert "network cost" in done.stderr
    assert "Traceback" not in done.stderr
    assert "warning" not in done.stderr.lower()


def test_a_real_race_is_interrupted_cleanly(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lossviz", "race", "--points", "2000", "--progress", "json", "--npz", "out.npz"]
    command += ["--steps", "20"]
    # In the background the signal is ignored, and by whatever is started there.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as race:
        signal.signal(signal.SIGINT, before)
        assert race.stderr is not None
        race.stderr.readline()
        race.send_signal(signal.SIGINT)
        out, err = race.communicate(timeout=30)
    assert race.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "lossviz: interrupted"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_real_process_refuses_bad_input_with_status_two(tmp_path: Path) -> None:
    (tmp_path / "empty.npz").touch()
    done = process("evaluate", tmp_path / "empty.npz", "--recipe", "darknet_v3", "--json", "-")
    assert refused(Said(done.returncode, done.stdout, done.stderr))


@pytest.mark.slow
def test_a_real_process_works_where_nothing_but_ascii_is_known(tmp_path: Path) -> None:
    scene = write(tmp_path / "scene.npz", two_heads())
    done = process("evaluate", scene, "--recipe", "darknet_v3", env=os.environ | PLAIN)
    assert done.returncode == 0, done.stderr
    assert "network cost" in done.stdout
