"""Where the state lives between runs, and what the address bar says of it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from lossviz import session
from lossviz.engine.heads import Predictor
from lossviz.lesson import Visit
from lossviz.session import MOST_UNDO, Memory
from lossviz.state import State

CUP = Predictor("13", 1, 5, 6)


class Address(dict[str, str]):
    """The query, as Streamlit hands it out."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, query: dict[str, str]) -> None:
        self.clear()
        self.update(query)


class Browser:
    """One visitor: what the page reads at the top of every run."""

    def __init__(self, fake: SimpleNamespace) -> None:
        self.fake = fake

    @property
    def address(self) -> Address:
        address: Address = self.fake.query_params
        return address

    def open(self, page: str = "lab", **query: str) -> Memory:
        """A run on this page at exactly this address."""
        self.address.from_dict(query)
        return self.rerun(page)

    def rerun(self, page: str = "lab") -> Memory:
        session.hear()
        return session.arrive(page)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    fake = SimpleNamespace(session_state={}, query_params=Address(), context=SimpleNamespace(locale="en-GB"))
    monkeypatch.setattr(session, "st", fake)
    monkeypatch.delenv("LOSSVIZ_PSEUDO", raising=False)
    return Browser(fake)


def test_a_bare_address_is_the_default_and_stays_bare(browser: Browser) -> None:
    memory = browser.open()
    assert (memory.state, memory.visit, memory.notes) == (State(), Visit(), ())
    assert browser.address == {}


@pytest.mark.parametrize(
    ("locale", "lang"), [("zh-CN", "zh"), ("zh", "zh"), ("en-US", "en"), ("fr", "en"), (None, "en")]
)
def test_a_first_visit_speaks_the_browsers_language_if_it_can(browser: Browser, locale: str | None, lang: str) -> None:
    browser.fake.context.locale = locale
    assert browser.open().visit.lang == lang


def test_the_link_knows_better_than_the_browser_which_language(browser: Browser) -> None:
    browser.fake.context.locale = "zh-CN"
    assert browser.open(lang="en").visit.lang == "en"


def test_the_state_comes_from_the_link_and_the_link_is_written_in_its_shortest_form(browser: Browser) -> None:
    memory = browser.open(scene="chelsea", recipe="darknet_v3", unknown="key", lang="en")
    assert memory.state == State(scene="chelsea")
    assert memory.notes == ()
    assert browser.address == {"v": "1", "scene": "chelsea"}


def test_bad_values_are_named_until_the_next_choice(browser: Browser) -> None:
    memory = browser.open(scene="nowhere", lang="xx", view="huge", level="9", raw="<script>")
    assert memory.state == State()
    assert set(memory.notes) == {"scene", "lang", "view", "level", "raw"}
    assert browser.address == {}
    assert browser.rerun().notes != ()
    session.settle(replace(memory.state, objectness="mse"))
    assert browser.rerun().notes == ()


@pytest.mark.parametrize(("pseudo", "lang"), [("1", "qps"), ("", "en")])
def test_the_language_of_the_tests_exists_under_test_only(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, pseudo: str, lang: str
) -> None:
    monkeypatch.setenv("LOSSVIZ_PSEUDO", pseudo)
    memory = browser.open(lang="qps")
    assert memory.visit.lang == lang
    assert memory.notes == (() if pseudo else ("lang",))


def test_another_page_keeps_the_state_but_its_address_does_not_carry_it(browser: Browser) -> None:
    browser.open(scene="chelsea", lang="zh")
    assert browser.open("start").state == State(scene="chelsea")
    assert browser.address == {"lang": "zh"}
    assert browser.open("lab").state == State(scene="chelsea")
    assert browser.address == {"lang": "zh", "v": "1", "scene": "chelsea"}


def test_an_address_without_a_state_means_the_default(browser: Browser) -> None:
    browser.open(scene="chelsea")
    assert browser.open().state == State()


def test_a_run_that_was_under_way_before_we_wrote_does_not_bring_the_old_address_back(browser: Browser) -> None:
    memory = browser.open(v="1", scene="chelsea")
    memory.ticking = True
    session.settle(State("astronaut"))
    assert browser.open(v="1", scene="chelsea").state == State("astronaut")
    assert memory.state == State("astronaut")


def test_back_returns_to_the_state_before_and_tells_the_canvas(browser: Browser) -> None:
    memory = browser.open()
    session.settle(State().with_raw(CUP, {0: 1}))
    first = dict(browser.address)
    session.settle(memory.state.with_raw(CUP, {0: 2}))
    rev = memory.rev
    assert browser.open(**first).state == State().with_raw(CUP, {0: 1})
    assert (memory.rev, memory.past) == (rev + 1, [])
    assert browser.open().state == State()


def test_what_we_wrote_ourselves_is_not_read_again(browser: Browser) -> None:
    memory = browser.open()
    session.settle(State(scene="astronaut"))
    session.drag(State(scene="motorcycle"))
    assert browser.rerun().state == State(scene="motorcycle")
    assert memory.rev == 0


def test_a_drag_writes_nothing_and_its_end_writes_once(browser: Browser) -> None:
    memory = browser.open()
    for step in range(1, 4):
        session.drag(State().with_raw(CUP, {0: step}))
        assert (browser.address, memory.past) == ({}, [])
    session.settle(State().with_raw(CUP, {0: 3}))
    assert browser.address == {"v": "1", "raw": "13.1.5.6_x3"}
    assert (memory.past, memory.before) == ([State()], None)


def test_a_drag_called_off_leaves_no_trace(browser: Browser) -> None:
    memory = browser.open()
    session.drag(State().with_raw(CUP, {0: 1}))
    session.take_back()
    assert (memory.state, memory.past, memory.before, browser.address) == (State(), [], None, {})


def test_a_drag_can_be_called_off_after_its_end_as_well(browser: Browser) -> None:
    memory = browser.open()
    session.settle(State().with_raw(CUP, {0: 1}))
    session.take_back()
    assert (memory.state, memory.past, memory.rev, browser.address) == (State(), [], 1, {})


def test_but_not_after_another_choice_and_then_the_canvas_shows_again_what_is(browser: Browser) -> None:
    memory = browser.open()
    session.settle(State().with_raw(CUP, {0: 1}))
    session.settle(replace(memory.state, objectness="mse"))
    kept = memory.state
    session.take_back()
    assert (memory.state, memory.rev) == (kept, 1)


def test_undo_goes_back_one_by_one_and_tells_the_canvas(browser: Browser) -> None:
    memory = browser.open()
    for scene in ("astronaut", "chelsea"):
        session.settle(State(scene=scene))
    session.undo()
    assert (memory.state.scene, memory.rev, browser.address["scene"]) == ("astronaut", 1, "astronaut")
    session.undo()
    session.undo()
    assert (memory.state, memory.rev, browser.address) == (State(), 2, {})


def test_a_choice_that_changes_nothing_cannot_be_undone(browser: Browser) -> None:
    memory = browser.open()
    session.settle(State())
    assert memory.past == []


def test_undo_remembers_the_last_hundred(browser: Browser) -> None:
    memory = browser.open()
    for step in range(MOST_UNDO + 5):
        session.settle(State().with_raw(CUP, {0: step / 100}))
    assert len(memory.past) == MOST_UNDO
    assert memory.past[0].raws == ((CUP, ((0, 0.04),)),)


def test_another_language_leaves_the_state_alone(browser: Browser) -> None:
    memory = browser.open(scene="chelsea", view="embed")
    session.speak("zh")
    assert memory.state == State(scene="chelsea")
    assert browser.address == {"v": "1", "scene": "chelsea", "lang": "zh", "view": "embed"}
