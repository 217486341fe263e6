"""The passthrough: which pixel each output reads in three programs, forward and back, and where the layer stands."""

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.components.plot import PlotClick, plot
from lossviz.core.text import Text, paragraph
from lossviz.core.visit import Visit
from lossviz.decode.charts.passthrough import (
    Pair,
    input_board,
    input_drawing,
    output_board,
    output_drawing,
    picture,
    unpaired,
)
from lossviz.decode.passthrough import (
    DEEP,
    JOINED,
    PASSED,
    SIZES,
    STAGES,
    WAYS,
    Cell,
    Layer,
    counts,
    darknet_lines,
    kind_of,
    offered,
    output_shape,
    plain_lines,
    reader_of,
    same_permutation,
    siblings,
    source_of,
)
from lossviz.decode.state import DecodeState
from lossviz.decode.widgets.desk import DecodeDesk
from lossviz.decode.words import cell_name, pair_says, share
from lossviz.web.choices import kept_number, segments
from lossviz.web.html import cells, glossed, note, question_alone, table_of
from lossviz.web.page import Place
from lossviz.web.tools import hidden, opened, way_out

HIGH = {"page": 300, "embed": 300, "present": 360}
"""The height of the boards in pixels, by view."""
LETTERS = {"page": 12, "embed": 11, "present": 20}
"""The size of the letters on the boards in pixels, by view."""
DIGITS = {"page": None, "embed": None, "present": 20}
"""The size of the numbers on the boards in pixels, by view; None: as large as fits."""


def show(place: Place) -> None:
    """Draw question and answer, the choices, input and output side by side, three programs, the arithmetic."""
    desk, visit, text = place.desk, place.visit, place.text
    said(place)
    if place.tools and not place.staged:
        choices(desk, text)
    left, right = st.columns((1.25, 1), gap="medium") if not place.framed else (st.container(), st.container())
    with left:
        boards(desk, visit)
        if place.tools and not place.staged:
            fields(desk, text)
        if place.staged and visit.shows("numbers"):
            st.html(siblings_line(desk.state, text))
    with right:
        hidden(visit)
        if place.asks:
            guess(desk, text)
        if visit.shows("numbers"):
            told(desk.state, visit.view, text)
    if visit.shows("numbers") and visit.view == "page":
        st.html(flow(text) + stages(text))
    way_out(place.memory)


def said(place: Place) -> None:
    """Draw question and answer; the question alone where answers are hidden."""
    visit, text = place.visit, place.text
    if visit.shows("sentence"):
        st.html(sentence(place.desk.state, text))
        opened(place.memory, text)
    elif visit.asks("sentence"):
        st.html(question_alone(text("reorg_question")))


def told(state: DecodeState, view: str, text: Text) -> None:
    """Draw what three programs read, the four outputs of the block, and the arithmetic."""
    st.html(programs(state, text) + (siblings_line(state, text) if view != "present" else ""))
    if view == "page":
        st.html(arithmetic(state, text))


def chosen(state: DecodeState) -> Cell:
    """Return the output in hand."""
    return Cell(*state.output)


def to(state: DecodeState, output: Cell) -> DecodeState:
    """Return the state with another output in hand."""
    return replace(state, output=(output.channel, output.row, output.column))


# ---- pictures ----


def boards(desk: DecodeDesk, visit: Visit) -> None:
    """Draw pixels at the left and outputs at the right; a click on either chooses the pair."""
    state, output, text, view = desk.state, chosen(desk.state), visit.text, visit.view
    veil = asked(state).row if view != "embed" and unasked(desk) else None
    pair = Pair(state.way, state.small, output, state.back, view == "present", veil)
    ends = input_drawing(pair), output_drawing(pair)
    said = text("reorg_input_alt", pixel=cell_name(pair.source))
    if not visit.curves:
        ends, said = unpaired(pair), text("reorg_input_bare")
    with st.container(horizontal=True, key="reorg-boards"):
        with st.container(key="reorg-input"):
            st.html(note(text("reorg_input", shape=shape_words(SIZES[state.small]))))
            plot(
                picture(ends[0], LETTERS[view], text, DIGITS[view]),
                key="reorg-pixels",
                height=HIGH[view],
                description=said,
                testid="reorg-pixels",
                on_click=(lambda click: to_pixel(click, desk)) if visit.curves else None,
                square=True,
            )
        with st.container(key="reorg-output"):
            st.html(note(text("reorg_output", shape=shape_words(output_shape(state.small)))))
            plot(
                picture(ends[1], LETTERS[view], text, DIGITS[view]),
                key="reorg-outputs",
                height=HIGH[view],
                description=text("reorg_output_alt", output=cell_name(output)),
                testid="reorg-outputs",
                on_click=lambda click: to_output(click, desk),
                square=True,
            )
    if view == "page" and visit.curves:
        st.html(key_words(state, text))


def unasked(desk: DecodeDesk) -> bool:
    """Return whether nobody has guessed yet or gone to another output; until then the answer stays hidden."""
    return not desk.pixel and desk.state.output == desk.plain.output and not desk.state.back


def to_pixel(click: PlotClick, desk: DecodeDesk) -> None:
    """Choose the output that reads the pixel that was clicked."""
    state = desk.state
    board = input_board(state.small, state.way, chosen(state))
    pixel = board.cell(click.point) if isinstance(click.point, tuple) else None
    if pixel:
        desk.put(to(state, reader_of(state.way, state.small, pixel)))


def to_output(click: PlotClick, desk: DecodeDesk) -> None:
    """Choose the output that was clicked."""
    state = desk.state
    board = output_board(state.small, chosen(state))
    output = board.cell(click.point) if isinstance(click.point, tuple) else None
    if output:
        desk.put(to(state, output))


def key_words(state: DecodeState, text: Text) -> str:
    """Return a note on what frames, colours and numbers mean."""
    what = "back" if state.back else "forward"
    digits = [text(f"reorg_digits_{what}")] if state.small == "toy" else []
    return note(paragraph([text("reorg_key"), *digits]))


def shape_words(shape: tuple[int, int, int]) -> str:
    """Write a shape as rows, columns, channels, the way layers are usually written."""
    channels, rows, columns = shape
    return f"{rows} × {columns} × {channels}"


# ---- words and numbers ----


def sentence(state: DecodeState, text: Text) -> str:
    """Say which pixel the chosen output reads, and whether it lies in its own block."""
    output = chosen(state)
    said = pair_says(state.way, output, source_of(state.way, state.small, output), text, back=state.back)
    return (
        f'<p class="lz-sentence"><b>{escape(text("reorg_question"))}</b><br>'
        f'<span data-testid="reorg-says" data-heard="reorg-says">{glossed(escape(said), text)}</span></p>'
    )


def programs(state: DecodeState, text: Text) -> str:
    """Return a table of what each way reads for this output, and its shares counted over all outputs."""
    total = sum(counts(state.way, state.small).values())
    heads = (text("reorg_way"), text("reorg_pixel"), text("reorg_own"), text("reorg_beside"), text("reorg_far"))
    head = cells(*map(escape, heads), tag="th")
    body = "".join(program(way, state, text) for way in WAYS)
    table = table_of("reorg-ways", head, body, "lz-reorgs")
    return table + note(text("reorg_counted", total=f"{total:,}"))


def program(way: str, state: DecodeState, text: Text) -> str:
    """Return one program's row of the table; the chosen one stands out."""
    found = counts(way, state.small)
    total, output = sum(found.values()), chosen(state)
    source = source_of(way, state.small, output)
    parts = {"own": found["own"], "beside": found["above"] + found["below"], "far": found["far"]}
    shares = (shared(f"share-{way}-{name}", count, total) for name, count in parts.items())
    where = escape(text(f"reorg_kind_{kind_of(source, output)}"))
    pixel = f'<b data-testid="reads-{way}">{cell_name(source)}</b> <small>{where}</small>'
    row = cells(escape(text(f"reorg_way_{way}")), pixel, *shares)
    return row.replace("<tr>", '<tr class="lz-here">') if way == state.way else row


def shared(testid: str, count: int, total: int) -> str:
    """Write a share, with the number of outputs one hover away."""
    title = f"{count:,} / {total:,}"
    return (
        f'<span data-testid="{testid}" data-value="{count / total:.13g}" title="{title}">{share(count, total)}</span>'
    )


def siblings_line(state: DecodeState, text: Text) -> str:
    """Return the four outputs that stand for one block, and what they read."""
    four = siblings(state.small, chosen(state))
    pairs = (f"{cell_name(one)} ← {cell_name(source_of(state.way, state.small, one))}" for one in four)
    items = "".join(f"<li>{pair}</li>" for pair in pairs)
    words = escape(text("reorg_siblings", channel=four[0].channel, row=four[0].row, column=four[0].column))
    return f'<div class="lz-four"><p class="lz-quiet">{words}</p><ul data-testid="reorg-four">{items}</ul></div>'


def arithmetic(state: DecodeState, text: Text) -> str:
    """Return the lines of the chosen way with this output's numbers."""
    spelled = darknet_lines if state.way == "darknet" else plain_lines
    rows = spelled(state.small, chosen(state)).items()
    family = "darknet" if state.way == "darknet" else "plain"
    body = "".join(cells(escape(text(f"reorg_{family}_{name}")), f"<code>{line}</code>") for name, line in rows)
    about = [text(f"reorg_about_{state.way}")]
    same = same_permutation("darkflow", "space_to_depth", state.small)
    about += [text("reorg_same")] if same and state.way == "darkflow" else []
    about += [text("reorg_back")] if state.back else []
    return table_of("reorg-lines", "", body, "lz-lines") + "".join(map(note, about))


# ---- where the layer stands ----


def flow(text: Text) -> str:
    """Return two branches of YOLOv2 and what joins them, as labelled blocks."""
    upper = arrows(PASSED, text)
    lower = arrows(DEEP, text)
    joined = arrows(JOINED, text)
    title = f'<p class="lz-quiet">{escape(text("reorg_flow"))}</p>'
    return (
        f'{title}<div class="lz-flow" data-testid="reorg-flow"><div class="lz-branches"><div>{upper}</div><div>{lower}</div>'
        f'</div><div class="lz-join" aria-hidden="true">→</div><div class="lz-joined">{joined}</div></div>'
    )


def arrows(layers: tuple[Layer, ...], text: Text) -> str:
    """Return the blocks of some layers with arrows between them."""
    return '<span aria-hidden="true">→</span>'.join(block(layer, text) for layer in layers)


def block(layer: Layer, text: Text) -> str:
    """Return one layer's output as a block: its sizes, and what made it."""
    mark = " lz-here" if layer.name == "reorg" else ""
    words = escape(text(f"reorg_layer_{layer.name}"))
    return f'<div class="lz-block{mark}"><b>{shape_words(layer.shape)}</b><small>{words}</small></div>'


def stages(text: Text) -> str:
    """Return the three stages in which YOLOv2 is trained."""
    items = "".join(f"<li>{escape(text(f'reorg_stage_{name}', side=side))}</li>" for side, name in STAGES)
    title = note(text("reorg_stages"))
    return f'{title}<ol class="lz-recipe lz-stages" data-testid="reorg-stages">{items}</ol>'


# ---- choices ----


def choices(desk: DecodeDesk, text: Text) -> None:
    """Choose the program, the size of the input, and the direction, forward or back."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="reorg-choices"):
        ways = {key: text(f"reorg_way_{key}") for key in WAYS}
        segments(text("reorg_way"), "reorg-way", ways, state.way, lambda way: desk.put(replace(desk.state, way=way)))
        sizes = {key: shape_words(SIZES[key]) for key in SIZES}
        segments(text("reorg_size"), "reorg-size", sizes, state.small, lambda size: desk.put(desk.state.sized(size)))
        turns = {"0": text("reorg_forward"), "1": text("reorg_backward")}
        segments(
            text("reorg_direction"),
            "reorg-back",
            turns,
            str(int(state.back)),
            lambda turn: desk.put(replace(desk.state, back=turn == "1")),
        )


def fields(desk: DecodeDesk, text: Text) -> None:
    """Draw fields in which channel, row and column of the output can be typed instead of clicked."""
    labels = (text("tensor_channel"), text("row"), text("column"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="reorg-fields"):
        for place, label in enumerate(labels):
            coordinate(place, label, desk)


def coordinate(place: int, label: str, desk: DecodeDesk) -> None:
    """Draw the field for channel, row or column of the output."""
    key, state = f"reorg-{Cell._fields[place]}", desk.state
    most = output_shape(state.small)[place] - 1

    def change(given: int) -> None:
        typed: dict[str, Any] = {Cell._fields[place]: given}
        desk.put(to(desk.state, chosen(desk.state)._replace(**typed)))

    st.number_input(label, 0, most, **kept_number(key, state.output[place], change), step=1, width=130)


# ---- predict first ----


def guess(desk: DecodeDesk, text: Text) -> None:
    """Ask which pixel the output one row below reads; an answer shows it."""
    state = desk.state
    if desk.pixel and desk.pixel[1] == state:
        source = source_of(state.way, state.small, chosen(state))
        right = desk.pixel[0] == source
        where = text(f"reorg_lies_{kind_of(source, chosen(state))}")
        words = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')} {where}"
        st.html(f'<p class="lz-stamp" data-testid="verdict" data-heard="verdict">{escape(words)}</p>')
        return
    output = asked(state)
    with st.container(horizontal=True, vertical_alignment="center", key="guess"):
        way = text(f"reorg_way_{state.way}")
        st.markdown(text("reorg_guess", way=way, output=cell_name(output)), width="content")
        for number, pixel in enumerate(offered(state.way, state.small, output)):
            st.button(cell_name(pixel), key=f"guess-{number}", on_click=try_it, args=(desk, pixel))


def asked(state: DecodeState) -> Cell:
    """Return the output that is asked about: one row below the chosen one; from the last row the first."""
    output = chosen(state)
    return output._replace(row=(output.row + 1) % output_shape(state.small)[1])


def try_it(desk: DecodeDesk, pixel: Cell) -> None:
    """Go to the output that was asked about, and remember what was guessed."""
    after = to(desk.state, asked(desk.state))
    desk.put(after)
    desk.pixel = (pixel, after)
