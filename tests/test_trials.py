"""What CONTRIBUTING says a page and a recipe cost, walked in a copy of the checkout: so many files, no other edit."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
BLOCK = re.compile(r"^`([^`\n]+)`\n\n```\w+\n(.*?)```$", re.MULTILINE | re.DOTALL)
SUBJECTS = "lab | overlap | race"
LISTED = '    "lossviz.lab",'

WALK = """
import json, re
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

def visit(path, **query):
    page = AppTest.from_file("pages/_navigation.py", default_timeout=60)
    page._page_hash, page.query_params = calc_hash(path), query
    page.run()
    assert not page.exception, [error.message for error in page.exception]
    return page

def readouts(page):
    drawn = [part.proto for part in page.get("bidi_component")]
    return "".join(json.loads(part.json)["html"] for part in drawn if part.component_name == "lossviz.readout")

def numbers(page):
    return dict(re.findall(r'data-testid="([\\w-]+)" data-value="(.*?)"', readouts(page)))

"""
PAGE = """
page = visit("parabola", x="2")
assert numbers(page)["slope"] == "4"
drag = {"kind": "move", "seq": 1, "rev": 0, "x": 1.5, "y": 0.0}
desk = page.session_state["lossviz"].desks["parabola"]
drag["rev"] = desk.rev
for kind in ("move", "end"):
    page.session_state["parabola"] = {"drag": {**drag, "kind": kind}}
    page.run()
    drag["seq"] += 1
    assert numbers(page)["slope"] == "3"
assert page.query_params["x"] == "1.5"
page.button(key="undo").click().run()
assert numbers(page)["slope"] == "4"
page.button(key="reset").click().run()
assert numbers(page)["slope"] == "2"
page = visit("lab", slides="parabola?x=-1#downhill|parabola?x=9")
memory = page.session_state["lossviz"]
assert memory.visit.slides == ("parabola?v=1&x=-1#downhill",)
assert memory.notes == ("slides.2",)
"""
RECIPE = """
from lossviz.recipes import RECIPES
from lossviz.programs.script import has_script
ours, theirs = (numbers(visit("lab", recipe=key, level="2")) for key in ("trial_v3", "darknet_v3"))
assert ours["loss"] == theirs["loss"]
assert has_script("trial_v3")
assert "Trial" in readouts(visit("ledger", **{"with": "darknet_v3.trial_v3", "rows": "all"}))
assert numbers(visit("assignment", rule="trial_v3"))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The checkout, its large files as links."""
    leave_out = shutil.ignore_patterns("__pycache__")
    for folder in ("lossviz", "pages"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave_out)
    (tmp_path / "assets").mkdir()
    for path in (ROOT / "assets").iterdir():
        if path.name in ("text", "ledger"):
            shutil.copytree(path, tmp_path / "assets" / path.name)
        else:
            (tmp_path / "assets" / path.name).symlink_to(path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def say(folder: Path, words: dict[str, str]) -> None:
    """Strings for every language."""
    for path in (folder / "assets/text").glob("??.json"):
        known = json.loads(path.read_text("utf-8"))
        assert not words.keys() & known.keys()
        path.write_text(json.dumps(known | words, ensure_ascii=False), "utf-8")


def run(folder: Path, script: str) -> None:
    (folder / "walk.py").write_text(WALK + script, "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "walk.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.slow
def test_a_page_costs_a_folder_a_file_in_pages_its_strings_and_two_words_in_pyproject(copy: Path) -> None:
    blocks = dict(BLOCK.findall(GUIDE))
    words = json.loads(blocks.pop("assets/text/<language>.json"))
    assert {Path(name).parts[:2] for name in blocks} == {("lossviz", "parabola"), ("pages", "parabola.py")}
    for name, code in blocks.items():
        path = copy / name
        assert not path.exists()
        path.parent.mkdir(exist_ok=True)
        path.write_text(code, "utf-8")
    say(copy, words)
    settings = (copy / "pyproject.toml").read_text("utf-8")
    assert (settings.count(SUBJECTS), settings.count(LISTED)) == (1, 1)
    settings = settings.replace(SUBJECTS, f"parabola | {SUBJECTS}")
    (copy / "pyproject.toml").write_text(settings.replace(LISTED, f'    "lossviz.parabola",\n{LISTED}'), "utf-8")
    run(copy, PAGE)
    tools = Path(sys.executable).parent
    for check in (
        [tools / "ruff", "check", "--quiet", "lossviz/parabola", "pages/parabola.py"],
        [tools / "ruff", "format", "--check", "--quiet", "lossviz/parabola", "pages/parabola.py"],
        [tools / "lint-imports", "--no-cache", "--no-logo"],
    ):
        done = subprocess.run(check, cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_a_recipe_costs_a_file_its_sentences_and_its_script(copy: Path) -> None:
    code = (copy / "lossviz/recipes/darknet_v3.py").read_text("utf-8")
    (copy / "lossviz/recipes/trial_v3.py").write_text(code.replace('"darknet_v3"', '"trial_v3"'), "utf-8")
    scripts = copy / "lossviz/programs/scripts"
    shutil.copy(scripts / "darknet_v3.txt", scripts / "trial_v3.txt")
    for path in (copy / "assets/ledger").glob("darknet_v3.??.json"):
        shutil.copy(path, path.with_name(path.name.replace("darknet", "trial")))
    say(copy, {f"{kind}_trial_v3": "Trial" for kind in ("recipe", "short", "rule")})
    run(copy, RECIPE)
