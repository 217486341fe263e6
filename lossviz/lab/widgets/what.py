"""The popover with the scene and the program: both lists, files that are no scenes, sources."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.core.spoken import spoken
from lossviz.core.text import Text
from lossviz.engine.recipe import Recipe
from lossviz.lab.desk import LabDesk
from lossviz.programs.verified import verified
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import REFUSED, SAMPLES, TINY, scene_name
from lossviz.web.choices import kept
from lossviz.web.html import note


def what(desk: LabDesk, text: Text) -> None:
    """Choose a scene and a program; below, where both come from."""
    picker(text("scene"), "scene", list(SAMPLES), desk, text)
    if REFUSED:
        st.html(left_out(REFUSED, text))
    picker(text("recipe"), "recipe", list(RECIPES), desk, text)
    about(desk, text)


def left_out(refused: Sequence[str], text: Text) -> str:
    """Return each file that is no scene with its fault, in the words of the server's log, for whoever put it there."""
    lines = "".join(f'<p class="lz-quiet" lang="en">{escape(sentence)}</p>' for sentence in refused)
    return f'<div data-testid="left-out">{note(text("left_out"))}{lines}</div>'


def picker(label: str, name: str, options: Sequence[str], desk: LabDesk, text: Text) -> None:
    """Choose an entry of a list; boxes moved in another scene and another program's settings do not come along."""

    def choose(key: Any) -> None:
        chosen = replace(desk.state, **{name: key}, term="", channel=None, steps=None, at=None)
        if name == "scene":
            chosen = replace(chosen.at_rest(), label=0)
        else:
            known = RECIPES[chosen.recipe].settings.accepts()
            chosen = replace(chosen, settings=tuple(pair for pair in chosen.settings if pair[0] in known))
        desk.begin(chosen)

    st.radio(
        label,
        options,
        format_func=lambda key: scene_name(key, text) if name == "scene" else text(f"recipe_{key}"),
        **kept(name, getattr(desk.state, name), choose),
    )


def about(desk: LabDesk, text: Text) -> None:
    """Draw where the numbers and the photograph come from, and how well they were checked."""
    recipe, sample = RECIPES[desk.state.recipe], SAMPLES[desk.state.scene]
    st.caption(checked(recipe, text))
    if desk.state.scene in TINY:
        st.caption(text("raw_from"))
    if sample.credit:
        st.caption(text("photo_credit", credit=sample.credit))


def checked(recipe: Recipe, text: Text) -> str:
    """Say what a recipe's numbers were held against."""
    found, source = verified().get(recipe.key), recipe.source
    if not found:
        return text("verified_paper")
    return text(
        "verified",
        files=found.files,
        repository=source.repository,
        file=source.file,
        commit=source.commit[:7],
        deviation=spoken(found.deviation, 2),
    )
