"""The numbers of the page on loss functions: curves, the batch, distributions, breaks; and what is drawn of them."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from helpers.drawn import drawn_whole

from lossviz.core.examples import PAGES
from lossviz.core.text import LANGUAGES, Text
from lossviz.engine.reductions import AVG_EPS
from lossviz.figures.page import table
from lossviz.figures.registry import FIGURES, applicable
from lossviz.figures.traces import broken
from lossviz.functions.batch import batch_of, even_scale, traps
from lossviz.functions.charts.curves import EVERY, LEAST, LINES, curve_figure, path
from lossviz.functions.charts.distributions import bars_figure, nearest, place_of, stacks_figure
from lossviz.functions.charts.stability import breaks_figure, place
from lossviz.functions.distributions import cross_entropy, distributions_of, divergence, entropy, information
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.functions.stability import WAYS, all_strained, strained, tensorflow_slope, true_slope
from lossviz.functions.state import MOST, PLAIN, SPANS, TABS, FunctionsState, from_query
from lossviz.functions.view import CARRIES, curves_of, given_of, points_of
from lossviz.functions.words import ranked
from lossviz.losses import LOSSES

ENGLISH = Text("en")
NAMES = {key: ENGLISH(f"zoo_{key}") for key in LOSSES}
STEP = 1e-5


def example(key: str) -> FunctionsState:
    return from_query(PAGES["zoo"][key].query)[0]


def why(key: str) -> str:
    return ENGLISH(f"example_zoo_{key}_why")


def points(state: FunctionsState) -> dict[str, Any]:
    return {point.key: point for point in points_of(state)}


# ---- curves ----


def test_at_a_mistake_of_3_l2_pulls_with_6_and_the_others_with_1_at_most() -> None:
    found = points(PLAIN)
    s = 1 / (1 + math.exp(-3))
    assert (found["l2"].value, found["l2"].slope) == pytest.approx((9, 6))
    assert (found["smooth_l1"].value, found["smooth_l1"].slope) == pytest.approx((2.5, 1))
    assert (found["bce"].value, found["bce"].slope) == pytest.approx((math.log(1 + math.exp(3)), s))
    assert (found["kl"].value, found["kl"].slope) == pytest.approx((found["bce"].value, s))
    focal = 0.75 * s * s * (2 * (1 - s) * -math.log(1 - s) + s)
    assert found["focal"].slope == pytest.approx(focal)
    assert ranked(points_of(PLAIN)).strong == ("l2",)


def test_behind_a_sigmoid_the_order_turns_round() -> None:
    found = points(PLAIN.over("logit"))
    assert found["l2"].slope == pytest.approx(0.0861, abs=5e-5)
    assert "0.0861" in ENGLISH("zoo_turn")
    assert all(found[key].pull > 9 * found["l2"].pull for key in ("bce", "focal", "kl"))


@pytest.mark.parametrize("by", SPANS)
@pytest.mark.parametrize("key", LOSSES)
def test_the_slope_along_the_axis_is_that_of_the_value_along_the_axis(key: str, by: str) -> None:
    """Central differences of the value alone: the chain rule is not asked."""
    state = replace(PLAIN, functions=(key,), by=by, t=0.3)
    for share in (0.56, 0.71, 0.93):
        low, high = SPANS[by]
        x = low + share * (high - low)
        (here,), (left,), (right,) = (points_of(replace(state, x=x + way * STEP)) for way in (0, -1, 1))
        numeric = (right.value - left.value) / (2 * STEP)
        assert here.slope == pytest.approx(numeric, rel=2e-6, abs=2e-8), x


def test_every_variable_has_a_way_on_every_axis() -> None:
    assert {function.variable for function in LOSSES.values()} <= {*CARRIES}
    assert all({*ways} == {*SPANS} for ways in CARRIES.values())


@pytest.mark.parametrize("by", SPANS)
def test_the_curve_goes_through_the_point(by: str) -> None:
    state = replace(PLAIN, functions=("l2", "focal_softmax", "kl", "bce_probability"), by=by, t=0.7)
    curves = curves_of(state)
    at = 150
    found = points(replace(state, x=float(curves[0].xs[at])))
    for curve in curves:
        assert curve.values[at] == pytest.approx(found[curve.key].value, rel=1e-12)
        assert curve.slopes[at] == pytest.approx(found[curve.key].slope, rel=1e-12)


def test_what_a_function_is_given_is_said_with_its_letter() -> None:
    state = replace(PLAIN, x=2.0)
    assert given_of("l2", state) == "y = 2"
    assert given_of("kl", state) == "p = (0.881, 0.119)"
    assert given_of("softmax_ce", state) == "z = (2, 0)"
    assert given_of("bce", replace(state, by="probability", x=0.5)) == "z = 0"


def test_a_width_below_0_has_no_logarithm_and_the_curve_no_point_there() -> None:
    state = replace(PLAIN, functions=("size_log",), t=0.3)
    (curve,) = curves_of(state)
    assert np.isnan(curve.values[curve.xs < 0]).all()
    assert np.isfinite(curve.values[curve.xs > 0]).all()
    xs, _ = path(curve, "value", log=False)
    assert min(xs) > 0


# ---- what the examples say ----


def test_the_numbers_in_the_reasons_of_the_examples_are_those_of_their_states() -> None:
    flat = points(example("flat"))
    assert f"{flat['l2'].pull:.6f}" in why("flat")
    assert f"{flat['bce'].pull:.4f}" in why("flat")
    assert f"a ratio of {flat['bce'].pull / flat['l2'].pull:.0f}." in why("flat")
    muted = points(example("muted"))
    assert f"{muted['bce'].pull:.4f}" in why("muted")
    assert f"{muted['focal'].pull:.4g}" in why("muted")
    shifted = points(example("shifted"))
    below = shifted["bce_probability"].value - shifted["kl_two"].value
    assert f"{below:.4f}" in why("shifted")
    assert shifted["bce_probability"].slope == pytest.approx(shifted["kl_two"].slope)
    believed = distributions_of(example("believed"))
    for number in (believed.crossed[0], believed.entropies[0], believed.divergences[0]):
        assert f"{number:.4g}" in why("believed")
    zero = example("zero")
    assert (true_slope(0, zero.t, zero.pos), tensorflow_slope(0, zero.t, zero.pos)) == (-5, 0)


def test_in_the_example_of_widths_the_logarithm_charges_most_and_far_more_for_small_boxes() -> None:
    small, large = points(example("widths")), points(replace(example("widths"), t=0.5, x=0.512))
    assert max(small.values(), key=lambda point: point.value).key == "size_log"
    assert small["size_log"].value == pytest.approx(0.0498, abs=5e-5)
    assert small["size_log"].value / small["size_linear"].value == pytest.approx(346, abs=0.5)
    assert large["size_log"].value == pytest.approx(0.00056, abs=5e-6)
    assert large["size_log"].value / large["size_linear"].value == pytest.approx(4, abs=0.15)
    assert small["size_linear"].value == pytest.approx(large["size_linear"].value)


# ---- the batch ----


@pytest.mark.parametrize("loss", ["bce", "smooth_l1"])
def test_each_rows_gradient_is_that_of_the_reduced_number(loss: str) -> None:
    state = replace(PLAIN, loss=loss).with_row(4, weight=2.5)
    found = batch_of(state)
    z, t, weight = torch.tensor(state.rows, dtype=torch.float64).unbind(-1)
    z.requires_grad_()
    each = LOSSES[loss].value(z, t, **LOSSES[loss].usual)
    wanted = {
        "sum": each.sum(),
        "mean": each.mean(),
        "weighted": (each * weight).mean(),
        "avg_factor": (each * weight).sum() / (state.factor + AVG_EPS),
    }
    for name, number in wanted.items():
        (slopes,) = torch.autograd.grad(number, z, retain_graph=True)
        assert found.reduced[name].total == pytest.approx(number.item(), rel=1e-12)
        assert found.reduced[name].slopes == pytest.approx(slopes.tolist(), rel=1e-12)
    assert found.reduced["none"].total is None
    assert found.reduced["none"].slopes == found.slopes


def test_an_avg_factor_of_0_is_saved_by_its_eps() -> None:
    whole = batch_of(replace(PLAIN, factor=0.0)).reduced["avg_factor"].total
    assert whole is not None
    assert 1e7 < whole < math.inf


def test_a_noobj_scale_of_100_still_weighs_an_object_as_much_as_106_background_predictors() -> None:
    found = {one.way: one for one in traps(PLAIN)}
    assert found["sum"].worth == found["mean"].worth == found["positives"].worth == 1
    assert found["two_means"].worth == pytest.approx(10_646)
    assert found["scaled"].worth == pytest.approx(106.46)
    assert even_scale(PLAIN) == 10_646
    even = {one.way: one for one in traps(replace(PLAIN, noobj=even_scale(PLAIN)))}
    assert even["scaled"].worth == pytest.approx(1)


def test_the_trap_multiplies_as_two_means_do() -> None:
    state = replace(PLAIN, net=845, objects=3, noobj=50.0)
    scaled = next(one for one in traps(state) if one.way == "scaled")
    losses = torch.zeros(845, dtype=torch.float64, requires_grad=True)
    (losses[:3].mean() + 50.0 * losses[3:].mean()).backward()
    assert losses.grad is not None
    assert losses.grad[[0, 844]].tolist() == pytest.approx([scaled.positive, scaled.negative], rel=1e-12)


# ---- distributions ----


def test_cross_entropy_is_entropy_and_divergence_and_they_are_those_of_the_zoo() -> None:
    p, q = (0.5, 0.25, 0.2, 0.05), (0.1, 0.3, 0.2, 0.4)
    assert cross_entropy(p, q) == pytest.approx(entropy(p) + divergence(p, q), rel=1e-12)
    rows = [torch.tensor(one, dtype=torch.float64) for one in (q, p)]
    assert cross_entropy(p, q) == pytest.approx(float(LOSSES["cross_entropy"].value(*rows)), rel=1e-12)
    assert divergence(p, q) == pytest.approx(float(LOSSES["kl"].value(*rows)), rel=1e-12)
    assert entropy(q) == pytest.approx(float(LOSSES["entropy"].value(*rows)), rel=1e-12)


def test_entropies_of_independent_draws_add_up_and_what_is_impossible_tells_without_bound() -> None:
    found = distributions_of(replace(PLAIN, p=(0.5, 0.25, 0.2, 0.05)))
    assert found.together == pytest.approx(sum(found.entropies), rel=1e-12)
    assert information(0.0) == math.inf > information(0.01) > information(0.5)
    assert math.isinf(distributions_of(PLAIN).divergences[1])
    assert entropy((1.0, 0.0, 0.0, 0.0)) == 0
    assert entropy((0.25,) * 4) == pytest.approx(math.log(4))


# ---- breaks ----


def test_the_written_form_breaks_where_its_digits_end_and_the_stable_one_nowhere() -> None:
    found = all_strained("sigmoid", 1.0, 1.0)
    above = {dtype: found["naive", dtype].above for dtype in ("float16", "float32", "float64")}
    assert {dtype: one and one.kind for dtype, one in above.items()} == dict.fromkeys(above, "nan")
    # 1 - s(z) is 0 as soon as e^-z is below half of the last digit of 1
    for dtype, digits in (("float16", 11), ("float32", 24), ("float64", 53)):
        one = above[dtype]
        assert one is not None
        assert one.z == pytest.approx(digits * math.log(2), abs=0.06)
    assert [found["stable", dtype].above for dtype in above] == [None] * 3
    assert [found["stable", dtype].below for dtype in above] == [None] * 3


def test_tensorflow_is_wrong_only_at_exactly_0() -> None:
    for t, w in ((1.0, 10.0), (0.0, 10.0), (0.4, 3.0)):
        assert tensorflow_slope(1e-3, t, w) == true_slope(1e-3, t, w)
        assert true_slope(0, t, w) == pytest.approx((1 - t) / 2 - w * t / 2)
        assert tensorflow_slope(0, t, w) == 1 - t
    z = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    weight = torch.tensor([10.0], dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    torch.nn.functional.binary_cross_entropy_with_logits(z, one, pos_weight=weight).backward()
    assert z.grad is not None
    assert z.grad.item() == true_slope(0, 1.0, 10.0) == -5


# ---- pictures ----


def drawn(state: FunctionsState, parts: tuple[str, ...] = ("value", "slope")) -> Any:
    return curve_figure(curves_of(state), points_of(state), state, parts=parts, names=NAMES, text=ENGLISH)


def test_no_two_curves_have_the_same_line() -> None:
    assert len({*LINES}) == len(LINES) >= MOST


def test_a_point_that_moves_leaves_the_curves_as_they_are_and_only_shapes_change() -> None:
    here, there = drawn(PLAIN), drawn(PLAIN.at(1.0))
    assert [one["y"].tobytes() for one in here["data"]] == [one["y"].tobytes() for one in there["data"]]
    different = {name for name, value in here["layout"].items() if value != there["layout"][name]}
    assert different == {"shapes"}


def test_the_grip_runs_on_the_curve_that_is_drawn() -> None:
    for log in (False, True):
        state = replace(PLAIN, log=log)
        curve = curves_of(state)[0]
        for number, part in enumerate(("value", "slope")):
            xs, ys = path(curve, part, log=log)
            line = drawn(state)["data"][number]["y"][::EVERY]
            assert np.allclose(ys, line, rtol=1e-3)
            assert list(xs) == sorted(xs)
            assert not log or min(ys) >= LEAST


def test_before_the_answer_there_are_no_slopes() -> None:
    assert all(one["yaxis"] == "y" for one in drawn(PLAIN, ("value",))["data"])


def test_a_tap_chooses_the_bar_that_stands_nearest() -> None:
    for bar in range(8):
        assert nearest(place_of(bar) + 0.1) == bar
    chart = bars_figure(PLAIN, ENGLISH)
    assert [list(one["y"]) for one in chart["data"]] == [list(PLAIN.p), list(PLAIN.q)]
    stacks = stacks_figure(distributions_of(PLAIN), ENGLISH)
    assert stacks["data"][1]["text"][1] == "∞"
    assert sum(one["x"][1] for one in stacks["data"]) == stacks["layout"]["xaxis"]["range"][1]


def test_a_break_is_marked_where_it_is() -> None:
    found = {way: strained("sigmoid", way, "float32", 1.0, 1.0) for way in WAYS}
    chart = breaks_figure(found, ENGLISH)
    marks = sorted(one["x"][0] for one in chart["data"] if one["mode"] == "markers")
    below, above = found["naive"].below, found["naive"].above
    assert below
    assert above
    assert marks == pytest.approx([float(place(below.z)), float(place(above.z))])
    assert len(chart["layout"]["annotations"]) == 2


@pytest.mark.parametrize("t", [0.0, 1.0])
def test_words_about_a_break_stand_beside_the_curve_and_not_on_it(t: float) -> None:
    found = {way: strained("sigmoid", way, "float32", t, 1.0) for way in WAYS}
    notes = breaks_figure(found, ENGLISH)["layout"]["annotations"]
    foot, arm = sorted(notes, key=lambda note: float(note["y"]))
    outwards = np.sign(foot["x"])
    assert np.sign(arm["x"]) == -outwards
    assert arm["xanchor"] == foot["xanchor"] == ("left" if outwards > 0 else "right")
    z, height = outwards * (10 ** abs(foot["ax"]) - 1), 10 ** foot["ay"]
    curve = float(np.interp(z, found["stable"].zs, found["stable"].values))
    assert curve < height / 2


CONTENTS = {
    "curves": FunctionsContent(PLAIN, "https://lossviz.example.org/zoo"),
    "log": FunctionsContent(replace(PLAIN, log=True, by="probability", x=0.3).with_functions(tuple(LOSSES))),
    "distributions": FunctionsContent(replace(PLAIN, tab="distributions")),
    "reductions": FunctionsContent(replace(PLAIN, tab="reductions")),
    "trap": FunctionsContent(replace(PLAIN, tab="reductions", loss="smooth_l1", noobj=20_000, objects=20)),
    "stability": FunctionsContent(replace(PLAIN, tab="stability")),
    "softmax": FunctionsContent(replace(PLAIN, tab="stability", form="softmax", dtype="float16", t=1.0)),
    "weighted": FunctionsContent(replace(PLAIN, tab="stability", form="weighted", dtype="float64", t=0.5)),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_figures_to_take_away_are_drawn_in_both_languages(name: str) -> None:
    content = CONTENTS[name]
    for figure in applicable(content).values():
        drawn_whole(figure, content)
        head, *rows = table(figure, content).decode().splitlines()
        assert len(rows) > 3
        assert all(row.count(",") == head.count(",") for row in rows)


def test_the_tables_of_reductions_trap_and_stability_hold_the_pages_numbers() -> None:
    content = CONTENTS["reductions"]
    head, *rows = FIGURES["zoo"]["zoo_reductions"].table(content)
    mean, none = head.index("mean_slope"), head.index("none_slope")
    assert all(row[mean] == pytest.approx(row[none] / 6) for row in rows[:-1])
    losses = [row[head.index("loss")] for row in rows[:-1]]
    assert losses[0] == pytest.approx(math.log1p(math.exp(-2)))
    assert rows[-1][mean] == pytest.approx(sum(losses) / 6)
    assert rows[-1][none] is None
    _, *ways = FIGURES["zoo"]["zoo_trap"].table(content)
    assert {way[0]: way[-1] for way in ways}["two_means"] == 10_646
    _, *breaks = FIGURES["zoo"]["zoo_stability"].table(CONTENTS["stability"])
    (above,) = (row for row in breaks if row[1:3] == ["naive", "float32"] and row[5] == "above")
    assert (above[6], above[9]) == (15.0, "error")
    assert all(row[9] == "never" for row in breaks if row[1] == "stable")


def test_the_figures_are_found_by_their_files_and_have_names() -> None:
    assert {*FIGURES["zoo"]} == {f"zoo_{tab}" for tab in TABS} | {"zoo_trap"}
    for lang in LANGUAGES:
        assert all(Text(lang).knows(f"export_{key}") for key in FIGURES["zoo"])


@pytest.mark.parametrize(("by", "place"), [("output", 0.3), ("probability", 0.3), ("logit", math.log(0.3 / 0.7))])
def test_the_slope_of_l1_jumps_at_the_target_where_its_line_is_broken(by: str, place: float) -> None:
    curve, other = curves_of(replace(PLAIN, functions=("l1", "l2"), by=by, t=0.3))
    assert (curve.xs == other.xs).all()
    xs, ys = broken(curve.xs, curve.slopes)
    (gap,) = np.flatnonzero(np.isnan(ys))
    assert xs[gap] == pytest.approx(place, abs=1e-8)
    assert ys[gap - 1] == pytest.approx(-ys[gap + 1], rel=1e-8)
    assert ys[gap - 1] < 0
    assert np.isfinite(broken(curve.xs, curve.values)[1]).all()
    assert np.isfinite(broken(other.xs, other.slopes)[1]).all()


@pytest.mark.parametrize(("name", "knob"), [("smooth_l1", "beta"), ("huber", "delta")])
def test_a_slope_that_bends_has_its_corners_on_the_curve(name: str, knob: str) -> None:
    state = replace(PLAIN, functions=(name,), t=0.2, knobs=((f"{name}.{knob}", 0.37),))
    for corner in (0.2 - 0.37, 0.2 + 0.37):
        assert np.abs(curves_of(state)[0].xs - corner).min() < 1e-8
