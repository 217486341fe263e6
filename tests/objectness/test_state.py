"""The state of the page on objectness, its spelling in a link, and its examples."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.core.desk import Desk
from lossviz.core.examples import PAGES
from lossviz.core.link import six
from lossviz.core.text import LANGUAGES, catalogue
from lossviz.core.visit import LEVELS
from lossviz.derivations import DERIVATIONS
from lossviz.engine.rules import RULES
from lossviz.objectness.state import (
    AXES,
    KEYS,
    MOST,
    PARTS,
    PLAIN,
    RATES,
    SCALES,
    SHOWN,
    STEPS,
    ObjectnessState,
    from_query,
)
from lossviz.scenes.gallery import scene_of


def within(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers a link can spell."""
    return st.floats(low, high).map(six).filter(lambda value: low <= value <= high)


LOGITS = within(-MOST, MOST)
STATES = st.builds(
    ObjectnessState,
    logit=LOGITS,
    target=within(0, 1),
    shown=st.sets(st.sampled_from(SHOWN), min_size=1).map(lambda some: tuple(name for name in SHOWN if name in some)),
    axis=st.sampled_from(AXES),
    scale=st.sampled_from(SCALES),
    part=st.sampled_from(PARTS),
    derivation=st.sampled_from(["", *DERIVATIONS]),
    line=st.integers(0, 3),
    rule=st.sampled_from(["", *RULES]),
    scores=st.tuples(LOGITS, LOGITS, LOGITS),
    kind=st.integers(0, 2),
    rate=within(*RATES),
    steps=st.integers(*STEPS),
)


@given(STATES)
@settings(deadline=None)
def test_any_state_survives_the_trip_through_the_address_bar(state: ObjectnessState) -> None:
    assert KEYS.keys() == vars(state).keys()
    assert from_query(state.to_query()) == (state, ())


def test_the_page_opens_on_the_missed_spoon_and_needs_no_link() -> None:
    head = next(head for head in scene_of("coffee").heads if head.name == "13")
    raw = float(head.raw[0, 1, 4, 6, 8])
    assert six(raw) == PLAIN.logit
    assert PLAIN.probability == pytest.approx(float(torch.sigmoid(torch.tensor(raw).double())), rel=1e-6)
    assert from_query({}) == (PLAIN, ())
    assert PLAIN.to_query() == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("z", value) for value in ("", "nan", "12.1", "-13", "1e3", ".5")),
        *(("t", value) for value in ("-0.1", "1.01", "IoU")),
        *(("f", value) for value in ("", "mse", "bce.bce")),
        ("by", "logit"),
        ("scale", "2"),
        ("see", "all"),
        *(("d", value) for value in ("<b>", "nowhere", "../l2")),
        *(("line", value) for value in ("-1", "100", "01")),
        ("rule", "<i>"),
        *(("zs", value) for value in ("1_2", "1_2_3_4", "1_2_13")),
        ("k", "3"),
        ("lr", "0"),
        *(("steps", value) for value in ("9", "10001")),
        ("v", "2"),
    ],
)
def test_a_bad_value_gives_way_to_the_default_and_is_named(key: str, value: str) -> None:
    assert from_query({key: value}) == (PLAIN, (key,))


@given(st.floats(0.001, 0.999))
@settings(deadline=None)
def test_a_probability_is_kept_as_its_logit(p: float) -> None:
    assert PLAIN.with_probability(p).probability == pytest.approx(p, rel=1e-5)


def test_an_output_stays_within_the_picture() -> None:
    assert PLAIN.with_logit(99).logit == MOST
    assert PLAIN.with_probability(0).logit == -MOST
    assert PLAIN.with_probability(1).logit == MOST
    assert math.isclose(PLAIN.with_logit(0).probability, 0.5)


def test_another_axis_or_another_loss_is_no_step_to_undo() -> None:
    desk = Desk(PLAIN, PLAIN, PLAIN)
    desk.settle(replace(PLAIN, axis="p", shown=("focal",), part="race"))
    assert desk.past == []
    desk.settle(desk.state.with_logit(1))
    assert len(desk.past) == 1
    desk.take_back()
    assert desk.state.logit == PLAIN.logit


def examples() -> dict[str, ObjectnessState]:
    found = {key: from_query(preset.query) for key, preset in PAGES["objectness"].items()}
    assert [bad for _, bad in found.values() if bad] == []
    return {key: state for key, (state, _) in found.items()}


def test_every_example_opens_without_a_note_on_a_state_of_its_own() -> None:
    found = examples()
    assert len({*found.values(), PLAIN}) == len(found) + 1
    assert {preset.level for preset in PAGES["objectness"].values()} <= {*LEVELS}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_page_has_its_string(lang: str) -> None:
    words = catalogue(lang)
    wanted = {f"example_objectness_{key}{why}" for key in PAGES["objectness"] for why in ("", "_why")}
    wanted |= {f"link_key_{key}" for key in KEYS.values()} | {f"objectness_part_{part}" for part in PARTS}
    wanted |= {f"objectness_{what}_{level}" for what in ("level", "question") for level in LEVELS}
    wanted |= {f"objectness_{what}_{name}" for what in ("loss", "about") for name in SHOWN}
    wanted |= {f"objectness_{what}_{axis}" for what in ("axis", "at", "slope") for axis in AXES}
    assert wanted <= words.keys()
