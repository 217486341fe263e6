"""The output tensor: its channels, its cells, which number stands where in memory, and what it means."""

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz.components.plot import PlotClick, plot
from lossviz.core.text import Text, paragraph
from lossviz.core.visit import Visit
from lossviz.decode.charts.tensor import LINE, edges_of, entry_at, grid, strip
from lossviz.decode.state import TENSORS, DecodeState
from lossviz.decode.tensor import (
    LAYOUTS,
    OUTPUTS,
    SCENE,
    Output,
    Place,
    activated,
    attribute_of,
    channel_of,
    index_of,
    nearby,
    place_at,
    place_of,
    plane_of,
    rivals,
    spelled,
    with_numbers,
)
from lossviz.decode.widgets.desk import DecodeDesk
from lossviz.decode.words import attributes, number_name
from lossviz.scenes.gallery import scene_name
from lossviz.web.choices import kept_number, segments
from lossviz.web.html import glossed, note, number, question_alone
from lossviz.web.page import Place as PagePlace
from lossviz.web.tools import hidden, opened, way_out

REACH = 3
"""How many numbers are shown on each side of the chosen one in memory."""
HIGH = {"page": 300, "embed": 230, "present": 310}
"""The height of the grid in pixels, by view."""
LINES = {"page": LINE, "embed": 16, "present": 32}
"""The height of a line of channels in pixels, by view."""
LETTERS = {"page": None, "embed": None, "present": 20}
"""The size of the letters on the channels in pixels, by view; None: as large as fits."""


def show(place: PagePlace) -> None:
    """Draw question and answer, the choices, the channels beside the cells, the place in memory."""
    desk, visit, text = place.desk, place.visit, place.text
    if visit.shows("sentence"):
        st.html(sentence(desk.state, text))
        opened(place.memory, text)
    elif visit.asks("sentence"):
        st.html(question_alone(text("tensor_question")))
    if place.tools and not place.staged:
        choices(desk, text)
    left, right = pictures(desk, visit)
    with right:
        hidden(visit)
    if visit.shows("numbers"):
        left.html(memory_strip(desk.state, text))
        right.html(reading(desk.state, visit.view, text))
    if place.asks:
        with right:
            guess(desk, text)
    if place.tools and not place.staged:
        fields(desk, text)
    if visit.shows("numbers") and visit.view == "page":
        st.html(arithmetic(desk.state, text))
    way_out(place.memory)


def pictures(desk: DecodeDesk, visit: Visit) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Draw the channels beside the cells, the cells alone where the channels would tell; return both columns."""
    left, right = st.columns((1.55, 1), gap="medium")
    if visit.curves:
        with left:
            channels(desk, visit.text, visit.view)
    with right if visit.curves else left:
        cells(desk, visit.text, visit.view)
    return left, right


def chosen(state: DecodeState) -> tuple[Output, Place]:
    """Return the tensor, and the place of the number in hand."""
    output = OUTPUTS[state.of]
    return output, place_of(output, state.channel, state.cell)


def at(state: DecodeState, place: Place) -> DecodeState:
    """Return the state with another number of the same tensor in hand."""
    channel = channel_of(OUTPUTS[state.of], place)
    return replace(state, channel=channel, cell=(place.row, place.column))


# ---- pictures ----


def channels(desk: DecodeDesk, text: Text, view: str) -> None:
    """Draw all channels of one cell; a click chooses one."""
    state, output = desk.state, OUTPUTS[desk.state.of]
    plot(
        strip(output, state.channel, attributes(text), text, LETTERS[view]),
        key="tensor-strip",
        height=int(edges_of(output)[-1] * LINES[view]) + 8,
        description=text("tensor_strip_alt", count=output.channels, channel=state.channel, name=named(state, text)),
        testid="tensor-strip",
        on_click=lambda click: to_channel(click, desk),
    )


def to_channel(click: PlotClick, desk: DecodeDesk) -> None:
    """Choose the channel that was clicked."""
    state = desk.state
    channel = entry_at(OUTPUTS[state.of], click.curve, click.point) if isinstance(click.point, tuple) else None
    if channel is not None:
        desk.put(replace(state, channel=channel))


def cells(desk: DecodeDesk, text: Text, view: str) -> None:
    """Draw the grid, coloured by what the channel says in a photograph; a click chooses a cell."""
    state, output = desk.state, OUTPUTS[desk.state.of]
    row, column = state.cell
    words = text("tensor_grid_photo" if output.head else "tensor_grid_plain", channel=state.channel)
    st.html(note(words))
    plot(
        grid(output, state.channel, state.cell, text),
        key="tensor-grid",
        height=HIGH[view],
        description=text("tensor_grid_alt", side=output.side, row=row, column=column),
        testid="tensor-grid",
        on_click=lambda click: to_cell(click, desk),
        square=True,
    )


def to_cell(click: PlotClick, desk: DecodeDesk) -> None:
    """Choose the cell that was clicked."""
    _, rows, columns = TENSORS[desk.state.of]
    if isinstance(click.point, tuple) and click.point[0] < rows and click.point[1] < columns:
        desk.put(replace(desk.state, cell=click.point))


# ---- words and numbers ----


def named(state: DecodeState, text: Text) -> str:
    """Return the name of the number in hand: "anchor 1, objectness", for example."""
    output, place = chosen(state)
    return number_name(output, place, text)


def sentence(state: DecodeState, text: Text) -> str:
    """Say how the channels are made up, and which number the chosen one is."""
    output, (_, _, row, column) = chosen(state)
    made = text(
        "tensor_made",
        side=output.side,
        channels=output.channels,
        anchors=output.anchors,
        classes=output.classes,
    )
    question = f"<b>{escape(text('tensor_question'))}</b>"
    said = text("tensor_is", channel=state.channel, row=row, column=column, name=named(state, text))
    return (
        f'<p class="lz-sentence">{paragraph([question, escape(made)])}<br>'
        f'<span data-testid="tensor-says" data-heard="tensor-says">{glossed(escape(said), text)}</span></p>'
    )


def reading(state: DecodeState, view: str, text: Text) -> str:
    """Return the raw number in the photograph and what becomes of it; without a photograph, what it would mean."""
    output, place = chosen(state)
    attribute = attribute_of(place.entry)
    softmax = attribute == "class" and not state.of.startswith("v3")
    meaning = text("tensor_means_softmax" if softmax else f"tensor_means_{attribute}")
    plane = plane_of(output, state.channel)
    if plane is None:
        return f'<p class="lz-reading">{escape(meaning)}</p>{note(text("tensor_no_network"))}'
    raw = float(plane[place.row, place.column])
    form = "e^t" if attribute in ("w", "h") else "σ(t)"
    said = (
        f"{escape(text('tensor_raw'))} t = {number('tensor-raw', raw)}, "
        f"{form} = {number('tensor-output', activated(place.entry, raw))}"
    )
    source = note(text("tensor_from", scene=scene_name(SCENE, text))) if view == "page" else ""
    return f'<p class="lz-reading">{said}<br>{escape(meaning)}</p>{source}'


def memory_strip(state: DecodeState, text: Text) -> str:
    """Return the numbers that lie beside the chosen one in memory, each with what it is."""
    output, place = chosen(state)
    here = index_of(output, state.layout, place)
    found = nearby(output, state.layout, here, REACH)
    title = escape(text("tensor_memory", layout=text(f"tensor_layout_{state.layout}")))
    body = "".join(lying(index, one, output, text, mine=index == here) for index, one in found.items())
    return f'<p class="lz-quiet">{title}</p><div class="lz-tape" role="list" data-testid="tensor-tape">{body}</div>'


def lying(index: int, place: Place, output: Output, text: Text, *, mine: bool) -> str:
    """Return one number of the strip of memory: its index, and its channel, row and column."""
    channel = channel_of(output, place)
    words = escape(text("tensor_tape", channel=channel, row=place.row, column=place.column))
    about = escape(number_name(output, place, text))
    return (
        f'<span role="listitem" title="{about}"{" class=lz-here" if mine else ""}>'
        f"<b>{index}</b><small>{words}</small></span>"
    )


def arithmetic(state: DecodeState, text: Text) -> str:
    """Return the index in both layouts, in letters and with the numbers of this place."""
    output, place = chosen(state)
    rows = "".join(one_layout(layout, output, place, state, text) for layout in LAYOUTS)
    shape = f"(B, {output.side}, {output.side}, {output.anchors}, {output.entries})"
    reshape = note(text("tensor_reshape", shape=shape, channels=output.channels))
    return f'<div class="lz-indices">{rows}</div>{reshape}{note(text("tensor_batch", count=f"{output.numbers:,}"))}'


def one_layout(layout: str, output: Output, place: Place, state: DecodeState, text: Text) -> str:
    """Return a layout's index in letters, in numbers, and its result; the layout in use stands out."""
    index = index_of(output, layout, place)
    mark = " class=lz-here" if layout == state.layout else ""
    return (
        f"<p{mark}><b>{escape(text(f'tensor_layout_{layout}'))}</b> <code>{spelled(layout)}</code><br>"
        f"<code>{with_numbers(output, layout, place)} = </code>"
        f'<b data-testid="index-{layout}" data-value="{index}">{index}</b></p>'
    )


# ---- choices ----


def choices(desk: DecodeDesk, text: Text) -> None:
    """Choose the network and the layout of its output in memory."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="tensor-choices"):
        words = {key: text(f"tensor_of_{key.replace('-', '_')}") for key in OUTPUTS}
        segments(text("tensor_of"), "tensor-of", words, state.of, lambda of: desk.put(desk.state.over(of)))
        layouts = {key: text(f"tensor_layout_{key}") for key in LAYOUTS}
        segments(
            text("tensor_layout"),
            "tensor-layout",
            layouts,
            state.layout,
            lambda layout: desk.put(replace(desk.state, layout=layout)),
        )


def fields(desk: DecodeDesk, text: Text) -> None:
    """Draw fields for channel, row, column and place in memory, which can be typed instead of clicked."""
    state = desk.state
    output, place = chosen(state)
    with st.container(horizontal=True, vertical_alignment="bottom", key="tensor-fields"):
        whole("tensor-channel", text("tensor_channel"), state.channel, output.channels, desk, to="channel")
        whole("tensor-row", text("row"), place.row, output.side, desk, to="row")
        whole("tensor-column", text("column"), place.column, output.side, desk, to="column")
        label = text("tensor_index", layout=text(f"tensor_layout_{state.layout}"))
        whole("tensor-index", label, index_of(output, state.layout, place), output.numbers, desk, to="index")


def whole(key: str, label: str, value: int, count: int, desk: DecodeDesk, *, to: str) -> None:
    """Draw a field for a whole number from 0 to ``count`` - 1."""
    st.number_input(
        label, 0, count - 1, **kept_number(key, value, lambda given: typed(to, given, desk)), step=1, width=190
    )


def typed(to: str, value: int, desk: DecodeDesk) -> None:
    """Go to the number that was typed."""
    state = desk.state
    output, place = chosen(state)
    if to == "channel":
        desk.put(replace(state, channel=value))
    elif to == "index":
        desk.put(at(state, place_at(output, state.layout, value)))
    else:
        moved: dict[str, Any] = {to: value}
        desk.put(at(state, place._replace(**moved)))


# ---- predict first ----


def guess(desk: DecodeDesk, text: Text) -> None:
    """Ask which channel is the objectness of the next anchor; an answer shows it."""
    state, output = desk.state, OUTPUTS[desk.state.of]
    if desk.channel and desk.channel[1] == state:
        right = desk.channel[0] == state.channel
        answer = text(
            "tensor_guess_won", channel=state.channel, entries=output.entries, anchor=state.channel // output.entries
        )
        words = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')} {answer}"
        st.html(f'<p class="lz-stamp" data-testid="verdict" data-heard="verdict">{escape(words)}</p>')
        return
    anchor = asked(state)
    with st.container(horizontal=True, vertical_alignment="center", key="guess"):
        st.markdown(text("tensor_guess", anchor=anchor), width="content")
        for channel in sorted({*rivals(output, anchor)}):
            st.button(f"{channel}", key=f"guess-{channel}", on_click=try_it, args=(desk, channel))


def asked(state: DecodeState) -> int:
    """Return the anchor that is asked about: the next one, but never the first, which has no rival worth asking."""
    output = OUTPUTS[state.of]
    return (state.channel // output.entries + 1) % output.anchors or 1


def try_it(desk: DecodeDesk, channel: int) -> None:
    """Go to the right channel, and remember which one was guessed."""
    after = replace(desk.state, channel=rivals(OUTPUTS[desk.state.of], asked(desk.state))[0])
    desk.put(after)
    desk.channel = (channel, after)
