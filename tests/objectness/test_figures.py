"""Pictures of losses of one output: on the page as Plotly knows them, in files with every glyph and nothing cut off."""

import csv
import io
from dataclasses import replace

import plotly.graph_objects as go
import pytest
import torch
from helpers.drawn import drawn_whole

from lossviz.core.text import LANGUAGES, Text, airy
from lossviz.derivations import DERIVATIONS
from lossviz.derivations.line import point_of
from lossviz.derivations.spell import own
from lossviz.engine import terms
from lossviz.figures.content import Content
from lossviz.figures.look import COLUMN, Look
from lossviz.figures.page import page, table
from lossviz.figures.registry import FIGURES, applicable
from lossviz.objectness.charts import curves_figure, race_figure, ranges, runs_along
from lossviz.objectness.descent import race_of
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.state import AXES, PLAIN, SHOWN, ObjectnessState
from lossviz.objectness.view import ObjectnessView

LINK = "https://lossviz.example.org/objectness?v=1"
EVERYTHING = replace(PLAIN, shown=SHOWN)
FOUND = FIGURES["objectness"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("axis", AXES)
def test_the_curves_hold_only_what_plotly_knows(axis: str, lang: str) -> None:
    view = ObjectnessView(replace(EVERYTHING, axis=axis))
    drawn = go.Figure(curves_figure(view, Text(lang), view.side))
    assert [trace.name for trace in drawn.data[::2]] == [Text(lang)(f"objectness_loss_{name}") for name in SHOWN]
    race = go.Figure(race_figure(race_of(PLAIN), 1.0, Text(lang)))
    assert [list(trace.x) for trace in race.data if trace.mode != "lines"] == [[79], [9554]]


@pytest.mark.parametrize("axis", AXES)
def test_the_way_of_the_grip_is_the_first_curve_inside_the_picture(axis: str) -> None:
    view = ObjectnessView(replace(PLAIN, axis=axis, target=0.35))
    for (xs, ys), ends, values in zip(
        runs_along(view), ranges(view), (view.lines[0].values, view.lines[0].slopes), strict=True
    ):
        assert list(xs) == pytest.approx(view.places.tolist(), rel=1e-5)
        assert list(ys) == pytest.approx(values.clamp(*ends).tolist(), rel=1e-5, abs=1e-9)


def test_while_only_the_point_moves_the_picture_is_the_same_but_for_its_shapes() -> None:
    first, second = (curves_figure(ObjectnessView(PLAIN.with_logit(z)), Text("en")) for z in (-3, 2))
    assert [str(trace) for trace in first["data"]] == [str(trace) for trace in second["data"]]
    assert {key for key, part in first["layout"].items() if part != second["layout"][key]} == {"shapes"}


def test_between_chinese_and_latin_words_stands_a_blank() -> None:
    assert airy("在这一点，BCE的梯度是平方误差的 2 倍") == "在这一点，BCE 的梯度是平方误差的 2 倍"
    assert airy("nothing changes in p = .5") == "nothing changes in p = .5"


# ---- to take away ----


def test_the_figures_are_found_by_their_files_and_offered_where_they_make_sense() -> None:
    always = ["objectness_curves", "objectness_factors", "objectness_darknet", "objectness_derivation"]
    assert {*FOUND} == {*always, "objectness_race"}
    assert isinstance(ObjectnessContent(PLAIN), Content)
    assert [*applicable(ObjectnessContent(PLAIN.with_logit(3)))] == always


@pytest.mark.parametrize("state", [PLAIN, replace(EVERYTHING, axis="p", target=0.35)], ids=["plain", "everything"])
@pytest.mark.parametrize("key", [key for key in FOUND if key != "objectness_derivation"])
def test_every_figure_is_drawn_with_every_glyph_and_nothing_is_cut_off(key: str, state: ObjectnessState) -> None:
    content = ObjectnessContent(state, LINK)
    drawn_whole(FOUND[key], content)


def test_the_tables_hold_the_curves_and_every_step() -> None:
    content = ObjectnessContent(PLAIN, LINK)
    curves = list(csv.DictReader(io.StringIO(table(FOUND["objectness_curves"], content).decode())))
    assert [*curves[0]] == ["z", "bce", "bce_slope", "squared", "squared_slope"]
    middle = next(row for row in curves if abs(float(row["z"])) < 1e-9)
    assert (float(middle["bce_slope"]), float(middle["squared"])) == pytest.approx((-0.5, 0.125))
    race = list(csv.DictReader(io.StringIO(table(FOUND["objectness_race"], content).decode())))
    assert len(race) == PLAIN.steps + 1
    assert float(race[78]["bce"]) < 0.5 <= float(race[79]["bce"])
    assert "step 9,554" in FOUND["objectness_race"].alt(content, Text("en"))


OFTEN = {("softmax_l2", 0), ("sigmoid_bce", 3)}
DERIVED = [
    pytest.param(key, line, marks=() if (key, line) in OFTEN else pytest.mark.slow)
    for key in DERIVATIONS
    for line in (0, 3)
]
"""Setting formulas takes time: each derivation whole and in part only in the full run."""


@pytest.mark.parametrize(("key", "line"), DERIVED)
def test_every_derivation_is_drawn_with_every_rule_and_nothing_is_cut_off(key: str, line: int) -> None:
    content = ObjectnessContent(replace(PLAIN, derivation=key, line=line, logit=-2.0, target=0.3), LINK)
    drawn_whole(FOUND["objectness_derivation"], content)
    derivation = DERIVATIONS[key]
    rows = list(csv.DictReader(io.StringIO(table(FOUND["objectness_derivation"], content).decode())))
    point = point_of(derivation.of, -2.0, 0.3, PLAIN.scores, PLAIN.kind)
    shown = derivation.lines[: line + 1 if line else None]
    assert [row["rule"] for row in rows] == [one.rule for one in shown]
    assert [float(row["value"]) for row in rows] == [own(one, point) for one in shown]
    drawn = page(FOUND["objectness_derivation"], content, Text("en"), Look(COLUMN))
    written = [words.get_text() for words in drawn.subfigs[0].texts]
    assert {Text("en")(f"calculus_{one.rule}") for one in shown} <= {*written}


def test_the_factors_are_the_engines_and_their_product_is_the_gradient() -> None:
    content = ObjectnessContent(replace(EVERYTHING, logit=-1.5, target=0.8), LINK)
    rows = list(csv.DictReader(io.StringIO(table(FOUND["objectness_factors"], content).decode())))
    assert [row["loss_name"] for row in rows] == [*SHOWN]
    z = torch.tensor([[-1.5]], dtype=torch.float64, requires_grad=True)
    t = torch.tensor([[0.8]], dtype=torch.float64)
    for name, formula in (("bce", terms.bce), ("squared", terms.half_squared_of_sigmoid), ("focal", terms.focal_bce)):
        (slope,) = torch.autograd.grad(formula(z, t).sum(), z)
        row = next(row for row in rows if row["loss_name"] == name)
        assert float(row["dL_da"]) * float(row["da_dz"]) == pytest.approx(float(slope))
        assert float(row["dL_dz"]) == pytest.approx(float(slope))


def test_the_table_of_darknets_years_has_every_version_with_its_delta() -> None:
    content = ObjectnessContent(PLAIN, LINK)
    rows = list(csv.DictReader(io.StringIO(table(FOUND["objectness_darknet"], content).decode())))
    assert [(row["layer"], row["minimises"]) for row in rows] == [
        ("region", "squared"),
        ("region", "squared"),
        ("region", "bce"),
        ("yolo", "bce"),
        ("region", "squared"),
    ]
    assert [row["cpu_back"] == "" for row in rows] == [False, True, True, False, True]
    assert float(rows[3]["delta"]) == pytest.approx(1 - PLAIN.probability)
    assert float(rows[1]["printed"]) == pytest.approx(float(rows[1]["delta"]) ** 2)
