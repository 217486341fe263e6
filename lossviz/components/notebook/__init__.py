"""What a learner has done of the lessons, kept in his browser: no account, no cookie, nothing on the server."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["notebook"]


def notebook(records: str | None) -> Mapping[str, object] | None:
    """Have the browser keep these records; with None it is asked what it holds.

    Return what it says, once: ``held``, a text from wherever it comes, and ``blocked``, whether nothing can be kept.
    """
    said = _component()(key="notebook", data={"records": records}, on_said_change=lambda: None).said
    return said if isinstance(said, Mapping) else None


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder."""
    return st.components.v2.component("lossviz.notebook", js="notebook/notebook.js", isolate_styles=False)
