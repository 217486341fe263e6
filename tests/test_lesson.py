"""What a link says beside the state, and the teacher's list of states in one link."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.engine.heads import Predictor
from lossviz.lesson import (
    ANSWERS,
    HIDEABLE,
    LEVELS,
    LONGEST,
    MOST_SLIDES,
    VIEWS,
    Visit,
    shown_slide,
    slide_for,
    slides_of,
    visit_from,
    with_slide,
    without_slide,
)
from lossviz.presets import PRESETS
from lossviz.state import KEYS, State

STATES = [
    State(),
    State("chelsea", "darknet_v2", "mse").with_setting("rescore", 0),
    State(mode="label").with_truth(0, gone=True).with_truth(3, xywh=(0.5, 0.5, 0.2, 0.2), kind=4),
    State(at=Predictor("13", 1, 6, 8), steps=9554, walker="duel", rate=0.25),
    State(term="size", channel=2, reading="printed", map="states", pooled=True).with_raw(
        Predictor("26", 0, 1, 2), {0: 1.5, 4: -3.25, 84: 2}
    ),
]


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    """Visits of every part."""
    slides = tuple(slide_for(state, Visit()) for state in draw(st.lists(st.sampled_from(STATES), max_size=5)))
    return Visit(
        draw(st.sampled_from(["en", "zh"])),
        draw(st.sampled_from(VIEWS)),
        draw(st.sampled_from(LEVELS)),
        tuple(draw(st.lists(st.sampled_from(HIDEABLE), unique=True))),
        draw(st.sampled_from(["", *PRESETS])),
        slides,
        draw(st.integers(0, max(len(slides) - 1, 0))),
    )


def reread(visit: Visit) -> Visit:
    """What the address bar makes of it."""
    found, bad = visit_from(dict(parse_qsl(urlencode(visit.to_query()), keep_blank_values=True)), Visit())
    assert bad == ()
    return found


@given(visits())
@settings(deadline=None)
def test_any_visit_survives_the_trip_through_the_address_bar(visit: Visit) -> None:
    assert reread(visit) == visit


@given(st.dictionaries(st.sampled_from([*vars(Visit())]) | st.text(max_size=5), st.text(max_size=60), max_size=7))
@settings(deadline=None)
def test_any_nonsense_opens_as_a_visit_that_has_a_link_of_its_own(query: dict[str, str]) -> None:
    visit, bad = visit_from(query, Visit())
    assert set(bad) <= query.keys() & vars(Visit()).keys()
    assert reread(visit) == visit


def test_a_state_and_a_visit_never_share_a_key() -> None:
    assert not {*KEYS.values(), "v"} & vars(Visit()).keys()


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ({"lang": "xx"}, "lang"),
        ({"lang": ""}, "lang"),
        ({"view": "huge"}, "view"),
        ({"level": "4"}, "level"),
        ({"level": "0"}, "level"),
        ({"hide": "loss"}, "hide"),
        ({"hide": "bars.<b>"}, "hide"),
        ({"hide": ""}, "hide"),
        ({"ask": "nothing"}, "ask"),
        ({"ask": "RANK"}, "ask"),
        ({"slides": "scene=nowhere"}, "slides"),
        ({"slides": "scene=chelsea|raw=nonsense"}, "slides"),
        ({"slides": "level=4"}, "slides"),
        ({"slides": "ask=nothing"}, "slides"),
        ({"slides": "|".join(["scene=chelsea"] * (MOST_SLIDES + 1))}, "slides"),
        ({"slides": "scene=chelsea&x=" + "x" * LONGEST}, "slides"),
        ({"slide": "-1"}, "slide"),
        ({"slide": "one"}, "slide"),
        ({"slide": "41"}, "slide"),
    ],
    ids=lambda thing: f"{thing}"[:40],
)
def test_nonsense_gives_way_to_the_default_and_is_named(query: dict[str, str], bad: str) -> None:
    assert visit_from(query, Visit()) == (Visit(), (bad,))


def test_hidden_names_stand_with_dots_or_commas_each_once() -> None:
    assert visit_from({"hide": "bars,steps.bars"}, Visit())[0].hide == ("bars", "steps")
    assert Visit(hide=("bars", "steps")).to_query() == {"hide": "bars.steps"}


def test_answers_is_everything_that_gives_the_answer_away() -> None:
    visit = Visit(hide=("answers",))
    assert [name for name in HIDEABLE if not visit.shows(name)] == [*ANSWERS, "answers"]
    assert [name for name in HIDEABLE if not Visit(hide=("steps",)).shows(name)] == ["steps"]


def test_a_question_and_what_is_hidden_hold_for_one_link_and_the_rest_stays() -> None:
    before = Visit("zh", "present", "2", ("bars",), "rank", ("scene=chelsea",))
    assert visit_from({"scene": "chelsea"}, before)[0] == replace(before, ask="", hide=())
    assert visit_from({}, before)[0] == before


def test_a_list_of_five_states_survives_the_link_and_opens_one_by_one() -> None:
    visit = Visit("zh")
    for state in STATES:
        visit = with_slide(visit, slide_for(state, Visit()))
    assert visit.slide == 4
    found = reread(visit)
    assert found == visit
    assert [shown_slide(found, number)[0] for number in range(5)] == STATES
    assert [shown_slide(found, number)[1] for number in range(5)] == [replace(visit, slide=n) for n in range(5)]


def test_an_entry_keeps_level_question_and_what_is_hidden_but_neither_language_nor_view() -> None:
    seen = Visit("zh", "present", "2", ("bars", "steps"), "spoon", ("scene=voc",))
    entry = slide_for(PRESETS["spoon"].state, seen)
    state, shown = shown_slide(with_slide(Visit("en", "embed"), entry), 0)
    assert state == PRESETS["spoon"].state
    assert shown == Visit("en", "embed", "2", ("bars", "steps"), "spoon", (entry,), 0)


def test_an_entry_that_says_nothing_of_them_opens_on_the_first_level_without_a_question() -> None:
    visit = Visit(level="3", hide=("bars",), ask="rank", slides=("scene=chelsea",))
    assert shown_slide(visit, 0) == (State("chelsea"), Visit(slides=("scene=chelsea",), hide=("bars",)))


def test_what_the_teacher_hides_stays_hidden_unless_an_entry_says_otherwise() -> None:
    visit = Visit(hide=("answers",), slides=("scene=chelsea&level=2", "hide=bars"))
    assert [shown_slide(visit, number)[1].hide for number in range(2)] == [("answers",), ("bars",)]


def test_taking_an_entry_out_keeps_ones_place() -> None:
    visit = Visit(slides=("v=1", "scene=chelsea", "scene=voc"), slide=1)
    assert without_slide(visit, 0).slide == 0
    assert without_slide(visit, 2).slide == 1


def test_an_entry_is_spelled_again_with_known_keys_only() -> None:
    assert slides_of("scene=chelsea&utm=x&lang=zh&view=embed&slide=3") == ("v=1&scene=chelsea",)


def test_nothing_is_nested_an_entry_has_no_list_of_its_own() -> None:
    inner = urlencode({"scene": "chelsea", "slides": "scene=voc|scene=grid"})
    assert all("slides" not in entry for entry in slides_of(inner.replace("|", "%7C")))
    seen = Visit(slides=("scene=voc",), slide=0)
    assert "slide" not in slide_for(State(), seen)


def test_a_list_carries_40_entries_and_not_41() -> None:
    visit = Visit()
    for _ in range(MOST_SLIDES + 1):
        visit = with_slide(visit, "v=1&scene=voc")
    assert len(visit.slides) == MOST_SLIDES
    assert reread(visit) == visit


def test_a_list_stops_growing_before_its_link_is_too_long() -> None:
    state = State()
    for column in range(13):
        state = state.with_raw(Predictor("13", 0, 0, column), {0: 1.23456, 1: 2.34567, 2: -1.5, 3: 0.25})
    entry, visit = slide_for(state, Visit()), Visit()
    while (longer := with_slide(visit, entry)) != visit:
        visit = longer
    assert 2 < len(visit.slides) < MOST_SLIDES
    assert len(urlencode({"slides": "|".join(visit.slides)})) <= LONGEST
    assert reread(visit) == visit


def test_a_number_beyond_the_list_means_its_last_entry() -> None:
    assert visit_from({"slides": "scene=voc|scene=grid", "slide": "9"}, Visit())[0].slide == 1
    assert visit_from({"slide": "3"}, Visit())[0].slide == 0


def test_an_entry_can_be_taken_out() -> None:
    visit = Visit(slides=("scene=voc", "scene=grid", "scene=chelsea"), slide=2)
    assert without_slide(visit, 0) == Visit(slides=("scene=grid", "scene=chelsea"), slide=1)
    assert without_slide(Visit(slides=("scene=voc",)), 0) == Visit()
