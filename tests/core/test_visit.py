"""What a link says beside the state, and the teacher's list of states in one link."""

import random
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from helpers.examples import opened
from helpers.links import said
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.core.examples import PAGES, PRESETS
from lossviz.core.lessons import LESSONS
from lossviz.core.slides import LONGEST, MOST_SLIDES, packed, parts_of
from lossviz.core.visit import (
    ANSWERS,
    HIDEABLE,
    LEVELS,
    ROLES,
    VIEWS,
    VISIT_KEYS,
    Visit,
    described,
    everywhere,
    hiding,
    list_of,
    moved_slide,
    shown_slide,
    slide_for,
    visit_from,
    with_slide,
    with_slides,
    without_slide,
)
from lossviz.engine.heads import Predictor
from lossviz.lab.state import KEYS, State
from pages import all_pages

READS = {page.path: page.reads for page in all_pages()}
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
    slides = tuple(slide_for("lab", state, Visit()) for state in draw(st.lists(st.sampled_from(STATES), max_size=5)))
    lesson = draw(st.sampled_from(["", *LESSONS]))
    card = draw(st.integers(0, len(LESSONS[lesson].cards))) if lesson else 0
    return Visit(
        draw(st.sampled_from(["en", "zh"])),
        draw(st.sampled_from(VIEWS)),
        draw(st.sampled_from(LEVELS)),
        tuple(draw(st.lists(st.sampled_from(HIDEABLE), unique=True))),
        draw(st.sampled_from(["", *PRESETS])),
        slides,
        draw(st.integers(0, max(len(slides) - 1, 0))),
        lesson=lesson,
        card=card,
        role=draw(st.sampled_from(ROLES)),
        klass=draw(st.sampled_from(["", "night-b", "一班"])),
    )


def reread(visit: Visit) -> Visit:
    """What the address bar makes of it."""
    found, bad = visit_from(dict(parse_qsl(urlencode(visit.to_query()), keep_blank_values=True)), Visit(), READS)
    assert bad == ()
    return found


@given(visits())
@settings(deadline=None)
def test_any_visit_survives_the_trip_through_the_address_bar(visit: Visit) -> None:
    assert reread(visit) == visit


@given(st.dictionaries(st.sampled_from([*VISIT_KEYS]) | st.text(max_size=5), st.text(max_size=60), max_size=7))
@settings(deadline=None)
def test_any_nonsense_opens_as_a_visit_that_has_a_link_of_its_own(query: dict[str, str]) -> None:
    visit, bad = visit_from(query, Visit(), READS)
    assert {key.partition(".")[0] for key in bad} <= query.keys() & VISIT_KEYS
    assert reread(visit) == visit


def test_a_state_and_a_visit_never_share_a_key() -> None:
    assert not {*KEYS.values(), "v"} & VISIT_KEYS


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ({"lang": "xx"}, "lang"),
        ({"lang": ""}, "lang"),
        ({"view": "huge"}, "view"),
        ({"level": "4"}, "level"),
        ({"level": "0"}, "level"),
        ({"hide": "loss"}, "hide"),
        ({"ask": "nothing"}, "ask"),
        ({"ask": "RANK"}, "ask"),
        ({"slides": "scene=nowhere"}, "slides.1"),
        ({"slides": "nowhere?level=2"}, "slides.1"),
        ({"slides": "overlap?scene=chelsea"}, "slides.1"),
        ({"slides": "scene=chelsea&utm=x"}, "slides.1"),
        ({"slides": "lab?#" + "x" * 61}, "slides.1"),
        ({"slides": "level=4"}, "slides.1"),
        ({"slides": "ask=nothing"}, "slides.1"),
        ({"slides": "|".join(["scene=chelsea"] * (MOST_SLIDES + 1))}, "slides"),
        ({"slides": "scene=chelsea&x=" + "x" * LONGEST}, "slides"),
        ({"class": "x" * 61}, "class"),
        ({"class": "a\nb"}, "class"),
        ({"role": "pupil"}, "role"),
        ({"slide": "-1"}, "slide"),
        ({"slide": "one"}, "slide"),
        ({"slide": "41"}, "slide"),
    ],
    ids=lambda thing: f"{thing}"[:40],
)
def test_nonsense_gives_way_to_the_default_and_is_named(query: dict[str, str], bad: str) -> None:
    assert visit_from(query, Visit(), READS) == (Visit(), (bad,))


def test_hidden_names_stand_with_dots_or_commas_each_once() -> None:
    assert visit_from({"hide": "bars,steps.bars"}, Visit(), {})[0].hide == ("bars", "steps")
    assert said(Visit(hide=("bars", "steps")).to_query()) == {"hide": "bars.steps"}


def test_a_name_nobody_knows_uncovers_nothing() -> None:
    visit, bad = visit_from({"hide": "bars.<b>.answers,loss"}, Visit(), {})
    assert (visit.hide, bad) == (("bars", "answers"), ("hide",))


def test_language_and_level_are_always_said() -> None:
    assert Visit().to_query() == {"lang": "en", "level": "1"}


def test_answers_is_everything_that_gives_the_answer_away() -> None:
    visit = Visit(hide=("answers",))
    assert [name for name in HIDEABLE if not visit.shows(name)] == [*ANSWERS, "answers"]
    assert [name for name in HIDEABLE if not Visit(hide=("steps",)).shows(name)] == ["steps"]


def test_what_is_revealed_is_seen_until_another_address_is_read_but_no_answer_of_a_card() -> None:
    revealed = Visit(hide=("answers", "bars"), revealed=True)
    assert [name for name in HIDEABLE if not revealed.shows(name)] == ["bars", "answers"]
    assert "revealed" not in revealed.to_query()
    assert not replace(revealed, veiled=True).answers


def test_a_link_says_everything_but_the_language_and_the_menu_nothing() -> None:
    before = Visit("zh", "present", "2", ("bars",), "rank", ("lab?scene=chelsea",))
    assert visit_from({"scene": "chelsea"}, before, READS) == (Visit("zh"), ())
    assert visit_from({}, before, READS) == (before, ())


def test_a_list_of_five_states_survives_the_link_and_opens_one_by_one() -> None:
    visit = Visit("zh")
    for state in STATES:
        visit = with_slide(visit, slide_for("lab", state, Visit()))
    assert visit.slide == 4
    found = reread(visit)
    assert found == visit
    assert [shown_slide(found, number, READS)[1] for number in range(5)] == STATES
    assert [shown_slide(found, number, READS)[2] for number in range(5)] == [replace(visit, slide=n) for n in range(5)]


def test_an_entry_keeps_level_question_and_what_is_hidden_but_neither_language_nor_view() -> None:
    seen = Visit("zh", "present", "2", ("bars", "steps"), "spoon", ("scene=voc",))
    entry = slide_for("lab", opened(PRESETS["spoon"]), seen)
    _, state, shown = shown_slide(with_slide(Visit("en", "embed"), entry), 0, READS)
    assert state == opened(PRESETS["spoon"])
    assert shown == Visit("en", "embed", "2", ("bars", "steps"), "spoon", (entry,), 0)


def test_an_entry_that_says_nothing_of_them_opens_on_the_first_level_without_a_question() -> None:
    visit = Visit(level="3", hide=("bars",), ask="rank", slides=("scene=chelsea",))
    assert shown_slide(visit, 0, READS) == ("lab", State("chelsea"), Visit(slides=("scene=chelsea",), hide=("bars",)))


def test_what_the_teacher_hides_stays_hidden_unless_an_entry_says_otherwise() -> None:
    visit = Visit(hide=("answers",), slides=("scene=chelsea&level=2", "hide=bars"))
    assert [shown_slide(visit, number, READS)[2].hide for number in range(2)] == [("answers",), ("bars",)]


def test_what_an_entry_hides_is_hidden_there_alone_whatever_way_leads_through_the_list() -> None:
    visit = Visit(hide=("answers",), slides=("scene=chelsea", "hide=bars", "scene=voc"))
    seen = []
    for number in (1, 2, 1, 0, 2, 1, 1, 2):
        _, _, visit = shown_slide(visit, number, READS)
        seen.append(visit.hide)
    own, everywhere = ("bars",), ("answers",)
    assert seen == [own, everywhere, own, everywhere, everywhere, own, own, everywhere]


def test_taking_an_entry_out_keeps_ones_place() -> None:
    visit = Visit(slides=("v=1", "scene=chelsea", "scene=voc"), slide=1)
    assert without_slide(visit, 0).slide == 0
    assert without_slide(visit, 2).slide == 1


def cleaned(entries: str) -> tuple[str, ...]:
    found, bad = list_of({"slides": entries}, READS)
    assert bad == []
    return tuple(found["slides"])


def test_an_entry_is_spelled_again_with_what_belongs_to_it() -> None:
    assert cleaned("scene=chelsea&lang=zh&view=embed&slide=3") == ("lab?v=1&scene=chelsea",)


def test_an_entry_names_its_page_and_may_have_a_name_and_old_ones_are_the_labs() -> None:
    entries = "overlap?box=10_10_2_2&level=2#two boxes|scene=chelsea|start?|lab?"
    assert cleaned(entries) == (
        "overlap?v=1&box=10_10_2_2&level=2#two boxes",
        "lab?v=1&scene=chelsea",
        "start?v=1",
        "lab?v=1",
    )
    visit = reread(Visit(slides=cleaned(entries), slide=2))
    pages = [shown_slide(visit, number, READS)[0] for number in range(4)]
    assert pages == ["overlap", "lab", "start", "lab"]
    assert parts_of(visit.slides[0])[2] == "two boxes"


@pytest.mark.parametrize("path", [path for path, reads in READS.items() if reads])
def test_a_state_of_any_page_survives_the_list_and_a_key_that_is_not_its_own_is_refused(path: str) -> None:
    reads = READS[path]
    assert reads is not None
    queries = [example.query for example in PAGES.get(path, {}).values()] or [{}]
    entries = [slide_for(path, reads(query)[0], Visit()) for query in queries]
    visit = reread(Visit(slides=tuple(entries)))
    assert [shown_slide(visit, n, READS)[1] for n in range(len(queries))] == [reads(query)[0] for query in queries]
    assert list_of({"slides": f"{path}?utm=1"}, READS)[1] == ["slides.1"]
    assert list_of({"slides": f"{path}?lang=zh&slides=x"}, READS)[1] == []


def test_what_cannot_be_opened_is_left_out_and_the_place_in_the_list_stays() -> None:
    found, bad = list_of({"slides": "scene=nowhere|scene=voc|nowhere?|scene=grid", "slide": "4"}, READS)
    assert found == {"slides": ("lab?v=1&scene=voc", "lab?v=1&scene=grid"), "slide": 1}
    assert bad == ["slides.1", "slides.3"]


def test_nothing_is_nested_an_entry_has_no_list_of_its_own() -> None:
    inner = urlencode({"scene": "chelsea", "slides": "scene=voc|scene=grid"})
    assert all("slides" not in entry for entry in cleaned(inner.replace("|", "%7C")))
    seen = Visit(slides=("scene=voc",), slide=0)
    assert "slide" not in slide_for("lab", State(), seen)


def test_a_list_carries_40_entries_and_not_41() -> None:
    visit = Visit()
    for _ in range(MOST_SLIDES + 1):
        visit = with_slide(visit, "lab?v=1&scene=voc")
    assert len(visit.slides) == MOST_SLIDES
    assert reread(visit) == visit


def test_a_list_stops_growing_before_its_link_is_too_long() -> None:
    draw, visit, longer = random.Random(7), Visit(), Visit(level="2")
    while longer != visit:
        visit, state = longer, State()
        for column in range(13):
            raw = {channel: round(draw.uniform(-5, 5), 5) for channel in range(4)}
            state = state.with_raw(Predictor("13", 0, 0, column), raw)
        longer = with_slide(visit, slide_for("lab", state, Visit()))
    assert 2 < len(visit.slides) < MOST_SLIDES
    assert len(quote(packed(visit.slides))) <= LONGEST
    assert reread(visit) == visit


def test_a_number_beyond_the_list_means_its_last_entry() -> None:
    assert visit_from({"slides": "scene=voc|scene=grid", "slide": "9"}, Visit(), READS)[0].slide == 1
    assert visit_from({"slide": "3"}, Visit(), READS)[0].slide == 0


NAMED = Visit(slides=("lab?v=1#one#say it", "overlap?v=1&level=2", "race?v=1#three"), slide=1)


def test_an_entry_is_named_and_noted_and_keeps_its_state() -> None:
    named = described(NAMED, 1, "50 % | #2", "first\nthen")
    assert parts_of(named.slides[1]) == ("overlap", {"v": "1", "level": "2"}, "50 % | #2", "first\nthen")
    assert (reread(named), described(named, 1, "", "")) == (named, NAMED)
    assert [described(NAMED, 1, "x" * 61, ""), described(NAMED, 1, "a\nb", ""), described(NAMED, 1, "", "\0")] == [
        NAMED
    ] * 3


def test_what_an_entry_hides_is_set_and_taken_back_in_the_list() -> None:
    hidden = hiding(NAMED, 1, ("answers", "share"))
    assert shown_slide(hidden, 1, READS)[2].hide == ("answers", "share")
    assert parts_of(hiding(hidden, 0, ("bars",)).slides[0])[2:] == ("one", "say it")
    assert hiding(hidden, 1, ()) == NAMED


def test_an_entry_is_moved_and_the_one_that_is_shown_stays_shown() -> None:
    one, two, three = NAMED.slides
    assert moved_slide(NAMED, 0, 1) == replace(NAMED, slides=(two, one, three), slide=0)
    assert moved_slide(NAMED, 1, 1) == replace(NAMED, slides=(one, three, two), slide=2)
    assert [moved_slide(NAMED, 0, -1), moved_slide(NAMED, 2, 1)] == [NAMED, NAMED]


OPEN_HIDES = Visit(slides=("lab?v=1", "race?v=1&hide=bars", "zoo?v=1"), slide=1, hide=("bars",), kept=("share",))
"""The open entry hides bars, all others hide share."""


@pytest.mark.parametrize(
    ("changed", "hide", "kept"),
    [
        (hiding(OPEN_HIDES, 1, ()), ("share",), ()),
        (hiding(OPEN_HIDES, 1, ("undo",)), ("undo",), ("share",)),
        (hiding(OPEN_HIDES, 0, ("undo",)), ("bars",), ("share",)),
        (without_slide(OPEN_HIDES, 1), ("share",), ()),
        (with_slide(OPEN_HIDES, "zoo?v=1"), ("share",), ()),
        (with_slide(OPEN_HIDES, "zoo?v=1&hide=steps"), ("steps",), ("share",)),
        (moved_slide(OPEN_HIDES, 1, 1), ("bars",), ("share",)),
        (with_slides(OPEN_HIDES, ("lab?v=1&hide=answers", "zoo?v=1"), 0), ("answers",), ("share",)),
        (with_slides(OPEN_HIDES, (), 0), ("share",), ()),
        (hiding(Visit(slides=("lab?v=1", "zoo?v=1"), hide=("share",)), 0, ("bars",)), ("bars",), ("share",)),
    ],
)
def test_what_the_list_hides_everywhere_outlives_every_change_of_its_entries(
    changed: Visit, hide: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert (changed.hide, changed.kept, everywhere(changed)) == (hide, kept, kept or hide)


def test_an_entry_may_be_a_card_and_the_next_one_none() -> None:
    visit = Visit(slides=("overlap?v=1&lesson=iou&card=2", "lab?v=1"), slide=1)
    assert reread(visit) == visit
    _, _, shown = shown_slide(visit, 0, READS)
    assert (shown.lesson, shown.card) == ("iou", 2)
    assert slide_for("overlap", None, shown) == "overlap?v=1&lesson=iou&card=2"
    _, _, after = shown_slide(shown, 1, READS)
    assert (after.lesson, after.card) == ("", 0)


def test_another_state_of_the_list_hides_again_what_was_revealed() -> None:
    assert not shown_slide(replace(NAMED, revealed=True), 2, READS)[2].revealed


def test_an_entry_can_be_taken_out() -> None:
    visit = Visit(slides=("scene=voc", "scene=grid", "scene=chelsea"), slide=2)
    assert without_slide(visit, 0) == Visit(slides=("scene=grid", "scene=chelsea"), slide=1)
    assert without_slide(Visit(slides=("scene=voc",)), 0) == Visit()
