"""The YOLOv3 paper's text: a scene worked out by hand, and misreadings that it must notice."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from lossviz.engine.answers import Answers, Assigner, AssignmentInput, best_own_anchor, one_each
from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import REACH, Head
from lossviz.engine.recipe import Recipe, small_boxes_count_more, times
from lossviz.engine.scene import Scene
from lossviz.engine.terms import bce, half_squared_of_sigmoid, softmax_cross_entropy, squared
from lossviz.recipes import RECIPES, paper_v3

Edit = Callable[[Recipe], Recipe]
RIGHT = RECIPES["paper_v3"]
RAW = 0.5
"""Every raw output of the scene."""
# In pixels of an input of 64 x 64; the coarse head has the last two.
ANCHORS = ((8, 8), (12, 10), (32, 32), (32, 20))
TRUTHS = ((46, 16, 32, 30, 1), (47, 14, 32, 31, 0), (10, 50, 8, 7, 2))
"""x, y, w, h in pixels, class: the first two want one predictor of the coarse head, the third one of the fine head."""


def scene(truths: tuple[tuple[float, ...], ...] = TRUTHS, fill: float = RAW) -> Scene:
    anchors = torch.tensor(ANCHORS, dtype=torch.float64) / 64
    masks = {2: (2, 3), 8: (0, 1)}
    raws = {side: torch.full((1, 2, 8, side, side), fill, dtype=torch.float64) for side in masks}
    heads = tuple(Head(str(side), raws[side], anchors, masks[side]) for side in masks)
    rows = torch.zeros(1, len(truths) + 1, 5, dtype=torch.float64)
    rows[0, : len(truths)] = torch.tensor(truths, dtype=torch.float64) / torch.tensor([64, 64, 64, 64, 1])
    return Scene(heads, rows, net=(64, 64))


def softplus(z: float) -> float:
    """-ln s(-z)."""
    return math.log(1 + math.exp(z))


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def states_are_those_of_the_drawing(report: Report) -> None:
    """Coarse: anchor 32 x 32 answers in the right upper cell; 32 x 20 there overlaps the first by 600 of 1000: ignored.

    Fine: anchor 8 x 8 answers in column 1, row 6. Its neighbours overlap the third truth by too little. No fine anchor is
    large enough to overlap the first two by a half.
    """
    coarse, fine = report.states
    expected = torch.full((1, 2, 2, 2), NEGATIVE, dtype=torch.uint8)
    expected[0, 0, 0, 1], expected[0, 1, 0, 1] = POSITIVE, IGNORED
    assert torch.equal(coarse, expected)
    assert (fine == POSITIVE).nonzero().tolist() == [[0, 0, 6, 1]]
    assert not (fine == IGNORED).any()


def the_loss_is_what_a_pencil_finds(report: Report) -> None:
    """The second truth has overwritten the first: offsets 15/32 and 14/32, sides 32/32 and 31/32 of the anchor."""
    wanted = [
        (logit(15 / 32), logit(14 / 32), 0.0, math.log(31 / 32)),
        (logit(2 / 8), logit(2 / 8), 0.0, math.log(7 / 8)),
    ]
    centre = sum((RAW - t) ** 2 / 2 for box in wanted for t in box[:2])
    size = sum((RAW - t) ** 2 / 2 for box in wanted for t in box[2:])
    negatives = 2 * 4 + 2 * 64 - 3
    expected = {
        "centre": centre,
        "size": size,
        "object": 2 * softplus(-RAW),
        "noobject": negatives * softplus(RAW),
        "class": 2 * (softplus(-RAW) + 2 * softplus(RAW)),
    }
    for name, value in expected.items():
        assert float(report[name].loss) == pytest.approx(value, rel=1e-12), name  # type: ignore[arg-type]
    assert float(report.loss) == pytest.approx(sum(expected.values()), rel=1e-12)  # type: ignore[arg-type]
    # What the paper calls gradient, target minus prediction, is the way down; ours is the slope.
    slopes = report.gradient[0][0, 0, :4, 0, 1]
    torch.testing.assert_close(slopes, RAW - torch.tensor(wanted[0], dtype=torch.float64), rtol=1e-12, atol=1e-12)
    assert report["class"].target.tolist() == [[1, 0, 0], [0, 0, 1]]


def a_box_on_its_cells_edge_asks_for_the_reach_and_no_more(recipe: Recipe) -> None:
    report = evaluate(recipe, scene(((32, 32, 30, 30, 0),)))
    assert report["centre"].target.tolist() == [[-REACH, -REACH]]


def an_overlap_of_exactly_a_half_is_negative(recipe: Recipe) -> None:
    """A truth of 32 x 16 in the middle of a cell: anchor 32 x 20 is best, 32 x 32 overlaps it by a half."""
    coarse, _ = evaluate(recipe, scene(((16, 16, 32, 16, 0),))).states
    assert coarse[0, :, 0, 0].tolist() == [NEGATIVE, POSITIVE]


def everything_holds(recipe: Recipe) -> None:
    report = evaluate(recipe, scene())
    states_are_those_of_the_drawing(report)
    the_loss_is_what_a_pencil_finds(report)
    a_box_on_its_cells_edge_asks_for_the_reach_and_no_more(recipe)
    an_overlap_of_exactly_a_half_is_negative(recipe)


def test_the_scene_drawn_by_hand() -> None:
    everything_holds(RIGHT)


def test_a_perfect_prediction_costs_nothing() -> None:
    found = evaluate(RIGHT, scene())
    raws = [torch.full_like(head.raw, -800) for head in found.scene.heads]
    for raw, assignment in zip(raws, found.assignments, strict=True):
        rows = assignment.positives
        certain = (2 * rows.target["classes"] - 1) * 800
        exact = torch.cat([rows.target["centre"], rows.target["size"], rows.target["objectness"] * 800, certain], 1)
        _, anchors, _, height, width = raw.shape
        place = torch.unravel_index(rows.slot, (1, anchors, height, width))
        raw[place[0], place[1], :, place[2], place[3]] = exact
    heads = tuple(replace(head, raw=raw) for head, raw in zip(found.scene.heads, raws, strict=True))
    report = evaluate(RIGHT, replace(found.scene, heads=heads))
    assert report.loss == report.floor == 0
    assert not any(gradient.any() for gradient in report.gradient)


def test_predictions_never_decide_who_is_ignored() -> None:
    here, there = (evaluate(RIGHT, scene(fill=fill)).states for fill in (RAW, 0.0))
    assert all(torch.equal(a, b) for a, b in zip(here, there, strict=True))


def test_assumptions_have_names_of_their_own() -> None:
    assert len(set(paper_v3.ASSUMED)) == len(paper_v3.ASSUMED)
    assert all(key.isalpha() and key.islower() for key in paper_v3.ASSUMED)


def wrong_rows(*names: str, **changes: Any) -> Edit:
    """Some rows of the table are wrong."""
    return lambda recipe: replace(
        recipe,
        table=lambda settings: tuple(
            replace(row, **changes) if row.name in names else row for row in recipe.table(settings)
        ),
    )


def wrong_rule(answers: Callable[[AssignmentInput, Answers], Answers]) -> Edit:
    """Another rule of who answers and who is ignored."""

    def edit(recipe: Recipe) -> Recipe:
        def rule(settings: Any) -> Assigner:
            return lambda field: answers(field, recipe.rule(settings)(field))

        return replace(recipe, assign=lambda settings, *rest: recipe.assign(settings, *rest, who=rule(settings)))

    return edit


def first_truth_wins(field: AssignmentInput, found: Answers) -> Answers:
    return replace(found, slot=found.slot.flip(0), truth=found.truth.flip(0))


MISREAD: dict[str, Edit] = {
    "Darknet's 2 - w h": wrong_rows("centre", "size", weight=small_boxes_count_more),
    "no half": wrong_rows("centre", "size", loss=squared),
    "centres by cross-entropy, as Darknet": wrong_rows("centre", loss=bce),
    "centres compared behind the sigmoid": wrong_rows("centre", loss=half_squared_of_sigmoid),
    "a softmax over the classes": wrong_rows("class", loss=softmax_cross_entropy),
    "objectness as a squared error": wrong_rows("object", "noobject", loss=half_squared_of_sigmoid),
    "noobject weighs .5, as in YOLOv1": wrong_rows("noobject", weight=times(0.5)),
    "Darknet's threshold of .7": lambda recipe: recipe.with_settings({"ignore_iou": 0.7}),
    "an overlap equal to the threshold is ignored": lambda recipe: recipe.with_settings({"ignore_iou": 0.5 - 1e-9}),
    "ignored by prediction, as Darknet": wrong_rule(lambda field, found: replace(found, ignored=field.best > 0.5)),
    "every head has an answer": wrong_rule(lambda field, found: one_each(field, best_own_anchor(field), found.ignored)),
    "the first truth wins": wrong_rule(first_truth_wins),
    "a mean over images and predictors": wrong_rows("noobject", weight=times(1 / 136)),
    "centres without the inverse of the sigmoid": lambda recipe: replace(
        recipe, table=recipe.table, assign=lambda settings, *rest: plain_centres(recipe.assign(settings, *rest), *rest)
    ),
}


def plain_centres(a: Any, head: Head, truths: Any, scene: Any) -> Any:
    """Offsets in the cell, not yet logits."""
    target = {**a.positives.target, "centre": torch.sigmoid(a.positives.target["centre"])}
    rows = replace(a.positives, target=target)
    return replace(a, positives=rows, classified=rows)


@pytest.mark.parametrize("name", MISREAD)
def test_a_misread_sentence_is_noticed(name: str) -> None:
    with pytest.raises(AssertionError):
        everything_holds(MISREAD[name](RIGHT))


def test_an_edit_that_changes_no_rule_is_not_noticed() -> None:
    for edit in (wrong_rows("object"), wrong_rule(lambda field, found: found)):
        everything_holds(edit(RIGHT))
