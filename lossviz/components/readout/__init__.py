"""Words and numbers that follow a drag.

Not ``st.html``: React skips an update whose text equals the last one *it* wrote, so whatever else changes
the node in between would stay on the screen. Here one node belongs to the component alone.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import streamlit as st

from lossviz.core.parts import Data, Stamp

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["Readout"]


@dataclass(frozen=True)
class Readout:
    """A text as a part of a page: HTML made on the server, with every foreign string in it escaped."""

    html: str

    def data(self) -> Data:
        """Return what the browser gets to show the text."""
        return {"html": self.html}

    def place(self, key: str, data: Data, stamp: Stamp, *, width: Literal["stretch", "content"] = "stretch") -> None:
        """Draw the text where the script stands; ``width="content"`` makes it no wider than its words."""
        _component()(key=key, data=stamp.on(data), width=width)


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder, in the page's own tree for its style."""
    return st.components.v2.component("lossviz.readout", js="readout/readout.js", isolate_styles=False)
