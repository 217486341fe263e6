"""The state of the page on decoding, its spelling in a link, and its examples."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.components.channels import WORDS
from lossviz.core.desk import Desk
from lossviz.core.examples import PAGES
from lossviz.core.link import six
from lossviz.core.text import LANGUAGES, catalogue
from lossviz.core.visit import LEVELS
from lossviz.decode.charts.curves import SQUASHES
from lossviz.decode.state import (
    CHANNELS,
    EDGES,
    FORMS,
    KEYS,
    LAYOUTS,
    PLAIN,
    REORGS,
    TABS,
    TENSORS,
    WAYS,
    DecodeState,
    from_query,
)
from lossviz.decode.view import Overflow
from lossviz.decode.widgets.box import ANSWERS
from lossviz.decode.words import UNITS
from lossviz.scenes.limits import WIDEST


@st.composite
def states(draw: st.DrawFn) -> DecodeState:
    def one(words: object) -> str:
        word: str = draw(st.sampled_from([*words]))  # type: ignore[misc]
        return word

    of, small = one(TENSORS), one(REORGS)
    channels, rows, columns = TENSORS[of]
    raw = st.floats(-WIDEST, WIDEST).map(six)
    return DecodeState(
        tab=one(TABS),
        raw=draw(st.tuples(raw, raw, raw, raw)),
        hand=draw(st.integers(0, len(CHANNELS) - 1)),
        form=one(FORMS),
        edge=one(EDGES),
        of=of,
        channel=draw(st.integers(0, channels - 1)),
        cell=(draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))),
        layout=one(LAYOUTS),
        way=one(WAYS),
        small=small,
        output=draw(st.tuples(*(st.integers(0, count - 1) for count in REORGS[small]))),  # type: ignore[arg-type]
        back=draw(st.booleans()),
    )


@given(states())
@settings(deadline=None)
def test_any_state_survives_the_trip_through_the_address_bar(state: DecodeState) -> None:
    assert KEYS.keys() == vars(state).keys()
    assert from_query(state.to_query()) == (state, ())


def test_what_the_page_opens_on_needs_no_link() -> None:
    assert from_query({}) == (PLAIN, ())
    assert PLAIN.to_query() == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tab", "boxes"),
        ("raw", "1_2_3"),
        ("raw", "1_2_3_nan"),
        ("raw", "1_2_3_121"),
        ("number", "4"),
        ("as", ""),
        ("edge", "nan"),
        ("of", "v3"),
        ("ch", "255"),
        ("ch", "04"),
        ("cell", "13_0"),
        ("cell", "1"),
        ("layout", "nchw"),
        ("way", "reorg"),
        ("size", "small"),
        ("out", "16_0_0"),
        ("out", "0_0_0_0"),
        ("back", "2"),
        ("v", "2"),
    ],
)
def test_a_bad_value_gives_way_to_the_default_and_is_named(key: str, value: str) -> None:
    assert from_query({key: value}) == (PLAIN, (key,))


def test_a_channel_and_a_cell_must_be_in_their_own_tensor() -> None:
    assert from_query({"of": "coco", "ch": "424", "cell": "12_12"})[1] == ()
    assert from_query({"of": "voc", "ch": "125"})[1] == ("ch",)
    assert from_query({"of": "v3-52", "cell": "51_51"})[1] == ()
    assert from_query({"size": "real", "out": "255_12_12"})[1] == ()


def test_a_smaller_tensor_takes_channel_and_cell_as_far_as_there_is_room() -> None:
    state = replace(PLAIN, of="v3-52", channel=254, cell=(51, 3)).over("voc")
    assert (state.channel, state.cell) == (124, (12, 3))
    assert replace(PLAIN, small="real", output=(200, 1, 12)).sized("toy").output == (15, 1, 1)
    assert from_query(state.to_query()) == (state, ())


def test_raw_numbers_stop_at_what_a_link_may_carry() -> None:
    assert PLAIN.with_one(2, 1e9).raw == (0.6, -0.4, WIDEST, 0.7)
    assert PLAIN.with_one(3, -1e9).raw == (0.6, -0.4, 0.4, -WIDEST)


def test_another_look_is_no_step_to_undo_and_another_box_is_one() -> None:
    desk = Desk(PLAIN, PLAIN, PLAIN)
    desk.settle(replace(PLAIN, hand=3, form="inverse", tab="tensor"))
    assert desk.past == []
    desk.settle(desk.state.with_one(0, 2.0))
    assert len(desk.past) == 1


def test_every_example_opens_without_a_note_on_a_state_of_its_own() -> None:
    found = {key: from_query(preset.query) for key, preset in PAGES["decode"].items()}
    assert [bad for _, bad in found.values() if bad] == []
    assert {"border", "doubled", "thrown", "overflow"} <= found.keys()
    assert len({*(state for state, _ in found.values()), PLAIN}) == len(found) + 1
    assert {preset.level for preset in PAGES["decode"].values()} == {*LEVELS}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_page_has_its_string(lang: str) -> None:
    wanted = {f"example_decode_{key}{why}" for key in PAGES["decode"] for why in ("", "_why")}
    wanted |= {f"link_key_{key}" for key in KEYS.values()} | {f"decode_tab_{tab}" for tab in TABS}
    wanted |= {f"decode_{what}_{level}" for what in ("level", "question") for level in LEVELS}
    wanted |= {f"decode_says_{part}" for part in ("x", "y", *FORMS, *EDGES)}
    wanted |= {f"decode_form_{form}" for form in FORMS} | {f"decode_edge_{edge}" for edge in EDGES}
    wanted |= {f"decode_over_{name}" for name in Overflow._fields} | {f"decode_guess_{one}" for one in ANSWERS}
    wanted |= {f"decode_broken_{how}" for how in ("fine", "infinite", "giou", "lost")}
    wanted |= {f"decode_unit_{unit}" for unit in UNITS} | {f"decode_axis_{name}" for name in SQUASHES}
    wanted |= {f"decode_is_{kind}" for kind in ("finite", "infinite", "nan")}
    wanted |= {f"decode_form_{form}_box" for form in ("free", "bounded")}
    wanted |= {f"decode_row_{word}" for word in WORDS if word not in ("slider", "field")}
    assert wanted <= catalogue(lang).keys()
