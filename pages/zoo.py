"""Loss functions: the building blocks as curves, what is made of a batch, distributions, and where numbers break."""

from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz.components.readout import Readout
from lossviz.core.parts import Make, Message
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.functions.distributions import distributions_of
from lossviz.functions.state import TABS, from_query
from lossviz.functions.view import points_of
from lossviz.functions.widgets import batch, cards, curves, distributions, stability
from lossviz.functions.widgets.curves import FunctionsDesk
from lossviz.web import tools
from lossviz.web.choices import segments
from lossviz.web.html import question_alone
from lossviz.web.page import Place
from lossviz.web.session import Page

WIDTHS = (1.25, 1)
"""The relative widths of the chart and of the numbers."""


def hear(desk: FunctionsDesk, visit: Visit, message: Message) -> None:
    """Move the point along the axis, or a bar of a distribution, to where the hand is."""
    if message.part == curves.CHART and desk.state.tab == "curves":
        curves.hear(desk, visit.text, message.said)
    elif message.part == distributions.CHART and desk.state.tab == "distributions":
        distributions.hear(desk, visit.text, message.said)
    elif message.part == distributions.HEIGHT_FIELD and desk.state.tab == "distributions":
        distributions.typed(desk, message.said)


def parts(desk: FunctionsDesk, visit: Visit) -> dict[str, Make]:
    """Return what follows a drag on the open tab."""
    made = {"curves": curve_parts, "distributions": distribution_parts}.get(desk.state.tab)
    return made(desk, visit) if made else {}


def curve_parts(desk: FunctionsDesk, visit: Visit) -> dict[str, Make]:
    """Return the chart, who pulls hardest, every number at the point; no slopes during the question."""
    points, text, asking = points_of(desk.state), visit.text, curves.asking(desk, visit)
    made: dict[str, Make] = {curves.CHART: lambda: curves.chart(points, desk, visit, asking=asking)}
    if not visit.curves:
        made[curves.CHART] = lambda: curves.bare_chart(points, desk, visit)
    if visit.asks("sentence"):
        made["sentence"] = lambda: Readout(curve_words(desk, visit))
    if not asking and visit.shows("numbers"):
        made["numbers"] = lambda: Readout(curves.numbers(points, desk, text))
    if not asking and visit.answers:
        made["turn"] = lambda: Readout(curves.turn(desk, text))
    return made


def curve_words(desk: FunctionsDesk, visit: Visit) -> str:
    """Return the sentence above the chart: before the question is answered only what it is about."""
    points, text = points_of(desk.state), visit.text
    if curves.asking(desk, visit):
        return curves.opening(text)
    if not visit.answers:
        return curves.unsaid(points, desk, text)
    return curves.sentence(points, desk, text, resting=not desk.before)


def distribution_parts(desk: FunctionsDesk, visit: Visit) -> dict[str, Make]:
    """Return the bars, and what follows from them."""
    found, text = distributions_of(desk.state), visit.text
    made: dict[str, Make] = {distributions.CHART: lambda: distributions.chart(desk, visit)}
    if visit.shows("sentence"):
        made["sentence"] = lambda: Readout(distributions.sentence(found, text))
    elif visit.asks("sentence"):
        made["sentence"] = lambda: Readout(question_alone(text("chances_question")))
    made[distributions.HEIGHT_FIELD] = lambda: distributions.bar_field(desk, text)
    if visit.shows("numbers"):
        made["told"] = lambda: Readout(distributions.told(desk.state, text))
        made["chances-stacks"] = lambda: distributions.stacks(found, visit)
        made["chances-numbers"] = lambda: Readout(distributions.says(found, desk.state, visit))
    return made


def above(place: Place) -> None:
    """Draw the choice of the page's part, tools, and the choice of functions."""
    desk, text = place.desk, place.text
    with st.container(horizontal=True, key="toolbar"):
        if place.visit.shows("levels"):
            words = {tab: text(f"zoo_tab_{tab}") for tab in TABS}
            change = lambda tab: desk.settle(replace(desk.state, tab=tab))  # noqa: E731
            segments(text("zoo_tabs"), "tab", words, desk.state.tab, change)
        tools.tools(place.memory, partial(curves.save_functions, desk, text), text)
        if place.staged and place.tools:
            choices(desk, text)
    if desk.state.tab == "curves" and place.tools and not place.staged:
        curves.chooser(desk, text)


def choices(desk: FunctionsDesk, text: Text) -> None:
    """Draw among a stage's tools what stands beside the charts elsewhere."""
    if desk.state.tab == "curves":
        curves.chooser(desk, text)
        curves.axis_choice(desk, text)
    elif desk.state.tab == "reductions":
        batch.staged(desk, text)
    elif desk.state.tab == "stability":
        stability.choices(desk, text)


def below(place: Place) -> None:
    """Draw a card for each shown function."""
    if place.desk.state.tab == "curves" and place.tools and place.visit.view == "page":
        cards.cards(place.desk, place.text)


def show(place: Place) -> None:
    """Draw what the open tab shows."""
    tab = place.desk.state.tab
    if tab == "curves":
        curved(place)
    elif tab == "distributions":
        distributed(place)
    else:
        {"reductions": batch.batch, "stability": stability.stability}[tab](place.visit, place.desk)
    tools.way_out(place.memory)


def curved(place: Place) -> None:
    """Draw the sentence, the chart, the numbers; the chart last, as it tells the browser they are written."""
    place.put("sentence")
    if place.visit.shows("sentence"):
        tools.opened(place.memory, place.text)
    left, right = st.columns(tools.widths(place.visit, WIDTHS if not place.framed else (1, 1)), gap="medium")
    with left:
        picture = st.container(key="picture")
    with right:
        tools.hidden(place.visit)
        if curves.asking(place.desk, place.visit):
            curves.question(points_of(place.desk.state), place.desk, place.text)
        else:
            turning(place)
    with picture:
        place.put(curves.CHART)


def turning(place: Place) -> None:
    """Draw every number at the point, and the sliders that change the functions."""
    place.put("numbers")
    if place.tools and not place.staged:
        curves.axis_choice(place.desk, place.text)
    if place.tools:
        curves.knobs(place.desk, place.text)
    if place.tools and not place.staged:
        place.put("turn")


def distributed(place: Place) -> None:
    """Draw the bars at the left and what follows from them at the right."""
    place.put("sentence")
    left, right = st.columns(tools.widths(place.visit, (1.1, 1)), gap="medium")
    with left:
        picture = st.container(key="picture")
        if place.tools:
            with st.container(horizontal=True, vertical_alignment="center", key="chances-bar"):
                place.put(distributions.HEIGHT_FIELD, "told")
    with right:
        tools.hidden(place.visit)
        place.put("chances-stacks", "chances-numbers")
    with picture:
        place.put(distributions.CHART)


PAGE = Page(
    "zoo",
    8,
    show,
    reads=from_query,
    hear=hear,
    parts=parts,
    above=above,
    below=below,
    desk=FunctionsDesk,
    tall={"curves": 500, "reductions": 420, "distributions": 420, "stability": 510},
)
