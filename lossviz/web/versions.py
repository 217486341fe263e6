"""What a browser may keep: a file that is asked for with its version never changes under that address.

Photographs and the large programs of others carry the beginning of their SHA-256 in the address. Streamlit's own files
carry theirs in their names; our components' are small and asked for anew.
"""

import hashlib
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT = "public, immutable, max-age=31536000"


@cache
def version(path: Path) -> str:
    """Return the version of a file, as it stands in addresses."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


class Kept:
    """Tells browsers, and proxies on the way, to keep the files that they ask for by version."""

    def __init__(self, app: ASGIApp, folders: tuple[str, ...]) -> None:
        """Stand before an application that serves such files from these folders of its address."""
        self.app, self.folders = app, folders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, and say how long that may be kept."""

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message)["Cache-Control"] = KEPT
            await send(message)

        await self.app(scope, receive, keep if self.versioned(scope) else send)

    def versioned(self, scope: Scope) -> bool:
        """Return whether somebody asks for a file by its version."""
        asked = scope["type"] == "http" and scope["path"].startswith(self.folders)
        return asked and "version" in QueryParams(scope["query_string"])
