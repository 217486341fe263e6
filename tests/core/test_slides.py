"""How a list of states is spelled: in a link, compressed or not, and in a file."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.core.slides import (
    HEAD,
    LONGEST,
    LONGEST_TEXT,
    MOST_SLIDES,
    as_file,
    fits,
    of_file,
    packed,
    parts_of,
    room,
    spelled,
    unpacked,
    without_notes,
)

PRINTABLE = st.characters(exclude_categories=("C", "Z")) | st.just(" ")
WORDS = st.text(PRINTABLE, max_size=20)
NOTES = st.lists(WORDS, max_size=3).map("\n".join)
QUERIES = st.dictionaries(st.sampled_from(["v", "level", "raw", "hide"]), WORDS, min_size=1, max_size=3)


@given(st.sampled_from(["lab", "overlap"]), QUERIES, WORDS, NOTES)
def test_an_entry_comes_back_whatever_name_and_note_say(page: str, query: dict[str, str], name: str, note: str) -> None:
    entry = spelled(page, query, name, note)
    assert parts_of(entry) == (page, query, name, note)
    assert entry.isprintable()
    assert "|" not in entry


@given(st.lists(st.builds(spelled, st.just("lab"), QUERIES, WORDS, NOTES), min_size=1, max_size=9))
def test_a_list_comes_back_from_a_link_and_from_a_file(slides: list[str]) -> None:
    assert unpacked(packed(slides)) == slides
    assert of_file(as_file(slides).encode()) == [entry.strip() for entry in slides]


def test_a_short_list_can_be_read_in_its_link_and_a_long_one_takes_a_tenth() -> None:
    entry = spelled("overlap", {"v": "1", "box": "10_10_2_2"}, "Two boxes", "Ask first: which way?")
    assert packed([entry]) == entry
    many = [entry] * MOST_SLIDES
    assert len(packed(many)) < len("|".join(many)) / 10
    assert room(many)
    assert not room([*many, entry])


def test_an_old_name_is_read_as_it_was_written() -> None:
    assert parts_of("lab?v=1#50% of it")[2:] == ("50% of it", "")


def squeezed(content: bytes) -> str:
    return "~" + base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


BAD = {
    "no letters": "~!!",
    "nothing compressed": "~" + base64.urlsafe_b64encode(b"lab?v=1").decode(),
    "cut off": squeezed(bytes(range(256)) * 9)[:-20],
    "no text": squeezed(b"\xff\xfe"),
    "a bomb": squeezed(b"a" * 5_000_000),
    "longer than a list may be": squeezed(b"a" * (LONGEST_TEXT + 1)),
    "too many": squeezed(b"|".join([b"lab?"] * (MOST_SLIDES + 1))),
    "a long link": "lab?" + "x" * LONGEST,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpacked(text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"lab?v=1",
        b"\xff\xd8\xff",
        f"{HEAD}\n{'lab?v=1' + chr(10)}".encode() * 41,
        f"{HEAD} {'x' * 130_000}".encode(),
    ],
    ids=["empty", "no head", "a photograph", "too many", "too long"],
)
def test_a_file_that_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        of_file(content)


def test_what_a_file_of_an_editor_brings_along_does_no_harm() -> None:
    assert of_file(f"\ufeff{HEAD}\r\n\r\nlab?v=1\r\n".encode()) == ["lab?v=1"]


@pytest.mark.parametrize(
    ("name", "note", "good"),
    [
        ("", "", True),
        ("x" * 60, "y" * 400, True),
        ("x" * 61, "", False),
        ("", "y" * 401, False),
        ("a\nb", "", False),
        ("", "a\nb", True),
        ("第一\u3000题", "\U0001f469\u200d\U0001f3eb", True),
    ],
)
def test_names_and_notes_are_short(name: str, note: str, good: bool) -> None:
    assert fits(name, note) is good


def test_a_class_gets_the_names_and_not_the_notes() -> None:
    assert without_notes(["lab?v=1#one#say it", "race?v=1##quietly", "zoo?v=1"]) == (
        "lab?v=1#one",
        "race?v=1",
        "zoo?v=1",
    )
