"""The web application: ``streamlit run app.py``."""

import gc
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pandas  # noqa: F401 - Streamlit imports it when the first visitors are waiting, and chokes on several at once
import torch
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from streamlit.starlette import App

from lossviz.bench import sample_ms
from lossviz.engine.device import VARIABLE, checked, choose
from lossviz.engine.memory import keep_memory
from lossviz.lab.state import State
from lossviz.lab.view import resting_view
from lossviz.scenes.gallery import FOLDER, REFUSED, SAMPLES
from lossviz.web.html import served
from lossviz.web.live import live
from lossviz.web.poster import POOL, drawn
from lossviz.web.shell import Shell, files, shell
from lossviz.web.versions import Kept
from pages import all_pages


class Photographs(StaticFiles):
    """Serve the photographs of the scenes that can be opened, and nothing else of their folder."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return where a photograph lies, and nothing for any other name."""
        known = path in {sample.photo for sample in SAMPLES.values() if sample.photo}
        return super().lookup_path(path) if known else ("", None)


def asked_device() -> str:
    """Return the device that LOSSVIZ_DEVICE asks for; where it is none, say so in one sentence and end with status 2."""
    try:
        return checked(os.environ.get(VARIABLE) or "auto")
    except ValueError as error:
        sys.stderr.write(f"lossviz: error: {VARIABLE}: {error}\n")
        sys.exit(2)


ASKED = asked_device()


def log_refused() -> None:
    """Say in the server's log which scenes are left out, and why."""
    for sentence in REFUSED:
        logging.getLogger("lossviz").warning("scene left out: %s", sentence)


@asynccontextmanager
async def warmed(app: App) -> AsyncIterator[dict[str, Any]]:
    """Import everything before the first visitor comes; compute on one thread; keep what is loaded out of the collector.

    Streamlit collects garbage after every run of a page. With torch loaded that takes 150 ms, unless it is frozen first.
    """
    log_refused()
    all_pages()
    shell()
    torch.set_num_threads(1)
    keep_memory()
    choose(ASKED, sample_ms)
    resting_view(State())
    gc.collect()
    gc.freeze()
    yield {}
    POOL.shutdown(wait=False, cancel_futures=True)


KEPT = (served("scenes/"), served("lossviz/"), served("_stcore/bidi-components/"))
"""The folders whose files are asked for by their version."""
app = App(
    "pages/_navigation.py",
    lifespan=warmed,
    routes=[
        Mount(served("scenes"), Photographs(directory=FOLDER)),
        Route(served("lossviz/poster-{page}"), drawn),
        Route(served("lossviz/{name}"), files),
        WebSocketRoute(served("live"), live),
    ],
    middleware=[Middleware(Shell, base=served("")), Middleware(Kept, folders=KEPT)],
)
