"""A formula that follows a drag, set by KaTeX as Streamlit's own formulas are.

``katex.min.js`` is KaTeX 0.18.10, the version whose style sheet and fonts Streamlit 1.67 brings along: only the program is
ours to ship.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

from lossviz.core.parts import Data, Stamp

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["Formula"]


@dataclass(frozen=True)
class Formula:
    """LaTeX as a part of a page, on lines of its own."""

    latex: str

    def data(self) -> Data:
        """Return what the browser gets to set the formula."""
        return {"latex": self.latex}

    def place(self, key: str, data: Data, stamp: Stamp) -> None:
        """Draw the formula where the script stands."""
        _component()(key=key, data=stamp.on(data))


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder, in the page's own tree for its style."""
    return st.components.v2.component("lossviz.formula", js="formula/formula.js", isolate_styles=False)
