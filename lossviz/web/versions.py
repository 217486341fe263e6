"""What a browser may keep: a file that is asked for with its version never changes under that address.

Photographs and the large programs of others carry the beginning of their SHA-256 in the address. Streamlit's own files
carry theirs in their names; our components' are small and asked for anew.
"""

import hashlib
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lossviz.scenes.gallery import FOLDER
from lossviz.web.html import served

KEPT = "public, immutable, max-age=31536000"
FOLDERS = ("scenes/", "_stcore/bidi-components/")
"""Under which addresses such files are, after the path that the server was given."""


@cache
def version(path: Path) -> str:
    """Return the version of a file, as it stands in addresses."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def photo_address(photo: str) -> str:
    """Return where the browser finds a photograph."""
    return served(f"scenes/{photo}?version={version(FOLDER / photo)}")


class Kept:
    """Tells browsers, and proxies on the way, to keep the files that they ask for by version."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, and say how long that may be kept."""

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Cache-Control"] = KEPT
            await send(message)

        await self.app(scope, receive, keep if versioned(scope) else send)


def versioned(scope: Scope) -> bool:
    """Return whether somebody asks for a file by its version."""
    return (
        scope["type"] == "http"
        and "version" in QueryParams(scope["query_string"])
        and scope["path"].startswith(tuple(served(folder) for folder in FOLDERS))
    )
