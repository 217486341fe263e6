"""The live line without a browser: who is answered, with what, in which order, and who is shown the door."""

import asyncio
import gc
import json
import logging
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.aside import aside
from helpers.live_line import (
    APP,
    HOST,
    MOVES,
    NAMES,
    PAGES,
    SAID,
    Closed,
    Screen,
    Socket,
    began,
    connected,
    message,
    opened,
    placed,
    run,
    summary,
    talking,
    told,
)
from starlette.datastructures import Headers
from starlette.routing import WebSocketRoute
from streamlit import net_util
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

from lossviz.components.readout import Readout
from lossviz.core.parts import Line
from lossviz.lab.desk import LabDesk
from lossviz.web import class_list, links, live, page, session
from lossviz.web.session import OPEN, Memory

A = {"boxes": {"moving": [0.4, 0.4, 0.2, 0.2]}, "selected": "moving"}
B = {"boxes": {"moving": [0.7, 0.5, 0.2, 0.3]}, "selected": "moving"}
START = {"boxes": {"start": [0.4, 0.4, 0.2, 0.2]}, "selected": "start"}
LABEL = {"boxes": {"truth-0": [0.4, 0.4, 0.3, 0.4]}, "selected": "truth-0"}
FARTHER = {"boxes": {"truth-0": [0.42, 0.4, 0.3, 0.4]}, "selected": "truth-0"}


@pytest.fixture(autouse=True)
def streamlit_of_a_run(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a run reads of Streamlit; afterwards no session is left behind."""
    SAID.clear()
    monkeypatch.setattr(page, "st", SimpleNamespace(session_state=SAID))
    yield
    assert not live.TALKS


def moving(memory: Memory) -> tuple[float, ...]:
    """Where the dashed box is."""
    box: tuple[float, ...] = memory.desks["overlap"].state.moving
    return box


def echo(token: str, text: str) -> str:
    """An answer of nothing but the number."""
    return json.dumps({"seq": json.loads(text)["seq"]})


# ---- what is answered ----


@pytest.mark.parametrize(("path", "part", "here", "there", "level"), MOVES, ids=NAMES)
def test_what_follows_a_move_is_what_a_run_would_show_sent_as_differences_of_the_parts_that_changed(
    path: str, part: str, here: dict[str, Any], there: dict[str, Any], level: str
) -> None:
    memory, twin = (opened(path, level=level) for _ in range(2))
    screen, other = run(memory), run(twin)
    first, rev = screen.data, screen.rev(part)
    for seq, said in ((1, here), (2, there), (3, here)):
        before, versions = other.data, {key: shown.version for key, shown in screen.parts.items()}
        reply = told(memory, message(memory, part, seq, said, rev=screen.rev(part)))
        assert (reply["page"], reply["part"], reply["seq"]) == (path, part, seq)
        run(twin, other, **{part: message(twin, part, seq, said, rev=other.rev(part))})
        changed = {key: data for key, data in other.data.items() if before.get(key) != data and key in before}
        assert reply["parts"].keys() == changed.keys()
        for key, news in reply["parts"].items():
            assert news["data"] == {name: data for name, data in changed[key].items() if data != before[key][name]}
            assert (news["base"], news["version"] > news["base"]) == (versions[key], True)
        screen.live(reply)
        assert screen.data == {key: data for key, data in other.data.items() if key in screen.data}
        if reply.get("run"):
            assert run(memory, screen).data == other.data
    assert screen.data != first
    assert screen.rev(part) == rev, "the hand would be thrown off"
    assert memory.desks[path].state == twin.desks[path].state
    shown = screen.data
    assert run(memory, screen).data == shown
    assert not screen.whole


def test_a_part_that_the_layout_does_not_show_is_not_sent() -> None:
    memory = opened("overlap")
    run(memory)
    memory.placed -= {"sentence"}
    found = told(memory, message(memory, "board", 1, A))["parts"]
    assert found.keys() == {"board", "measures", "equations"}


def test_a_browser_that_has_lost_track_gets_every_part_as_a_whole() -> None:
    memory = opened("overlap")
    screen = run(memory)
    told(memory, message(memory, "board", 1, A))
    screen.live(told(memory, message(memory, "board", 2, B)))
    assert screen.whole
    reply = told(memory, message(memory, "board", 3, B, whole=True))
    assert reply["parts"].keys() == screen.parts.keys()
    assert {news["base"] for news in reply["parts"].values()} == {None}
    screen.live(reply)
    fresh = run(memory)
    assert screen.data == fresh.data


def test_a_drag_over_the_line_is_one_step_to_undo_and_its_end_goes_through_a_run() -> None:
    memory = opened("overlap")
    screen, desk = run(memory), memory.desks["overlap"]
    for seq, said in ((1, A), (2, B)):
        screen.live(told(memory, message(memory, "board", seq, said)))
    assert (desk.before, desk.past) == (desk.plain, [])
    run(memory, screen, board=message(memory, "board", 3, B, kind="end"))
    assert (desk.before, desk.past) == (None, [desk.plain])
    assert len(desk.recorded.states) == 3
    assert (desk.recorded.states[0], desk.recorded.states[-1]) == (desk.plain, desk.state)


# ---- what is not ----


IGNORED: dict[str, tuple[Callable[[Memory], dict[str, Any]], bool]] = {
    "after its end": (lambda m: message(m, "board", 4, B), True),
    "heard already": (lambda m: message(m, "board", 5, B), True),
    "of an older picture": (lambda m: message(m, "board", 6, B, rev=-1), True),
    "of another page": (lambda m: message(m, "track", 6, START, page="race"), False),
    "of a page without a hand": (lambda m: message(m, "board", 6, B, page="start"), False),
    "of a page that is none": (lambda m: message(m, "board", 6, B, page="nowhere"), False),
    "of a part that is none": (lambda m: message(m, "nothing", 6, B), False),
    "of another session": (lambda m: message(m, "board", 6, B, epoch="other"), False),
    "an end": (lambda m: message(m, "board", 6, B, kind="end"), False),
    "called off": (lambda m: message(m, "board", 6, B, kind="cancel"), False),
    "a choice": (lambda m: message(m, "board", 6, B, kind="select"), False),
    "of no kind": (lambda m: message(m, "board", 6, B, kind=None), False),
    "without a number": (lambda m: message(m, "board", None, B), False),
    "with a broken number": (lambda m: message(m, "board", 6.5, B), False),
}


@pytest.mark.parametrize(("make", "ours"), IGNORED.values(), ids=IGNORED)
def test_it_changes_nothing_and_starts_no_drag(make: Callable[[Memory], dict[str, Any]], ours: bool) -> None:
    memory = opened("overlap")
    session.desk_of(memory, "race")
    screen = run(memory)
    screen.live(told(memory, message(memory, "board", 1, A)))
    run(memory, screen, board=message(memory, "board", 5, A, kind="end"))
    desk, before = memory.desks["overlap"], summary(memory)
    assert desk.number("board") == 5
    assert desk.before is None
    said = make(memory)
    reply = told(memory, said)
    signed = {"page": said["page"], "part": said["part"], "seq": said["seq"]}
    assert {key: value for key, value in reply.items() if key != "parts"} in (({}, signed) if not ours else (signed,))
    assert reply.get("parts", {}) == {}
    assert summary(memory) == before


def test_what_is_refused_is_not_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = opened("overlap")
    run(memory)
    told(memory, message(memory, "board", 2, A))
    monkeypatch.setitem(PAGES, "overlap", replace(PAGES["overlap"], parts=fails))
    for seq, rev in ((1, 0), (3, -1)):
        assert told(memory, message(memory, "board", seq, B, rev=rev)).keys() == {"page", "part", "seq"}


def test_a_page_that_was_left_is_no_longer_dragged() -> None:
    memory = opened("overlap")
    run(memory)
    told(memory, message(memory, "board", 1, A))
    session.leave(memory)
    before = summary(memory)
    assert told(memory, message(memory, "board", 2, B, page="overlap")).get("parts") is None
    assert summary(memory) == before
    assert memory.desks["overlap"].before is None


# ---- one order for both ways ----


def test_a_run_that_was_overtaken_is_older_and_overwrites_neither_the_screen_nor_what_was_sent() -> None:
    memory = opened("overlap")
    screen = run(memory)
    overtaken = began(memory)
    screen.live(told(memory, message(memory, "board", 1, A)))
    shown, sent = screen.data, dict(memory.sent)
    placed(overtaken, late_screen := Screen())
    assert {key: one.version for key, one in late_screen.parts.items() if one.data != shown[key]}.keys() >= {"measures"}
    assert all(
        one.version < screen.parts[key].version for key, one in late_screen.parts.items() if one.data != shown[key]
    )
    placed(overtaken, screen)
    assert (screen.data, memory.sent) == (shown, sent)
    screen.live(told(memory, message(memory, "board", 2, B)))
    assert not screen.whole
    assert screen.data == run(memory).data


def test_an_answer_that_was_overtaken_by_a_run_does_not_overwrite_it() -> None:
    memory = opened("overlap")
    screen = run(memory)
    reply = told(memory, message(memory, "board", 1, A))
    run(memory, screen, board=message(memory, "board", 2, B, kind="end"))
    shown = screen.data
    screen.live(reply)
    assert screen.data == shown
    assert not screen.whole


def test_what_a_drag_that_was_called_off_leaves_is_newer_than_the_drag_though_it_looks_as_before() -> None:
    memory = opened("overlap")
    screen = run(memory)
    before = screen.data
    screen.live(told(memory, message(memory, "board", 1, A)))
    during = {key: one.version for key, one in screen.parts.items()}
    assert screen.data["measures"] != before["measures"]
    run(memory, screen, board=message(memory, "board", 2, A, kind="cancel"))
    rev = screen.data["board"].pop("rev")
    assert rev > before["board"].pop("rev")
    assert screen.data == before
    assert screen.parts["measures"].version > during["measures"]


def test_versions_rise_over_runs_and_answers() -> None:
    memory = opened("overlap")
    screen, versions = Screen(), []
    for seq, said in zip(range(1, 20, 2), (A, B) * 5, strict=True):
        screen.live(told(memory, message(memory, "board", seq, said)))
        run(memory, screen, board=message(memory, "board", seq + 1, said))
        versions.append(screen.parts["measures"].version)
    assert versions == sorted({*versions})


# ---- whose session it is ----


def test_two_visitors_drag_at_the_same_time_and_each_sees_his_own_numbers() -> None:
    mine, other = opened("overlap"), opened("overlap")
    screens = run(mine), run(other)

    async def scenes() -> None:
        async with talking(mine.token) as first, talking(other.token) as second:
            for seq in (1, 2):
                first.send(message(mine, "board", seq, (A, B)[seq - 1]))
                second.send(message(other, "board", seq, (B, A)[seq - 1]))
                screens[0].live(await first.hear())
                screens[1].live(await second.hear())
            untouched = summary(other)
            screens[0].live(await first.ask(message(mine, "board", 3, A)))
            assert summary(other) == untouched
            assert await first.ask(message(other, "board", 9, B)) == {}
            assert summary(other) == untouched

    aside(scenes())
    assert screens[0].data == run(mine).data
    assert screens[1].data == run(other).data
    assert mine.desks["overlap"].state == other.desks["overlap"].state
    told(mine, message(mine, "board", 4, B))
    assert moving(mine) != moving(other)


@pytest.mark.parametrize(
    "word",
    ["hello", "", "[]", "null", '{"token":3}', '{"token":null}', '{"token":"unknown"}', '{"nothing":1}', b"\xff\xfe"],
)
def test_who_does_not_say_the_word_of_an_open_session_is_sent_away(word: str | bytes) -> None:
    async def scenes() -> None:
        async with connected() as socket:
            await socket.hear()
            socket.send(word)
            assert await socket.closes() == live.UNKNOWN

    aside(scenes())


def test_who_says_nothing_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GREETING", 0.02)

    async def scenes() -> None:
        async with connected() as socket:
            await socket.hear()
            assert await socket.closes() == live.UNKNOWN

    aside(scenes())


def test_who_leaves_before_a_word_is_no_error() -> None:
    async def scenes() -> None:
        async with connected() as socket:
            await socket.hear()
        async with connected():
            pass

    aside(scenes())


@pytest.mark.parametrize("broken", [False, True], ids=["open", "broken"])
def test_a_second_line_of_a_session_replaces_the_first(broken: bool) -> None:
    memory = opened("overlap")
    screen = run(memory)

    async def scenes() -> None:
        async with talking(memory.token) as first:
            screen.live(await first.ask(message(memory, "board", 1, A)))
            first.broken = broken
            async with talking(memory.token) as second:
                if not broken:
                    assert await first.closes() == live.REPLACED
                screen.live(await second.ask(message(memory, "board", 2, B)))
        assert not live.TALKS

    aside(scenes())
    assert screen.data == run(memory).data


def test_a_session_that_has_ended_is_not_kept_alive_and_its_line_is_closed_at_the_next_message() -> None:
    open_ones = [opened("overlap")]
    run(open_ones[0])
    token, said = open_ones[0].token, message(open_ones[0], "board", 1, A)

    async def scenes() -> None:
        async with talking(token) as socket:
            await socket.ask(said)
            open_ones.clear()
            gc.collect()
            assert token not in OPEN
            socket.send(said)
            assert await socket.closes() == live.UNKNOWN

    aside(scenes())
    assert live.answered(token, json.dumps(said)) is None


def test_a_session_is_there_only_while_a_page_runs() -> None:
    with pytest.raises(RuntimeError, match="only while a page runs"):
        session.current()


ORIGINS = [
    (f"http://{HOST}", HOST, True),
    (f"https://{HOST}", HOST, True),
    (f"http://{HOST}:8501", f"{HOST}:8501", True),
    (None, HOST, True),
    ("http://localhost:3000", HOST, True),
    ("https://evil.example", HOST, False),
    (f"https://{HOST}.evil.example", HOST, False),
    (f"https://{HOST}:81", HOST, False),
    ("https://evil.example?" + HOST, HOST, False),
    ("null", HOST, False),
    ("", HOST, False),
]


@pytest.mark.parametrize(("origin", "host", "welcome"), ORIGINS)
def test_a_page_of_another_origin_may_not_open_the_line_as_it_may_not_open_streamlits_own(
    monkeypatch: pytest.MonkeyPatch, origin: str | None, host: str, welcome: bool
) -> None:
    for ours in ("get_external_ip", "get_internal_ip"):
        monkeypatch.setattr(net_util, ours, lambda: "10.0.0.1")
    memory = opened("overlap")
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    assert live.allowed(Headers(headers)) == _is_origin_allowed(origin, host) == welcome

    async def scenes() -> None:
        async with connected(origin, host) as socket:
            if welcome:
                assert (await socket.hear())["type"] == "websocket.accept"
                assert await socket.ask({"token": memory.token}) == {"welcome": True}
            else:
                with pytest.raises(Closed):  # before it was accepted: uvicorn answers 403
                    await socket.hear()

    aside(scenes())


def test_the_word_is_in_no_link_no_path_no_picture_of_the_session_and_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    context = SimpleNamespace(url=f"http://{HOST}/overlap?lang=en", headers={})
    monkeypatch.setattr(links, "st", SimpleNamespace(context=context))
    memory = opened("overlap")
    run(memory)

    async def scenes() -> None:
        async with talking(memory.token) as socket:
            await socket.ask(message(memory, "board", 1, A))
            socket.send("x" * (live.LONGEST + 1))
            await socket.closes()

    aside(scenes())
    monkeypatch.setitem(PAGES, "overlap", replace(PAGES["overlap"], hear=fails))
    told(memory, message(memory, "board", 2, B))
    line = memory.stamp("board", 1, 0).line
    assert line == Line("live", memory.token)
    assert [route.path for route in APP.routes if isinstance(route, WebSocketRoute)] == [f"/{line.path}"]
    places = (
        str(memory.query()),
        links.link_of(memory),
        class_list.entry_of(memory),
        repr(memory),
        repr(line),
        caplog.text,
    )
    assert [place for place in places if memory.token in place] == []
    assert len(caplog.records) > 0
    assert len(memory.token) >= 40
    assert len({Memory().token for _ in range(100)}) == 100


@pytest.mark.parametrize(("said", "line"), [("on", True), ("off", False)])
def test_with_live_off_no_part_is_told_of_a_line(said: str, line: bool) -> None:
    memory = opened("overlap", live=said)
    assert (memory.stamp("board", 1, 0).line is not None) == line
    assert memory.stamp("board", 1, 0).on({})["stamp"]["line"] == (
        {"path": "live", "token": memory.token} if line else None
    )


# ---- limits ----


def test_a_message_may_be_as_long_as_the_limit_and_no_longer() -> None:
    memory = opened("overlap")
    run(memory)
    short = json.dumps(message(memory, "board", 1, A))

    async def scenes() -> None:
        async with talking(memory.token) as socket:
            assert (await socket.ask(short + " " * (live.LONGEST - len(short))))["seq"] == 1
            socket.send(short + " " * (live.LONGEST - len(short) + 1))
            assert await socket.closes() == live.TOO_BIG

    aside(scenes())


@pytest.mark.parametrize(("rate", "after"), [(120, None), (230, None), (260, 480)])
def test_a_line_is_closed_if_more_comes_than_a_hand_can_do_and_keeps_coming(
    monkeypatch: pytest.MonkeyPatch, rate: int, after: int | None
) -> None:
    clock = count()
    monkeypatch.setattr(live, "time", SimpleNamespace(monotonic=lambda: next(clock) / rate))
    monkeypatch.setattr(live, "answered", echo)
    memory = opened("overlap")

    async def scenes() -> None:
        async with talking(memory.token) as socket:
            for seq in range(3 * rate):
                socket.send({"seq": seq})
            if after:
                assert await socket.closes() == live.REFUSED
                assert next(clock) == after + 1
            else:
                socket.send({"seq": "last"})
                while (await socket.hear())["seq"] != "last":
                    pass

    aside(scenes())


def test_of_messages_that_come_while_one_is_answered_only_the_newest_is(monkeypatch: pytest.MonkeyPatch) -> None:
    come, go = threading.Event(), threading.Event()
    heard = []

    def slow(token: str, text: str) -> str:
        heard.append(json.loads(text)["seq"])
        come.set()
        assert go.wait(10)
        return echo(token, text)

    monkeypatch.setattr(live, "answered", slow)
    memory = opened("overlap")

    async def scenes() -> None:
        async with talking(memory.token) as socket:
            socket.send({"seq": 1})
            assert await asyncio.to_thread(come.wait, 10)
            for seq in range(2, 11):
                socket.send({"seq": seq})
            while not socket.up.empty():
                await asyncio.sleep(0)
            go.set()
            assert [(await socket.hear())["seq"] for _ in range(2)] == [1, 10]
            assert (await socket.ask({"seq": 11}))["seq"] == 11

    aside(scenes())
    assert heard == [1, 10, 11]


def test_no_more_than_sixty_are_answered_in_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "answered", echo)
    memory = opened("overlap")

    async def scenes() -> None:
        async with talking(memory.token) as socket:
            loop = asyncio.get_running_loop()
            start = loop.time()
            for seq in range(10):
                await socket.ask({"seq": seq})
            assert loop.time() - start > 9 / live.MOST - 0.01

    aside(scenes())


def test_who_sends_as_fast_as_he_can_does_not_keep_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FLOOD", 10**9)
    loud, quiet = opened("lab", level="2"), opened("overlap")
    run(loud)
    screen = run(quiet)

    async def floods(socket: Socket) -> None:
        for seq in count(1):
            socket.send(message(loud, "canvas", seq, MOVES[0][2 + seq % 2]))
            await asyncio.sleep(0.0005)

    async def scenes() -> None:
        async with talking(loud.token) as first, talking(quiet.token) as second:
            flood = asyncio.create_task(floods(first))
            await first.hear()
            for seq in range(1, 6):
                screen.live(await asyncio.wait_for(second.ask(message(quiet, "board", seq, (A, B)[seq % 2])), 2))
            heard = loud.desks["lab"].number("canvas")
            while (await first.hear())["seq"] <= heard:
                pass
            assert heard > 0
            assert not flood.done()
            flood.cancel()

    aside(scenes())
    assert screen.data == run(quiet).data


# ---- nonsense ----

DEEP: Any = []
for _ in range(500):
    DEEP = [DEEP]
BAD: tuple[Any, ...] = (
    *(None, True, "", "1.0", "<script>", "\ud800", "\0", "x" * 2000, [], [1], [[[]]], {"a": None}, DEEP),
    *(float("nan"), float("inf"), -float("inf")),
)
TEXTS = (
    *(
        "",
        " ",
        "nonsense",
        "null",
        "true",
        "3",
        '"text"',
        "[]",
        "{}",
        "NaN",
        "[" * 30_000,
        '{"a":' * 10_000,
        "1" * 60_000,
    ),
    *('{"seq":' + "1" * 5000 + "}", '{"seq":1e999}', '{"kind":"move"', "\ud800", "{\x00}", "\ufeff{}"),
    *(b"", b"\xff\xfe\x00", b'{"kind":"move"}', bytes(range(256)) * 100),
)


def nonsense(memory: Memory, part: str, said: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """A good message with one or two things in it made bad."""
    bad = message(memory, part, dice.randrange(1, 1000), json.loads(json.dumps(said)))
    names = ["kind", "seq", "rev", "page", "part", "epoch", *said]
    for name in dice.sample(names, dice.choice((1, 1, 2))):
        bad[name] = dice.choice(BAD)
    if "boxes" in said and dice.random() < 0.5:
        bad["boxes"] = json.loads(json.dumps(said["boxes"]))
        box = next(iter(bad["boxes"].values()))
        box[dice.randrange(4)] = dice.choice(BAD)
    return bad


def quiet_log(caplog: pytest.LogCaptureFixture) -> bool:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(("path", "part", "here", "there", "level"), MOVES, ids=NAMES)
def test_nonsense_is_no_move_and_no_error(
    path: str,
    part: str,
    here: dict[str, Any],
    there: dict[str, Any],
    level: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    memory, dice = opened(path, level=level), random.Random(f"{path} {part}")
    screen = run(memory)
    before = summary(memory)
    for _ in range(180):
        bad = nonsense(memory, part, here, dice)
        assert told(memory, live.read(json.dumps(bad))).get("parts", {}) == {}
    assert summary(memory) == before
    assert quiet_log(caplog)
    assert told(memory, message(memory, part, 1, there, rev=screen.rev(part)))["parts"] != {}


def test_two_thousand_bad_messages_leave_a_line_as_it_was(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "FLOOD", 10**9)
    monkeypatch.setattr(live, "MOST", 10**9)
    memory, dice = opened("overlap"), random.Random(1)
    screen = run(memory)
    before = summary(memory)

    async def scenes() -> None:
        async with talking(memory.token) as socket:
            for _ in range(2000):
                socket.send(dice.choice(TEXTS) if dice.random() < 0.2 else nonsense(memory, "board", A, dice))
                await asyncio.sleep(0.0002)
            answers = 0
            socket.send(message(memory, "board", 2000, A))
            while (reply := await socket.hear()).get("seq") != 2000 or "parts" not in reply:
                assert reply.get("parts", {}) == {}
                answers += 1
            assert answers > 5
            assert summary(memory) != before
            screen.live(reply)
            assert live.TALKS.keys() == {memory.token}

    aside(scenes())
    assert quiet_log(caplog)
    assert memory.desks["overlap"].heard == {"board": 2000}
    assert memory.sent.keys() == {("overlap", key) for key in screen.parts}
    assert screen.data == run(memory).data


# ---- what is left to a run ----


@pytest.mark.parametrize("played", [True, False], ids=["played", "still to walk"])
def test_while_gradient_steps_are_walked_a_run_answers(played: bool) -> None:
    query = {"steps": "0" if played else "10000", "at": "13.1.5.6"}
    memory = opened("lab", query)
    screen, desk = run(memory), memory.desks["lab"]
    assert isinstance(desk, LabDesk)
    assert desk.slow != played
    desk.playing = 10 if played else 0
    boxes = MOVES[0][2] if played else {"boxes": {}, "selected": "prediction"}
    shown = screen.data
    reply = told(memory, message(memory, "canvas", 1, boxes, rev=screen.rev("canvas")))
    assert reply == {"page": "lab", "part": "canvas", "seq": 1, "later": True}
    run(memory, screen, canvas=message(memory, "canvas", 1, boxes))
    assert screen.data != shown
    assert desk.number("canvas") == 1


def test_a_drag_that_sets_the_steps_back_is_answered_at_once() -> None:
    memory = opened("lab", {"steps": "10000", "at": "13.1.5.6"})
    screen = run(memory)
    reply = told(memory, message(memory, "canvas", 1, MOVES[0][2], rev=screen.rev("canvas")))
    assert memory.desks["lab"].state.steps == 0
    assert "later" not in reply
    assert reply["parts"].keys() >= {"canvas", "headline", "bars"}


def test_a_page_that_has_to_be_drawn_again_is_said_so_once_while_the_drag_goes_on() -> None:
    memory = opened("lab", {"mode": "label"})
    screen = run(memory)
    assert "cliff" not in screen.parts
    rev = screen.rev("canvas")
    moves = [message(memory, "canvas", seq, said, rev=rev) for seq, said in enumerate((LABEL, FARTHER, LABEL), 1)]
    replies = [told(memory, said) for said in moves[:2]]
    assert [reply.get("run") for reply in replies] == [True, None]
    for reply in replies:
        assert reply["parts"].keys() >= {"canvas", "headline", "bars"}
        assert "cliff" not in reply["parts"]
        screen.live(reply)
    run(memory, screen)
    assert "cliff" in screen.parts
    reply = told(memory, moves[2])
    assert "run" not in reply
    assert "cliff" in reply["parts"]
    screen.live(reply)
    assert screen.data == run(memory).data


def test_what_the_layout_shows_of_the_state_beside_the_parts_calls_for_a_run_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = replace(PAGES["overlap"], outline=lambda desk, visit: desk.state.moving[0] > 11)
    monkeypatch.setitem(PAGES, "overlap", inside)
    memory, called = opened("overlap"), []
    run(memory)
    for seq, said in enumerate((A, A, B, B, A), 1):
        called.append(told(memory, message(memory, "board", seq, said)).get("run", False))
        if seq > 1:
            run(memory)
    assert called == [True, False, True, False, True]


def fails(*_: Any) -> Any:
    raise ZeroDivisionError


class Strange(Readout):
    """A part whose data no browser can read."""

    def data(self) -> dict[str, Any]:
        return {"html": float("nan")}


WRONG: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "hear": ({"hear": fails}, ZeroDivisionError),
    "parts": ({"parts": fails}, ZeroDivisionError),
    "a part": ({"parts": lambda desk, visit: {"board": fails}}, ZeroDivisionError),
    "its data": ({"parts": lambda desk, visit: {"board": lambda: Strange("")}}, ValueError),
}


@pytest.mark.parametrize(("wrong", "error"), WRONG.values(), ids=WRONG)
def test_an_error_is_logged_once_and_left_to_a_run_and_the_line_stays_open(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, wrong: dict[str, Any], error: type[Exception]
) -> None:
    memory, whole = opened("overlap"), PAGES["overlap"]
    screen = run(memory)

    async def scenes() -> None:
        async with talking(memory.token) as socket:
            with monkeypatch.context() as broken:
                broken.setitem(PAGES, "overlap", replace(whole, **wrong))
                reply = await socket.ask(message(memory, "board", 1, A))
                assert reply == {"page": "overlap", "part": "board", "seq": 1, "later": True}
            screen.live(await socket.ask(message(memory, "board", 2, B)))
            assert screen.whole == (error is ValueError)
            screen.live(await socket.ask(message(memory, "board", 3, A, whole=screen.whole)))

    aside(scenes())
    errors = [record for record in caplog.records if record.exc_info]
    assert [(one.name, one.exc_info and one.exc_info[0]) for one in errors] == [("lossviz", error)]
    assert screen.data == run(memory).data
