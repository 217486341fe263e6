"""Figures of two boxes, of a race and of the experiment to take away: what is drawn, written and said."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from helpers.drawn import captioned
from helpers.sampling import chosen
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Text as Words

from lossviz.core.text import LANGUAGES, Text
from lossviz.figures.content import Content, ExportFigure
from lossviz.figures.look import COLUMN, FONT, PLOT, POST, SIZES, SQUARE, Look, Size
from lossviz.figures.measures import DASHES, MARKERS
from lossviz.figures.page import FORMATS, page, picture, table
from lossviz.figures.plane import window
from lossviz.figures.registry import FIGURES, applicable
from lossviz.figures.theme import DASH, MEASURE
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.figures.surface import PRINTED
from lossviz.overlap.state import OverlapState
from lossviz.overlap.words import LONGEST, arrows_along, formulas
from lossviz.race.figures.parts.content import RaceContent
from lossviz.race.figures.parts.experiment_content import ExperimentContent
from lossviz.race.results import Results, binned, paper
from lossviz.race.state import CONTENDERS, MEASURED, RaceState

ENGLISH = Text("en")
LINK = "https://lossviz.example.org/overlap?v=1"
SMALL = replace(POST, dots=20)
FINAL = {"iou": 1.0, "giou": 0.02, "diou": 0.03, "ciou": 0.004}


@cache
def results(gradient: str = "true", count: int = 25) -> Results:
    """Errors that fall evenly to their ends, the farther the point the larger."""
    chance = np.random.default_rng(0)
    points = chance.uniform(7.9, 12.1, (count, 2))
    far = 0.5 + np.hypot(*(points - 10).T)
    curves = {name: np.geomspace(4, FINAL[name], 200) for name in MEASURED}
    low, high = ({name: curve * factor for name, curve in curves.items()} for factor in (0.6, 1.5))
    return Results(gradient, points, curves, low, high, {name: FINAL[name] * far for name in MEASURED})


CONTENTS: dict[str, Content] = {
    "apart": OverlapContent(OverlapState(), LINK),
    "all": OverlapContent(OverlapState(measure="all", moving=(10.2, 9.8, 1.8, 1.4)), LINK),
    "walked": OverlapContent(OverlapState(check="giou", step=4, moving=(9.8, 10.0, 2.0, 2.0)), LINK),
    "race": RaceContent(RaceState(at=60), LINK),
    "experiment": ExperimentContent(results(), LINK),
}
"""One of each kind, on every run."""
MORE: dict[str, Content] = {
    "size": OverlapContent(OverlapState(measure="ciou", axes="size", fill="heat", cut="second"), LINK),
    "touching": OverlapContent(OverlapState(measure="iou", moving=(11.3, 10.4, 2.0, 2.2)), LINK),
    "steps": OverlapContent(OverlapState(check="iou", moving=(9.0, 10.4, 2.6, 2.2)), LINK),
    "identical": OverlapContent(OverlapState(measure="all", moving=(9.0, 10.4, 2.6, 2.2)), LINK),
    "inside": OverlapContent(OverlapState(measure="giou", moving=(9.1, 10.3, 0.5, 0.4)), LINK),
    "empty": OverlapContent(OverlapState(measure="all", moving=(8.0, 9.0, 0.0, 0.0)), LINK),
    "corners": OverlapContent(
        OverlapState(measure="all", moving=(15.0, 5.0, 10, 10), target=(5.0, 15.0, 10, 10)), LINK
    ),
    "seven": RaceContent(RaceState(who=CONTENDERS, gradient="published", steps=1000), LINK),
    "runaway": RaceContent(RaceState(who=("l2", "diou"), rate=10.0, schedule="constant", steps=300), LINK),
    "ten": RaceContent(RaceState(who=("iou",), factor=False, steps=10, at=0), LINK),
    "published": ExperimentContent(results("published", 5000), LINK),
}
LOOKS = [(POST, "en", False), (COLUMN, "zh", True), (SQUARE, "en", True), (PLOT, "zh", False)]
ALL_LOOKS = [(size, lang, dark) for size in SIZES.values() for lang in LANGUAGES for dark in (False, True)]


def cases(contents: dict[str, Content]) -> list[tuple[str, str]]:
    return [(name, key) for name, content in contents.items() for key in applicable(content)]


OFTEN = [(*case, [look]) for case in cases(CONTENTS) for look in LOOKS]
EVERY = [
    *(OFTEN[number] for number in chosen(OFTEN, lambda case: (case[0], case[1], case[2][0][1]))),
    *(pytest.param(*case, ALL_LOOKS, marks=pytest.mark.slow) for case in cases(CONTENTS | MORE)),
]
"""Figures with the looks in which they are drawn: each in one of two on every run, all in all looks in the full run."""


def content_of(name: str) -> Content:
    return (CONTENTS | MORE)[name]


def figure_of(name: str, key: str) -> ExportFigure[Any]:
    return FIGURES[content_of(name).subject][key]


def rows_of(name: str, key: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table(figure_of(name, key), content_of(name)).decode())))


@cache
def glyphs() -> frozenset[int]:
    with TTFont(FONT) as font:
        return frozenset(font.getBestCmap())


def test_figures_are_found_by_their_files_each_with_its_subject() -> None:
    assert {subject: list(figures) for subject, figures in FIGURES.items()} == {
        "assignment": ["anchors", "predictors", "rules"],
        "decode": ["decoded", "squashes", "tensor", "passthrough", "decode_forms", "decode_limits"],
        "experiment": ["experiment", "basin", "distance"],
        "lab": ["lab", "scene", "bars", "channels", "map", "steps", "cliff"],
        "ledger": ["ledger", "difference", "history"],
        "objectness": [
            "objectness_curves",
            "objectness_factors",
            "objectness_race",
            "objectness_darknet",
            "objectness_derivation",
        ],
        "overlap": ["boxes", "surface", "slice", "referee", "overlap_steps", "overlap_laws", "overlap_rules"],
        "race": ["race", "curves"],
        "zoo": ["zoo_curves", "zoo_distributions", "zoo_reductions", "zoo_trap", "zoo_stability"],
    }
    for name, content in CONTENTS.items():
        left_out = set() if name == "walked" else {"overlap_steps"}
        assert applicable(content).keys() == FIGURES[content.subject].keys() - left_out


def test_every_content_says_what_a_page_needs() -> None:
    for content in (CONTENTS | MORE).values():
        assert isinstance(content, Content)
        assert all(content.details(ENGLISH))


@pytest.mark.parametrize(
    ("name", "key", "looks"), EVERY, ids=lambda part: part if isinstance(part, str) else str(len(part))
)
def test_every_figure_is_drawn_with_every_glyph_and_nothing_is_cut_off(
    name: str, key: str, looks: list[tuple[Size, str, bool]]
) -> None:
    content = content_of(name)
    for size, lang, dark in looks:
        text = Text(lang)
        drawn = page(figure_of(name, key), content, text, Look(size, dark=dark))
        drawn.draw_without_rendering()
        (body,) = drawn.subfigs
        for words in body.findobj(Words):
            if not words.get_text() or not words.get_visible():
                continue
            assert {c for c in words.get_text() if ord(c) not in glyphs()} == set()
            assert str(words.get_fontproperties().get_file()) == str(FONT)
            assert words.get_fontsize() >= 7
            box, room = words.get_window_extent(), body.bbox
            assert box.x0 >= -1, words
            assert box.x1 <= drawn.bbox.width + 1, words
            assert box.y0 >= room.y0 - 1, words
            assert box.y1 <= room.y1 + 0.1 * size.body / 72 * drawn.dpi + 1, words
        said = captioned(content, text) + figure_of(name, key).alt(content, text)
        assert {c for c in said if ord(c) not in glyphs()} == set()


BYTES = [
    ("apart", "boxes", "png"),
    ("apart", "surface", "svg"),
    ("race", "race", "pdf"),
    ("experiment", "basin", "png"),
]
SLOW_BYTES = [(*case, kind) for case in cases(CONTENTS) for kind in FORMATS if (*case, kind) not in BYTES]


@pytest.mark.parametrize(
    ("name", "key", "kind"), [*BYTES, *(pytest.param(*case, marks=pytest.mark.slow) for case in SLOW_BYTES)]
)
def test_the_same_state_gives_the_same_bytes(name: str, key: str, kind: str) -> None:
    content, figure, look = content_of(name), figure_of(name, key), Look(SMALL)
    again = replace(content)  # type: ignore[type-var]
    first = picture(figure, content, ENGLISH, look, kind)
    assert picture(figure, again, ENGLISH, look, kind) == first
    assert not {date for date in (b"CreationDate", b"ModDate", b"dc:date") if date in first}
    assert picture(figure, content, ENGLISH, Look(SMALL, dark=True), kind) != first


# ---- two boxes ----


def test_the_table_of_the_boxes_holds_the_numbers_of_the_state_in_full() -> None:
    found = CONTENTS["apart"].view
    rows = {row["name"]: row for row in rows_of("apart", "boxes")}
    assert [float(rows[f"moving_{side}"]["value"]) for side in "xywh"] == list(found.state.moving)
    assert float(rows["hull_area"]["value"]) == found.hull_area
    for name, measured in found.measures.items():
        assert float(rows[name]["loss"]) == measured.loss
        assert tuple(float(rows[name][f"slope_{side}"]) for side in "xywh") == measured.slope


def test_the_table_of_the_surface_holds_values_and_slopes_of_all_four() -> None:
    content, rows = CONTENTS["all"], rows_of("all", "surface")
    for one in content.terrains:
        mine = [row for row in rows if row["measure"] == one.measure]
        for column, grid in (("value", one.values), ("slope_x", one.slope_x), ("slope_y", one.slope_y)):
            assert [float(row[column]) for row in mine] == grid[::PRINTED, ::PRINTED].ravel().tolist()


def test_the_table_of_the_slice_holds_every_place_of_the_cut() -> None:
    for name, letter in (("all", "x"), ("size", "h")):
        rows = rows_of(name, "slice")
        for cut in content_of(name).cuts:
            assert [float(row[letter]) for row in rows] == cut.along.tolist()
            assert [float(row[f"{cut.measure}_slope"]) for row in rows] == cut.slope.tolist()


def test_the_referees_table_holds_both_slopes_and_the_defects_that_act() -> None:
    rows, (verdict,) = rows_of("apart", "referee"), CONTENTS["apart"].verdicts
    assert [tuple(float(row[f"slope_{side}"]) for side in "xywh") for row in rows] == [verdict.true, verdict.published]
    assert rows[1]["defects"].split() == [defect.value for defect in verdict.acting]
    said = figure_of("apart", "referee").alt(CONTENTS["apart"], ENGLISH)
    assert ENGLISH("referee_differs") in said
    assert "391f42d" in said


def test_the_tables_of_steps_properties_and_libraries_hold_the_pages_numbers() -> None:
    content, found = CONTENTS["walked"], CONTENTS["walked"].view
    numbers = {row["name"]: float(row["value"]) for row in rows_of("walked", "overlap_steps")}
    assert numbers["intersection"] == numbers["overlap_width"] * numbers["overlap_height"] == found.intersection
    assert numbers["union"] == pytest.approx(numbers["moving_area"] + numbers["target_area"] - numbers["intersection"])
    assert numbers["giou"] == pytest.approx(numbers["iou"] - 1 + numbers["union"] / numbers["hull_area"])
    kept = {(row["property"], row["side"], int(row["number"])): row for row in rows_of("walked", "overlap_laws")}
    assert float(kept["symmetry", "right", 2]["value"]) == pytest.approx(found.measures["giou"].value)
    assert {row["holds"] for row in kept.values()} == {"1"}
    libraries = {row["library"]: row for row in rows_of("walked", "overlap_rules")}
    assert float(libraries["torchvision"]["diou"]) == pytest.approx(found.measures["diou"].loss, abs=1e-6)
    assert (libraries["tensorflow"]["diou"], libraries["tensorflow"]["tie"]) == ("", "1.0")
    assert "4. " in figure_of("walked", "overlap_steps").alt(content, ENGLISH)
    assert "5. " not in figure_of("walked", "overlap_steps").alt(content, ENGLISH)


def test_before_anybody_has_walked_all_steps_are_drawn() -> None:
    said = figure_of("steps", "overlap_steps").alt(MORE["steps"], ENGLISH)
    assert "1. " in said
    assert "5. " in said


def test_arrows_point_along_the_slope_and_are_no_longer_than_they_may() -> None:
    ends = list(arrows_along((10, 10, 2, 4), (0.03, 0.04, -5.0, 0.0), 10.0))
    assert np.allclose(ends, [((10, 10), (10.27, 10.36)), ((11, 10), (11 - 10 * LONGEST, 10))])
    still = FIGURES["overlap"]["boxes"], OverlapContent(OverlapState(measure="iou"))
    assert not page(*still, ENGLISH, Look()).findobj(FancyArrowPatch)
    moved = page(FIGURES["overlap"]["boxes"], CONTENTS["apart"], ENGLISH, Look())
    assert len(moved.findobj(FancyArrowPatch)) == 2 * 3


def test_inside_the_other_nothing_of_the_enclosing_box_is_empty() -> None:
    assert formulas(MORE["inside"].view)["giou"] == "GIoU = IoU − (C − U) / C = 0.03497 − 0.000 / 5.720 = 0.03497"


def test_the_window_holds_every_box_with_room_around_it() -> None:
    x, y, side = window([(10, 10, 4, 2), (15, 8, 2, 2)])
    assert (x, y) == (12, 9)
    assert side > 8
    assert window([(10, 10, 0, 0)]) == (10, 10, 3)


def test_the_caption_of_two_boxes_names_boxes_measure_sources_and_rules() -> None:
    assert captioned(CONTENTS["apart"], ENGLISH) == (
        "Two boxes, apart: IoU 0.000, GIoU −0.5402, DIoU −0.3250, CIoU −0.3250. Moving box (12.4, 9, 1.8, 1.4), target "
        "(9, 10.4, 2.6, 2.2), each x, y, w, h. Shown: GIoU. GIoU: arXiv:1902.09630; DIoU, CIoU: arXiv:1911.08287. Edges "
        f"that coincide count half; 0/0 is set to 0; no eps. {LINK}"
    )


def test_many_reasons_are_written_smaller_and_stay_above_the_caption() -> None:
    drawn = page(FIGURES["overlap"]["referee"], OverlapContent(OverlapState(measure="all"), LINK), ENGLISH, Look())
    drawn.draw_without_rendering()
    (body,) = drawn.subfigs
    words = [one for one in body.texts if one.get_text()]
    assert min(one.get_window_extent().y0 for one in words) >= body.bbox.y0 - 1
    assert min(one.get_fontsize() for one in words) >= 7


# ---- races ----


def curves_of(name: str, key: str) -> Iterator[Line2D]:
    for line in page(figure_of(name, key), content_of(name), ENGLISH, Look()).findobj(Line2D):
        if line.axes and line.get_label().startswith("_child") and len(line.get_xdata()) > 150:
            yield line


def test_the_tables_of_a_race_hold_boxes_iou_and_error_of_every_step() -> None:
    content, rows, ends = CONTENTS["race"], rows_of("race", "race"), rows_of("race", "curves")
    for run in content.runs:
        mine = [row for row in rows if row["contender"] == run.name]
        assert [[float(row[side]) for side in "xywh"] for row in mine] == run.boxes.tolist()
        assert [float(row["error"]) for row in mine] == run.error.tolist()
        assert [float(row[f"{run.name}_iou"]) for row in ends] == run.iou.tolist()


def test_a_trail_goes_as_far_as_the_shown_step_and_the_curves_to_the_end() -> None:
    drawn = page(FIGURES["race"]["race"], CONTENTS["race"], ENGLISH, Look())
    board, ious, _ = drawn.subfigs[0].axes
    for run in CONTENTS["race"].runs:
        mine = [line for line in board.lines if line.get_color() == MEASURE[run.name]]
        assert mine[0].get_xdata().tolist() == run.boxes[:61, 0].tolist()
        (curve,) = (line for line in ious.lines if line.get_color() == MEASURE[run.name])
        assert curve.get_ydata().tolist() == run.iou.tolist()
    whole = RaceContent(RaceState())
    assert whole.at == 200


def test_the_caption_of_a_race_names_rules_and_the_source_of_published_gradients() -> None:
    assert captioned(CONTENTS["race"], ENGLISH) == (
        "Box race: GIoU, DIoU. From (12.2, 12.2, 1, 1) to (10, 10, 1, 1), each x, y, w, h; 200 steps, learning rate 0.1 "
        f"(÷10 at 80% and 90%), each step times 2 − IoU. True gradients. {LINK}"
    )
    said = captioned(MORE["seven"], ENGLISH)
    assert "Zzh-tju/DIoU, test_1715k.m, commit 391f42d" in said
    assert "With true gradients: L2, smooth L1, Darknet t-space." in said


# ---- the experiment ----


def test_the_table_of_the_experiment_holds_means_quartiles_and_what_the_paper_has() -> None:
    found, rows, read = results(), rows_of("experiment", "experiment"), paper()
    for name in MEASURED:
        assert [float(row[name]) for row in rows] == found.curves[name].tolist()
        assert [float(row[f"{name}_quartile_high"]) for row in rows] == found.high[name].tolist()
        known = {int(row["step"]): float(row[f"{name}_paper"]) for row in rows if row[f"{name}_paper"]}
        wanted = {
            int(step): value
            for step, value in zip(read.steps, read.curves[name].tolist(), strict=True)
            if np.isfinite(value) and 1 <= step <= found.steps
        }
        assert known == wanted


def test_the_curves_of_the_experiment_are_its_means_and_the_papers_points() -> None:
    (axes,) = page(FIGURES["experiment"]["experiment"], CONTENTS["experiment"], ENGLISH, Look()).subfigs[0].axes
    for name in MEASURED:
        (curve,) = (line for line in axes.lines if line.get_color() == MEASURE[name] and line.get_marker() == "None")
        assert curve.get_ydata().tolist() == results().curves[name].tolist()
        marks = [line for line in axes.lines if line.get_marker() == MARKERS[name]]
        known = np.isfinite(paper().curves[name])
        assert marks[0].get_ydata().tolist() == paper().curves[name][known].tolist()


def test_the_maps_colours_are_the_powers_of_ten_of_the_final_errors() -> None:
    drawn = page(FIGURES["experiment"]["basin"], CONTENTS["experiment"], ENGLISH, Look())
    dots = [one for one in drawn.findobj(PathCollection) if len(one.get_offsets()) == 25]
    for one, name in zip(dots, MEASURED, strict=True):
        assert np.allclose(10.0 ** one.get_array(), results().finals[name])
        assert (one.norm.vmin, one.norm.vmax) == (-4, 1)
    rows = rows_of("experiment", "basin")
    assert [[float(row["x"]), float(row["y"])] for row in rows] == results().points.tolist()
    assert [float(row["ciou"]) for row in rows] == results().finals["ciou"].tolist()


def test_the_table_of_the_distance_holds_every_ring() -> None:
    rows = rows_of("experiment", "distance")
    for name in MEASURED:
        middles, errors = binned(results(), name)
        assert [float(row["distance"]) for row in rows] == middles.tolist()
        assert [float(row[name]) for row in rows] == errors.tolist()


def test_the_caption_of_the_experiment_names_points_steps_rates_and_what_a_curve_is() -> None:
    said = captioned(MORE["published"], ENGLISH)
    assert said.startswith("Box regression, 1,715,000 cases for each loss, published gradients. 5,000 starting points")
    for part in ("200 steps", "learning rate 0.1", "mean error per case", "commit 391f42d", "arXiv:1911.08287"):
        assert part in said


# ---- without colour ----


def test_lines_are_told_apart_without_colour() -> None:
    for one, other in combinations(CONTENDERS, 2):
        assert DASHES[DASH[one]] != DASHES[DASH[other]]
        assert MARKERS[one] != MARKERS[other]
    lines = [*curves_of("race", "curves")]
    assert len(lines) == 4
    assert {line.get_marker() for line in lines} == {MARKERS["giou"], MARKERS["diou"]}


def test_words_in_a_column_stand_below_the_board() -> None:
    drawn = page(FIGURES["overlap"]["boxes"], CONTENTS["apart"], ENGLISH, Look(COLUMN))
    drawn.draw_without_rendering()
    (body,) = drawn.subfigs
    (board,) = body.axes
    assert max(words.get_window_extent().y1 for words in body.texts) < board.bbox.y0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_surface_says_whose_it_is_and_over_what(lang: str) -> None:
    text = Text(lang)
    said = figure_of("apart", "surface").alt(CONTENTS["apart"], text)
    assert all(words in said for words in (text("giou"), text("surface_x"), text("surface_y")))
