"""The web application: ``streamlit run app.py``."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import torch
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from streamlit.starlette import App

from lossviz.gallery import FOLDER
from lossviz.lab import resting_view
from lossviz.state import State

LATE = ("pandas", "pages.lab", "pages.start")
"""What Streamlit and its pages would import only when the first visitors are waiting, all at once."""


@asynccontextmanager
async def warmed(app: App) -> AsyncIterator[dict[str, Any]]:
    """Import everything before the first visitor comes; compute on one thread; keep what is loaded out of the collector.

    Streamlit collects garbage after every run of a page. With torch loaded that takes 150 ms, unless it is frozen first.
    """
    for module in LATE:
        import_module(module)
    torch.set_num_threads(1)
    resting_view(State())
    gc.collect()
    gc.freeze()
    yield {}


app = App("pages/_navigation.py", lifespan=warmed, routes=[Mount("/scenes", StaticFiles(directory=FOLDER))])
