"""The command line, ``lossviz`` or ``python -m lossviz``: one function for each command."""

import argparse
import io
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich import progress
from rich.console import Console
from rich.table import Column, Table
from torch import Tensor

from lossviz import __version__, bench
from lossviz.core.arguments import Writer, some_of
from lossviz.core.devices import reason
from lossviz.core.text import Text
from lossviz.engine.device import CHOICES, DEVICES, VARIABLE, WORKS, checked, choose, device_for, present
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.overlap import MEASURES
from lossviz.engine.recipe import OBJECTNESS_CHOICES, Recipe
from lossviz.engine.regression import STEPS
from lossviz.engine.remark import Remark
from lossviz.figures import commands as figures
from lossviz.lessons import commands as lessons
from lossviz.programs.verified import verified
from lossviz.race import experiment
from lossviz.recipes import RECIPES
from lossviz.scenes.file import SceneFile, check_truths, read_scene

DTYPES = {"float32": torch.float32, "float64": torch.float64}
GRADIENTS = ("true", "published")
REPORTS = ("bar", "json")
PRINTS_INSTEAD = {"loss": "this program prints its loss", "nothing": "this program prints nothing"}
"""What a report says in place of a sum of delta squared, by what the program prints."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return 0 if it went well, 2 for bad input, 130 if interrupted."""
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
    """Return an error's message without line breaks."""
    if isinstance(error, OSError):
        return f"cannot write{f' {error.filename!r}' if error.filename else ''}: {error.strerror}"
    return " ".join(str(error).split())


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(prog="lossviz", description="Every term of the YOLO losses, and its gradient.")
    top.add_argument("--version", action="version", version=f"lossviz {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("evaluate", help="the loss of a scene file, term by term")
    one.add_argument("scene", metavar="SCENE.npz", type=Path)
    one.add_argument("--recipe", required=True, choices=sorted(RECIPES), metavar="KEY", help=", ".join(sorted(RECIPES)))
    one.add_argument("--objectness", choices=OBJECTNESS_CHOICES, default="as-written")
    one.add_argument("--set", action="append", default=[], type=setting, metavar="NAME=VALUE", dest="settings")
    one.add_argument("--dtype", choices=sorted(DTYPES))
    add_device(one)
    one.add_argument("--json", metavar="FILE|-")
    one.add_argument("--npz", metavar="FILE")
    one.set_defaults(run=run_evaluate)
    add_recipes(commands)
    add_race(commands)
    lessons.add(commands, deliver)
    figures.add(commands, deliver)
    here = commands.add_parser("devices", help="the devices that are here, and which one computes what")
    add_device(here)
    here.add_argument("--json", metavar="FILE|-")
    here.set_defaults(run=run_devices)
    two = commands.add_parser("bench", help="how fast the engine is here")
    two.add_argument("--only", choices=bench.GROUPS)
    two.add_argument("--json", metavar="FILE|-")
    two.set_defaults(run=run_bench)
    return top


def add_device(command: argparse.ArgumentParser) -> None:
    """Add the choice of a device; whoever does not make it gets what the environment says."""
    command.add_argument("--device", choices=DEVICES, help=f"default: {VARIABLE} if it is set, else auto")


def asked_of(options: argparse.Namespace) -> str:
    """Return the device that was asked for, in the command or in the environment."""
    return options.device or os.environ.get(VARIABLE) or "auto"


def add_recipes(commands: Any) -> None:
    """Add the commands about several programs at once: ``compare`` and ``recipes``."""
    side = commands.add_parser("compare", help="the loss of a scene file, by every recipe")
    side.add_argument("scene", metavar="SCENE.npz", type=Path)
    side.add_argument(
        "--recipes", type=keys, default=tuple(RECIPES), metavar="KEY,...", help=", ".join(sorted(RECIPES))
    )
    add_device(side)
    side.add_argument("--json", metavar="FILE|-")
    side.set_defaults(run=run_compare)
    known = commands.add_parser("recipes", help="the programs, where they were read and how well they were checked")
    known.add_argument("--json", metavar="FILE|-")
    known.set_defaults(run=run_recipes)


def add_race(commands: Any) -> None:
    """Add the command ``race`` and its options."""
    race = commands.add_parser("race", help="boxes pulled to their targets: the Distance-IoU paper's simulation")
    field = race.add_mutually_exclusive_group(required=True)
    field.add_argument("--points", metavar="N|FILE.npz", help="the first N of 5000 shipped points, or a file with xy")
    field.add_argument("--cases", metavar="FILE.npz", type=Path, help="a file with pred and gt")
    race.add_argument("--losses", type=losses, default=tuple(MEASURES), metavar=",".join(MEASURES))
    race.add_argument("--gradient", choices=GRADIENTS, default="true")
    race.add_argument("--steps", type=whole(1, experiment.MOST_STEPS), default=STEPS)
    race.add_argument("--dtype", choices=sorted(DTYPES), default="float64")
    race.add_argument("--trajectories", action="store_true", help="with --cases: the box after each step")
    add_device(race)
    race.add_argument("--npz", metavar="OUT", help="curves and final errors")
    race.add_argument("--progress", choices=REPORTS, default="bar", help="on standard error")
    race.set_defaults(run=run_race)


losses, keys = some_of(MEASURES), some_of(RECIPES)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``low`` to ``high``."""

    def read(text: str) -> int:
        if not text.isdecimal() or len(text) > 9 or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} to {high}, not {text!r}")
        return int(text)

    return read


def setting(text: str) -> tuple[str, float]:
    """Read a setting written as NAME=VALUE."""
    name, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not name or not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE with a finite number, not {text!r}")
    return name, number


def run_evaluate(options: argparse.Namespace) -> None:
    """Read the scene and evaluate it, then write all outputs at once."""
    choose(asked_of(options), bench.sample_ms, ["evaluate"])
    file, report = evaluated(options, RECIPES[options.recipe])
    summary = summarise(report)
    outputs: dict[Path, Writer] = {}
    if options.npz == "-":
        raise ValueError("expected a file name after --npz; only --json can go to standard output")
    if options.npz is not None:
        outputs[Path(options.npz)] = lambda stream: np.savez_compressed(
            stream, allow_pickle=False, **arrays(file, report)
        )
    deliver(summary, options.json, outputs)
    show(summary, Console(stderr=options.json == "-"))


def evaluated(options: argparse.Namespace, recipe: Recipe) -> tuple[SceneFile, Report]:
    """Return the file as the recipe reads it, and the recipe's report on it.

    Raises: ValueError where the file is no good for the recipe, or the recipe does not know such scenes.
    """
    file = read_scene(options.scene, recipe.settings.accepts(), DTYPES.get(options.dtype))
    dtype = file.scene.truth.dtype
    checked(asked_of(options), dtype)
    device = device_for("evaluate")
    scene = file.scene.on("cpu" if (device, dtype) == ("mps", torch.float64) else device)
    recipe = recipe.for_scene(scene, dict(options.settings))
    check_truths(scene, recipe.truth_limit(recipe.settings), unmapped=recipe.reads_unmapped(recipe.settings))
    refusal = recipe.refusal(scene)
    if refusal:
        raise RefusalError(in_english(refusal))
    return file, evaluate(recipe.with_objectness(options.objectness), scene).on("cpu")


def in_english(remark: Remark) -> str:
    """Return a remark's sentence, without a full stop, from the catalogue that the pages use."""
    return Text("en")(remark.key, **remark.values)


class RefusalError(ValueError):
    """Raised for a sound scene that a recipe cannot be applied to."""


def run_compare(options: argparse.Namespace) -> None:
    """Evaluate the scene by each recipe, with the settings found in the file; a refusal is shown with its reason.

    Raises: ValueError where the file is no good for any of them.
    """
    options = argparse.Namespace(**vars(options), settings=[], dtype=None, objectness="as-written")
    choose(asked_of(options), bench.sample_ms, ["evaluate"])
    found = {key: answer(options, RECIPES[key]) for key in options.recipes}
    errors = [each for each in found.values() if isinstance(each, ValueError) and not isinstance(each, RefusalError)]
    if len(errors) == len(found):
        raise errors[0]
    rows = [silent(key, each) if isinstance(each, ValueError) else summarise(each) for key, each in found.items()]
    deliver({"scene": str(options.scene), "recipes": rows}, options.json, {})
    show_side_by_side(rows, Console(stderr=options.json == "-"))


def answer(options: argparse.Namespace, recipe: Recipe) -> Report | ValueError:
    """Return a recipe's report on a scene, or the error that says why there is none."""
    try:
        return evaluated(options, recipe)[1]
    except ValueError as error:
        return error


def silent(key: str, why: ValueError) -> dict[str, Any]:
    """Return the summary of a recipe that cannot be applied: no numbers, and a note that says why."""
    nothing = dict.fromkeys(("loss", "floor", "printed_cost", "printed"))
    return {"recipe": key, **nothing, "terms": [], "heads": [], "notes": [f"cannot be applied: {one_line(why)}"]}


def run_recipes(options: argparse.Namespace) -> None:
    """List every recipe with its source and its reference files."""
    rows = [known_of(recipe) for recipe in RECIPES.values()]
    deliver({"recipes": rows}, options.json, {})
    table = Table(Column("key", no_wrap=True), Column("read in", overflow="fold"), "files", "largest deviation")
    for row in rows:
        source, deviation = row["source"], row["deviation"]
        where = " ".join(part for part in (source["repository"], source["file"], source["commit"][:7]) if part)
        told = "none" if deviation is None else f"{deviation:.1e}"
        table.add_row(row["key"], f"{row['title']}\n{where or source['paper']}", str(row["reference_files"]), told)
    Console(stderr=options.json == "-").print(table)


def known_of(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe's names, source, reference files and largest gradient deviation; None without a program."""
    checked = verified().get(recipe.key)
    return {
        "key": recipe.key,
        "title": recipe.title,
        "source": asdict(recipe.source),
        "reference_files": checked.files if checked else 0,
        "deviation": checked.deviation if checked else None,
    }


def run_race(options: argparse.Namespace) -> None:
    """Read the field, run the race, then write; standard output ends with each loss's final error."""
    field = field_of(options)
    wish = experiment.Wish(
        options.losses,
        published=options.gradient == "published",
        steps=options.steps,
        dtype=DTYPES[options.dtype],
        quartiles=options.npz is not None and options.cases is None,
        trajectories=options.trajectories,
    )
    experiment.check_size(field, wish)
    if options.npz == "-":
        raise ValueError("expected a file name after --npz")
    if options.trajectories and options.npz is None:
        raise ValueError("expected --npz OUT with --trajectories: nothing else holds them")
    target = None if options.npz is None else Path(options.npz)
    if target is not None:
        check_free(target)  # before the minutes that a run may take
    asked = checked(asked_of(options), wish.dtype)
    choose(asked, bench.sample_ms, ["experiment"])
    device = asked if asked != "auto" else device_for("experiment")  # in float32 mps can do it, too
    with reporter(options.progress) as report:
        result = experiment.run(field, replace(wish, device=device), report=report)
    if target is not None:
        deliver(
            {}, None, {target: lambda stream: np.savez_compressed(stream, allow_pickle=False, **race_arrays(result))}
        )
    print(experiment.last_line(result))


def field_of(options: argparse.Namespace) -> experiment.Field:
    """Return the cases that the options ask for."""
    if options.cases is not None:
        return experiment.read_cases(options.cases)
    if options.points.lstrip("+-").isdecimal():
        return experiment.shipped_points(int(options.points))
    return experiment.read_points(Path(options.points))


@contextmanager
def reporter(kind: str) -> Iterator[Callable[[experiment.Progress], object]]:
    """Report a run's progress on standard error: a bar for people, or lines of JSON for programs."""
    if kind == "json":
        yield lambda now: print(json.dumps(asdict(now)), file=sys.stderr, flush=True)
        return
    columns = "{task.fields[loss]}", progress.BarColumn(), progress.TaskProgressColumn(), progress.TimeRemainingColumn()
    with progress.Progress(*columns, "{task.fields[backend]}", console=Console(stderr=True)) as bar:
        task = bar.add_task("race", loss="", backend="", total=None)
        yield lambda now: bar.update(task, completed=now.done, total=now.of, loss=now.loss, backend=now.backend)


def race_arrays(result: experiment.Result) -> dict[str, NDArray[Any]]:
    """Return error curves and final errors by loss, and whatever else the run kept."""
    of_points = result.field.size > 1
    found = {"init": result.start.sum()} | ({"xy": result.field.rows} if of_points else {})
    for loss, outcome in result.outcomes.items():
        found[f"curve_{loss}"] = outcome.curve
        found[f"final_per_point_{loss}" if of_points else f"final_{loss}"] = outcome.final
        if outcome.quartiles is not None:
            found[f"quartile_low_{loss}"], found[f"quartile_high_{loss}"] = outcome.quartiles
        if outcome.trajectories is not None:
            found[f"traj_{loss}"] = outcome.trajectories
    return {name: tensor.numpy() for name, tensor in found.items()}


def run_devices(options: argparse.Namespace) -> None:
    """Time a sample of each kind of work where there is a choice, and say which device computes what, and why."""
    choose(asked_of(options), bench.sample_ms)
    rows = {work: asdict(CHOICES[work]) for work in WORKS}
    deliver({"devices": list(present()), "works": rows}, options.json, {})
    text, table = Text("en"), Table("work", "device", "why")
    for work, row in rows.items():
        table.add_row(text(f"work_{work}"), row["device"], reason(CHOICES[work], text))
    console = Console(stderr=options.json == "-")
    console.print(f"here: {', '.join(present())}")
    console.print(table)


def run_bench(options: argparse.Namespace) -> None:
    """Time the engine and print a table."""
    figures = bench.measure(options.only)
    deliver(figures, options.json, {})
    clone = figures.get("clone_three_heads_ms", {"median": math.nan})["median"]
    table = Table("key", "median", "min", "in clones", title="lossviz bench, one thread")
    for key, times in figures.items():
        ratio = f"{times['median'] / clone:.1f}" if key.endswith("_ms") and not math.isnan(clone) else ""
        table.add_row(key, f"{times['median']:.3f}", f"{times['min']:.3f}", ratio)
    Console(stderr=options.json == "-").print(table)


def summarise(report: Report) -> dict[str, Any]:
    """Return a report's numbers as plain Python; what is not finite becomes None, with a note."""
    missing: list[str] = []
    instead = PRINTS_INSTEAD.get(report.recipe.prints)
    costs = [None if instead else cost for cost in report.printed_costs]

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
        {
            "name": head.name,
            "printed_cost": plain(cost, f"printed number of head {head.name}"),
            "log": report.log(number),
        }
        for number, (head, cost) in enumerate(zip(report.scene.heads, costs, strict=True))
    ]
    top = {
        "recipe": report.recipe.key,
        "loss": plain(report.loss, "loss"),
        "floor": plain(report.floor, "floor"),
        "printed_cost": plain(None if instead else report.printed_cost, "network cost"),
        "printed": plain(None if instead else report.printed, "printed number"),
    }
    notes = [in_english(remark) for remark in report.notes]
    if instead:
        notes.append(f"printed_cost and printed are null: {instead}, no sum of delta squared")
    if not report.scene.train:
        notes.append("train = 0: the outputs are activated, nothing is learned")
    if missing:
        notes.append(f"not finite, given as null: {', '.join(missing)}")
    return {**top, "terms": terms, "heads": heads, "notes": notes}


def arrays(file: SceneFile, report: Report) -> dict[str, NDArray[Any]]:
    """Return gradient, state and activated output of each head, in the raw outputs' shapes."""
    parts = {"grad": report.gradient, "state": report.states, "output": report.output}
    return {
        name + suffix: (tensor if file.batched else tensor[0]).cpu().numpy()
        for name, tensors in parts.items()
        for suffix, tensor in zip(file.suffixes, tensors, strict=True)
    }


def deliver(summary: dict[str, Any], target: str | None, outputs: Mapping[Path, Writer]) -> None:
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
            check_free(path)
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


def check_free(path: Path) -> None:
    """Check that a file can be written there.

    Raises: ValueError.
    """
    if not path.name or path.exists() > path.is_file() or not path.parent.is_dir():
        raise ValueError(f"cannot write {str(path)!r}: expected the name of a file in an existing folder")


def show(summary: dict[str, Any], console: Console) -> None:
    """Print a summary for people: its terms, the loss and its floor, and the printed numbers."""
    table = Table("term", "predictors", "loss", "floor", "excess", title=summary["recipe"])
    for row in summary["terms"]:
        excess = None if row["loss"] is None or row["floor"] is None else row["loss"] - row["floor"]
        table.add_row(row["name"], str(row["predictors"]), *(digits(n) for n in (row["loss"], row["floor"], excess)))
    console.print(table)
    console.print(f"loss {digits(summary['loss'])}, of which floor {digits(summary['floor'])}")
    squares = RECIPES[summary["recipe"]].prints == "delta squared"
    for head in summary["heads"] if squares else ():
        console.print(f"head {head['name']}: printed number {digits(head['printed_cost'])}")
        if head["log"]:
            console.print(head["log"], soft_wrap=True, highlight=False)
    if squares:
        console.print(f"network cost (mean over the heads) {digits(summary['printed_cost'])}")
        console.print(f"as printed, per image {digits(summary['printed'])}")
    for note in summary["notes"]:
        console.print(f"note: {note}", soft_wrap=True)


def show_side_by_side(rows: Sequence[dict[str, Any]], console: Console) -> None:
    """Print, term by term, each recipe's numbers, and then each recipe's notes."""
    table = Table("term", "recipe", "predictors", "loss", "floor")
    for name in dict.fromkeys(term["name"] for row in rows for term in row["terms"]):
        for row in rows:
            for term in row["terms"]:
                if term["name"] == name:
                    found = digits(term["loss"]), digits(term["floor"])
                    table.add_row(name, row["recipe"], str(term["predictors"]), *found)
        table.add_section()
    for row in rows:
        table.add_row("sum", row["recipe"], "", digits(row["loss"]), digits(row["floor"]))
    console.print(table)
    for row in rows:
        for note in row["notes"]:
            console.print(f"{row['recipe']}: {note}", soft_wrap=True)


def digits(number: float | None) -> str:
    """Return a number in seven significant digits."""
    return "none" if number is None else f"{number:.7g}"
