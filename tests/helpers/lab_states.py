"""Random and extreme states of the Lab: labels that share a predictor, ties, labels over the border, saturated logits."""

import random
from dataclasses import replace

from lossviz.engine.heads import Predictor
from lossviz.lab.state import State
from lossviz.lab.view import view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES

CUP = Predictor("13", 1, 5, 6)


def near(dice: random.Random, box: tuple[float, ...]) -> tuple[float, ...]:
    """A box much like this one, or one anywhere, over the border, as small or large as can be."""
    if dice.random() < 0.6:
        return tuple(min(max(side * dice.uniform(0.93, 1.07), 0.002), 0.9999) for side in box)
    return (
        *(dice.choice((1e-4, 0.5, 1 - 1e-4, dice.random() * 0.99 + 0.005)) for _ in "xy"),
        dice.uniform(0.002, 1.4),
        1.4,
    )


def random_state(seed: int) -> State:
    """Any program on any scene, with up to three more labels, most near old ones, and some saturated raw outputs."""
    dice = random.Random(seed)
    recipe = [*RECIPES][seed % len(RECIPES)]
    state = State(dice.choice([key for key in SAMPLES if key in ("coffee", "astronaut", "chelsea")]), recipe)
    if recipe == "darknet_v3" and dice.random() < 0.4:
        state = state.with_setting("truth_thresh", dice.choice((0.5, 0.7)))
    if recipe == "darknet_v2" and dice.random() < 0.4:
        state = state.with_setting("softmax", 0.0)
    truths = view_of(state).truths
    for number in range(len(truths), len(truths) + dice.randrange(4)):
        state = state.with_truth(number, xywh=near(dice, dice.choice(truths).xywh), kind=dice.choice((0, 41, 45)))
    if dice.random() < 0.2:
        for truth in truths:
            state = state.with_truth(truth.number, gone=True)
    answers = [predictor for truth in view_of(state).truths for predictor in truth.answers] or [CUP]
    for _ in range(dice.randrange(3)):
        channels = dice.sample(range(85), 3)
        state = state.with_raw(
            dice.choice(answers), {k: dice.choice((-120.0, -30.0, 7.0, 8.0, 30.0)) for k in channels}
        )
    return replace(state, at=dice.choice([*answers, Predictor("13", 0, dice.randrange(13), dice.randrange(13))]))
