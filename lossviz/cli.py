"""The command line: ``python -m lossviz evaluate`` and ``python -m lossviz bench``."""

import argparse
import io
import json
import math
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from torch import Tensor

from lossviz import bench
from lossviz.device import DEVICES, pick_device
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.recipes import RECIPES
from lossviz.scene_file import SceneFile, check_truths, read_scene

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it went well, 2 for bad input, 130 if interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without box-drawing characters still gets its table
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except (ValueError, OSError) as error:
        print(f"lossviz: error: {one_line(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("lossviz: interrupted", file=sys.stderr)
        return 130
    return 0


def one_line(error: Exception) -> str:
    """An error's message without line breaks."""
    if isinstance(error, OSError):
        return f"cannot write{f' {error.filename!r}' if error.filename else ''}: {error.strerror}"
    return " ".join(str(error).split())


def parser() -> argparse.ArgumentParser:
    """What can be said."""
    top = argparse.ArgumentParser(prog="lossviz", description="Every term of the YOLO losses, and its gradient.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("evaluate", help="the loss of a scene file, term by term")
    one.add_argument("scene", metavar="SCENE.npz", type=Path)
    one.add_argument("--recipe", required=True, choices=sorted(RECIPES), metavar="KEY", help=", ".join(sorted(RECIPES)))
    one.add_argument("--objectness", choices=OBJECTNESS_CHOICES, default="as-written")
    one.add_argument("--set", action="append", default=[], type=setting, metavar="NAME=VALUE", dest="settings")
    one.add_argument("--dtype", choices=sorted(DTYPES))
    one.add_argument("--device", choices=DEVICES, default="auto")
    one.add_argument("--json", metavar="FILE|-")
    one.add_argument("--npz", metavar="FILE")
    one.set_defaults(run=run_evaluate)
    two = commands.add_parser("bench", help="how fast the engine is here")
    two.add_argument("--only", choices=bench.GROUPS)
    two.add_argument("--json", metavar="FILE|-")
    two.set_defaults(run=run_bench)
    return top


def setting(text: str) -> tuple[str, float]:
    """NAME=VALUE."""
    name, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not name or not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE with a finite number, not {text!r}")
    return name, number


def run_evaluate(options: argparse.Namespace) -> None:
    """Read, evaluate, then write everything at once."""
    recipe = RECIPES[options.recipe]
    file = read_scene(options.scene, recipe.settings.accepts(), DTYPES.get(options.dtype))
    scene = file.scene.on(pick_device(options.device, file.scene.truth.dtype))
    recipe = recipe.for_scene(scene, dict(options.settings))
    check_truths(scene, recipe.truth_limit(recipe.settings), unmapped=recipe.reads_unmapped(recipe.settings))
    report = evaluate(recipe.with_objectness(options.objectness), scene)
    summary = summarise(report)
    outputs: dict[Path, Callable[[IO[bytes]], object]] = {}
    if options.npz == "-":
        raise ValueError("expected a file name after --npz; only --json can go to standard output")
    if options.npz is not None:
        outputs[Path(options.npz)] = lambda stream: np.savez_compressed(
            stream, allow_pickle=False, **arrays(file, report)
        )
    deliver(summary, options.json, outputs)
    show(summary, Console(stderr=options.json == "-"))


def run_bench(options: argparse.Namespace) -> None:
    """Time the engine and print a table."""
    figures = bench.measure(options.only)
    deliver(figures, options.json, {})
    clone = figures["clone_three_heads_ms"]["median"]
    table = Table("key", "median", "min", "in clones", title="lossviz bench, one thread")
    for key, times in figures.items():
        ratio = f"{times['median'] / clone:.1f}" if key.endswith("_ms") else ""
        table.add_row(key, f"{times['median']:.3f}", f"{times['min']:.3f}", ratio)
    Console(stderr=options.json == "-").print(table)


def summarise(report: Report) -> dict[str, Any]:
    """The numbers of a report as plain Python; what is not finite becomes None, with a note."""
    missing: list[str] = []

    def plain(value: Tensor | None, name: str) -> float | None:
        number = math.nan if value is None else float(value)
        if value is not None and not math.isfinite(number):
            missing.append(name)
        return number if math.isfinite(number) else None

    terms = [
        {
            "name": result.term.name,
            "predictors": result.predictors,
            "loss": plain(result.loss, f"loss of {result.term.name}"),
            "floor": plain(None if result.loss is None else result.floor.sum(), f"floor of {result.term.name}"),
        }
        for result in report.terms
    ]
    heads = [
        {"name": head.name, "printed_cost": plain(cost, f"printed cost of head {head.name}"), "log": report.log(number)}
        for number, (head, cost) in enumerate(zip(report.scene.heads, report.printed_costs, strict=True))
    ]
    top = {
        "recipe": report.recipe.key,
        "loss": plain(report.loss, "loss"),
        "floor": plain(report.floor, "floor"),
        "printed_cost": plain(report.printed_cost, "printed cost"),
    }
    notes = list(report.notes)
    if not report.scene.train:
        notes.append("train = 0: the outputs are activated, nothing is learned")
    if missing:
        notes.append(f"not finite, given as null: {', '.join(missing)}")
    return {**top, "terms": terms, "heads": heads, "notes": notes}


def arrays(file: SceneFile, report: Report) -> dict[str, NDArray[Any]]:
    """Gradient, state and activated output of each head, in the raw outputs' shapes."""
    parts = {"grad": report.gradient, "state": report.states, "output": report.output}
    return {
        name + suffix: (tensor if file.batched else tensor[0]).cpu().numpy()
        for name, tensors in parts.items()
        for suffix, tensor in zip(file.suffixes, tensors, strict=True)
    }


def deliver(summary: dict[str, Any], target: str | None, outputs: Mapping[Path, Callable[[IO[bytes]], object]]) -> None:
    """Write JSON and further files: all of them or, where one cannot be written, none."""
    text = json.dumps(summary, allow_nan=False, indent=2) + "\n"
    writers = dict(outputs)
    if target is not None and target != "-":
        if Path(target) in writers:
            raise ValueError(f"expected two different files for --json and --npz, not {target!r} twice")
        writers[Path(target)] = lambda stream: stream.write(text.encode())
    drafts: dict[Path, Path] = {}
    try:
        for path, write in writers.items():
            if not path.name or path.exists() > path.is_file() or not path.parent.is_dir():
                raise ValueError(f"cannot write {str(path)!r}: expected the name of a file in an existing folder")
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
                drafts[path] = Path(stream.name)
                write(stream)
        for path, draft in drafts.items():
            draft.chmod(0o644)
            draft.replace(path.resolve())
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
    if target == "-":
        sys.stdout.write(text)
        sys.stdout.flush()


def show(summary: dict[str, Any], console: Console) -> None:
    """The same for people."""
    table = Table("term", "predictors", "loss", "floor", "excess", title=summary["recipe"])
    for row in summary["terms"]:
        excess = None if row["loss"] is None or row["floor"] is None else row["loss"] - row["floor"]
        table.add_row(row["name"], str(row["predictors"]), *(digits(n) for n in (row["loss"], row["floor"], excess)))
    console.print(table)
    console.print(f"loss {digits(summary['loss'])}, of which floor {digits(summary['floor'])}")
    for head in summary["heads"]:
        console.print(f"head {head['name']}: printed cost {digits(head['printed_cost'])}")
        if head["log"]:
            console.print(head["log"], soft_wrap=True, highlight=False)
    console.print(f"network cost, as printed (mean over the heads) {digits(summary['printed_cost'])}")
    for note in summary["notes"]:
        console.print(f"note: {note}", soft_wrap=True)


def digits(number: float | None) -> str:
    """Seven significant digits."""
    return "none" if number is None else f"{number:.7g}"
