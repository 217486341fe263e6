"""The table of derivative rules, folded below a derivation; one rule opened."""

from dataclasses import replace
from itertools import groupby
from typing import Any

import streamlit as st
import torch

from lossviz.core.desk import Desk
from lossviz.core.text import Text, four, minus
from lossviz.engine.rules import RULES, TABLE, Rule
from lossviz.web.choices import kept_number
from lossviz.web.html import note

LEFT = ("powers", "exponentials", "combined", "rewritten")
"""The families of rules in the first column of the table."""


def formula(rule: Rule) -> str:
    """Return a rule as LaTeX between dollar signs: what it starts from, and what that becomes."""
    sign = "=" if rule.family == "rewritten" else r"\;\to\;"
    return rf"$\displaystyle {rule.latex} {sign} {rule.result}$"


def card(desk: Desk[Any], text: Text) -> None:
    """Draw the opened rule, large, with a sample slope where it is about one function."""
    rule = RULES[desk.state.rule]
    with st.container(horizontal=True, vertical_alignment="center", key="calculus-card", border=True):
        st.markdown(f"**{text(f'calculus_{rule.key}')}**", width="content")
        st.markdown(formula(rule), width="content")
        if rule.family not in ("combined", "rewritten"):
            st.html(note(sample(rule, text)), width="content")
        st.button(
            text("calculus_close"), key="calculus-close", type="tertiary", on_click=turn_to, args=(desk, ""), width=150
        )


def sample(rule: Rule, text: Text) -> str:
    """Return the slope of a rule's function at one place, in words."""
    low, high = rule.span
    x = torch.tensor(low + 0.75 * (high - low), dtype=torch.float64, device="cpu")
    letters = "".join(f", {name} = {value:g}" for name, value in rule.letters.items())
    slope = four(float(rule.slope(x, **rule.letters)))
    return text("calculus_at", x=minus(f"{float(x):g}{letters}"), slope=minus(slope))


def turn_to(desk: Desk[Any], rule: str) -> None:
    """Open another rule, or none."""
    desk.put(replace(desk.state, rule=rule))


def appendix(desk: Desk[Any], first: str, text: Text) -> None:
    """Draw the table of rules, folded unless a rule is open; ``first`` is the rule it opens with."""
    st.toggle(
        text("calculus_table"),
        **kept_number("calculus", bool(desk.state.rule), lambda opened: turn_to(desk, first if opened else "")),
    )
    if desk.state.rule not in RULES:
        return
    with st.container(key="calculus-table"):
        columns = st.columns(2, gap="medium")
        for family, rules in groupby(TABLE, key=lambda rule: rule.family):
            with columns[family not in LEFT]:
                st.markdown(family_table(family, list(rules), desk.state.rule, text))
        st.html(note(text("calculus_letters")))


def family_table(family: str, rules: list[Rule], opened: str, text: Text) -> str:
    """Return a family's table of rules as Markdown, with the opened rule marked."""
    keys = ("before", "after") if family == "rewritten" else ("function", "derivative")
    head = f"**{text(f'calculus_family_{family}')}** | {text(f'calculus_{keys[0]}')} | {text(f'calculus_{keys[1]}')}"
    return "\n".join([f"| {head} |", "|---|---|---|", *(row(rule, rule.key == opened, text) for rule in rules)])


def row(rule: Rule, opened: bool, text: Text) -> str:
    """Return a rule's row as Markdown: name, function, derivative."""
    name = text(f"calculus_{rule.key}")
    marked = f"**→ {name}**" if opened else name
    return rf"| {marked} | $\displaystyle {rule.latex}$ | $\displaystyle {rule.result}$ |"
