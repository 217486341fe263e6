"""Which figure is the one on the screen: every page, level, tab and part has its own, and nothing is left over."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.state import PLAIN as ASSIGNMENT
from lossviz.compare.figures.parts.content import CompareContent
from lossviz.compare.state import EVERY_TERM, CompareState
from lossviz.core.visit import LEVELS
from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.state import EDGES, FORMS, DecodeState
from lossviz.decode.state import TABS as DECODE_TABS
from lossviz.figures.content import Content
from lossviz.figures.registry import FIGURES, on_screen
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.functions.state import TABS as ZOO_TABS
from lossviz.functions.state import FunctionsState
from lossviz.lab.dragging import Track, followed
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.state import State
from lossviz.lab.view import resting_view, view_of
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.state import PARTS, ObjectnessState
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.state import CHECKS, OverlapState
from lossviz.race.figures.parts.content import RaceContent
from lossviz.race.figures.parts.experiment_content import ExperimentContent
from lossviz.race.results import Results
from lossviz.race.state import RaceState

ANY = "any"
"""Where the key is the same on every level."""
Case = tuple[Content, str, str]


def at(content: Content, **keys: str) -> list[Case]:
    """Cases of a content: a key for each level, or the one of ``any`` for all."""
    by_level = {level: keys.get(ANY) or keys[f"on_{level}"] for level in LEVELS}
    return [(content, level, key) for level, key in by_level.items()]


def lab(**changes: Any) -> LabContent:
    state = replace(State(), **changes)
    track = Track()
    if state.mode == "label":
        for x in (0.3, 0.35):
            track = followed(track, view_of(State().with_truth(0, xywh=(x, 0.4, 0.3, 0.3))), 0)
    return LabContent(view_of(state), resting_view(state.untouched()), "", track)


HERE = resting_view(State()).prediction.predictor
CHECK_KEYS = {"referee": "referee", "iou": "overlap_steps", "giou": "overlap_steps", "laws": "overlap_laws"}
CHECK_KEYS |= {"rules": "overlap_rules"}
EDGE_KEYS = {"overflow": "decode_limits", "bounded": "squashes"}
TAB_KEYS = {tab: f"zoo_{tab}" for tab in ZOO_TABS}
EXPERIMENT = Results("true", np.zeros((1, 2)), {}, {}, {}, {})

CASES: list[Case] = [
    *at(lab(), on_1="lab", on_2="channels", on_3="map"),
    *at(lab(mode="label"), on_1="cliff", on_2="channels", on_3="map"),
    *at(lab(steps=2, at=HERE), on_1="steps", on_2="channels", on_3="map"),
    *at(lab(steps=2, at=HERE, walker="duel"), any="steps"),
    *at(lab(steps=0, at=HERE), on_1="lab", on_2="channels", on_3="map"),
    *(
        case
        for check in CHECKS
        for case in at(OverlapContent(OverlapState(check=check)), on_1="boxes", on_2="surface", on_3=CHECK_KEYS[check])
    ),
    *at(RaceContent(RaceState()), any="race"),
    *at(ExperimentContent(EXPERIMENT), any="experiment"),
    *(
        case
        for part, key in zip(PARTS, ("objectness_factors", "objectness_race", "objectness_darknet"), strict=True)
        for case in at(
            ObjectnessContent(ObjectnessState(part=part)),
            on_1="objectness_curves",
            on_2=key,
            on_3="objectness_derivation",
        )
    ),
    *at(AssignmentContent(ASSIGNMENT), on_1="anchors", on_2="predictors", on_3="rules"),
    *at(
        AssignmentContent(replace(ASSIGNMENT, other=ASSIGNMENT.recipe)),
        on_1="anchors",
        on_2="predictors",
        on_3="predictors",
    ),
    *(
        case
        for form, edge in product(FORMS, EDGES)
        for case in at(
            DecodeContent(DecodeState(form=form, edge=edge)), on_1="decoded", on_2="decode_forms", on_3=EDGE_KEYS[edge]
        )
    ),
    *(case for tab in DECODE_TABS[1:] for case in at(DecodeContent(DecodeState(tab=tab)), any=tab)),
    *(case for tab in ZOO_TABS for case in at(FunctionsContent(FunctionsState(tab=tab)), any=TAB_KEYS[tab])),
    *at(CompareContent(CompareState()), any="ledger"),
    *at(CompareContent(CompareState(term=EVERY_TERM)), any="difference"),
    *at(CompareContent(CompareState(history=True)), any="history"),
    *at(CompareContent(CompareState(history=True, term=EVERY_TERM)), any="difference"),
]


def test_every_tab_level_and_part_has_the_figure_that_is_on_its_screen() -> None:
    wrong = [
        (content, level, found, key) for content, level, key in CASES if (found := on_screen(content, level)) != key
    ]
    assert not wrong


ALTERNATIVES = {"scene", "bars", "slice", "curves", "basin", "distance", "zoo_trap"}
"""Figures that are a part of another one, or another look at the same."""


def test_every_other_figure_is_the_one_on_some_screen() -> None:
    every = {key for figures in FIGURES.values() for key in figures}
    assert {key for _, _, key in CASES} == every - ALTERNATIVES


def test_curves_take_any_proportion_and_squares_and_maps_keep_theirs() -> None:
    fills = {key for figures in FIGURES.values() for key, figure in figures.items() if figure.fills}
    assert {"curves", "slice", "steps", "cliff", "squashes", "zoo_curves", "objectness_race", "experiment"} <= fills
    assert not fills & {"lab", "scene", "map", "boxes", "surface", "predictors", "rules", "decoded", "basin", "race"}
