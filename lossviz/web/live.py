"""The live line: a drag's messages over a socket beside Streamlit's, and the parts of the page that follow.

A drag is heard by the page's own ``hear`` and answered with the page's own ``parts``, as in a run of the script; only the
layout stays as it is. Whatever is done once goes through a run. A browser opens the line with the word that a run gave
to its components, has one message on its way, and sends the newest place of the hand next.

Nothing here touches ``st``: outside a run Streamlit has one session for everybody.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.web.server.server_util import is_url_from_allowed_origins
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from lossviz.core.desk import Desk
from lossviz.core.parts import Message
from lossviz.engine.device import computing_on
from lossviz.web.page import outline
from lossviz.web.session import OPEN, Memory, Page

LOG = logging.getLogger("lossviz")
LONGEST = 64 * 1024
"""Most characters of a message."""
GREETING = 5.0
"""Seconds for the browser to say the word."""
MOST = 60
"""Most messages of one line that are answered in a second; of others only the newest is kept."""
FLOOD, FLOOD_SECONDS = 240, 2.0
"""Messages a second at which a line is closed, if they keep coming for so long."""
REFUSED, TOO_BIG, UNKNOWN, REPLACED = 1008, 1009, 4001, 4002
POOL = ThreadPoolExecutor(1, thread_name_prefix="live")
"""Where answers are worked out, never on the event loop. Each line has at most one in it, so that all have their turn.

One thread: of two each waits for the other to let go of the interpreter. Sixty drags got 110 answers a second of them, and
150 of one.
"""
TALKS: dict[str, "Talk"] = {}
"""The open line of each session, by its token."""


async def live(socket: WebSocket) -> None:
    """Serve one browser's line."""
    if not await asyncio.to_thread(allowed, socket.headers):  # of a foreign one Streamlit may look up its own address
        await socket.close(REFUSED)
        return
    await socket.accept()
    try:
        token = await greeting(socket)
        if token not in OPEN:
            await socket.close(UNKNOWN)
            return
        await Talk(socket, token).run()
    except (WebSocketDisconnect, RuntimeError):  # gone, maybe in the middle of a word
        return


def allowed(headers: Headers) -> bool:
    """Return whether a page of this origin may open the line: the rule of Streamlit's own socket."""
    origin, host = headers.get("origin"), headers.get("host")
    if not is_host_allowed(host):
        return False
    return origin is None or origin.partition("://")[2] == host or is_url_from_allowed_origins(origin)


async def greeting(socket: WebSocket) -> str:
    """Return the word that the browser says first, or "" for anything else."""
    try:
        said = read(await asyncio.wait_for(socket.receive_text(), GREETING))
    except (TimeoutError, KeyError):
        return ""
    token = said.get("token")
    return token if isinstance(token, str) else ""


def read(text: str) -> Mapping[str, Any]:
    """Return a message as the browser sent it; empty if it is none. What is in it is read by the page's own readers."""
    if len(text) > LONGEST:
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


class Talk:
    """One open line: hears what comes, keeps the newest, answers one at a time."""

    def __init__(self, socket: WebSocket, token: str) -> None:
        """Take over from an older line of the same session."""
        self.socket, self.token = socket, token
        self.waiting: str | None = None
        self.come = asyncio.Event()
        self.times: list[float] = []
        self.older, TALKS[token] = TALKS.get(token), self

    async def run(self) -> None:
        """Talk until the browser leaves."""
        answering = asyncio.create_task(self.answer())
        try:
            if self.older:
                await self.older.leave(REPLACED)
                self.older = None
            await self.socket.send_text('{"welcome":true}')
            await self.listen()
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
            if TALKS.get(self.token) is self:
                del TALKS[self.token]

    async def leave(self, code: int) -> None:
        """Close the line; it may be closed already, or broken."""
        try:
            await self.socket.close(code)
        except (RuntimeError, WebSocketDisconnect):
            return

    async def listen(self) -> None:
        """Keep the newest message, unread: nobody may send more, or more often, than a hand can move."""
        while True:
            try:
                text = await self.socket.receive_text()
            except KeyError:  # bytes: no word of ours
                text = ""
            if len(text) > LONGEST:
                return await self.leave(TOO_BIG)
            if self.floods():
                return await self.leave(REFUSED)
            self.waiting = text
            self.come.set()

    def floods(self) -> bool:
        """Count a message; return whether there have been too many for too long."""
        now = time.monotonic()
        self.times = [*(moment for moment in self.times if moment > now - FLOOD_SECONDS), now]
        return len(self.times) > FLOOD * FLOOD_SECONDS

    async def answer(self) -> None:
        """Answer the newest message, and then the newest that has come meanwhile."""
        loop = asyncio.get_running_loop()
        while True:
            await self.come.wait()
            self.come.clear()
            text, self.waiting = self.waiting, None
            start = loop.time()
            if text is not None:
                reply = await loop.run_in_executor(POOL, answered, self.token, text)
                if reply is None:
                    return await self.leave(UNKNOWN)
                await self.socket.send_text(reply)
            await asyncio.sleep(max(0.0, start + 1 / MOST - loop.time()))


@dataclass(frozen=True)
class Asked:
    """A message of a drag: whose it is, and what the hand did."""

    page: str
    part: str
    seq: int
    whole: bool
    """Whether the browser has lost track, and wants every part as a whole."""
    said: Mapping[str, Any]


def asked(said: Mapping[str, Any], memory: Memory) -> Asked | None:
    """Return a message of this session's drag, of a part that the browser has, or None."""
    page, part, seq = said.get("page"), said.get("part"), said.get("seq")
    if not (isinstance(page, str) and isinstance(part, str) and type(seq) is int):
        return None
    if said.get("kind") != "move" or said.get("epoch") != memory.epoch or (page, part) not in memory.sent:
        return None
    return Asked(page, part, seq, said.get("whole") is True, said)


def answered(token: str, text: str) -> str | None:
    """Return the answer to a message as JSON; None where the session has ended."""
    memory = OPEN.get(token)
    if memory is None:
        return None
    message = asked(read(text), memory)
    if message is None:
        return "{}"
    try:
        with computing_on(memory.device):
            return written(message, after(memory, message))
    except Exception:  # a run comes upon it as well, and shows what can be shown
        LOG.exception("the live line could not answer on %s", memory.page)
        return written(message, {"later": True})


def written(message: Asked, found: Mapping[str, Any]) -> str:
    """Return an answer as JSON that every browser reads; nan is none."""
    head = {"page": message.page, "part": message.part, "seq": message.seq}
    return json.dumps({**head, **found}, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def after(memory: Memory, message: Asked) -> dict[str, Any]:
    """Do what the hand did, and return what changed on the page.

    ``run``: a run has to draw the page again, meanwhile the drag goes on; ``later``: it goes on when the run has answered.
    """
    page, desk, visit = memory.pages.get(message.page), memory.desks.get(message.page), memory.visit
    if not page or not page.hear or not page.parts or not desk:
        return {}
    with desk.lock:
        if memory.page != message.page or message.seq <= desk.number(message.part):  # left meanwhile, or over
            return {}
        page.hear(desk, visit, Message(message.part, message.said))
        if desk.number(message.part) != message.seq:  # refused
            return {}
        shown, version = desk.snapshot(), memory.next_version()
    if shown.slow or not shown.under_way:  # a key's step may be a deed: a run writes it into the address
        return {"later": True}
    return changed(memory, page, shown, message, version)


def changed(memory: Memory, page: Page, shown: Desk[Any], message: Asked, version: int) -> dict[str, Any]:
    """Return the parts that are on the page and look different now."""
    assert page.parts
    made = page.parts(shown, memory.visit)
    parts = {}
    for key, make in made.items():
        if key in memory.placed:
            data = make().data()
            before, now = memory.send(message.page, key, data, version)
            if message.whole:
                parts[key] = {"base": None, "version": now.version, "data": data}
            elif now is not before:
                parts[key] = {"base": before.version, "version": now.version, "data": now.changes(before)}
    drawn = outline(page, shown, memory.visit, made)
    if drawn in (memory.outline, memory.called):
        return {"parts": parts}
    memory.called = drawn
    return {"parts": parts, "run": True}
