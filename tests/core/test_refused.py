"""What a reader of links says of a value that it refuses: the rule, what is allowed, what came."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.core.link import (
    Bounds,
    decimal,
    decimals,
    named,
    names_of,
    one_of,
    read,
    some_of,
    switch,
    version,
    whole,
)
from lossviz.core.plane import box_reader
from lossviz.core.refused import Refused, Why
from lossviz.core.visit import Visit, visit_from
from lossviz.scenes.limits import four_of


class Plain:
    field = "plain"


def noted(parse: Callable[[str], Any], text: str) -> Refused:
    """What is noted of a value, after it was read as a page reads it."""
    bad: list[str] = []
    assert read({"key": text}, Plain, {"field": "key"}, {"field": parse}, bad) == {"field": "plain"}
    (note,) = bad
    assert isinstance(note, Refused)
    return note


@pytest.mark.parametrize(
    ("parse", "text", "why"),
    [
        (decimal(0, 1), "-0.3", Why("between", ("0", "1"), "-0.3")),
        (decimal(1e-5, 1e4), "0", Why("between", ("0.00001", "10000"), "0")),
        (decimal(0, 1), ".5", Why("number", ("0", "1"), ".5")),
        (decimal(0, 1), "nan", Why("number", ("0", "1"), "nan")),
        (decimal(-12, 12), "", Why("number", ("-12", "12"), "")),
        (whole(12), "13", Why("whole", ("0", "12"), "13")),
        (whole(12, 3), "2", Why("whole", ("3", "12"), "2")),
        (whole(12), "1.5", Why("whole", ("0", "12"), "1.5")),
        (whole(0), "1", Why("be", ("0",), "1")),
        (switch, "2", Why("one", ("0", "1"), "2")),
        (one_of("a", "b"), "foo", Why("one", ("a", "b"), "foo")),
        (one_of("a"), "foo", Why("be", ("a",), "foo")),
        (some_of("a", "b"), "a.c", Why("one", ("a", "b"), "c", part=True)),
        (some_of("a", "b"), "a.a", Why("names", ("1", "2"), "a.a")),
        (names_of(["a", "b", "c"], 2, 3), "a", Why("names", ("2", "3"), "a")),
        (names_of(["a", "b", "c"], 2, 2), "c.b.a", Why("exactly", ("2", "2"), "c.b.a")),
        (decimals([(-12, 12)] * 3), "1_2", Why("numbers", ("3",), "1_2")),
        (decimals([(-12, 12), (0, 1)]), "-13_0", Why("between", ("-12", "12"), "-13", part=True)),
        (decimals([(-12, 12), (0, 1)]), "0_2", Why("between", ("0", "1"), "2", part=True)),
        (box_reader(), "10_10_1_0.001", Why("thin", ("0.01", "10"), "0.001", part=True)),
        (box_reader(), "4_10_1_1", Why("between", ("5", "15"), "4", part=True)),
        (lambda text: four_of(text.split("_")), "1_1_1_1", Why("between", ("0.0001", "0.9999"), "1", part=True)),
        (named({"a": Bounds(0, 2)}), "a_3", Why("between", ("0", "2"), "3", part=True)),
        (named({"a": Bounds(0, 2)}), "b_1", Why("be", ("a",), "b", part=True)),
        (named({"a": Bounds(0, 2), "b": Bounds(0, 2)}), "foo", Why("one", ("a", "b"), "foo")),
        (named({"a_b": Bounds(0, 2)}), "a_b", Why("like", ("a_b_1",), "a_b")),
        (named({"a": Bounds(0, 2, whole=True)}), "a_0.5", Why("whole", ("0", "2"), "0.5", part=True)),
        (named({"a": Bounds(0, 2**53)}), f"a_{2**53}", Why("between", ("0", f"{2**53}"), f"{2**53}", part=True)),
    ],
)
def test_a_refused_value_comes_with_what_is_allowed(parse: Callable[[str], Any], text: str, why: Why) -> None:
    note = noted(parse, text)
    assert (note, note.why) == ("key", why)


@given(st.floats(-100, 100), st.floats(0, 50), st.floats(-1000, 1000))
def test_whatever_lies_outside_is_refused_with_the_bounds_and_nothing_else_is(
    low: float, more: float, x: float
) -> None:
    low, high, text = round(low, 2), round(low + more, 2), f"{x:.3f}"
    if low <= float(text) <= high:
        assert decimal(low, high)(text) == pytest.approx(float(text))
    else:
        why = noted(decimal(low, high), text).why
        assert why
        assert (float(why.allowed[0]), float(why.allowed[1]), why.came) == (low, high, text)


@pytest.mark.parametrize(
    "parse", [one_of(), lambda text: int("no number"), named({"a": Bounds(0, 2)})], ids=["none", "int", "twice"]
)
def test_a_reader_that_cannot_tell_leaves_the_key_alone(parse: Callable[[str], Any]) -> None:
    note = noted(parse, "a_1~a_1")
    assert (note, note.why) == ("key", None)


def test_a_note_is_its_key_in_every_comparison() -> None:
    note = noted(whole(1), "2")
    assert note == "key"
    assert {note: 1}["key"] == 1
    assert (note, f"link_{note}") in {("key", "link_key")}


def test_version_and_the_keys_of_every_page_say_what_they_allow() -> None:
    bad: list[str] = []
    version({"v": "2"}, bad)
    _, notes = visit_from({"level": "9", "live": "maybe", "hide": "bars.nobody", "slide": "0"}, Visit(), {})
    whys = {note: note.why for note in (*bad, *notes) if isinstance(note, Refused) and note.why}
    assert {key: (why.rule, why.allowed[:3], why.came) for key, why in whys.items()} == {
        "v": ("be", ("1",), "2"),
        "level": ("one", ("1", "2", "3"), "9"),
        "live": ("one", ("on", "off"), "maybe"),
        "hide": ("one", ("language", "scene", "objectness"), "nobody"),
        "slide": ("whole", ("1", "40"), "0"),
    }
