"""Measures how fast the engine is, in ratios within one run, because the machine may be busy."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from lossviz.engine.boxes import Boxes
from lossviz.engine.device import able, present
from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Head
from lossviz.engine.host import to_host
from lossviz.engine.memory import keep_memory
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.engine.regression import race
from lossviz.engine.scene import Scene
from lossviz.race import experiment
from lossviz.recipes import RECIPES

GROUPS = ("evaluate", "surface", "race", "recipes", "device")
COCO_ANCHORS = ((10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326))
INPUT = 416
"""The pixels along a side of the network input."""
TRUTHS = 20
SURFACE = 201
"""The number of places along a side of a surface."""
RACE_POINTS = 100
"""How many points of the experiment stand for its 5000."""
ENOUGH_SECONDS = 40
"""The seconds after which the race is not measured once more."""

BATCH = 64
"""How many images the largest batch has."""
SHORT = 20
"""Points of the experiment, and steps, of a sample."""
WARM, TRIES = 2, 5
"""How often a sample is run before it counts, and how often it is timed."""

Figures = dict[str, dict[str, float]]


def coco_scene(seed: int = 0, images: int = 1) -> Scene:
    """Return random 416x416 images: three COCO heads, 10,647 predictors of 85 channels, 20 truths each."""
    dice = torch.Generator().manual_seed(seed)
    here: dict[str, Any] = {"generator": dice, "device": "cpu"}
    anchors = torch.tensor(COCO_ANCHORS, device="cpu") / INPUT
    heads = tuple(
        Head(str(side), torch.randn(images, 3, 85, side, side, **here) * 0.5 - channel_bias(), anchors, mask)
        for side, mask in ((13, (6, 7, 8)), (26, (3, 4, 5)), (52, (0, 1, 2)))
    )
    centre = torch.rand(images, TRUTHS, 2, **here) * 0.9 + 0.05
    size = torch.exp(torch.rand(images, TRUTHS, 2, **here) * 3 - 3.7)
    kind = torch.randint(80, (images, TRUTHS, 1), **here)
    return Scene(heads, torch.cat([centre, size, kind], 2))


def channel_bias() -> torch.Tensor:
    """Return what to subtract so that objectness is far below 0, as in a network that has begun to learn."""
    bias = torch.zeros(85, device="cpu")
    bias[4] = 4
    return bias[:, None, None]


def alternately(works: dict[str, Callable[[], object]], seconds: float = 6, least: int = 20) -> Figures:
    """Return each work's median and minimum in milliseconds, run in turn so that caches are shared fairly."""
    for work in list(works.values()) * 3:
        work()
    times: dict[str, list[float]] = {key: [] for key in works}
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < least or (time.perf_counter() < end and rounds < 1000):
        rounds += 1
        for key, work in works.items():
            start = time.perf_counter()
            work()
            times[key].append((time.perf_counter() - start) * 1000)
    return {key: {"median": statistics.median(values), "min": min(values)} for key, values in times.items()}


@torch.inference_mode()
def everything(recipe_key: str, scene: Scene) -> object:
    """Return a whole evaluation: each term's value, the total and the dense gradient."""
    report = evaluate(RECIPES[recipe_key], scene)
    return report.loss, report.gradient


def clones(scene: Scene) -> list[torch.Tensor]:
    """Return copies of the raw outputs; the time this takes is the yardstick for all others."""
    return [head.raw.clone() for head in scene.heads]


def import_seconds() -> dict[str, float]:
    """Return how long a fresh interpreter takes to import what a page needs of the engine."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import lossviz.recipes"], check=True)
        times.append(time.perf_counter() - start)
    return {"median": statistics.median(times), "min": min(times)}


def grid_boxes(axes: str, device: str = "cpu") -> tuple[Boxes, Boxes]:
    """Return a surface's boxes, spread over a row and a column of values, and the box they are compared with."""
    away, sides = (torch.linspace(low, high, SURFACE, device=device) for low, high in ((-2, 2), (0.02, 4)))
    other = Boxes.of(torch.tensor([0.1, 0.05, 1.0, 0.8], device=device))
    x, y, w, h = torch.tensor([0.3, 0.4, 0.7, 1.1], device=device).unbind()
    if axes == "dxdy":
        return Boxes(away[None], away[:, None], w, h), other
    return Boxes(x, y, sides[None], sides[:, None]), other


@torch.inference_mode()
def surface(axes: str, device: str = "cpu") -> list[tuple[torch.Tensor, Boxes]]:
    """Return the four measures and their slopes in x, y, w, h, in closed form."""
    pair = Pair(*grid_boxes(axes, device))
    return [(measure.value(pair), measure.slope(pair)) for measure in MEASURES.values()]


def surface_autograd(axes: str) -> object:
    """Return the same values and slopes by autograd: dense columns, one backward pass a measure."""
    boxes, other = grid_boxes(axes)
    table = boxes.table()
    found = []
    for measure in MEASURES.values():
        columns = [column.clone().requires_grad_() for column in table.unbind(-1)]
        value = measure.value(Pair(Boxes(*columns), other))
        found.append((value, torch.autograd.grad(value.sum(), columns, allow_unused=True)))
    return found


def race_rate(device: str = "cpu") -> dict[str, float]:
    """Return box updates a second over the four losses; the first run compiles and does not count."""
    field, wish = experiment.shipped_points(RACE_POINTS), experiment.Wish(published=True, device=device)
    rates: list[float] = []
    begun = time.perf_counter()
    experiment.run(field, wish, worth_compiling=0)
    while not rates or (len(rates) < 3 and time.perf_counter() - begun < ENOUGH_SECONDS):
        result = experiment.run(field, wish, worth_compiling=0)
        seconds = sum(outcome.seconds for outcome in result.outcomes.values())
        rates.append(field.cases * wish.steps * len(wish.losses) / seconds)
    return {"median": statistics.median(rates), "min": min(rates)}


def measure(only: str | None = None) -> Figures:
    """Return the figures of one group, or of all groups, measured on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        keep_memory()
        if only == "device":
            return devices()
        times = {} if only == "race" else alternately(works(only))
        times |= {"import_s": import_seconds()} if only in (None, "evaluate") else {}
        return times | ({"race_updates_per_s": race_rate()} if only in (None, "race") else {})
    finally:
        torch.set_num_threads(threads)


def on_device(device: str) -> dict[str, Callable[[], object]]:
    """Return what is timed on each device, by key; each ends with its numbers on the host, as on a page."""
    scene, batch = coco_scene().on(device), coco_scene(images=BATCH).on(device)
    one_head = replace(scene, heads=scene.heads[:1])
    return {
        f"{device}_head13_ms": lambda: home(one_head),
        f"{device}_three_heads_ms": lambda: home(scene),
        f"{device}_batch_of_{BATCH}_ms": lambda: home(batch),
        f"{device}_surface_ms": lambda: to_host(*(value for value, _ in surface("dxdy", device))),
    }


@torch.inference_mode()
def home(scene: Scene) -> object:
    """Return loss and gradient of a scene by YOLOv3's loss, on the host."""
    report = evaluate(RECIPES["darknet_v3"], scene)
    return to_host(*(loss for loss in (report.loss, *report.gradient) if loss is not None))


def devices() -> Figures:
    """Return the figures of every device that is here."""
    here = present()
    works = {key: work for device in here for key, work in on_device(device).items()}
    rates = {f"{device}_updates_per_s": race_rate(device) for device in here if able("experiment", [device])}
    return alternately(works, least=5) | rates


def sample(work: str, device: str) -> Callable[[], object]:
    """Return a small piece of a kind of work, to be timed on a device."""
    scene = coco_scene()
    if work == "surface":
        return lambda: to_host(*(value for value, _ in surface("dxdy", device)))
    if work == "race":
        ends = torch.tensor([[4.0, 6.0, 1.0, 2.0], [10.0, 10.0, 2.0, 1.0]], dtype=torch.float64, device=device)
        return lambda: to_host(race(*ends, steps=SHORT))
    if work == "experiment":
        field, wish = experiment.shipped_points(SHORT), experiment.Wish(("giou",), steps=SHORT, device=device)
        return lambda: experiment.run(field, wish)
    if work == "steps":
        heads = tuple(replace(head, raw=head.raw.double(), anchors=head.anchors.double()) for head in scene.heads[:2])
        scene = replace(scene, heads=heads, truth=scene.truth.double())
    if work == "evaluate":
        scene = replace(scene, heads=scene.heads[:2])
    there = scene.on(device)
    return lambda: home(there)


def sample_ms(work: str, device: str) -> float:
    """Return the milliseconds that a small piece of a kind of work takes on a device, the median of a few tries."""
    piece = sample(work, device)
    times = []
    for _ in range(WARM + TRIES):
        start = time.perf_counter()
        piece()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[WARM:])


def works(only: str | None) -> dict[str, Callable[[], object]]:
    """Return what is timed in milliseconds, by key."""
    scene = coco_scene()
    small = Scene(scene.heads[:1], scene.truth)
    found: dict[str, Callable[[], object]] = {"clone_three_heads_ms": lambda: clones(scene)}
    if only in (None, "evaluate"):
        found["evaluate_three_heads_ms"] = lambda: everything("darknet_v3", scene)
        found["evaluate_head13_ms"] = lambda: everything("darknet_v3", small)
    if only in (None, "surface"):
        for axes in ("dxdy", "wh"):
            found[f"surface_{axes}_ms"] = partial(surface, axes)
            found[f"surface_{axes}_autograd_ms"] = partial(surface_autograd, axes)
    if only in (None, "recipes"):
        found |= {f"evaluate_{key}_ms": partial(everything, key, scene) for key in RECIPES}
    return found
