"""Every sentence of the page on decoding that depends on the state, against numbers worked out apart from it."""

import math
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from helpers.sampling import sampled
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lossviz.core.link import six
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.decode.passthrough import KINDS, SIZES, WAYS, Cell, counts, output_shape
from lossviz.decode.state import PLAIN, DecodeState
from lossviz.decode.view import view_of
from lossviz.decode.widgets import forms, limits
from lossviz.decode.widgets.box import plain, said
from lossviz.decode.words import pair_says, share
from lossviz.scenes.limits import WIDEST

ENGLISH = Text("en")
ANCHOR = (1.25, 1.0)
SPECIAL = (0.0, 1e-5, -0.7, 9.9, -9.9, 13.82, -13.81, 16.0, 16.64, 17.4, 20.0, -20.0, 37.0, 88.7, 88.73, -87.4, -104.0)
RAWS = st.one_of(st.sampled_from([*SPECIAL, 86.0, 89.0, WIDEST, -WIDEST]), st.floats(-WIDEST, WIDEST), st.floats(-8, 8))
STATES = st.builds(
    lambda raw, hand: replace(PLAIN.with_raw(raw), hand=hand), st.tuples(RAWS, RAWS, RAWS, RAWS), st.integers(0, 3)
)


def number_in(pattern: str, words: str) -> float:
    found = re.search(pattern.replace("#", r"(−?[0-9,]*\.?[0-9]+)"), words)
    assert found, (pattern, words)
    return float(found[1].replace(",", "").replace("−", "-"))


@given(STATES)
@settings(deadline=None, max_examples=150)
@example(PLAIN.with_raw((20, -20, 120, -120)))
def test_where_the_centre_lies_and_how_large_the_box_is(state: DecodeState) -> None:
    words = said(view_of(state), "1", state, ENGLISH, plain)
    centre, side = re.split(r"(?<=\.) (?=t_[wh])", words)
    axis = state.hand % 2
    t, s = state.raw[axis], state.raw[2 + axis]
    assert not re.search(r"\de[-−+]\d", words)
    assert number_in("^t_[xy] = #:", centre) == pytest.approx(t, rel=1e-3, abs=1e-12)
    inside, beyond = 1 / (1 + math.exp(-t)), 1 / (1 + math.exp(t))
    if "millionth" in centre:
        assert min(inside, beyond) < 1e-6
        assert ("right" in centre or "lower" in centre) == (beyond < inside)
    else:
        told = number_in("lies #%", centre) / 100
        assert told == pytest.approx(inside, rel=1e-3)
        assert 1 - told == pytest.approx(beyond, rel=1e-3)
    if "more than" in side:
        assert math.exp(s) > 10_000
    elif "less than" in side:
        assert math.exp(s) < 1 / 10_000
    else:
        assert number_in("the box is # times", side) == pytest.approx(math.exp(s), rel=1e-3)


@given(STATES)
@settings(deadline=None, max_examples=100)
@example(PLAIN.with_raw((1.2, -1.2, 0, 0)))
@example(PLAIN.with_raw((0.4, 1.0, 0, 0)))
def test_where_faster_rcnns_centre_lands(state: DecodeState) -> None:
    rows = re.findall(r"<tr><td>t_([xy]).*?([^<>]*)</td></tr>", forms.free(view_of(state), ENGLISH))
    assert [name for name, _ in rows] == ["x", "y"]
    for n, (_, words) in enumerate(rows):
        place = 1.5 + state.raw[n] * ANCHOR[n]
        if min(abs(place - border) for border in (0, 1, 2, 3)) > 1e-9:
            lands = (
                "outside the image" if place < 0 or place > 3 else "in its cell" if 1 < place < 2 else "in another cell"
            )
            assert words == lands


@given(STATES)
@settings(deadline=None, max_examples=100)
@example(PLAIN.with_raw((16.0, 17.4, 86, -104)))
def test_what_32_bits_find_on_the_way_back_is_said_as_it_is(state: DecodeState) -> None:
    html = forms.inverse(view_of(state), ENGLISH)
    rows = re.findall(r'data-testid="short-([xywh])" data-value="([^"]*)".*?</td><td>([^<]*)</td>', html)
    assert [name for name, _, _ in rows] == ["x", "y", "w", "h"]
    for (_, shown, words), raw in zip(rows, state.raw, strict=True):
        if words.startswith("✗"):
            assert shown == ""
            assert abs(raw) > 8
        else:
            same = abs(float(shown) - raw) <= 1e-4 * max(1, abs(raw))
            assert words.startswith("✓" if same else "≈")


def in_32_bits(raw: tuple[float, ...]) -> dict[str, float]:
    """What 32 bits make of the sizes, written down anew with NumPy."""
    with np.errstate(all="ignore"):
        t = np.array(raw, np.float32)[2:]
        anchor = np.array([1.25 / 3, 1 / 3], np.float32)
        factor = np.exp(t)
        w, h = factor * anchor
        aw, ah = anchor
        inter, hull = min(w, aw) * min(h, ah), np.float32(max(w, aw)) * np.float32(max(h, ah))
        union = w * h + aw * ah - inter
        iou = inter / union
        rest = hull - union
        giou = iou - rest / hull
        pixels = factor[0] * (aw * np.float32(96))
    found = {"e": factor[0], "w": w, "h": h, "pixels": pixels, "rest": rest, "iou": iou, "giou": giou}
    return {name: float(value) for name, value in found.items()} | {"hull": float(hull), "union": float(union)}


@given(STATES)
@settings(deadline=None, max_examples=150)
@example(PLAIN.with_raw((0, 0, 86, 0)))
@example(PLAIN.with_raw((0, 0, 89, 0)))
@example(PLAIN.with_raw((0, 0, 89, -104)))
@example(PLAIN.with_raw((0, 0, 60, 60)))
@example(PLAIN.with_raw((0, 0, 0, 88.5)))
@example(PLAIN.with_raw((0, 0, -104, -104)))
def test_how_far_the_arithmetic_is_broken_is_said_as_it_is(state: DecodeState) -> None:
    html = limits.says(view_of(state), replace(state, edge="overflow"), Visit())
    stamp = re.search(r'data-situation="(\w+)"', html)
    assert stamp
    found = in_32_bits(state.raw)
    finite, isnan = {name for name, value in found.items() if math.isfinite(value)}, math.isnan
    if stamp[1] == "fine":
        assert finite == found.keys()
    elif stamp[1] == "infinite":
        # "in pixels the width overflows before e to the power of t_w does", and nothing is nan
        assert finite == found.keys() - {"pixels"}
    elif stamp[1] == "giou":
        # "enclosing box - union is infinite less infinite; a finite intersection divided by infinite is 0"
        assert isnan(found["giou"])
        assert isnan(found["rest"])
        assert (found["hull"], found["union"], found["iou"]) == (math.inf, math.inf, 0.0)
    else:
        # "one side is infinite, the other is 0"
        assert sorted((found["w"], found["h"])) == [0.0, math.inf]
        assert isnan(found["iou"])
        assert isnan(found["giou"])
        assert math.isfinite(state.raw[2])


@given(STATES)
@settings(deadline=None, max_examples=100)
def test_no_side_of_the_bounded_form_passes_four_anchors(state: DecodeState) -> None:
    assert "no side of the box exceeds four times that of the anchor" in ENGLISH("decode_says_bounded")
    assert all(factor.value <= 4 for factor in view_of(state).later[2:])


def test_at_0_the_two_forms_begin_as_is_said_beside_their_table() -> None:
    words, found = ENGLISH("decode_bounded_about"), view_of(PLAIN.with_raw((0, 0, 0, 0)))
    assert [factor.slope for factor in (found.usual[0], found.later[0])] == [0.25, 0.5]
    assert "derivative 0.5 instead of 0.25" in words
    assert [tuple(factor) for factor in (found.usual[2], found.later[2])] == [(1, 1), (1, 1)]
    assert "the size of the anchor, with derivative 1" in words
    border = view_of(PLAIN.with_raw((six(math.log(3)), six(-math.log(3)), 0, 0)))
    assert [factor.value for factor in border.later[:2]] == pytest.approx([1, 0], abs=1e-5)
    assert f"±{math.log(3):.4f}" in words


# ---- the passthrough ----


def read_by(way: str, size: str) -> np.ndarray:
    """The pixel each output reads, from where a counted input ends up."""
    shape = SIZES[size]
    counted = torch.arange(math.prod(shape), dtype=torch.float64).reshape(1, *shape)
    return WAYS[way][0](counted, 2)[0].long().numpy()


@pytest.mark.parametrize(("way", "size"), sampled(product(WAYS, SIZES)))
def test_where_the_pixel_lies_is_true_of_every_output(way: str, size: str) -> None:
    channels, rows, columns = SIZES[size]
    places, seen = read_by(way, size), dict.fromkeys(KINDS, 0)
    for output in np.ndindex(*output_shape(size)):
        channel, row, column = (int(part) for part in np.unravel_index(places[output], (channels, rows, columns)))
        words = pair_says(way, Cell(*output), Cell(channel, row, column), ENGLISH, back=False)
        away = row // 2 - output[1]
        if "far away" in words:
            assert abs(away) == rows // 2 - 1 > 1
            assert channel != output[0] % channels
            seen["far"] += 1
        else:
            assert column // 2 == output[2]
            kind = {0: "own", -1: "above", 1: "below"}[away]
            assert ("own 2 × 2 block" if kind == "own" else f"one block {kind}") in words
            seen[kind] += 1
    assert counts(way, size) == seen
    total = sum(seen.values())
    for count in seen.values():
        assert (share(count, total) == "0%") == (count == 0)
