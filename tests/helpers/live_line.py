"""The live line without a browser and without a network: sessions made by hand, and both ends of a socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from lossviz.core.parts import Data, Make, Parts, Stamp
from lossviz.core.visit import Visit
from lossviz.web import session
from lossviz.web.live import answered, live
from lossviz.web.page import Place, heard
from lossviz.web.session import OPEN, Memory
from pages import all_pages

PAGES = {page.path: page for page in all_pages()}
SOON = 10.0
"""Seconds after which a busy machine is given up."""

MOVES: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    (
        "lab",
        "canvas",
        {"boxes": {"prediction": [0.46, 0.44, 0.3, 0.3]}, "selected": "prediction"},
        {"boxes": {"prediction": [0.48, 0.4, 0.4, 0.3]}, "selected": "prediction"},
        "1",
    ),
    ("lab", "channels", {"channel": 0, "value": 1.0}, {"channel": 0, "value": -2.0}, "2"),
    (
        "overlap",
        "board",
        {"boxes": {"moving": [0.4, 0.4, 0.2, 0.2]}, "selected": "moving"},
        {"boxes": {"moving": [0.7, 0.5, 0.2, 0.3]}, "selected": "moving"},
        "1",
    ),
    ("overlap", "surface-place", {"x": 9.0, "y": 9.0}, {"x": 12.0, "y": 8.0}, "2"),
    (
        "race",
        "track",
        {"boxes": {"start": [0.4, 0.4, 0.2, 0.2]}, "selected": "start"},
        {"boxes": {"start": [0.6, 0.5, 0.2, 0.3]}, "selected": "start"},
        "1",
    ),
    ("objectness", "curves-z", {"x": 1.0, "y": 0.0}, {"x": -3.0, "y": 0.0}, "1"),
    (
        "assignment",
        "truths",
        {"boxes": {"truth-0": [0.4, 0.4, 0.2, 0.2]}, "selected": "truth-0"},
        {"boxes": {"truth-0": [0.6, 0.5, 0.4, 0.1]}, "selected": "truth-0"},
        "2",
    ),
    (
        "decode",
        "decode-board",
        {"boxes": {"box": [0.5, 0.5, 0.3, 0.3]}, "selected": "box"},
        {"boxes": {"box": [0.48, 0.52, 0.6, 0.2]}, "selected": "box"},
        "1",
    ),
    ("decode", "decode-rows", {"channel": 0, "value": 1.0}, {"channel": 0, "value": -2.0}, "2"),
    ("decode", "decode-centre", {"x": 1.0, "y": 0.0}, {"x": -2.0, "y": 0.0}, "1"),
    ("zoo", "zoo-chart", {"x": 1.0, "y": 0.0}, {"x": -1.5, "y": 0.0}, "1"),
]
"""On every page whatever can be dragged: its part, two places of the hand, the level."""
NAMES = [f"{path}-{key}" for path, key, *_ in MOVES]

SAID: dict[str, dict[str, Any]] = {}
"""What Streamlit would hold of the components' messages in the next run."""


def plain(data: Data) -> dict[str, Any]:
    """Data as it arrives: through strict JSON."""
    arrived: dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    return arrived


@dataclass
class Shown:
    """What a component shows."""

    data: dict[str, Any]
    version: int


@dataclass
class Screen:
    """What a browser shows of a page, by the rules of ``components/live.js``."""

    parts: dict[str, Shown] = field(default_factory=dict)
    whole: bool = False
    """Whether it has lost track, and asks for every part."""

    def run(self, key: str, data: dict[str, Any], stamp: Stamp) -> None:
        if key not in self.parts or stamp.version >= self.parts[key].version:
            self.parts[key] = Shown(data, stamp.version)

    def live(self, reply: Mapping[str, Any]) -> None:
        for key, news in reply.get("parts", {}).items():
            shown = self.parts[key]
            if news["version"] <= shown.version:
                continue
            if news["base"] is not None and news["base"] != shown.version:
                self.whole = True
                continue
            self.parts[key] = Shown({**shown.data, **news["data"]}, news["version"])

    @property
    def data(self) -> dict[str, dict[str, Any]]:
        return {key: shown.data for key, shown in self.parts.items()}

    def rev(self, key: str) -> int:
        data = self.parts[key].data
        rev: int = (data["handle"] if data.get("handle") else data)["rev"]
        return rev


@dataclass(frozen=True)
class Caught:
    """A part that is put on a screen instead of into Streamlit."""

    make: Make
    screen: Screen

    def data(self) -> Data:
        return self.make().data()

    def place(self, key: str, data: Data, stamp: Stamp) -> None:
        self.screen.run(key, plain(data), stamp)


def catching(parts: Parts, screen: Screen) -> Parts:
    def caught(make: Make) -> Make:
        return lambda: Caught(make, screen)

    return {key: caught(make) for key, make in parts.items()}


def opened(path: str, query: Mapping[str, str] | None = None, **visit: str) -> Memory:
    """A session as it stands before the first run of a page."""
    memory = Memory(Visit(**visit), PAGES, path)
    desk, reads = session.desk_of(memory, path), PAGES[path].reads
    assert desk
    assert reads
    desk.arrive(reads(dict(query or {}))[0])
    OPEN[memory.token] = memory
    return memory


def began(memory: Memory) -> Place:
    """A run up to where its parts are placed."""
    assert memory.desk
    return heard(memory.pages[memory.page], memory, memory.desk)


def placed(place: Place, screen: Screen) -> Screen:
    """The rest of it, with a layout that puts every part on the page."""
    place = replace(place, parts=catching(place.parts, screen))
    place.put(*place.parts)
    place.memory.placed = frozenset(place.placed)
    return screen


def run(memory: Memory, screen: Screen | None = None, **events: Mapping[str, Any]) -> Screen:
    """A run of the script; ``events``: what components said, ``_`` for ``-`` in their keys."""
    SAID.clear()
    SAID.update({key.replace("_", "-"): {"event": dict(said)} for key, said in events.items()})
    return placed(began(memory), screen or Screen())


def message(memory: Memory, part: str, seq: object, said: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A message of a drag as the browser signs it."""
    signed = {"kind": "move", "rev": 0, "seq": seq, "page": memory.page, "part": part, "epoch": memory.epoch}
    return {**signed, **said, **changes}


def told(memory: Memory, said: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a message."""
    reply = answered(memory.token, json.dumps(said))
    assert reply is not None
    found: dict[str, Any] = json.loads(reply)
    return found


def summary(memory: Memory) -> tuple[object, ...]:
    """Everything a message may change, but for the count of versions."""
    desks = {
        path: (desk.state, desk.before, desk.past, desk.rev, desk.heard, desk.recorded.states)
        for path, desk in memory.desks.items()
    }
    return repr(desks), dict(memory.sent), memory.visit, memory.page, memory.outline, memory.called


# ---- a socket ----

APP = Starlette(routes=[WebSocketRoute("/live", live)])
HOST = "lossviz.example"


class Closed(Exception):  # noqa: N818 - what happens to a line, no error of ours
    """The server has closed the line."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """A browser's end of a line, with uvicorn's manners on the server's end."""

    def __init__(self) -> None:
        self.up: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.down: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.broken = False
        """Whether the network is gone and the server has not noticed."""

    async def deliver(self, event: Any) -> None:
        if self.broken:
            raise OSError
        if event["type"] == "websocket.send":
            event["text"].encode()
        if event["type"] == "websocket.close":
            self.up.put_nowait({"type": "websocket.disconnect", "code": event["code"]})
        self.down.put_nowait(dict(event))

    def send(self, said: object) -> None:
        """Say something: text and bytes as they are, anything else as JSON."""
        if isinstance(said, bytes):
            self.up.put_nowait({"type": "websocket.receive", "bytes": said})
        else:
            text = said if isinstance(said, str) else json.dumps(said)
            self.up.put_nowait({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        """The next message of the server; raises ``Closed``."""
        event = await asyncio.wait_for(self.down.get(), SOON)
        if event["type"] == "websocket.close":
            raise Closed(event["code"])
        found: dict[str, Any] = json.loads(event["text"]) if "text" in event else event
        return found

    async def ask(self, said: object) -> dict[str, Any]:
        self.send(said)
        return await self.hear()

    async def closes(self) -> int:
        """The code with which the server closes the line, whatever it says before."""
        while True:
            try:
                await self.hear()
            except Closed as closed:
                return closed.code


@asynccontextmanager
async def connected(origin: str | None = f"http://{HOST}", host: str = HOST) -> AsyncIterator[Socket]:
    """A line that was opened, or refused; in the end the browser leaves it. What the server raises, the test raises."""
    socket = Socket()
    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin is not None else [])]
    scope = {"type": "websocket", "path": "/live", "query_string": b"", "headers": headers, "subprotocols": []}
    socket.up.put_nowait({"type": "websocket.connect"})
    serving = asyncio.create_task(APP(scope, socket.up.get, socket.deliver))
    try:
        yield socket
    finally:
        socket.up.put_nowait({"type": "websocket.disconnect", "code": 1005})
        await asyncio.wait_for(serving, SOON)


@asynccontextmanager
async def talking(token: str) -> AsyncIterator[Socket]:
    """A line of a session, welcomed."""
    async with connected() as socket:
        assert (await socket.hear())["type"] == "websocket.accept"
        assert await socket.ask({"token": token}) == {"welcome": True}
        yield socket
