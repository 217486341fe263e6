"""Streamlit's own widgets: what is written into them arrives, and what was written over does not come back."""

import math
from types import SimpleNamespace
from typing import Any

import pytest

from lossviz.web import choices, session
from lossviz.web.session import Memory


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """One visitor's session, on a page; his widgets are in ``st.session_state``."""
    memory = Memory(page="lab")
    monkeypatch.setattr(choices.st, "session_state", {})
    monkeypatch.setattr(session, "current", lambda: memory)
    monkeypatch.setattr(choices, "time", SimpleNamespace(monotonic=lambda: 100.0))
    return memory


def shown() -> dict[str, Any]:
    found: dict[str, Any] = choices.st.session_state
    return found


def told(values: list[Any], key: str, value: Any) -> list[Any]:
    """What is heard when the browser says that the widget shows this."""
    shown()[key] = value
    choices.hear(key, values.append)
    return values


def test_a_number_is_written_once_and_is_the_default_of_a_widget_the_browser_has_not_seen(memory: Memory) -> None:
    assert choices.kept_number("rate", 0.1, print)["value"] == 0.1
    assert shown().pop("rate") == 0.1
    shown()["rate"] = 0.1 + 1e-12
    assert choices.kept_number("rate", 0.1, print)["value"] == 0.1
    assert shown()["rate"] == 0.1 + 1e-12, "it shows this number already"
    assert "value" not in choices.kept("list", "a", print)


def test_what_was_written_over_is_not_heard_until_the_browser_knows(memory: Memory) -> None:
    choices.kept_number("rate", 0.1, print)
    shown()["rate"] = 0.5
    choices.kept_number("rate", 0.2, print)  # undo, say: while the browser still shows 0.5
    assert memory.overwritten == {"rate": (0.5, math.inf)}
    assert told([], "rate", 0.5) == [], "until a run has come to its end"
    assert told([], "rate", 0.7) == [0.7], "another one is a choice at any time"
    assert told([], "rate", 0.5) == [0.5], "and what comes after a choice is one"


@pytest.mark.parametrize(("late", "heard"), [(0.3, []), (0.5, [True])])
def test_after_the_end_of_a_run_an_old_value_is_a_choice_again(memory: Memory, late: float, heard: list[bool]) -> None:
    memory.widgets["calculus"] = ("lab", memory.visit.lang)
    shown()["calculus"] = True
    choices.kept_number("calculus", False, print)
    memory.told(100.0 - late)
    assert told([], "calculus", True) == heard


def test_a_widget_of_another_page_or_language_is_new(memory: Memory) -> None:
    choices.kept_number("rate", 0.1, print)
    shown()["rate"] = 0.1 + 1e-12
    memory.page = "objectness"
    choices.kept_number("rate", 0.1, print)
    assert shown()["rate"] == 0.1
