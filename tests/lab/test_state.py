"""The state and its spelling in a link: every state survives the trip, any nonsense still opens."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lossviz.core.link import six
from lossviz.engine.heads import Predictor
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.lab.channels import why_of
from lossviz.lab.evaluation import recipe_for
from lossviz.lab.predictors import map_of
from lossviz.lab.state import (
    ASSIGNERS,
    CLASSES,
    COORDINATES,
    KEYS,
    LEARNING_RATES,
    MAPS,
    MODES,
    MOST_CLASSES,
    MOST_STEPS,
    MOST_TRUTHS,
    READINGS,
    SMALL_BOXES,
    WALKERS,
    Raws,
    State,
    TruthEdit,
    from_query,
)
from lossviz.lab.view import view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_of
from lossviz.scenes.limits import EDGE, LARGEST_LABEL, SMALLEST, WIDEST

TRUTH_BOUNDS = [(EDGE, 1 - EDGE)] * 2 + [(SMALLEST, LARGEST_LABEL)] * 2
CUP = Predictor("13", 1, 5, 6)

GRIDS = {
    scene: [(head.name, head.raw.shape[1], *head.raw.shape[3:]) for head in scene_of(scene).heads] for scene in SAMPLES
}
TRUTHS = {scene: scene_of(scene).live(MOST_TRUTHS).images[0] for scene in SAMPLES}
KINDS = {scene: scene_of(scene).heads[0].classes for scene in SAMPLES}
CHOSEN = {
    "objectness": OBJECTNESS_CHOICES,
    "coordinates": COORDINATES,
    "assigner": ASSIGNERS,
    "classes": CLASSES,
    "small_boxes": SMALL_BOXES,
    "mode": MODES,
    "reading": READINGS,
    "map": MAPS,
}


def sixed(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers a link can spell."""
    return st.floats(low, high).map(six).filter(lambda value: low <= value <= high)


PLACES = st.tuples(*(sixed(*pair) for pair in TRUTH_BOUNDS))


@st.composite
def predictors(draw: st.DrawFn, scene: str) -> Predictor:
    name, *sizes = draw(st.sampled_from(GRIDS[scene]))
    return Predictor(name, *(draw(st.integers(0, size - 1)) for size in sizes))


@st.composite
def said(draw: st.DrawFn, scene: str) -> Raws:
    """What a predictor was made to say: any of its channels, few of its classes."""
    channels = draw(st.sets(st.integers(0, 4), min_size=1))
    classes = draw(st.sets(st.integers(5, 4 + KINDS[scene]), max_size=min(3, MOST_CLASSES)))
    return tuple((channel, draw(sixed(-WIDEST, WIDEST))) for channel in sorted(channels | classes))


@st.composite
def edits(draw: st.DrawFn, scene: str) -> TruthEdit:
    """What was done to a truth; an added one has its place and its class."""
    number = draw(st.integers(0, MOST_TRUTHS - 1))
    if number < TRUTHS[scene] and draw(st.booleans()):
        return TruthEdit(number, gone=True)
    place, kind = draw(st.none() | PLACES), draw(st.none() | st.integers(0, KINDS[scene] - 1))
    if number >= TRUTHS[scene] or (place is None and kind is None):
        place, kind = place or (0.5, 0.5, 0.2, 0.2), kind or 0
    return TruthEdit(number, place, kind)


@st.composite
def known_settings(draw: st.DrawFn, recipe: str) -> tuple[tuple[str, float], ...]:
    """Settings of the program, in their bounds."""
    own = RECIPES[recipe].settings
    found = {}
    for name in draw(st.sets(st.sampled_from(own.accepts()))):
        meta = own.__dataclass_fields__[name].metadata
        whole = isinstance(getattr(own, name), int)
        bounds = (int(meta["low"]), int(min(meta["high"], 99_999))) if whole else (meta["low"], min(meta["high"], 1e9))
        found[name] = float(draw(st.integers(*bounds) if whole else sixed(*bounds)))
    return tuple(sorted(found.items()))


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """What a state is made of, from every part of it."""
    scene, recipe = draw(st.sampled_from(list(SAMPLES))), draw(st.sampled_from(list(RECIPES)))
    walker = draw(st.sampled_from(WALKERS))
    heard = st.tuples(predictors(scene), said(scene))
    return {
        "scene": scene,
        "recipe": recipe,
        **{name: draw(st.sampled_from(words)) for name, words in CHOSEN.items()},
        "settings": draw(known_settings(recipe)),
        "at": draw(st.none() | predictors(scene)),
        "raws": tuple(draw(st.lists(heard, max_size=5, unique_by=lambda pair: pair[0]))),
        "truths": tuple(draw(st.lists(edits(scene), max_size=5, unique_by=lambda edit: edit.number))),
        "label": draw(st.integers(0, MOST_TRUTHS - 1)),
        "term": draw(st.sampled_from(["", *(term.name for term in RECIPES[recipe].terms)])),
        "channel": draw(st.none() | st.integers(0, 4 + KINDS[scene])),
        "pooled": draw(st.booleans()),
        "steps": draw(st.none() | st.integers(0, MOST_STEPS[walker])),
        "rate": draw(sixed(*LEARNING_RATES)),
        "flipped": draw(st.booleans()),
        "walker": walker,
    }


PIECES = st.sampled_from(
    ["0", "00", "1", "13", "26", "13.1.5.6", "13.01.5.6", "_", "~", ".", "-", "e", "9" * 400, "nan", "٣", "<b>"]
)
JUNK = (
    st.text(max_size=40) | st.lists(PIECES, max_size=24).map("".join) | st.from_regex(r"\A0{0,9}[0-9]{1,3}(_\.5){4}\Z")
)


@given(choices())
@settings(deadline=None)
def test_any_state_survives_the_trip_through_the_address_bar(choice: dict[str, Any]) -> None:
    state = State(**choice)
    assert choice.keys() == vars(state).keys() == KEYS.keys()
    assert from_query(state.to_query()) == (state, ())


@given(choices())
@settings(deadline=None, max_examples=25)
def test_any_state_a_link_can_carry_has_numbers_on_every_level(choice: dict[str, Any]) -> None:
    joint = dict(choice["settings"]).get("background")  # objectness as a class has no softmax of the classes alone
    state = State(**choice | {"steps": None} | ({"classes": "as-written"} if joint else {}))
    view = view_of(state)
    squares = RECIPES[state.recipe].prints == "delta squared"
    assert len(view.printed_costs) == (len(scene_of(state.scene).heads) if squares else 0)
    assert view.prediction.predictor == (state.at or view.prediction.predictor)
    why, found = why_of(view), map_of(view)
    assert len(why.channels) + why.others == len(view.prediction.raw)
    assert found.values.shape == found.states.shape == view.prediction.grid[::-1]


@given(
    st.dictionaries(
        st.sampled_from([*KEYS.values(), "v"]) | st.text(max_size=9), JUNK | st.sampled_from(list(SAMPLES)), max_size=9
    )
)
@example({"truth": "00000000099_.5_.5_.5_.5"})
@example({"truth": "0_.5_.5_.5_.5~00_.4_.4_.4_.4"})
@example({"raw": "13.1.5.6_0_0_0_0~13.01.5.6_1_1_1_1"})
@example({"raw": "13.1.5.6_" + "9" * 100_000})
@settings(deadline=None)
def test_any_nonsense_opens_as_a_state_that_has_a_link_of_its_own(query: dict[str, str]) -> None:
    state, bad = from_query(query)
    assert from_query(state.to_query()) == (state, ())
    assert set(bad) <= query.keys() & {*KEYS.values(), "v"}
    assert all(edit.number < MOST_TRUTHS for edit in state.truths)


def test_the_default_writes_nothing() -> None:
    assert State().to_query() == {}


@pytest.mark.parametrize(
    ("state", "query"),
    [
        (State(scene="chelsea"), {"scene": "chelsea"}),
        (State(recipe="darknet_v2"), {"recipe": "darknet_v2"}),
        (State(objectness="mse"), {"obj": "mse"}),
        (State(mode="label"), {"mode": "label"}),
        (State(at=CUP), {"at": "13.1.5.6"}),
        (State().with_raw(CUP, {0: 0.25, 1: -1, 2: 0, 3: 1e-5}), {"raw": "13.1.5.6_0.25_-1_0_1e-05"}),
        (State().with_raw(CUP, {4: -3.5, 49: 1.5}), {"raw": "13.1.5.6_o-3.5_44c1.5"}),
        (State().with_raw(CUP, {0: 1, 1: 2, 2: 3, 3: 4, 4: 5}), {"raw": "13.1.5.6_1_2_3_4_o5"}),
        (State().with_raw(CUP, {0: 1, 3: 4}), {"raw": "13.1.5.6_x1_h4"}),
        (State(truths=(TruthEdit(1, (0.5, 0.5, 0.2, 1.4)),)), {"truth": "1_0.5_0.5_0.2_1.4"}),
        (State(truths=(TruthEdit(1, kind=5),)), {"truth": "1_k5"}),
        (State(truths=(TruthEdit(7, (0.5, 0.5, 0.2, 1.4), 5),)), {"truth": "7_0.5_0.5_0.2_1.4_k5"}),
        (State(truths=(TruthEdit(0, gone=True), TruthEdit(1, gone=True))), {"truth": "0_gone~1_gone"}),
        (State(coordinates="mse"), {"xy": "mse"}),
        (State(classes="softmax"), {"cls": "softmax"}),
        (State(small_boxes="off"), {"wh": "off"}),
        (State().with_setting("ignore_thresh", 0.5), {"set": "ignore_thresh_0.5"}),
        (State(label=1), {"label": "1"}),
        (State(term="size"), {"term": "size"}),
        (State(channel=0), {"channel": "0"}),
        (State(reading="printed"), {"read": "printed"}),
        (State(map="states"), {"map": "states"}),
        (State(pooled=True), {"sum": "1"}),
        (State(steps=0), {"steps": "0"}),
        (State(rate=1e-5), {"lr": "1e-05"}),
        (State(walker="duel"), {"of": "duel"}),
    ],
    ids=lambda thing: "" if isinstance(thing, State) else next(iter(thing)),
)
def test_only_what_differs_from_the_default_is_written(state: State, query: dict[str, str]) -> None:
    assert state.to_query() == {"v": "1", **query}


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ({"v": "2"}, "v"),
        ({"scene": "../coffee"}, "scene"),
        ({"recipe": "keras"}, "recipe"),
        ({"obj": "focal"}, "obj"),
        ({"mode": ""}, "mode"),
        ({"at": "52.0.0.0"}, "at"),
        ({"at": "13.3.0.0"}, "at"),
        ({"at": "13.0.13.0"}, "at"),
        ({"at": "13.0.0.-1"}, "at"),
        ({"raw": "13.1.5.6_120.1_0_0_0"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0_-120.1"}, "raw"),
        ({"raw": "13.1.5.6"}, "raw"),
        ({"raw": "13.1.5.6_"}, "raw"),
        ({"raw": "13.1.5.6_o121"}, "raw"),
        ({"raw": "13.1.5.6_oinf"}, "raw"),
        ({"raw": "13.1.5.6_o1_o2"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0_0_x1"}, "raw"),
        ({"raw": "13.1.5.6_80c1"}, "raw"),
        ({"raw": "13.1.5.6_04c1"}, "raw"),
        ({"raw": "13.1.5.6_p1"}, "raw"),
        ({"raw": "13.1.5.6_" + "_".join(f"{k}c1" for k in range(25))}, "raw"),
        ({"raw": "13.1.5.6_0_0_0"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0_nan"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0_0~13.1.5.6_0_0_0_0"}, "raw"),
        ({"truth": "2_0.5_0.5_0.2_0.2"}, "truth"),
        ({"truth": "0_0_0.5_0.2_0.2"}, "truth"),
        ({"truth": "0_0.5_1_0.2_0.2"}, "truth"),
        ({"truth": "0_0.5_0.5_0_0.2"}, "truth"),
        ({"truth": "0_0.5_0.5_0.2_1.4.1"}, "truth"),
        ({"truth": "-1_0.5_0.5_0.2_0.2"}, "truth"),
        ({"truth": "2_k5"}, "truth"),
        ({"truth": "0_k80"}, "truth"),
        ({"truth": "0_k-1"}, "truth"),
        ({"truth": "0_"}, "truth"),
        ({"truth": "0"}, "truth"),
        ({"truth": "0_left"}, "truth"),
        ({"truth": "0_gone_k5"}, "truth"),
        ({"truth": "0_gone~0_k5"}, "truth"),
        ({"truth": "0_0.5_0.5_0.2_k5"}, "truth"),
        ({"truth": "64_0.5_0.5_0.2_0.2_k5"}, "truth"),
        ({"xy": "siou"}, "xy"),
        ({"cls": "bce"}, "cls"),
        ({"wh": "on"}, "wh"),
        ({"set": ""}, "set"),
        ({"set": "thresh_0.5"}, "set"),
        ({"set": "ignore_thresh"}, "set"),
        ({"set": "ignore_thresh_2.1"}, "set"),
        ({"set": "ignore_thresh_nan"}, "set"),
        ({"set": "max_boxes_0.5"}, "set"),
        ({"set": "ignore_thresh_0.5~ignore_thresh_0.6"}, "set"),
        ({"label": "64"}, "label"),
        ({"label": "-1"}, "label"),
        ({"term": "prior_centre"}, "term"),
        ({"channel": "85"}, "channel"),
        ({"channel": "01"}, "channel"),
        ({"read": "delta"}, "read"),
        ({"map": "grid"}, "map"),
        ({"sum": "2"}, "sum"),
        ({"steps": "10001"}, "steps"),
        ({"steps": "-1"}, "steps"),
        ({"steps": "1e3"}, "steps"),
        ({"lr": "0"}, "lr"),
        ({"lr": "9e-6"}, "lr"),
        ({"lr": "10001"}, "lr"),
        ({"lr": "-0.1"}, "lr"),
        ({"of": "two"}, "of"),
    ],
)
def test_what_is_out_of_bounds_gives_way_to_the_default_and_is_named(query: dict[str, str], bad: str) -> None:
    assert from_query(query) == (State(), (bad,))


def test_a_bad_value_leaves_the_good_ones_alone() -> None:
    state, bad = from_query({"scene": "chelsea", "obj": "nonsense", "unknown": "key", "recipe": "darknet_v2"})
    assert (state, bad) == (State(scene="chelsea", recipe="darknet_v2"), ("obj",))


def test_a_link_carries_32_predictors_and_not_33() -> None:
    items = [f"13.0.{n // 13}.{n % 13}_0_0_0_0" for n in range(33)]
    assert len(from_query({"raw": "~".join(items[:32])})[0].raws) == 32
    assert from_query({"raw": "~".join(items)}) == (State(), ("raw",))


def test_a_link_carries_64_truths_and_not_65() -> None:
    items = [f"{n}_0.5_0.5_0.2_0.2_k{n % 80}" for n in range(65)]
    assert len(from_query({"truth": "~".join(items[:64])})[0].truths) == 64
    assert from_query({"truth": "~".join(items)}) == (State(), ("truth",))


@pytest.mark.parametrize(("walker", "most"), MOST_STEPS.items())
def test_steps_end_where_they_take_too_long(walker: str, most: int) -> None:
    assert from_query({"of": walker, "steps": str(most)}) == (State(walker=walker, steps=most), ())
    assert from_query({"of": walker, "steps": str(most + 1)}) == (State(walker=walker), ("steps",))


def test_the_same_setting_is_good_for_one_program_and_nonsense_for_another() -> None:
    assert from_query({"recipe": "darknet_v2", "set": "thresh_0.5"})[0].settings == (("thresh", 0.5),)
    assert from_query({"recipe": "darknet_v3", "set": "thresh_0.5"}) == (State(), ("set",))


def test_older_links_say_four_bare_numbers() -> None:
    state, bad = from_query({"raw": "13.1.5.6_0.1_0.2_0.3_0.4", "truth": "0_0.5_0.4_0.3_0.2"})
    assert state.raws == ((CUP, ((0, 0.1), (1, 0.2), (2, 0.3), (3, 0.4))),)
    assert state.truths == (TruthEdit(0, (0.5, 0.4, 0.3, 0.2)),)
    assert bad == ()


def test_the_longest_untouched_gives_way_to_the_33rd_predictor_and_to_the_65th_label() -> None:
    state = State()
    for n in range(33):
        state = state.with_raw(Predictor("13", 0, n // 13, n % 13), {0: n})
    assert [raw[0][1] for _, raw in state.raws] == list(range(1, 33))
    for n in range(65):
        state = state.with_truth(n, xywh=(0.5, 0.5, 0.5, 0.5))
    assert [edit.number for edit in state.truths] == list(range(1, 65))


def test_who_moves_again_is_the_latest_and_stands_once() -> None:
    other = Predictor("13", 0, 0, 0)
    state = State().with_raw(CUP, {0: 1}).with_raw(other, {0: 2}).with_raw(CUP, {0: 3, 4: 5})
    assert state.raws == ((other, ((0, 2.0),)), (CUP, ((0, 3.0), (4, 5.0))))


def test_a_channel_that_is_set_leaves_the_others_of_its_predictor_as_they_were() -> None:
    state = State().with_raw(CUP, {4: 1, 0: 2}).with_raw(CUP, {1: 3})
    assert state.raws == ((CUP, ((0, 2.0), (1, 3.0), (4, 1.0))),)


def test_the_25th_class_of_a_predictor_takes_the_place_of_the_first() -> None:
    state = State()
    for kind in range(25):
        state = state.with_raw(CUP, {5 + kind: 1.0})
    assert [channel for channel, _ in state.raws[0][1]] == list(range(6, 30))
    assert from_query(state.to_query()) == (state, ())


def test_a_truth_that_was_moved_and_renamed_is_both() -> None:
    state = State().with_truth(0, xywh=(0.5, 0.5, 0.2, 0.2)).with_truth(1, gone=True).with_truth(0, kind=3)
    assert state.truths == (TruthEdit(1, gone=True), TruthEdit(0, (0.5, 0.5, 0.2, 0.2), 3))


def test_a_setting_is_set_again_and_taken_back() -> None:
    state = (
        State().with_setting("truth_thresh", 0.9).with_setting("ignore_thresh", 0.5).with_setting("truth_thresh", 0.8)
    )
    assert state.settings == (("ignore_thresh", 0.5), ("truth_thresh", 0.8))
    assert state.with_setting("ignore_thresh", None).settings == (("truth_thresh", 0.8),)
    assert recipe_for(state).settings.ignore_thresh == 0.5


@given(PLACES, sixed(-WIDEST, WIDEST))
@settings(deadline=None)
def test_six_digits_are_the_state_itself_not_an_approximation(xywh: tuple[float, ...], raw: float) -> None:
    nearly = [value * (1 + 1e-9) for value in (*xywh, raw)]
    state = State().with_raw(CUP, {4: nearly[4]}).with_truth(0, xywh=nearly[:4])
    assert state.raws[0][1] == ((4, raw),)
    assert state.truths[0].xywh == xywh
    assert from_query(state.to_query()) == (state, ())


@pytest.mark.parametrize("steps", [None, 7])
def test_whatever_changes_the_numbers_starts_the_steps_anew(steps: int | None) -> None:
    state, anew = State(steps=steps), None if steps is None else 0
    changed = (state.with_raw(CUP, {0: 1}), state.with_truth(0, kind=1), state.with_setting("max_boxes", 1))
    assert [other.steps for other in (*changed, state.at_rest())] == [anew] * 4


def test_before_the_steps_only_what_the_numbers_depend_on_is_left() -> None:
    looked = State(mode="label", label=1, term="size", channel=2, reading="printed", map="states", pooled=True)
    assert looked.before_steps() == State()
    walked = State("chelsea", "darknet_v2", at=CUP, rate=0.5, walker="all", steps=9).with_raw(CUP, {0: 1})
    assert walked.before_steps() == replace(walked, steps=None)


def test_at_rest_keeps_every_choice_and_no_box() -> None:
    state = State("chelsea", "darknet_v2", "bce", mode="label", at=CUP, term="size").with_setting("thresh", 0.5)
    assert state.with_raw(CUP, {0: 1}).with_truth(0, xywh=(0.5,) * 4).with_truth(5, gone=True).at_rest() == state
