"""Predict first: an example's question, and what was right or wrong about the answer."""

from dataclasses import replace
from html import escape

import streamlit as st

from lossviz.core.examples import PRESETS
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.lab.desk import LabDesk
from lossviz.web import session


def question(desk: LabDesk, visit: Visit, text: Text) -> None:
    """Ask an example's question, where the numbers will be."""
    key = visit.ask
    with st.container(border=True, key="question"):
        st.markdown(f"**{text(f'ask_{key}')}**")
        for choice in range(1, PRESETS[key].choices + 1):
            st.button(
                text(f"ask_{key}_{choice}"),
                key=f"answer-{choice}",
                on_click=choose_answer,
                args=(desk, choice),
                width="stretch",
                wrap=True,
            )
        st.html(f'<p class="lz-quiet">{escape(text("ask_hint"))}</p>')


def choose_answer(desk: LabDesk, choice: int) -> None:
    """Remember the answer, which uncovers the numbers."""
    desk.answer = choice


def verdict(desk: LabDesk, visit: Visit, text: Text) -> None:
    """Say what was right or wrong about the answer."""
    key, answer = visit.ask, desk.answer
    if not key or not answer:
        return
    right = answer == PRESETS[key].right
    with st.container(key="verdict", horizontal=True, vertical_alignment="center"):
        words = f"**{text('right' if right else 'wrong')}** {text(f'ask_{key}_{answer}_reply')}"
        st.markdown(f"{'✓' if right else '✗'} {words}", width="stretch")
        st.button(text("understood"), key="understood", on_click=lambda: session.turn(replace(visit, ask="")))
