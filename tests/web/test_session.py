"""What the address bar says, when it is read and when it is written."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from lossviz.core.visit import LEVELS, Visit
from lossviz.engine.heads import Predictor
from lossviz.lab.state import State
from lossviz.overlap.state import OverlapState
from lossviz.web import session
from lossviz.web.session import Memory
from pages import all_pages

CUP = Predictor("13", 1, 5, 6)
PAGES = {page.path: page for page in all_pages()}


class Browser:
    """One visitor: what the page reads at the top of every run, and what its module does to the address."""

    def __init__(self, fake: SimpleNamespace) -> None:
        self.fake = fake
        self.entries = 1
        """In the history."""

    @property
    def address(self) -> dict[str, str]:
        return dict(self.fake.query_params)

    def open(self, page: str = "lab", **query: str) -> Memory:
        """A run of the whole page at exactly this address, and what the browser makes of it."""
        self.fake.query_params.clear()
        self.fake.query_params.update(query)
        return self.rerun(page)

    def rerun(self, page: str = "lab") -> Memory:
        session.hear(PAGES)
        memory = session.arrive(page)
        return self.ended(memory)

    def ended(self, memory: Memory) -> Memory:
        """The end of a run: an address that was just read is completed in place."""
        if self.address == memory.came and memory.written is not None:
            self.fake.query_params.clear()
            self.fake.query_params.update(memory.written)
        memory.opening = False
        return memory

    def choose(self, state: Any, memory: Memory) -> None:
        """A deed on the page."""
        assert memory.desk
        memory.desk.settle(state)
        session.write(memory)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    fake = SimpleNamespace(session_state={}, context=SimpleNamespace(locale="en-GB"), rerun=lambda scope: None)
    found = Browser(fake)
    fake.query_params = Address(found)
    monkeypatch.setattr(session, "st", fake)
    monkeypatch.setattr(session, "get_script_run_ctx", lambda suppress_warning: "a run")
    monkeypatch.delenv("LOSSVIZ_PSEUDO", raising=False)
    return found


class Address(dict[str, str]):
    """The query, as Streamlit hands it out; what the server writes there is a new entry of the history."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, query: dict[str, str]) -> None:
        assert query != dict(self), "an entry that says what is there already"
        self.clear()
        self.update(query)
        self.browser.entries += 1


PLAIN = {"lang": "en", "level": "1"}


def state_of(memory: Memory) -> Any:
    assert memory.desk
    return memory.desk.state


def test_a_bare_address_is_the_default_and_says_language_and_level_without_an_entry_of_its_own(
    browser: Browser,
) -> None:
    memory = browser.open()
    assert (state_of(memory), memory.visit, memory.notes) == (State(), Visit(), ())
    assert (browser.address, browser.entries) == (PLAIN, 1)


def test_what_nginx_adds_for_a_page_of_a_replica_that_is_gone_is_dropped_without_a_word(browser: Browser) -> None:
    memory = browser.open(moved="r1", lang="en")
    assert (memory.notes, browser.address) == ((), PLAIN)


@pytest.mark.parametrize("deed", [lambda browser, memory: browser.choose(State(scene="astronaut"), memory), None])
def test_that_the_session_is_another_one_is_said_until_the_next_deed_or_page(browser: Browser, deed: Any) -> None:
    memory = browser.open()
    memory.anew = True
    browser.rerun()
    assert memory.anew
    if deed:
        deed(browser, memory)
    else:
        browser.open("overlap")
    assert not memory.anew


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
    memory = browser.open(scene="chelsea", recipe="darknet_v3", unknown="key")
    assert (state_of(memory), memory.notes) == (State(scene="chelsea"), ())
    assert (browser.address, browser.entries) == (PLAIN | {"v": "1", "scene": "chelsea"}, 1)


def test_bad_values_are_named_until_the_next_deed(browser: Browser) -> None:
    memory = browser.open(scene="nowhere", lang="xx", view="huge", level="9", raw="<script>")
    assert state_of(memory) == State()
    assert set(memory.notes) == {"scene", "lang", "view", "level", "raw"}
    assert (browser.address, browser.entries) == (PLAIN, 1)
    assert browser.rerun().notes != ()
    browser.choose(State(objectness="mse"), memory)
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
    browser.open(scene="chelsea", lang="zh", view="present", level="2")
    kept = {"lang": "zh", "view": "present", "level": "2"}
    assert browser.open("start").desks["lab"].state == State(scene="chelsea")
    assert browser.address == kept
    assert state_of(browser.open("lab")) == State(scene="chelsea")
    assert (browser.address, browser.entries) == (kept | {"v": "1", "scene": "chelsea"}, 1)


def test_an_address_without_a_state_means_the_default(browser: Browser) -> None:
    memory = browser.open(scene="chelsea")
    browser.choose(State("voc"), memory)
    assert state_of(browser.open()) == State()


@pytest.mark.parametrize("path", [path for path, page in PAGES.items() if page.reads])
def test_back_restores_level_language_view_what_is_hidden_and_the_place_in_a_list(browser: Browser, path: str) -> None:
    entries = "|".join([f"{path}?level=2", f"{path}?level=3#third", "start?"])
    memory = browser.open(path, slides=entries, view="present", hide="bars")
    steps = [dict(browser.address)]
    for deed in (
        lambda: session.deepen("2"),
        lambda: session.speak("zh"),
        lambda: session.open_slide(1),
        lambda: session.turn(replace(memory.visit, view="page", hide=())),
        lambda: session.turn(replace(memory.visit, slides=(), slide=0)),
    ):
        before = browser.entries
        deed()
        assert browser.entries == before + 1
        steps.append(dict(browser.address))
    seen = []
    for step in reversed(steps):
        memory = browser.open(path, **step)
        seen.append(memory.visit)
        assert memory.query() == step == browser.address
    assert [(v.level, v.lang, v.slide, v.view, v.hide, len(v.slides)) for v in reversed(seen)] == [
        ("1", "en", 0, "present", ("bars",), 3),
        ("2", "en", 0, "present", ("bars",), 3),
        ("2", "zh", 0, "present", ("bars",), 3),
        ("3", "zh", 1, "present", ("bars",), 3),
        ("3", "zh", 1, "page", (), 3),
        ("3", "zh", 0, "page", (), 0),
    ]


def test_a_run_that_was_under_way_before_we_wrote_does_not_bring_the_old_address_back(browser: Browser) -> None:
    memory = browser.open(v="1", scene="chelsea")
    before, memory.pace = dict(browser.address), 0.1
    browser.choose(State("astronaut"), memory)
    assert state_of(browser.open(**before)) == State("astronaut")


def test_a_deed_before_the_address_was_completed_is_not_undone_by_the_address_as_it_came(browser: Browser) -> None:
    session.hear(PAGES)
    memory = session.arrive("lab")
    memory.opening = False
    assert memory.desk
    memory.desk.drag(State("voc"))
    session.hear(PAGES)
    assert state_of(session.arrive("lab")) == State("voc")


def test_back_returns_to_the_state_before_and_tells_the_canvas(browser: Browser) -> None:
    memory = browser.open()
    browser.choose(State().with_raw(CUP, {0: 1}), memory)
    first = browser.address
    browser.choose(State().with_raw(CUP, {0: 2}), memory)
    assert memory.desk
    rev = memory.desk.rev
    assert state_of(browser.open(**first)) == State().with_raw(CUP, {0: 1})
    assert (memory.desk.rev, memory.desk.past) == (rev + 1, [])
    assert state_of(browser.open(**PLAIN)) == State()


def test_what_we_wrote_ourselves_is_not_read_again(browser: Browser) -> None:
    memory = browser.open()
    browser.choose(State(scene="astronaut"), memory)
    assert memory.desk
    memory.desk.drag(State(scene="motorcycle"))
    assert state_of(browser.rerun()) == State(scene="motorcycle")
    assert memory.desk.rev == 0


def test_a_drag_writes_nothing_and_its_end_writes_once(browser: Browser) -> None:
    memory = browser.open()
    desk = memory.desk
    assert desk
    desk.drawn = memory.face
    for step in range(1, 4):
        desk.drag(State().with_raw(CUP, {0: step}))
        session.finish(memory)
        assert (browser.address, browser.entries) == (PLAIN, 1)
    desk.settle(State().with_raw(CUP, {0: 3}))
    session.finish(memory)
    assert (browser.address, browser.entries) == (PLAIN | {"v": "1", "raw": "13.1.5.6_x3"}, 2)
    assert memory.inner, "the tools show that there is something to undo"


def test_a_question_is_asked_only_where_the_state_is_of_its_scene_and_program(browser: Browser) -> None:
    memory = browser.open(ask="rank", scene="astronaut")
    assert memory.visit.ask == "rank"
    browser.choose(State("astronaut", objectness="mse"), memory)
    assert memory.visit.ask == "rank"
    browser.choose(State("voc"), memory)
    assert memory.visit.ask == ""
    assert browser.open(ask="rank", scene="voc").notes == ("ask",)
    assert browser.open("overlap", ask="rank").visit.ask == ""


def test_an_answer_holds_for_one_opening_of_the_example(browser: Browser) -> None:
    memory = browser.open(ask="rank", scene="astronaut")
    assert memory.desk
    memory.desk.answer = 2
    session.open_example("rank", ask=True)
    assert (memory.visit.ask, memory.desk.answer) == ("rank", 0)


def test_undo_after_a_change_of_slides_returns_to_the_slide_before_and_to_its_state(browser: Browser) -> None:
    slides = "lab?scene=chelsea|lab?scene=voc&level=2"
    memory = browser.open(slides=slides, scene="chelsea")
    session.open_slide(1)
    assert (state_of(memory), memory.visit.slide, memory.visit.level) == (State("voc"), 1, "2")
    browser.choose(State("voc", objectness="mse"), memory)
    session.undo()
    assert (state_of(memory), memory.visit.slide) == (State("voc"), 1)
    session.undo()
    assert (state_of(memory), memory.visit.slide, memory.visit.level) == (State("chelsea"), 0, "1")
    assert browser.address["scene"] == "chelsea"
    assert "slide" not in browser.address


def test_compare_follows_the_lab_but_not_against_a_link_or_a_list(browser: Browser) -> None:
    memory = browser.open("lab", scene="chelsea")
    assert state_of(browser.open("ledger")).lab.scene == "chelsea"
    browser.open("lab", **PLAIN)
    assert state_of(browser.open("ledger", scene="voc")).lab.scene == "voc"
    assert browser.address["scene"] == "voc"
    browser.choose(State("motorcycle"), browser.open("lab"))
    assert state_of(browser.open("ledger")).lab.scene == "motorcycle"
    memory = browser.open("lab", slides="lab?scene=chelsea|ledger?scene=astronaut", scene="chelsea")
    session.open_slide(1)
    memory = browser.open(session.going_on(memory))
    assert state_of(memory).lab.scene == "astronaut"


def test_the_menu_drops_a_question_without_a_word(browser: Browser) -> None:
    browser.open("lab", ask="two", mode="label")
    memory = browser.open("assignment")
    assert (memory.visit.ask, memory.notes) == ("", ())


def test_a_drag_that_nobody_ended_ends_with_its_page(browser: Browser) -> None:
    memory = browser.open()
    assert memory.desk
    memory.desk.drag(State("voc"))
    browser.open("overlap")
    memory = browser.open()
    assert memory.desk
    assert (memory.desk.before, memory.desk.past, state_of(memory)) == (None, [State()], State("voc"))


def test_two_pages_back_at_once_to_an_address_that_says_the_same(browser: Browser) -> None:
    memory = browser.open("lab", **PLAIN)
    browser.choose(State("voc"), memory)
    browser.open("overlap")
    assert browser.address == PLAIN
    assert state_of(browser.open("lab", **PLAIN)) == State()


def test_a_list_goes_on_on_another_page(browser: Browser) -> None:
    memory = browser.open(slides="lab?scene=chelsea|overlap?box=10_10_2_2&level=2", scene="chelsea", view="present")
    session.open_slide(1)
    assert memory.going == "overlap"
    memory = browser.open(session.going_on(memory))
    assert isinstance(state_of(memory), OverlapState)
    assert (memory.visit.slide, memory.visit.level, memory.visit.view) == (1, "2", "present")
    assert (browser.address, browser.entries) == (memory.query(), 1)
    assert session.going_on(memory) == ""
    assert memory.desk
    assert (memory.desk.listed, memory.desk.moved) == (True, False)


def test_a_page_of_its_own_can_follow_another(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = []
    page = replace(PAGES["lab"], follow=lambda desks: followed.append(set(desks)))
    monkeypatch.setitem(PAGES, "lab", page)
    browser.open()
    assert followed == [{"lab"}]


def test_another_language_leaves_the_state_alone(browser: Browser) -> None:
    memory = browser.open(scene="chelsea", view="embed")
    session.speak("zh")
    assert state_of(memory) == State(scene="chelsea")
    assert browser.address == {"v": "1", "scene": "chelsea", "lang": "zh", "view": "embed", "level": "1"}


def test_what_is_announced_is_counted(browser: Browser) -> None:
    memory = browser.open(slides="lab?v=1|lab?v=1%26scene=chelsea".replace("%26", "&"))
    assert (memory.deed, memory.deeds) == ("", 0)
    for count, (deed, name) in enumerate(
        [
            (lambda: session.deepen("2"), "level"),
            (session.undo, "undo"),
            (session.reset, "reset"),
            (lambda: session.open_slide(1), "slide"),
        ],
        1,
    ):
        deed()
        assert (memory.deed, memory.deeds) == (name, count)
    session.open_slide(9)
    assert memory.deeds == 4


@pytest.mark.parametrize(
    ("page", "query", "height"),
    [
        ("lab", {}, PAGES["lab"].tall["1"]),
        ("lab", {"level": "2"}, PAGES["lab"].tall["2"]),
        ("lab", {"level": "2", "hide": "panel"}, PAGES["lab"].tall["1"]),
        ("race", {"tab": "all"}, PAGES["race"].tall["all"]),
        ("decode", {"level": "2"}, PAGES["decode"].tall["2"]),
        ("decode", {"level": "2", "tab": "tensor"}, PAGES["decode"].tall["tensor"]),
        ("words", {}, 480),
    ],
)
def test_a_frame_begins_with_the_height_of_the_open_tab_or_level(
    browser: Browser, page: str, query: dict[str, str], height: int
) -> None:
    assert browser.open(page, **query).tall == height


def test_heights_are_said_for_levels_and_tabs_that_are_there() -> None:
    for page in PAGES.values():
        tabs = {tab for tab in page.tall if tab not in LEVELS}
        assert all(page.reads and page.reads({"tab": tab})[0].tab == tab for tab in tabs)
        assert all(height % 10 == 0 for height in page.tall.values())
