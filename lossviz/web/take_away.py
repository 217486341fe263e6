"""The loss of what one sees as a script on torch alone, to copy and to run at home."""

from collections.abc import Callable

import streamlit as st

from lossviz.core.text import Text

TALL = 300
"""The height of the code in pixels, beyond which it scrolls."""


def take_away(text: Text, file: str, make: Callable[[], str | None]) -> None:
    """Offer the script, made while the popover is open; ``file`` is its name without .py."""
    name = text("take_away")
    folded = st.popover(name, key="take_away", icon=":material/code:", help=name, on_change="rerun")
    if not folded.open:
        return
    with folded:
        script = make()
        if script is None:
            st.caption(text("take_away_none"))
            return
        st.caption(text("take_away_about", lines=script.count("\n"), size=round(len(script) / 1000)))
        st.download_button(
            text("take_away_save"),
            script,
            f"{file}.py",
            "text/x-python",
            key="take_away_save",
            on_click="ignore",
            width="stretch",
        )
        st.code(script, language="python", height=TALL)
