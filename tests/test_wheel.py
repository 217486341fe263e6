"""What ``pip install .`` gives: the command line with everything it reads, away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from lossviz import __version__

LEAST = 77
"""The first setuptools that reads our ``license``."""


def builds() -> bool:
    try:
        return int(version("setuptools").partition(".")[0]) >= LEAST and bool(version("pip"))
    except PackageNotFoundError:
        return False


pytestmark = [
    pytest.mark.skipif(not builds(), reason=f"building a wheel needs pip and setuptools {LEAST} (make tools)"),
    pytest.mark.xdist_group(__name__),  # it is built once
]
ROOT = Path(__file__).parent.parent
LEFT = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests", "readme")
ASKED = r"""
import contextlib, io, json, sys
from importlib.metadata import entry_points
from pathlib import Path
import lossviz
from lossviz.core.assets import ASSETS

(script,) = (one for one in entry_points(group="console_scripts") if one.name == "lossviz")
main, coffee = script.load(), str(ASSETS / "scenes" / "coffee.npz")

def said(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code
    return [code, out.getvalue()]

print(json.dumps({
    "file": lossviz.__file__,
    "coffee": coffee,
    "version": said("--version"),
    "recipes": said("recipes", "--json", "-"),
    "evaluate": said("evaluate", coffee, "--recipe", "darknet_v3", "--json", "-"),
    "compare": said("compare", coffee, "--recipes", "darknet_v2,mmdet_v3", "--json", "-"),
    "race": said("race", "--points", "1", "--losses", "iou", "--steps", "2"),
}))
"""


def pip(*words: str) -> None:
    quiet = ("--no-deps", "--disable-pip-version-check", "--no-input", "-q")
    done = subprocess.run([sys.executable, "-m", "pip", *words, *quiet], capture_output=True, text=True)
    assert not done.returncode, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which nothing but the built package lies."""
    folder = tmp_path_factory.mktemp("wheel")
    source, wheels, target = folder / "source", folder / "wheels", folder / "installed"
    shutil.copytree(ROOT, source, ignore=LEFT)
    pip("wheel", str(source), "--no-build-isolation", "--no-index", "-w", str(wheels))
    (wheel,) = wheels.iterdir()
    pip("install", str(wheel), "--no-index", "--no-compile", "--target", str(target))
    return target


def test_the_installed_package_answers_with_its_own_files(installed: Path, tmp_path: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["file"]) == installed / "lossviz" / "__init__.py"
    assert Path(found["coffee"]) == installed / "lossviz" / "assets" / "scenes" / "coffee.npz"
    assert found["version"] == [0, f"lossviz {__version__}\n"]

    said = {name: json.loads(found[name][1]) for name in ("recipes", "evaluate", "compare")}
    assert [found[name][0] for name in said] == [0, 0, 0]
    known = {row["key"]: row["reference_files"] for row in said["recipes"]["recipes"]}
    assert known["darknet_v3"] > 20
    assert said["evaluate"]["loss"] == pytest.approx(16.63401, abs=5e-6)
    assert said["evaluate"]["floor"] == pytest.approx(4.338559, abs=5e-7)
    assert {term["name"]: term["predictors"] for term in said["evaluate"]["terms"]}["noobject"] == 2530
    assert [row["recipe"] for row in said["compare"]["recipes"]] == ["darknet_v2", "mmdet_v3"]
    assert all(row["terms"] and row["loss"] > 0 for row in said["compare"]["recipes"])
    assert found["race"][0] == 0
    assert found["race"][1].startswith("iou ")


def test_streamlit_finds_the_components_in_the_package_and_what_only_the_repository_needs_stays_behind(
    installed: Path,
) -> None:
    package = installed / "lossviz"
    assert (package / "pyproject.toml").read_text("utf-8") == (ROOT / "pyproject.toml").read_text("utf-8")
    assert list((package / "components").rglob("*.js"))
    assert list((package / "programs" / "scripts").glob("*.txt"))
    assert list(installed.glob("bin/lossviz*"))
    assert not (package / "assets" / "readme").exists()
    assert not (package / "assets" / "deploy").exists()
    ours = {path.name for path in (ROOT / "assets" / "text").iterdir()}
    assert {path.name for path in (package / "assets" / "text").iterdir()} == ours
