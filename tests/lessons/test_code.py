"""Completion codes: read back as made, refused when altered or made with another word."""

import pytest

from lossviz.lessons.code import LETTERS, Completion, made, read

DONE = Completion(10, (True, True, True, False, True, False, False, False), (True,) + (False,) * 7, 14)


def test_a_code_says_what_it_was_made_of() -> None:
    code = made(DONE, "Night class")
    assert [len(group) for group in code.split("-")] == [4] * 5
    assert read(code, "Night class") == DONE
    assert read(code.lower().replace("-", " "), "  night CLASS ") == DONE
    assert read(code.replace("0", "O").replace("1", "l"), "night class") == DONE


def test_two_codes_of_the_same_are_never_the_same() -> None:
    assert made(DONE, "a") != made(DONE, "a")
    assert made(DONE, "a", nonce=7) == made(DONE, "a", nonce=7)


def test_another_word_or_another_secret_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    code = made(DONE, "a", nonce=7)
    assert read(code, "b") is None
    monkeypatch.setenv("LOSSVIZ_SECRET", "other")
    assert read(code, "a") is None
    assert read(made(DONE, "a"), "a") == DONE


def test_every_altered_letter_is_noticed_and_so_is_what_is_no_code() -> None:
    code = made(DONE, "a", nonce=7).replace("-", "")
    for place, letter in enumerate(code):
        for other in LETTERS:
            if other != letter:
                assert read(code[:place] + other + code[place + 1 :], "a") is None
    for wrong in ("", code[:-1], f"{code}0", "U" * 20, "é" * 20):
        assert read(wrong, "a") is None


def test_minutes_beyond_two_hours_and_cards_beyond_eight_are_cut() -> None:
    code = made(Completion(31, (True,) * 9, (False,) * 9, 999), "a")
    assert read(code, "a") == Completion(31, (True,) * 8, (False,) * 8, 127)
