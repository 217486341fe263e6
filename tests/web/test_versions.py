"""What a browser may keep, and that the address says so before the file changes."""

import re
from pathlib import Path
from typing import Any

from helpers.aside import aside
from starlette.types import Message, Receive, Scope, Send

from lossviz import components
from lossviz.scenes.gallery import FOLDER, SAMPLES
from lossviz.web.html import photo_address
from lossviz.web.versions import KEPT, Kept, version

FOLDERS = ("/r1/scenes/", "/r1/_stcore/bidi-components/")
COMPONENTS = Path(components.__file__).parent
ASKED = re.compile(r'new URL\("([\w.-]+)\?version=(\w+)", import\.meta\.url\)')


def kept(path: str, query: str, status: int = 200) -> str:
    """What the answer says of how long it may be kept."""
    said: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"public")]})

    async def send(message: Message) -> None:
        said.append(message)

    scope: dict[str, Any] = {"type": "http", "path": path, "query_string": query.encode()}
    aside(Kept(app, FOLDERS)(scope, None, send))  # type: ignore[arg-type]
    found: str = dict(said[0]["headers"])[b"cache-control"].decode()
    return found


def test_what_is_asked_for_by_its_version_may_be_kept_and_nothing_else() -> None:
    program = "/r1/_stcore/bidi-components/lossviz.plot/plot/plotly-cartesian.min.js"
    assert kept("/r1/scenes/coffee.jpg", "version=1a2b3c4d") == KEPT
    assert kept(program, "version=1a2b3c4d") == KEPT
    assert kept("/r1/scenes/coffee.jpg", "") == kept(program, "v=1") == "public"
    assert kept("/r1/lab", "version=1a2b3c4d") == kept("/scenes/coffee.jpg", "version=1a2b3c4d") == "public"
    assert kept("/r1/scenes/nowhere.jpg", "version=1a2b3c4d", status=404) == "public"


def test_programs_of_others_are_asked_for_by_their_version() -> None:
    asked = {}
    for path in COMPONENTS.rglob("*.js"):
        if not path.name.endswith(".min.js"):
            asked |= {path.parent / name: said for name, said in ASKED.findall(path.read_text("utf-8"))}
    assert set(asked) == set(COMPONENTS.rglob("*.min.js"))
    for path, said in asked.items():
        assert said == version(path), f"{path.name} is another one now: write version={version(path)}"


def test_photographs_are_asked_for_by_their_version() -> None:
    photos = {sample.photo for sample in SAMPLES.values() if sample.photo}
    for photo in photos:
        assert photo_address(photo) == f"scenes/{photo}?version={version(FOLDER / photo)}"
    assert len({photo_address(photo).partition("?")[2] for photo in photos}) == len(photos)
