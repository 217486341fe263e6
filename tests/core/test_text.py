"""Every word on the pages: the same keys in every language, each used, each drawable."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from fontTools.ttLib import TTFont

from lossviz.components import box_canvas, channels
from lossviz.core.examples import PAGES, PRESETS
from lossviz.core.text import FOLDER, LANGUAGES, PSEUDO, Text, catalogue, class_names, four, languages
from lossviz.core.visit import LEVELS, VIEWS, VISIT_KEYS
from lossviz.decode import passthrough
from lossviz.decode import tensor as tensor_layout
from lossviz.derivations import DERIVATIONS
from lossviz.engine.published import Defect
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.engine.rules import RULES, TABLE
from lossviz.figures.look import FONT
from lossviz.lab.predictors import STATES
from lossviz.lab.state import CLASSES, COORDINATES, KEYS, MAPS, MODES, READINGS, SMALL_BOXES, WALKERS
from lossviz.lab.widgets.channels import LOG_KEYS
from lossviz.overlap import state as overlap_state
from lossviz.overlap.checks import laws, rules
from lossviz.overlap.state import OverlapState
from lossviz.overlap.view import SITUATIONS, view_of
from lossviz.overlap.widgets.checks import TOPICS
from lossviz.overlap.words import SHARES
from lossviz.race import state as race_state
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES
from lossviz.start.widgets import CARDS
from pages import all_pages

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("lossviz/**/*.py"), *ROOT.glob("pages/*.py")])
ENGLISH = catalogue("en")
SAME_EVERYWHERE = re.compile(
    r"decode_form_\w+_box|tensor_tape|(tensor_of|tensor_layout|reorg_way)_\w+|"
    r"app_name|costs|canvas_[xywh]|channel_\d|obj_(bce|mse|[gdc]?iou)|(recipe|short)_\w+|prediction_label|equation|obj_equal|canvas_grip"
    r"|.*_reserve|classes_(softmax|sigmoid)|set_\w+(?<!_about)|steps_(one|ten)|[gdc]?iou|l2|smooth_l1|minus_log|film_iou|rule_eps|library_\w+"
    r"|pull_[xywh]|derivation_z|objectness_(loss_(bce|darknet_v\d|focal)|head_(outer|da|inner|dz)|darknet_delta|at_z)"
)
SETTINGS = {name for recipe in RECIPES.values() for name in recipe.settings.accepts()}
SHOWN = {name for name in SETTINGS if f"set_{name}_about" in catalogue("en")}
"""Settings that the pages show; the rare ones stay on the command line."""
TERMS = {term.name for recipe in RECIPES.values() for term in recipe.terms}


def placeholders(string: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(string) if name is not None}


@cache
def nodes() -> tuple[ast.AST, ...]:
    return tuple(node for path in SOURCES for node in ast.walk(ast.parse(path.read_text("utf-8"))))


def asked() -> Iterator[ast.AST]:
    """The first argument of every ``text(...)`` and ``Remark(...)``, taken apart where it is a choice of two."""
    for node in nodes():
        if (
            isinstance(node, ast.Call)
            and node.args
            and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("text", "Remark")
        ):
            first = node.args[0]
            yield from (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)


def prefix(node: ast.AST) -> str:
    """What a key that is put together begins with."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_languages_have_the_same_keys(lang: str) -> None:
    assert catalogue(lang).keys() == ENGLISH.keys()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_string_has_the_same_placeholders_in_all_languages(lang: str) -> None:
    for key, string in catalogue(lang).items():
        assert placeholders(string) == placeholders(ENGLISH[key]), key
        assert set(re.findall(r"\{\{(\w+)\}\}", string)) == set(re.findall(r"\{\{(\w+)\}\}", ENGLISH[key])), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_key_stands_once_in_its_file_and_holds_words_not_markup(lang: str) -> None:
    pairs = json.loads((FOLDER / f"{lang}.json").read_text("utf-8"), object_pairs_hook=list)
    assert len(dict(pairs)) == len(pairs)
    for key, string in pairs:
        assert string.strip(), key
        assert not re.search(r"[<>]|&\w+;", string), key


def test_what_is_the_same_in_chinese_is_a_name_or_a_symbol() -> None:
    same = {key for key, string in catalogue("zh").items() if string == ENGLISH[key]}
    assert {key for key in same if not SAME_EVERYWHERE.fullmatch(key)} == set()


def test_every_key_that_is_asked_for_exists() -> None:
    plain = {node.value for node in asked() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert len(plain) > 30
    assert plain <= ENGLISH.keys()
    beginnings = {prefix(node) for node in asked()} - {""}
    assert len(beginnings) > 5
    assert {start for start in beginnings if not any(key.startswith(start) for key in ENGLISH)} == set()


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("recipe_", set(RECIPES)),
        ("term_", TERMS),
        ("about_", TERMS),
        ("obj_", set(OBJECTNESS_CHOICES)),
        ("short_", set(RECIPES)),
        ("mode_", set(MODES)),
        ("hint_", set(MODES)),
        ("canvas_", {*box_canvas.WORDS, "description"}),
        ("start_", {state.scene for state in CARDS}),
        ("reason_", {name for name in TERMS if not name.startswith("prior")}),
        ("link_key_", {"v", *KEYS.values(), *VISIT_KEYS}),
        ("channels_", {*channels.WORDS, "description"}),
        ("", {*LOG_KEYS.values(), "log_nan_empty", "log_nan_real"}),
        ("log_class_", {"near", "raw", "joined"}),
        ("level_", set(LEVELS)),
        ("view_", set(VIEWS)),
        ("share_", {"link", "list", "figure"}),
        ("reading_", {"loss", "closed", "autograd", "delta", "printed"}),
        ("bars_axis_", set(READINGS)),
        ("map_", set(MAPS)),
        ("walker_", set(WALKERS)),
        ("state_", {*STATES, "early"}),
        ("obj_", set(COORDINATES)),
        ("classes_", set(CLASSES)),
        ("small_", set(SMALL_BOXES)),
        ("set_", {f"{name}{about}" for name in SHOWN for about in ("", "_about")}),
        ("preset_", {f"{key}{why}" for key in PRESETS for why in ("", "_why")}),
        ("ask_", set(PRESETS)),
        ("ask_", {f"{key}_{n}" for key, preset in PRESETS.items() for n in range(1, preset.choices + 1)}),
        ("ask_", {f"{key}_{n}_reply" for key, preset in PRESETS.items() for n in range(1, preset.choices + 1)}),
        ("page_", {page.path for page in all_pages()}),
        ("canvas_", {*box_canvas.WORDS}),
        ("", {*box_canvas.FILM_WORDS, "film_iou", "film_error"}),
        ("", {*overlap_state.MEASURES, *race_state.CONTENDERS}),
        ("about_", {*overlap_state.MEASURES, *(f"pull_{side}" for side in "xywh")}),
        ("box_", {*overlap_state.BOXES, "start"}),
        ("overlap_level_", set(LEVELS)),
        ("over_", set(overlap_state.AXES)),
        ("fill_", set(overlap_state.FILLS)),
        ("cut_", {f"{axes}_{cut}" for axes in overlap_state.AXES for cut in overlap_state.CUTS}),
        ("handle_", set(overlap_state.AXES)),
        ("check_", set(overlap_state.CHECKS)),
        ("recipe_", {f"{name}_{n}" for name in ("iou", "giou") for n in range(1, overlap_state.RECIPE_STEPS + 1)}),
        ("defect_", {defect.value for defect in Defect}),
        (
            "situation_",
            {f"{key}_says" for key in ("touching_edge", "contained_off", "contained_centred", "contained_edge")},
        ),
        ("part_", {"intersection", "union", "hull", "centres", "diagonal", "aspect_first", "aspect_second"}),
        ("rules_", {"nan_alpha", "nan_shape", "gate"}),
        ("law_", {law.name for law in laws(view_of(OverlapState()))}),
        ("share_", set(SHARES.values())),
        ("library_", set(rules())),
        ("rule_", {f"{topic}{says}" for topic in TOPICS for says in ("", "_says")}),
        ("situation_", {f"{name}{says}" for name in SITUATIONS for says in ("", "_says")}),
        ("gradient_", set(race_state.GRADIENTS)),
        ("schedule_", set(race_state.SCHEDULES)),
        ("race_tab_", set(race_state.TABS)),
        ("tensor_of_", {key.replace("-", "_") for key in tensor_layout.OUTPUTS}),
        ("tensor_layout_", set(tensor_layout.LAYOUTS)),
        ("tensor_means_", {*tensor_layout.ATTRIBUTES, "class", "softmax"}),
        ("reorg_way_", set(passthrough.WAYS)),
        ("reorg_about_", set(passthrough.WAYS)),
        ("reorg_", {f"{what}_{kind}" for what in ("lies", "kind") for kind in passthrough.KINDS}),
        ("reorg_", {f"layer_{one.name}" for one in (*passthrough.PASSED, *passthrough.DEEP, *passthrough.JOINED)}),
        ("reorg_stage_", {name for _, name in passthrough.STAGES}),
        ("reorg_darknet_", set(passthrough.darknet_lines("toy", passthrough.Cell(0, 0, 0)))),
        ("reorg_plain_", set(passthrough.plain_lines("toy", passthrough.Cell(0, 0, 0)))),
        ("export_", {"tensor", "passthrough"}),
        ("caption_", {f"{tab}_{what}" for tab in ("tensor", "passthrough") for what in ("title", "source")}),
        ("experiment_says_", set(race_state.GRADIENTS)),
        ("link_key_", {*overlap_state.KEYS.values(), *race_state.KEYS.values()}),
        ("derivation_", {*DERIVATIONS, "back", "next", "all", "letters_logit", "letters_classes"}),
        ("derivation_", {f"{key}_{n}" for key, one in DERIVATIONS.items() for n in range(len(one.lines))}),
        ("calculus_", {*RULES, *(f"family_{rule.family}" for rule in TABLE)}),
        (
            "example_",
            {f"{page}_{key}{why}" for page in ("overlap", "race") for key in PAGES[page] for why in ("", "_why")},
        ),
    ],
)
def test_every_word_of_a_family_has_its_string(start: str, words: set[str]) -> None:
    assert {start + word for word in words} <= ENGLISH.keys()


def test_no_key_is_unused() -> None:
    constants = {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    beginnings = {prefix(node) for node in nodes()} | {word for word in constants if word.endswith("_")}
    beginnings = {start for start in beginnings if re.fullmatch(r"[a-z_]+_", start)}
    unused = {key for key in ENGLISH if key not in constants and not key.startswith(tuple(beginnings))}
    assert unused == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_class_lists_have_80_and_20_names(lang: str) -> None:
    for family, count in (("coco", 80), ("voc", 20)):
        names = class_names(lang, family)
        assert len(set(names)) == len(names) == count
        assert all(name.strip() for name in names)


def test_a_class_without_a_name_is_its_number() -> None:
    assert Text("en").kind("", 3) == "class 3"
    assert Text("en").kind("coco", 41) == "cup"
    assert Text("zh").kind("coco", 41) == "杯子"


def test_the_font_of_exported_pictures_has_every_character_of_every_language() -> None:
    with TTFont(FONT) as font:
        known = set(font.getBestCmap())
    needed = {character for lang in LANGUAGES for string in catalogue(lang).values() for character in string}
    needed |= {
        c for lang in LANGUAGES for family in ("coco", "voc") for name in class_names(lang, family) for c in name
    }
    needed |= {c for sample in SAMPLES.values() for c in sample.credit}
    assert "".join(sorted(c for c in needed if ord(c) not in known and c != "\n")) == ""


def test_the_language_of_the_tests_is_english_in_brackets_and_only_for_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Text(PSEUDO)("costs", what="x", cost="3") == f"⟦{Text('en')('costs', what='x', cost='3')}⟧"
    assert class_names(PSEUDO, "coco")[0] == "⟦person⟧"
    monkeypatch.delenv("LOSSVIZ_PSEUDO", raising=False)
    assert languages() == ("en", "zh")
    monkeypatch.setenv("LOSSVIZ_PSEUDO", "1")
    assert languages() == ("en", "zh", "qps")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (16.634008, "16.63"),
        (0.00107, "0.001070"),
        (4.0, "4.000"),
        (12345.6, "1.235e+04"),
        (1234.0, "1234"),
        (None, "–"),
    ],
)
def test_a_number_has_four_digits(number: float | None, written: str) -> None:
    assert four(number) == written
