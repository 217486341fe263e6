"""Level 3, "Every predictor": the map, the list, and what the program lets one set."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from lossviz.components.plot import Chart, PlotClick
from lossviz.core.text import Text, four, minus
from lossviz.engine.heads import Predictor
from lossviz.lab.charts.maps import described, grey, state_map, term_map
from lossviz.lab.desk import LabDesk
from lossviz.lab.evaluation import recipe_for
from lossviz.lab.predictors import MapView
from lossviz.lab.state import CLASSES, COORDINATES, MAPS, SMALL_BOXES, SWITCHED
from lossviz.lab.view import LabView, head_of
from lossviz.lab.widgets import story
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import scene_of
from lossviz.web.choices import computed_on, kept, kept_number, segments
from lossviz.web.html import cells, glossed, table_of

HEIGHTS = {"page": 390, "embed": 250, "present": 580}
"""The height of the map in pixels, by view."""
EARLY_STEPS = {"seen": 6400.0, "ignore_thresh": 0.05, "thresh": 0.05}


def title(view: LabView, found: MapView, text: Text) -> str:
    """Return the map's title: what it shows, of which head and anchor."""
    about = text(f"term_{found.term}") if view.state.map == "term" else text("states")
    anchor = text("anchors_all") if view.state.pooled else text("anchor_one", anchor=view.prediction.predictor.anchor)
    words = escape(text("map_title", what=about, head=found.head, anchor=anchor) + grey(view.state, found, text))
    return f'<p class="lz-quiet" data-testid="map-title">{glossed(words, text)}</p>'


def heat(view: LabView, found: MapView, text: Text, height: int) -> Chart:
    """Return the map of predictors, which reports clicks."""
    said = view.prediction.predictor
    draw = term_map if view.state.map == "term" else state_map
    return Chart(
        figure=draw(found, (said.column, said.row), text),
        height=height,
        description=described(found, text),
        testid="map",
        clicks=True,
    )


def go_to(click: PlotClick, view: LabView, desk: LabDesk) -> None:
    """Choose the predictor of the clicked cell."""
    said = view.prediction.predictor
    columns, rows = view.prediction.grid
    row, column = click.point if isinstance(click.point, tuple) else (int(click.y), int(click.x))
    if 0 <= row < rows and 0 <= column < columns:
        choose(desk, said._replace(row=row, column=column))


def choose(desk: LabDesk, predictor: Predictor) -> None:
    """Choose another predictor, but not during a drag: the browser may then report an old place."""
    if desk.before:
        return
    desk.put(replace(desk.state, at=predictor, channel=None, steps=None))


def which(view: LabView, found: MapView, desk: LabDesk, text: Text) -> None:
    """Choose what the map shows: states or a term, of one anchor or of all."""
    words = {name: text(f"map_{name}") for name in MAPS}
    with st.container(horizontal=True, vertical_alignment="center"):
        segments(text("map"), "map_kind", words, view.state.map, lambda name: desk.look(map=name))
        if view.state.map == "term":
            story.term_choice(view, desk, found.term, "map_term", text, width=170)
        st.toggle(text("pooled"), **kept_number("pooled", view.state.pooled, lambda pooled: desk.look(pooled=pooled)))


def place(view: LabView, found: MapView, desk: LabDesk, text: Text) -> None:
    """Draw fields for the chosen predictor's head, anchor, row and column."""
    said, heads = view.prediction.predictor, view.report.scene.heads
    with st.container(horizontal=True, vertical_alignment="bottom", key="place"):
        if len(heads) > 1:
            names = {head.name: head.name for head in heads}
            segments(text("head"), "head", names, said.head, lambda name: choose_head(name, view, desk), named=True)
        for name, most in zip(("anchor", "row", "column"), (found.anchors, *found.states.shape), strict=True):
            st.number_input(
                text(name),
                0,
                most - 1,
                **kept_number(f"at_{name}", getattr(said, name), partial(choose_part, desk, said, name)),
                width=124,
            )


def choose_part(desk: LabDesk, said: Predictor, name: str, number: Any) -> None:
    """Choose the predictor with another anchor, row or column."""
    choose(desk, said._replace(**{name: number}))


def choose_head(name: str, view: LabView, desk: LabDesk) -> None:
    """Choose the predictor at the same place of the picture in another head."""
    said = view.prediction.predictor
    _, before = head_of(view.report.scene, said)
    _, head = head_of(view.report.scene, said._replace(head=name))
    (columns, rows), (old_columns, old_rows) = head.grid, before.grid
    row, column = (2 * said.row + 1) * rows // (2 * old_rows), (2 * said.column + 1) * columns // (2 * old_columns)
    choose(desk, Predictor(name, min(said.anchor, head.raw.shape[1] - 1), row, column))


def settings(desk: LabDesk, text: Text) -> None:
    """Draw the program's settings and the switches of this page, once they are unfolded."""
    state = desk.state
    changed = len(state.settings) + sum(getattr(state, name) != "as-written" for name in SWITCHED)
    label = text("settings_changed", count=changed) if changed else text("settings")
    folded = st.popover(label, key="settings_open", icon=":material/tune:", on_change="rerun")
    if folded.open:
        with folded:
            all_settings(desk, text)


def all_settings(desk: LabDesk, text: Text) -> None:
    """Draw every setting of the program that has words here, and every switch of the page."""
    state = desk.state
    recipe = recipe_for(state)
    known = recipe.settings.accepts()
    with st.container(horizontal=True, vertical_alignment="bottom", key="settings"):
        # Rare settings have no words here; they stay on the command line.
        for name in (name for name in known if text.knows(f"set_{name}_about")):
            setting(desk, name, getattr(recipe.settings, name), text)
    listed(
        "coordinates",
        {name: text(f"obj_{name}") for name in COORDINATES},
        desk,
        text("coordinates"),
        text("coordinates_help"),
    )
    others = {name: text(f"recipe_{name}") for name in RECIPES if name != state.recipe}
    listed("assigner", {"as-written": text("obj_as-written"), **others}, desk, text("assigner"), text("assigner_help"))
    if "softmax" not in known:
        classes = {name: text(f"classes_{name}") for name in CLASSES}
        segments(text("classes"), "classes", classes, state.classes, switch(desk, "classes"), named=True)
    if recipe.weighs_small_boxes:
        small = {name: text(f"small_{name}") for name in SMALL_BOXES}
        segments(text("small_boxes"), "small_boxes", small, state.small_boxes, switch(desk, "small_boxes"), named=True)
    computed_on(text, "evaluate", "steps")


def listed(name: str, words: Mapping[str, str], desk: LabDesk, label: str, about: str) -> None:
    """Draw a switch with many positions as a list."""
    st.selectbox(
        label,
        list(words),
        format_func=words.__getitem__,
        **kept(f"switch_{name}", getattr(desk.state, name), switch(desk, name)),
        help=about,
    )


def switch(desk: LabDesk, name: str) -> Any:
    """Return what changes one of the page's switches and begins a run of steps anew."""

    def change(value: str) -> None:
        state = desk.state
        changes: Mapping[str, Any] = {name: value, "steps": state.steps and 0}
        desk.settle(replace(state, **changes))

    return change


def setting(desk: LabDesk, name: str, value: float, text: Text) -> None:
    """Draw one setting: a switch for 0 and 1, else a number within its bounds."""
    key, state = f"set_{name}", desk.state
    meta: Mapping[str, Any] = next(
        f.metadata for f in RECIPES[state.recipe].settings.__dataclass_fields__.values() if f.name == name
    )
    default = getattr(RECIPES[state.recipe].for_scene(scene_of(state.scene)).settings, name)

    def change(given: float) -> None:
        desk.settle(desk.state.with_setting(name, None if given == default else float(given)))

    label = text(f"set_{name}") if text.knows(f"set_{name}") else name
    if (meta["low"], meta["high"]) == (0, 1) and isinstance(default, int):
        st.toggle(label, **kept_number(key, bool(value), change), help=text(f"set_{name}_about"))
        return
    st.number_input(
        label,
        float(meta["low"]),
        max(float(min(meta["high"], 1e6)), value),
        **kept_number(key, float(value), change),
        step=EARLY_STEPS.get(name, 0.5),
        format="%.6g",
        help=text(f"set_{name}_about"),
        width=150,
    )


def as_list(found: MapView, text: Text) -> str:
    """Return the numbers of the map as a table."""
    head = cells(*(escape(text(key)) for key in ("predictor_column", "state", "excess", "objectness")), tag="th")
    body = "".join(
        cells(
            str(row.predictor),
            escape(state_words(row.state, row.early, text)),
            minus(four(row.value)),
            four(row.objectness),
        )
        for row in found.rows
    )
    return table_of("map-table", head, body, "")


def state_words(state: str, early: bool, text: Text) -> str:
    """Return a predictor's state in words."""
    name = text(f"state_{state}")
    return text("state_early", state=name) if early else name
