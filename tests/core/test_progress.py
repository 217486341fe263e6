"""What was done of the lessons: read as written, checked where it comes from outside."""

import base64
import json
import zlib

import pytest

from lossviz.core.lessons import CARDS
from lossviz.core.progress import (
    LONGEST,
    NEW,
    Record,
    brought,
    carried,
    merged,
    read,
    right,
    without,
    written,
)

FIRST, SECOND, THIRD = list(CARDS)[:3]
RECORDS = {
    FIRST: Record(said=2, sure=True, began=1_764_441_000, reached=1_764_441_090, moves=6),
    SECOND: Record(said=1, shown=True, reached=1_764_441_200),
}


def test_records_are_read_as_they_were_written_and_carried() -> None:
    assert read(written(RECORDS)) == RECORDS
    assert brought(carried(RECORDS)) == RECORDS
    assert brought(" " + carried(RECORDS)[:9] + "\n" + carried(RECORDS)[9:]) == RECORDS
    assert read(written({})) == {}
    everything = dict.fromkeys(CARDS, RECORDS[FIRST])
    assert len(written(everything)) < LONGEST
    assert brought(carried(everything)) == everything


@pytest.mark.parametrize("text", ["", "[]", "7", "{", "null", "[" * 50_000, " " * (LONGEST + 1), 7, None, b"{}"])
def test_what_is_no_record_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="records"):
        read(text)


@pytest.mark.parametrize("text", ["", "abc", "*" * 40, carried(RECORDS)[:-6], "é", "A" * (LONGEST + 1)])
def test_a_text_from_elsewhere_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no records|too long|cut off"):
        brought(text)


def test_a_text_that_unpacks_to_more_than_is_kept_is_refused() -> None:
    many = {name: Record(said=1, began=1_764_441_000 + n) for n, name in enumerate(CARDS)}
    assert brought(carried(many)) == many
    with pytest.raises(ValueError, match=r"no records|too long|cut off"):
        brought(packed("{" + " " * LONGEST + "}"))


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()


def test_values_out_of_bounds_and_cards_that_do_not_exist_are_left_out() -> None:
    strange = {
        FIRST: {"said": 99, "sure": "yes", "began": -1, "reached": 2**60, "moves": True, "extra": 1},
        "no/card": {"said": 1},
        SECOND: 7,
        THIRD: {"said": 1.0, "shown": True},
    }
    assert read(json.dumps(strange)) == {FIRST: NEW, THIRD: Record(shown=True)}


def test_of_two_records_the_one_that_got_farther_stays() -> None:
    begun, done = Record(said=1, moves=3), Record(said=2, reached=5)
    assert merged({FIRST: begun}, {FIRST: done, SECOND: begun}) == {FIRST: done, SECOND: begun}
    assert merged({FIRST: done}, {FIRST: begun}) == {FIRST: done}
    assert merged({FIRST: NEW}, {FIRST: begun}) == {FIRST: begun}


def test_a_card_takes_at_most_a_quarter_of_an_hour_and_none_where_its_begin_is_not_known() -> None:
    assert RECORDS[FIRST].minutes == pytest.approx(1.5)
    assert RECORDS[SECOND].minutes == 0
    assert Record(began=1, reached=100_000).minutes == 15
    assert Record(began=10, reached=5).minutes == 0


def test_an_answer_is_right_by_its_number_in_the_file() -> None:
    assert right(FIRST, Record(said=CARDS[FIRST].right))
    assert not right(FIRST, Record(said=CARDS[FIRST].right % len(CARDS[FIRST].choices) + 1))


def test_cards_begin_anew() -> None:
    assert without(RECORDS, [FIRST, "no/card"]) == {SECOND: RECORDS[SECOND]}
