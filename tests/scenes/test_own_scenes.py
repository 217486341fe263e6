"""A scene of one's own: by CONTRIBUTING alone it works, and a broken one is left out with a sentence."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.scene_files import MISSING, write
from PIL import Image

from lossviz.assignment import state as assignment_state
from lossviz.assignment import view as answering
from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.figures.parts.maps import numbers_of
from lossviz.assignment.state import AssignmentState
from lossviz.assignment.widgets.board import AssignmentDesk, offered, progress, wider
from lossviz.compare.state import CompareState
from lossviz.compare.view import view_of as compare_view
from lossviz.compare.widgets.table import ledger_table
from lossviz.core import text
from lossviz.core.languages import LANGUAGES
from lossviz.core.text import Text
from lossviz.engine.scene import Scene
from lossviz.figures.look import Look
from lossviz.figures.page import page
from lossviz.figures.registry import applicable
from lossviz.lab.state import State, from_query
from lossviz.lab.view import view_of
from lossviz.lab.widgets.what import left_out
from lossviz.recipes import RECIPES
from lossviz.scenes import gallery, untrained
from lossviz.scenes.check import picture_of
from lossviz.scenes.facts import RESERVED
from lossviz.scenes.gallery import FOLDER, REFUSED, SAMPLES, Gallery, gallery_of, scene_name

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"
TURNED = 6
"""An EXIF orientation: a quarter to the right."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the scene that CONTRIBUTING writes, made by nothing but its lines."""
    scenes = GUIDE.read_text("utf-8").partition("## Scenes")[2]
    (snippet,) = re.findall(r"```python\n(.*?)```", scenes, re.DOTALL)
    scenes = tmp_path / "assets" / "scenes"
    scenes.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    exec(snippet, {})
    return scenes


@pytest.fixture
def mine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """That scene in the app's own list, as if the server had been started with it."""
    sample = gallery_of(folder).samples["mine"]
    monkeypatch.setitem(gallery.SAMPLES, "mine", sample)
    text.catalogue.cache_clear()
    yield sample.scene
    text.catalogue.cache_clear()


def test_the_shipped_scenes_are_all_taken() -> None:
    assert REFUSED == ()
    assert {path.stem for path in FOLDER.glob("*.npz")} == set(SAMPLES)


def test_the_guides_scene_is_taken_with_its_photograph_in_its_place(folder: Path) -> None:
    found = gallery_of(folder)
    assert found.refused == ()
    sample = found.samples["mine"]
    assert sample.name == {"en": "my dog", "zh": "我的狗"}
    assert sample.picture.shape == (480, 640, 3)
    assert vars(sample.place) == pytest.approx({"x": 0, "y": 52 / 416, "w": 1, "h": 312 / 416})
    assert sample.scene.truth[0, 0].tolist() == pytest.approx(
        [200 / 640, (52 + 240 * 0.65) / 416, 200 / 640, 0.375, 16]
    )


def test_the_guides_scene_opens_in_the_lab_with_every_program(mine: Scene) -> None:
    for recipe in RECIPES:
        view = view_of(State(scene="mine", recipe=recipe))
        assert view.loss is not None
        assert [truth.kind for truth in view.truths] == [16]
        assert all(truth.answers for truth in view.truths)
    assert from_query({"scene": "mine"}) == (State(scene="mine"), ())
    assert [scene_name("mine", Text(lang)) for lang in (*LANGUAGES, "qps")] == ["my dog", "我的狗", "⟦my dog⟧"]


def test_the_guides_scene_can_be_compared_and_assigned(mine: Scene) -> None:
    view = compare_view(CompareState(lab=State(scene="mine")))
    assert len(view.applied) == 2
    state = AssignmentState(field="mine")
    assert state.boxes == assignment_state.labels_of("mine")
    assert answering.view_of(state).truth.answers


def test_an_own_scene_first_in_the_list_changes_no_link(folder: Path) -> None:
    edit_facts(folder, order=-1e9)
    assert gallery_of(folder).refused == ()
    assert State().scene == gallery.FIRST == "coffee"


def test_two_scenes_may_stand_in_one_place(folder: Path) -> None:
    for part in (".json", ".npz"):
        (folder / f"also-mine{part}").write_bytes((folder / f"mine{part}").read_bytes())
    assert list(gallery_of(folder).samples) == ["also-mine", "mine"]


def edit_facts(folder: Path, **changes: Any) -> None:
    path = folder / "mine.json"
    facts = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps({name: value for name, value in facts.items() if value is not MISSING}), "utf-8")


def edit_numbers(folder: Path, **changes: Any) -> None:
    with np.load(folder / "mine.npz") as file:
        fields = dict(file) | changes
    write(folder / "mine.npz", {name: value for name, value in fields.items() if value is not MISSING})


def facts(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: edit_facts(folder, **changes)


def numbers(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: edit_numbers(folder, **changes)


def content(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(data) and None


def renamed(new: str) -> Callable[[Path], None]:
    def rename(folder: Path) -> None:
        for path in (folder / "mine.json", folder / "mine.npz"):
            path.rename(folder / f"{new}{path.suffix}")

    return rename


def cut_off(folder: Path) -> None:
    data = (folder / "mine.jpg").read_bytes()
    (folder / "mine.jpg").write_bytes(data[: len(data) // 2])


def led_out(folder: Path) -> None:
    (folder / "mine.jpg").rename(folder.parent / "elsewhere.jpg")
    (folder / "mine.jpg").symlink_to(folder.parent / "elsewhere.jpg")


NAMES = {"en": "my dog", "zh": "我的狗"}
NAN = np.full((3, 85, 13, 13), np.nan, np.float32)
BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "no order": (facts(order=MISSING), "mine.json", "'order' is missing; expected the fields order, name"),
    "no name": (facts(name=MISSING), "mine.json", "'name' is missing"),
    "no photo": (facts(photo=MISSING), "mine.json", "'photo' is missing"),
    "no credit": (facts(credit=MISSING), "mine.json", "'credit' is missing"),
    "no classes": (facts(classes=MISSING), "mine.json", "'classes' is missing"),
    "a strange field": (facts(foto="x.jpg"), "mine.json", "'foto' is no field of a scene"),
    "order in words": (facts(order="first"), "mine.json", "'order' must be a number"),
    "no finite order": (facts(order=float("nan")), "mine.json", "'order' must be a number"),
    "no end of digits": (facts(order=10**400), "mine.json", "'order' must be a number"),
    "order yes": (facts(order=True), "mine.json", "'order' must be a number"),
    "one name": (facts(name="dog"), "mine.json", "'name' must be an object with a name in each of en, zh"),
    "no Chinese": (facts(name={"en": "dog"}), "mine.json", "'name' has none in the language 'zh'"),
    "no English": (facts(name=NAMES | {"en": " "}), "mine.json", "'name' has none in the language 'en'"),
    "a language more": (facts(name=NAMES | {"xx": "perro"}), "mine.json", "'name' has the language 'xx'"),
    "a long name": (facts(name=NAMES | {"en": "w" * 41}), "mine.json", "at most 40 printable characters"),
    "a tag": (facts(name=NAMES | {"en": "<b>dog</b>"}), "mine.json", "must be plain text"),
    "a placeholder": (facts(name=NAMES | {"zh": "{0}"}), "mine.json", "must be plain text"),
    "half a character": (facts(name=NAMES | {"en": "\ud800"}), "mine.json", "must be plain text"),
    "a formula": (facts(credit="$x$"), "mine.json", "'credit' must be plain text"),
    "unknown classes": (facts(classes="imagenet"), "mine.json", "'classes' must be one of coco, voc"),
    "classes in a list": (facts(classes=["coco"]), "mine.json", "'classes' must be one of coco, voc"),
    "another count": (facts(classes="voc"), "mine.npz", "of 80 classes, but 'voc' in 'mine.json' has 20"),
    "a path": (facts(photo="../coffee.jpg"), "mine.json", "the name of a file beside this one"),
    "a photo that is none": (facts(photo=7), "mine.json", "'photo' must be"),
    "nobody's photo": (facts(credit=""), "mine.json", "say who took the photograph"),
    "no such photo": (facts(photo="yours.jpg"), "mine.json", "the photograph 'yours.jpg' is not there"),
    "numbers for a photo": (facts(photo="mine.npz"), "mine.json", "'mine.npz' is no picture that can be shown"),
    "half a photo": (cut_off, "mine.json", "'mine.jpg' is no picture that can be shown"),
    "a photo elsewhere": (led_out, "mine.json", "'mine.jpg' leads out of this folder"),
    "no JSON": (content("mine.json", b"order: 1"), "mine.json", "is no JSON"),
    "a list": (content("mine.json", b"[]"), "mine.json", "expected the fields order"),
    "depths": (content("mine.json", b"[" * 60_000), "mine.json", "is no JSON"),
    "no UTF-8": (content("mine.json", "{}é".encode("latin-1")), "mine.json", "is not UTF-8"),
    "too much": (content("mine.json", b" " * 70_000), "mine.json", "at most 64 KiB"),
    "no numbers": (lambda folder: (folder / "mine.npz").unlink(), "mine.npz", "is not there"),
    "no facts": (
        lambda folder: (folder / "mine.json").unlink(),
        "mine.npz",
        "has no facts; write them into 'mine.json'",
    ),
    "no archive": (content("mine.npz", b"PK"), "mine.npz", "expected a NumPy .npz archive"),
    "no truth": (numbers(truth=MISSING), "mine.npz", "expected a field 'truth'"),
    "no raw": (numbers(raw13=MISSING), "mine.npz", "expected a field 'raw'"),
    "nan": (numbers(raw13=NAN), "mine.npz", "must be finite"),
    "no label": (numbers(truth=np.zeros((1, 5))), "mine.npz", "'truth' has none; expected 1 to 64"),
    "a crowd": (numbers(truth=np.full((65, 5), 0.5)), "mine.npz", "'truth' has more than 64"),
    "a label outside": (numbers(truth=[[1.5, 0.5, 0.1, 0.1, 0]]), "mine.npz", "expected a centre"),
    "a class too many": (numbers(truth=[[0.5, 0.5, 0.1, 0.1, 80]]), "mine.npz", "expected a class from 0 to 79"),
    "two images": (
        numbers(raw13=np.zeros((2, 3, 85, 13, 13), np.float32), truth=np.full((2, 1, 5), 0.5)),
        "mine.npz",
        "of 2 images; expected 1",
    ),
    "a broad grid": (numbers(raw13=np.zeros((3, 85, 13, 20), np.float32)), "mine.npz", "expected a square"),
    "a broad input": (numbers(net_w=832), "mine.npz", "expected a square"),
    "a name no link spells": (
        numbers(raw13=MISSING, mask13=MISSING, raw_13=np.zeros((3, 85, 13, 13), np.float32), mask_13=[3, 4, 5]),
        "mine.npz",
        "letters and digits alone",
    ),
    "half a map": (numbers(class_map=[0, 1]), "mine.npz", "'class_map' renames 2 classes"),
    "a setting": (numbers(ignore_thresh=3.0), "mine.npz", "ignore_thresh must be a number from 0 to 2"),
    "no place": (numbers(fit_size=MISSING), "mine.npz", "expected a field 'fit_size'"),
    "no offset": (numbers(offset=MISSING), "mine.npz", "expected a field 'offset'"),
    "a place of one number": (numbers(offset=3), "mine.npz", "'offset' must be two numbers"),
    "a place outside": (numbers(fit_size=[500, 500]), "mine.npz", "does not lie in the input of [416, 416] pixels"),
    "no size": (numbers(fit_size=[0, 416]), "mine.npz", "does not lie in the input"),
    "a key that no link spells": (renamed("my dog"), "my dog.json", "expected 1 to 32 of a-z, A-Z, 0-9"),
    "a key that is taken": (renamed("coco"), "coco.json", "give its files another name"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_scene_is_left_out_with_a_sentence_and_the_others_stay(folder: Path, name: str) -> None:
    for part in (".json", ".npz", ".jpg"):
        (folder / f"good{part}").write_bytes((folder / f"mine{part}").read_bytes())
    (folder / "good.json").write_text(
        (folder / "good.json").read_text("utf-8").replace("mine.jpg", "good.jpg"), "utf-8"
    )
    harm, file, fault = BROKEN[name]
    harm(folder)
    found = gallery_of(folder)
    (sentence,) = found.refused
    assert sentence.startswith(f"'{file}'")
    assert fault in sentence
    assert sentence.isprintable()
    assert str(folder) not in sentence
    assert list(found.samples) == ["good"]


def odd(classes: int, anchors: int = 3, side: int = 13, kind: type = np.float32) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(anchors, 5 + classes, side, side)).astype(kind)


ODD: dict[str, dict[str, Any]] = {
    "one anchor, in cells": {"raw13": MISSING, "mask13": MISSING, "raw": odd(80, 1), "anchors": [[1.3, 1.7]]},
    "an anchor in two heads": {"raw26": odd(80, side=26), "mask26": [1, 2, 3]},
    "a mask turned round": {"mask13": [5, 4, 3]},
    "few classes": {"raw13": odd(3), "truth": [[0.5, 0.5, 0.2, 0.2, 2]]},
    "in double precision": {"raw13": odd(80, kind=np.float64)},
    "one cell": {"raw13": odd(80, side=1)},
    "no label that a program reads": {"max_boxes": 0},
}


@pytest.mark.parametrize("name", ODD)
def test_a_scene_may_be_odd(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    edit_numbers(folder, **ODD[name])
    edit_facts(folder, classes="" if name == "few classes" else "coco")
    found = gallery_of(folder)
    assert found.refused == ()
    key = name.replace(" ", "-").replace(",", "")
    monkeypatch.setitem(gallery.SAMPLES, key, replace(found.samples["mine"], key=key, name={"en": key, "zh": key}))
    text.catalogue.cache_clear()
    look_at(key)
    text.catalogue.cache_clear()


def look_at(key: str) -> None:
    """On the three pages that open such scenes, with every program."""
    lab, plain, english = State(scene=key), AssignmentState(field=key), Text("en")
    ledger = CompareState(lab, tuple(RECIPES), rows="all")
    assert all(view_of(replace(lab, recipe=recipe)) for recipe in RECIPES)
    assert ledger_table(compare_view(ledger), english, asking=False)
    before, after = answering.view_of(plain), answering.view_of(wider(plain)[0])
    asked = [one.number for one in offered(before, after)]
    assert len({*asked}) == len(asked)
    assert progress(before, AssignmentDesk(plain, plain, plain), english)
    content = AssignmentContent(plain)
    assert all(page(figure, content, english, Look()) for figure in applicable(content).values())


def test_maps_of_a_head_stand_in_the_order_of_its_mask(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_numbers(folder, mask13=[5, 3, 4])
    monkeypatch.setitem(gallery.SAMPLES, "turned", gallery_of(folder).samples["mine"])
    assert numbers_of(AssignmentContent(AssignmentState(field="turned"))) == [5, 3, 4]


def test_an_error_that_nobody_thought_of_ends_one_scene(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(path: Path, facts: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(gallery, "numbers_of", fall)
    assert gallery_of(folder) == Gallery({}, ("'mine.npz': cannot be read: ZeroDivisionError: odd",))


def test_what_is_no_scene_at_all_is_passed_over(folder: Path) -> None:
    for name in ("README.md", ".mine.json", "._mine.json", ".DS_Store", "other.jpg"):
        (folder / name).write_bytes(b"\0")
    (folder / "old").mkdir()
    assert gallery_of(folder).refused == ()


def test_a_photograph_is_three_colours_whatever_its_file_has(folder: Path) -> None:
    for mode, kind in (("L", "jpg"), ("CMYK", "jpg"), ("P", "png"), ("RGBA", "png"), ("I;16", "png"), ("LA", "png")):
        Image.new(mode, (640, 480)).save(folder / f"mine.{kind}")
        edit_facts(folder, photo=f"mine.{kind}")
        found = gallery_of(folder)
        assert found.refused == ()
        assert found.samples["mine"].picture.shape == (480, 640, 3)


def test_a_link_to_a_scene_that_is_left_out_opens_the_default_and_says_so() -> None:
    assert from_query({"scene": "broken"}) == (State(), ("scene",))


def test_a_photograph_stands_as_a_browser_shows_it(folder: Path) -> None:
    """Its EXIF orientation turns it a quarter to the right; what is transparent shows white; 24 megapixels get smaller."""
    path = folder / "photo.png"
    corner = Image.new("RGBA", (40, 20), (0, 0, 255, 255))
    corner.paste((255, 0, 0, 255), (0, 0, 10, 10))
    corner.paste((9, 9, 9, 0), (30, 0, 40, 10))
    exif = Image.Exif()
    exif[0x0112] = TURNED
    corner.save(path, exif=exif)
    picture = picture_of(path)
    assert picture.shape == (40, 20, 3)
    assert picture[0, -1].tolist() == [255, 0, 0]
    assert picture[-1, -1].tolist() == [255, 255, 255]
    assert picture[0, 0].tolist() == [0, 0, 255]
    Image.new("L", (6000, 4000), 128).save(folder / "large.jpg")
    assert picture_of(folder / "large.jpg").shape == (800, 1200, 3)


def test_photographs_cannot_be_called_like_untrained_networks() -> None:
    assert frozenset(untrained.ANCHORS) == RESERVED


def test_the_list_of_what_is_left_out_is_text() -> None:
    for lang in LANGUAGES:
        shown = left_out(["'<b>.json': expected & found"], Text(lang))
        assert "&#x27;&lt;b&gt;.json&#x27;: expected &amp; found" in shown
        assert "CONTRIBUTING.md" in shown


@pytest.mark.parametrize("key", SAMPLES)
def test_a_name_needs_no_escaping_and_no_catalogue_has_it(key: str) -> None:
    for lang in LANGUAGES:
        raw = json.loads((text.FOLDER / f"{lang}.json").read_text("utf-8"))
        assert not any(word.startswith("scene_") for word in raw)
        assert scene_name(key, Text(lang)) == SAMPLES[key].name[lang]
