"""Waiting for work that a process of its own does: who waits, how far it is, how it is called off."""

import math
import secrets
from collections.abc import Callable
from typing import Any

import streamlit as st

from lossviz.core.jobs import Job
from lossviz.core.text import Text

PACE = 0.5
"""Seconds between two looks at work under way."""


def visitor() -> str:
    """Return who is asking: a name for this session that means nothing elsewhere."""
    name: str = st.session_state.setdefault("visitor", secrets.token_hex(8))
    return name


def waited(job: Job[Any, Any], text: Text, behind: str, key: str, leave: Callable[[Any], None]) -> None:
    """Draw how far the work is, and the button that stops it; ``behind``: what is said while another one runs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.state == "waiting":
            st.progress(0.0, text=text(behind))
        else:
            left = text("experiment_starting") if job.left is None else duration(job.left, text)
            st.progress(min(job.share, 1.0), text=text("experiment_running", share=f"{100 * job.share:.0f}", left=left))
        st.button(text("experiment_cancel"), key=key, on_click=leave, args=(job,))


def duration(seconds: float, text: Text) -> str:
    """Return how long something takes, in words."""
    if seconds < 90:
        return text("experiment_seconds", seconds=math.ceil(seconds))
    return text("experiment_minutes", minutes=math.ceil(seconds / 60))
