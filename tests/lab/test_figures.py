"""Figures of the Lab to take away: what is drawn, written and said."""

import csv
import io
import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from helpers.drawn import captioned
from helpers.sampling import sampled
from matplotlib.colors import to_hex, to_rgb
from matplotlib.image import imread
from matplotlib.patches import Rectangle
from matplotlib.text import Text as Words

from lossviz.core.text import LANGUAGES, Text, four
from lossviz.figures.look import COLUMN, FONT, POST, SIZES, Look, pieces, width, wrapped
from lossviz.figures.page import FORMATS, page, picture, table
from lossviz.figures.registry import FIGURES as SUBJECTS
from lossviz.figures.registry import applicable
from lossviz.figures.theme import PREDICTION, TERM
from lossviz.figures.traces import SCALE, STATE_COLOURS
from lossviz.lab import subject
from lossviz.lab.descent import walked, walks_of
from lossviz.lab.dragging import Track, followed
from lossviz.lab.figures import map as map_figure
from lossviz.lab.figures import steps as steps_figure
from lossviz.lab.figures.parts.bars_panel import ordered
from lossviz.lab.figures.parts.content import LabContent as Content
from lossviz.lab.figures.parts.scene_panel import DASHED, free_spot, touch
from lossviz.lab.state import State, TruthEdit
from lossviz.lab.view import resting_view, view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES

FIGURES = SUBJECTS["lab"]
ENGLISH, CHINESE = Text("en"), Text("zh")
FIRST_BYTES = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}
LINK = "https://lossviz.example.org/lab?v=1&scene=coffee"
SMALL, POSTED = replace(POST, dots=20), Look()


@cache
def content_of(scene: str = "coffee", recipe: str = "darknet_v3", link: str = LINK, **changes: object) -> Content:
    """A state in which every figure makes sense."""
    start = State(scene=scene, recipe=recipe)
    state = replace(start, **{"steps": 3, "at": resting_view(start).prediction.predictor, **changes})
    walked(state)
    track = Track()
    for x in (0.3, 0.35, 0.4, 0.45):
        moved = view_of(start.with_truth(0, xywh=(x, 0.4, 0.3, 0.3)))
        track = followed(track, moved, 0)
    return Content(view_of(state), resting_view(state.at_rest()), link, track)


@cache
def glyphs() -> frozenset[int]:
    with TTFont(FONT) as font:
        return frozenset(font.getBestCmap())


def rows_of(key: str, content: Content) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(FIGURES[key], content).decode())))


def tags(data: bytes) -> set[str]:
    return {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(data).iter()}


def luminance(colour: str) -> float:
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


def test_a_figure_is_found_by_its_file_and_they_stand_in_order() -> None:
    assert list(FIGURES) == ["lab", "scene", "bars", "channels", "map", "steps", "cliff"]


def test_only_figures_that_make_sense_are_offered() -> None:
    assert list(applicable(content_of())) == list(FIGURES)
    at_rest = Content(resting_view(State()), resting_view(State()))
    assert list(applicable(at_rest)) == ["lab", "scene", "bars", "channels", "map"]


@pytest.mark.parametrize(("key", "kind"), sampled(product(FIGURES, FORMATS)))
def test_the_same_state_gives_the_same_bytes(key: str, kind: str) -> None:
    content, look = content_of(), Look(SMALL)
    first = picture(FIGURES[key], content, ENGLISH, look, kind)
    assert first.startswith(FIRST_BYTES[kind])
    assert not {date for date in (b"CreationDate", b"ModDate", b"dc:date") if date in first}
    again = Content(view_of(content.state), resting_view(content.state.at_rest()), content.link, content.track)
    assert picture(FIGURES[key], again, ENGLISH, look, kind) == first
    assert table(FIGURES[key], again) == table(FIGURES[key], content)


def test_another_state_gives_another_picture() -> None:
    moved = Content(view_of(State().with_truth(0, xywh=(0.4, 0.4, 0.4, 0.5))), resting_view(State()))
    rest = Content(resting_view(State()), resting_view(State()))
    for key in ("lab", "scene", "bars"):
        first, second = (picture(FIGURES[key], content, ENGLISH, Look(SMALL), "png") for content in (moved, rest))
        assert first != second


def patches(key: str, content: Content) -> list[Rectangle]:
    return [patch for patch in page(FIGURES[key], content, ENGLISH, Look()).findobj(Rectangle) if patch.axes]


@pytest.mark.parametrize("reading", ["loss", "printed"])
def test_the_bars_are_as_long_as_the_terms_are_dear(reading: str) -> None:
    content = content_of(reading=reading, truths=(TruthEdit(0, (0.4, 0.4, 0.4, 0.5)),))
    drawn = [patch.get_width() for patch in patches("bars", content) if to_hex(patch.get_facecolor()) == TERM.lower()]
    assert drawn == [term.printed if reading == "printed" else term.excess for term in ordered(content)]


def test_the_bars_of_the_channels_are_their_gradients() -> None:
    content = content_of()
    drawn = [p.get_width() for p in patches("channels", content) if to_hex(p.get_facecolor()) == TERM.lower()]
    assert drawn == [channel.gradient or 0.0 for channel in content.why.channels]


def test_the_boxes_of_the_scene_lie_where_the_view_says() -> None:
    view = content_of().view
    boxes = [p for p in patches("scene", content_of()) if not p.get_fill()][::2]
    middles = [(p.get_x() + p.get_width() / 2, p.get_y() + p.get_height() / 2, p.get_width()) for p in boxes]
    wanted = [*(truth.xywh[:3] for truth in view.truths), view.prediction.xywh[:3]]
    assert len(middles) == len(wanted)
    assert np.array(middles) == pytest.approx(np.array(wanted))


@pytest.mark.parametrize(("scene", "recipe", "lang"), sampled(product(SAMPLES, RECIPES, LANGUAGES)))
def test_every_figure_of_every_scene_and_recipe_is_drawn_with_every_glyph(scene: str, recipe: str, lang: str) -> None:
    content = content_of(scene, recipe)
    for figure in applicable(content).values():
        drawn = page(figure, content, Text(lang), Look(SMALL))
        said = {c for words in drawn.findobj(Words) for c in words.get_text()}
        assert {c for c in said if ord(c) not in glyphs()} == set()
        assert len(figure.alt(content, Text(lang))) > 20


CHANGES = {"plain": {}, "states": {"scene": "voc", "recipe": "darknet_v2", "map": "states"}}
LAID_OUT = [*product(FIGURES, SIZES, CHANGES, LANGUAGES)]


@pytest.mark.parametrize(("key", "size", "changes", "lang"), sampled(LAID_OUT, lambda case: (case[:2], *case[2:])))
def test_words_lie_within_the_page(key: str, size: str, changes: str, lang: str) -> None:
    figure = page(FIGURES[key], content_of(**CHANGES[changes]), Text(lang), Look(SIZES[size]))
    figure.draw_without_rendering()
    for words in figure.findobj(Words):
        if not words.get_text() or not words.get_visible():
            continue
        box = words.get_window_extent()
        assert box.x0 >= -1, words
        assert box.y0 >= -1, words
        assert box.x1 <= figure.bbox.width + 1, words
        assert box.y1 <= figure.bbox.height + 1, words


@pytest.mark.parametrize("key", FIGURES)
def test_words_in_a_column_have_seven_points_or_more_and_our_font(key: str) -> None:
    figure = page(FIGURES[key], content_of(), CHINESE, Look(COLUMN))
    figure.draw_without_rendering()
    drawn = [words for words in figure.findobj(Words) if words.get_text() and words.get_visible()]
    assert len(drawn) > 3
    assert {str(words.get_fontproperties().get_file()) for words in drawn} == {str(FONT)}
    assert min(words.get_fontsize() for words in drawn) >= 7


@pytest.mark.parametrize(("key", "lang"), sampled(product(FIGURES, LANGUAGES)))
def test_an_svg_needs_no_font_unless_its_text_is_to_stay_text(key: str, lang: str) -> None:
    paths = picture(FIGURES[key], content_of(), Text(lang), Look(), "svg")
    assert "path" in tags(paths)
    assert "text" not in tags(paths)
    live = picture(FIGURES[key], content_of(), Text(lang), Look(live=True), "svg")
    assert "text" in tags(live)
    assert b"Noto Sans SC" in live
    assert b"sans-serif" in live


@pytest.mark.parametrize(("size", "pixels"), [(POST, (2400, 1350)), (COLUMN, (1050, None))], ids=["post", "column"])
def test_a_post_is_twice_1200_by_675_and_a_column_3_and_a_half_inches(
    size: object, pixels: tuple[int, int | None]
) -> None:
    drawn = imread(io.BytesIO(picture(FIGURES["bars"], content_of(), ENGLISH, Look(size), "png")))  # type: ignore[arg-type]
    assert drawn.shape[1] == pixels[0]
    assert pixels[1] in (None, drawn.shape[0])
    assert drawn[0, 0, :3].tolist() == [1, 1, 1]


def test_a_figure_is_dark_only_if_asked() -> None:
    corner = {
        dark: imread(io.BytesIO(picture(FIGURES["bars"], content_of(), ENGLISH, Look(SMALL, dark=dark), "png")))[0, 0]
        for dark in (False, True)
    }
    assert corner[False][:3].tolist() == [1, 1, 1]
    assert corner[True][:3].max() < 0.15


def test_a_link_that_is_absurdly_long_leaves_room_for_the_figure() -> None:
    long = content_of(link=LINK + "&raw=" + "13.0.0.0_0_0_0_0~" * 90)
    for size in (size for size in SIZES.values() if not size.bare):
        said = [words.get_text() for words in page(FIGURES["lab"], long, ENGLISH, Look(size)).texts]
        assert sum(line.startswith("https") for line in said) == 1
        assert any(line.endswith("…") for line in said)
    assert long.link in captioned(long, ENGLISH)


def test_the_caption_names_source_changes_credit_and_link() -> None:
    changes = {"objectness": "bce", "settings": (("thresh", 0.4),), "recipe": "darknet_v2", "steps": None}
    said = captioned(content_of(**changes), ENGLISH)
    assert said == (
        "Darknet YOLOv2 on “coffee”. Source: pjreddie/darknet, src/region_layer.c, commit f6afaab. "
        f"Changed from the default: Objectness: BCE, thresh 0.4. Photo: Rachel Michetti / Pikolo Espresso Bar, CC0. {LINK}"
    )
    assert "Changed from the default" not in captioned(content_of(steps=None), ENGLISH)
    assert "gradient steps: 3, learning rate 0.1" in captioned(content_of(), ENGLISH)


def test_the_font_has_every_character_of_caption_and_alt_text() -> None:
    for changes in ({}, {"recipe": "darknet_v2", "settings": (("seen", 0.0),), "objectness": "mse"}):
        content = content_of(**changes)
        for figure in FIGURES.values():
            said = captioned(content, CHINESE) + figure.alt(content, CHINESE)
            assert {c for c in said if ord(c) not in glyphs()} == set()


@pytest.mark.parametrize("key", ["lab", "bars"])
@pytest.mark.parametrize("changes", [{}, {"recipe": "darknet_v2"}, {"scene": "voc"}], ids=str)
def test_the_table_of_the_terms_is_in_full_and_adds_up(key: str, changes: dict[str, str]) -> None:
    content = content_of(**changes)
    rows = rows_of(key, content)
    terms, whole = rows[:-2], rows[-2]
    assert [row["term"] for row in terms] == [term.name for term in content.view.terms]
    assert [float(row["delta_squared"]) for row in terms] == [term.printed for term in content.view.terms]
    for column in ("loss", "floor", "excess", "delta_squared"):
        assert sum(float(row[column]) for row in terms) == pytest.approx(float(whole[column]), rel=1e-5, abs=1e-6)
    assert float(whole["loss"]) == content.view.loss
    assert (rows[-1]["term"], float(rows[-1]["loss"])) == ("printed_cost", content.view.printed_cost)


def test_the_bars_stand_in_the_order_of_the_reading() -> None:
    for reading, name in (("loss", "excess"), ("printed", "printed")):
        content = content_of(reading=reading)
        rank = {term.name: getattr(term, name) for term in content.before.terms}
        shown = [rank[term.name] for term in ordered(content)]
        assert shown == sorted(shown, reverse=True)
        assert ("delta²" in FIGURES["bars"].alt(content, ENGLISH)) == (reading == "printed")


def test_the_table_of_the_scene_holds_the_boxes() -> None:
    content = content_of()
    rows = rows_of("scene", content)
    for row, truth in zip(rows, content.view.truths, strict=False):
        assert tuple(float(row[side]) for side in "xywh") == truth.xywh
    assert rows[-1]["box"] == "prediction"
    assert tuple(float(rows[-1][side]) for side in "xywh") == content.view.prediction.xywh
    assert rows[-1]["predictors"] == str(content.said)


def test_the_table_of_the_channels_holds_gradients_and_the_readings_of_one() -> None:
    content = content_of(channel=4)
    rows = rows_of("channels", content)
    assert [row["channel"] for row in rows][:5] == list("xywho")
    assert [row["gradient"] and float(row["gradient"]) for row in rows] == [
        "" if channel.gradient is None else channel.gradient for channel in content.why.channels
    ]
    assert content.why.reading is not None
    assert float(rows[4]["autograd"]) == content.why.reading.autograd
    assert rows[0]["autograd"] == ""


def test_the_table_of_the_map_holds_every_cell() -> None:
    content = content_of(recipe="darknet_v2", settings=(("seen", 0.0),), term="noobject")
    rows = rows_of("map", content)
    assert len(rows) == content.map.states.size
    for row in rows:
        here = (int(row["row"]), int(row["column"]))
        value = content.map.values[here]
        assert (row["excess"] == "" and math.isnan(value)) or float(row["excess"]) == value
    assert content.map.pull is not None
    assert sum(row["pull_x"] != "" for row in rows) == np.isfinite(content.map.pull[0]).sum()


def test_the_table_of_the_steps_holds_each_of_them() -> None:
    content = content_of(walker="duel", steps=7)
    rows = rows_of("steps", content)
    assert [int(row["step"]) for row in rows] == list(range(8))
    for name, walk in zip(("bce", "mse"), walks_of(content.state), strict=True):
        assert [float(row[f"{name}_objectness"]) for row in rows] == [r.objectness for r in walk.records[:8]]


def test_the_table_of_the_cliff_holds_the_way_in_the_order_of_time() -> None:
    content = content_of()
    rows = rows_of("cliff", content)
    assert [float(row["loss"]) for row in rows] == [point.loss for point in content.track.points]
    assert [float(row["x"]) for row in rows] == [point.x for point in content.track.points]


def words_of(content: Content, look: Look = POSTED) -> list[str]:
    return [words.get_text() for words in page(FIGURES["map"], content, ENGLISH, look).findobj(Words)]


@pytest.mark.parametrize("changes", [{}, {"map": "states"}, {"recipe": "darknet_v2", "term": "object"}])
def test_the_list_beside_the_map_ranks_the_predictors_on_the_map(changes: dict[str, str]) -> None:
    content = content_of(**changes)
    words, found = words_of(content), content.map
    said = content.said
    names = [name for name in words if re.fullmatch(r"\w+(\.\d+){3}", name)]
    assert {tuple(name.split(".")[:2]) for name in names} == {(found.head, str(said.anchor))}
    values = [found.values[tuple(map(int, name.split(".")[2:]))] for name in names]
    known = np.sort(found.values[~np.isnan(found.values)])[::-1]
    assert values == known[: len(values)].tolist()
    left_out = [line for line in words if "rows are drawn" in line]
    all_there = len(values) == known.size
    assert left_out == ([] if all_there else [f"{len(values)} of {known.size} rows are drawn; the CSV file has all."])
    heard = " ".join(FIGURES["map"].says(content, ENGLISH).split())
    assert (
        f"predictors of head {found.head} with anchor {said.anchor}, largest first. {names[0]}: {four(values[0])}."
        in heard
    )


def test_the_list_beside_a_pooled_map_ranks_its_cells() -> None:
    content = content_of(pooled=True)
    row, column = np.unravel_index(np.nanargmax(content.map.values), content.map.values.shape)
    names = [name for name in words_of(content) if re.fullmatch(r"row \d+, column \d+", name)]
    assert names[0] == f"row {row}, column {column}"
    assert "the sum over all anchors" in FIGURES["map"].says(content, ENGLISH)


def test_grey_cells_are_explained_where_there_are_some() -> None:
    for look in (Look(), Look(COLUMN)):
        for term in ("noobject", "object"):
            content = content_of(term=term)
            assert content.map.blank
            assert "Grey: the term does not apply to the predictor of that cell." in " ".join(
                words_of(content, look=look)
            )
    full = content_of(map="states")
    assert not any("Grey" in words for words in words_of(full))


def test_what_is_told_apart_by_colour_is_told_apart_in_grey() -> None:
    greys = [luminance(str(colour)) for _, colour in SCALE]
    assert all(light - dark >= 0.1 for light, dark in pairwise(greys))
    for one, other in combinations(STATE_COLOURS, 2):
        far = abs(luminance(STATE_COLOURS[one]) - luminance(STATE_COLOURS[other])) >= 0.15
        assert far or map_figure.HATCHES[one] != map_figure.HATCHES[other]
    assert len(set(map_figure.HATCHES.values())) == len(STATE_COLOURS)
    (*_, dash, marker, _), (*_, other_dash, other_marker, _) = steps_figure.STYLES
    assert dash != other_dash
    assert marker != other_marker
    assert DASHED != "solid"
    assert abs(luminance(TERM) - luminance(PREDICTION)) < 0.15  # which is why curves and boxes differ in dash, too


def spots() -> Iterator[tuple[float, float, float, float]]:
    yield from ((0.5, 0.5, 0.2, 0.2), (0.5, 0.5, 0.21, 0.2), (0.0, 0.0, 0.3, 0.1), (0.98, 0.99, 0.3, 0.1))


def test_labels_of_boxes_stay_inside_and_clear_of_one_another() -> None:
    taken: list = []
    for xywh in (*spots(), *spots()):
        taken.append(free_spot(xywh, "bicycle (label)", True, taken, Look(), 4.0))
    assert not any(touch(one, other) for one, other in combinations(taken, 2))
    assert all(min(spot[:2]) >= 0 and spot.x + spot.w <= 1 and spot.y + spot.h <= 1 for spot in taken)


@pytest.mark.parametrize("words", ["one two three four five", "一个数，五种读法：通道", "https://x.org/" + "a" * 200])
def test_lines_fit_and_nothing_is_lost(words: str) -> None:
    lines = wrapped(words, 10, 1.0)
    assert len(lines) > 1
    assert all(width(line, 10) <= 1.0 for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert "".join(pieces(words)).strip() == words


def test_a_line_never_begins_with_a_mark_that_closes() -> None:
    words = "一个数，五种读法：通道；一个，两个，三个"
    broken = [line for tenth in range(5, 20) for line in wrapped(words, 10, tenth / 10)]
    assert not any(line.startswith(tuple("，：；")) for line in broken)


def test_steps_that_were_not_walked_are_no_figure_and_a_content_says_what_no_link_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = State(steps=60, walker="all", rate=0.0123)
    monkeypatch.setattr(subject, "PATIENCE", 0.0)
    with pytest.raises(ValueError, match="expected gradient steps that take less than 0 seconds"):
        subject.content_of(state, "")
    monkeypatch.undo()
    content = subject.content_of(state, "")
    assert content.moment == (Track(), 60)
    assert replace(content, track=Track(0, ())).moment != content.moment
