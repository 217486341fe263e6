"""The passthrough in three programs: which pixel each output reads, counted and spelled out."""

from math import prod
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from matplotlib.text import Text as Words

from lossviz.core.text import LANGUAGES, Text
from lossviz.decode.charts.passthrough import Pair, input_board, input_drawing, output_board, output_drawing, picture
from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.passthrough import (
    DEEP,
    JOINED,
    KINDS,
    PASSED,
    SIZES,
    STAGES,
    WAYS,
    Cell,
    block_of,
    cell_of,
    counts,
    darknet_lines,
    flat,
    kind_of,
    kinds,
    offered,
    output_shape,
    plain_lines,
    plain_source,
    reader_of,
    readers,
    same_permutation,
    siblings,
    source_of,
    sources,
    steps_of,
)
from lossviz.decode.state import REORGS, from_query
from lossviz.decode.state import WAYS as LINKED
from lossviz.figures.look import COLUMN, POST, Look
from lossviz.figures.page import page
from lossviz.figures.registry import FIGURES, applicable

GOLDEN = Path(__file__).parents[1] / "golden" / "darknet"
FILES = {"toy": "reorg_tiny", "real": "reorg_v2"}
PLACES = [
    (size, Cell(channel, row, column))
    for size, (channels, rows, columns) in ((size, output_shape(size)) for size in SIZES)
    for channel, row, column in np.ndindex(channels, rows, columns)
    if size == "toy" or (channel * 7 + row * 3 + column) % 97 == 0
]


def test_the_page_and_the_numbers_know_the_same_ways_and_sizes() -> None:
    assert tuple(WAYS) == LINKED
    assert {size: output_shape(size) for size in SIZES} == REORGS


@pytest.mark.golden
@pytest.mark.parametrize("size", SIZES)
def test_darknets_pixels_are_those_of_the_original_program_forward_and_back(size: str) -> None:
    with np.load(GOLDEN / f"{FILES[size]}.npz") as file:
        x, output, up, down = (file[name][0] for name in ("x", "output", "grad_output", "grad_input"))
    assert (x.ravel()[sources("darknet", size)] == output).all()
    assert (up.ravel()[readers("darknet", size)] == down).all()


def test_half_of_darknets_outputs_do_not_read_their_own_block() -> None:
    assert counts("darknet", "real") == {"own": 21632, "above": 9984, "below": 9984, "far": 1664}
    assert 21632 * 2 == prod(SIZES["real"]) == 43264
    beside, far = 9984 * 2 / 43264, 1664 / 43264
    assert [beside, far] == pytest.approx([0.4615, 0.0385], abs=5e-5)
    assert counts("darknet", "toy") == {"own": 32, "above": 16, "below": 16, "far": 0}


@pytest.mark.parametrize("way", ["space_to_depth", "darkflow"])
@pytest.mark.parametrize("size", SIZES)
def test_all_outputs_of_the_others_read_their_own_block(way: str, size: str) -> None:
    assert counts(way, size)["own"] == prod(SIZES[size])


@pytest.mark.parametrize("size", SIZES)
def test_darkflow_reads_what_a_space_to_depth_reads_and_darknet_does_not(size: str) -> None:
    assert same_permutation("darkflow", "space_to_depth", size)
    assert not same_permutation("darknet", "space_to_depth", size)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", SIZES)
def test_every_pixel_is_read_once_and_its_gradient_comes_from_its_reader(way: str, size: str) -> None:
    forward, _ = WAYS[way]
    assert (np.sort(sources(way, size).ravel()) == np.arange(prod(SIZES[size]))).all()
    assert (sources(way, size).ravel()[readers(way, size)].ravel() == np.arange(prod(SIZES[size]))).all()
    x = torch.zeros(1, *SIZES[size], dtype=torch.float64, requires_grad=True)
    up = torch.arange(prod(SIZES[size]), dtype=torch.float64).reshape(1, *output_shape(size))
    (found,) = torch.autograd.grad(forward(x, 2), x, up)
    assert (found[0].numpy() == readers(way, size)).all()


@pytest.mark.parametrize(("size", "output"), PLACES[:: len(PLACES) // 60])
def test_what_is_printed_of_an_output_is_what_the_layers_do(size: str, output: Cell) -> None:
    assert steps_of(size, output).index == sources("darknet", size)[output]
    assert plain_source(size, output) == source_of("space_to_depth", size, output)
    for way, lines in (("darknet", darknet_lines), ("space_to_depth", plain_lines)):
        for line in lines(size, output).values():
            left, right = (eval(side.replace("·", "*")) for side in line.split(" = "))
            assert left == right
        assert reader_of(way, size, source_of(way, size, output)) == output
    index = flat(source_of("darknet", size, output), SIZES[size])
    assert darknet_lines(size, output)["pixel"].startswith(f"{index} = ")


def test_darknets_columns_are_right_and_its_rows_are_those_of_another_block() -> None:
    """For stride 2: the row within a block is the parity of 13 (channel mod 4) + row, and dy chooses the block."""
    for channel, row, column in ((0, 0, 0), (0, 1, 0), (1, 0, 4), (130, 7, 12), (255, 12, 3), (67, 12, 5)):
        source, (dy, dx) = source_of("darknet", "real", Cell(channel, row, column)), divmod(channel // 4 // 16, 2)
        line = 13 * (channel % 4) + row
        assert source.column == 2 * column + dx
        assert source.row == 2 * ((2 * (line // 2) + dy) % 13) + line % 2


def test_known_pixels() -> None:
    first, below = Cell(0, 0, 1), Cell(0, 1, 0)
    for way in WAYS:
        assert source_of(way, "toy", first) == Cell(0, 0, 2)
    assert [source_of(way, "toy", below) for way in WAYS] == [Cell(0, 1, 0), Cell(0, 2, 0), Cell(0, 2, 0)]
    assert [source_of("darknet", "real", one)[1:] for one in siblings("real", below)] == [
        (1, 0),
        (1, 1),
        (3, 0),
        (3, 1),
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_map_of_places_says_the_same_as_one_place(way: str) -> None:
    found = kinds(way, "toy")
    for place in np.ndindex(*output_shape("toy")):
        assert found[place] == kind_of(source_of(way, "toy", Cell(*place)), Cell(*place))
    assert {kind_of(Cell(0, row, 4), Cell(0, 3, 2)) for row in (7, 5, 8, 0)} == {*KINDS}
    assert kind_of(Cell(0, 6, 0), Cell(0, 3, 2)) == "far"


def test_four_outputs_stand_for_the_four_pixels_of_a_block() -> None:
    block = block_of("real", Cell(130, 5, 6))
    assert block == (Cell(2, 10, 12), Cell(2, 10, 13), Cell(2, 11, 12), Cell(2, 11, 13))
    assert [one.channel for one in siblings("real", Cell(130, 5, 6))] == [2, 66, 130, 194]
    assert cell_of(flat(block[2], SIZES["real"]), SIZES["real"]) == block[2]


@pytest.mark.parametrize("way", WAYS)
def test_a_question_offers_three_pixels_and_the_right_one_among_them(way: str) -> None:
    for size, output in PLACES[::50]:
        pixels = offered(way, size, output)
        assert len({*pixels}) == 3
        assert source_of(way, size, output) in pixels


def test_pytorchs_pixel_unshuffle_reads_the_own_blocks_in_another_order() -> None:
    x = torch.arange(64.0).reshape(1, 4, 4, 4)
    found = torch.nn.functional.pixel_unshuffle(x, 2)[0].long().numpy()
    assert not (found == sources("space_to_depth", "toy")).all()
    assert (np.sort(found.reshape(16, 4), 0) == np.sort(sources("space_to_depth", "toy").reshape(16, 4), 0)).all()


def test_layers_fit_together_and_nothing_is_lost() -> None:
    taken, squeezed, reorg = PASSED
    assert squeezed.shape == SIZES["real"]
    assert reorg.shape == output_shape("real")
    assert JOINED[0].shape[0] == reorg.shape[0] + DEEP[0].shape[0] == 1280
    assert JOINED[-1].shape == (5 * (5 + 20), 13, 13)
    assert (taken.shape[0] * 4, *reorg.shape[1:]) == (2048, 13, 13)
    assert [side for side, _ in STAGES] == [224, 448, 416]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", SIZES)
def test_a_tile_shows_every_number_once_and_a_click_finds_it(way: str, size: str) -> None:
    output = Cell(3, 1, 0)
    for board in (input_board(size, way, output), output_board(size, output)):
        _, rows, columns = board.shape
        assert len(board.places) == len(board.channels) * rows * columns
        assert all(board.cell(board.at(cell)) == cell for cell in board.places.values())
        down, right = board.extent
        assert {board.cell((row, column)) for row in range(down) for column in range(right)} - {None} == {
            *board.places.values()
        }
        assert board.cell((0, 0)) is None


def test_what_stands_in_the_toys_cells_leads_from_one_board_to_the_other() -> None:
    for back in (False, True):
        pair = Pair("darknet", "toy", Cell(8, 0, 1), back)
        pixels, outputs = input_drawing(pair).words, output_drawing(pair).words
        for cell, words in outputs.items():
            source = source_of("darknet", "toy", cell)
            assert words.rstrip("↑↓⇅") == pixels[source]
    hidden = output_drawing(Pair("darknet", "toy", Cell(0, 0, 0), hidden=1))
    assert {words for cell, words in hidden.words.items() if cell.row == 1} == {"?"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_of_the_passthrough_are_what_plotly_knows(lang: str) -> None:
    for size in SIZES:
        pair = Pair("darknet", size, Cell(1, 0, 1))
        for drawing in (input_drawing(pair), output_drawing(pair)):
            go.Figure(picture(drawing, 12, Text(lang)))


def test_the_table_to_take_away_has_every_output() -> None:
    content = DecodeContent(from_query({"tab": "passthrough", "size": "real"})[0])
    assert [*applicable(content)] == ["passthrough"]
    head, *rows = FIGURES["decode"]["passthrough"].table(content)
    assert head == ["output", "channel", "row", "column", *WAYS, "lies"]
    assert [row[4] for row in rows] == sources("darknet", "real").ravel().tolist()
    assert sum(row[-1] == "far" for row in rows) == 1664


@pytest.mark.parametrize("link", ["tab=passthrough&out=0_1_0", "tab=passthrough&size=real", "tab=tensor&of=voc"])
def test_figures_to_take_away_are_drawn_within_their_page(link: str) -> None:
    content = DecodeContent(from_query(dict(parse_qsl(link)))[0], "https://lossviz.example.org/decode")
    (figure,) = applicable(content).values()
    for size, lang, dark in ((POST, "en", False), (COLUMN, "zh", True)):
        drawn = page(figure, content, Text(lang), Look(size, dark=dark))
        drawn.draw_without_rendering()
        for words in drawn.findobj(Words):
            if words.get_text():
                box = words.get_window_extent()
                assert words.get_fontsize() >= 7
                assert box.x0 >= -1, words
                assert box.x1 <= drawn.bbox.width + 1, words
                assert box.y0 >= -1, words
