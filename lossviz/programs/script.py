"""A state's loss as a script on torch alone, to take home: it computes everything again and asserts the page's numbers.

Data are the truths and the raw outputs. Each recipe's rule of who answers stands in ``scripts/<recipe>.txt``; what all
recipes share, and the table of terms, is put around it here.
"""

import base64
import json
import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from string import Template

import torch
from torch import Tensor

from lossviz.engine.answers import AssignmentInput
from lossviz.engine.assign import Assignment
from lossviz.engine.evaluate import Report, TermResult, evaluate
from lossviz.engine.heads import CENTRE, CLASSES, OBJECTNESS, PLACE, ROOT, SIZE, Predictor
from lossviz.engine.recipe import Term
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES

FOLDER = Path(__file__).parent / "scripts"

FORMULAS = {
    "bce": "-t * logsigmoid(z) - (1 - t) * logsigmoid(-z)",
    "half_squared_of_sigmoid": "(z.sigmoid() - t) ** 2 / 2",
    "squared_of_sigmoid": "(z.sigmoid() - t) ** 2",
    "half_squared": "(z - t) ** 2 / 2",
    "squared": "(z - t) ** 2",
    "softmax_cross_entropy": "-t * z.log_softmax(1)",
    "half_squared_of_softmax": "(z.softmax(1) - t) ** 2 / 2",
    "squared_of_softmax": "(z.softmax(1) - t) ** 2",
    "focal_bce": "(z.sigmoid() - t) ** 2 * bce(z, t)",
    "half_squared_of_root": "(z.sqrt() - t.sqrt()) ** 2 / 2",
    "squared_of_root": "(z.sqrt() - t.sqrt()) ** 2",
    "squared_of_place": "(z - z.floor() - t) ** 2",
    "iou_loss": "1 - iou(z, t)[:, None]",
    "giou_loss": "1 - giou(z, t)[:, None]",
    "giou_eps_loss": "1 - giou(z, t, 1e-6)[:, None]",
    "diou_loss": "1 - (iou(z, t) - apart(z, t))[:, None]",
    "ciou_loss": "1 - (iou(z, t) - apart(z, t) - aspect(z, t))[:, None]",
}
"""Each loss as Python, by its name in the engine: of raw outputs z, or of the decoded box, and targets t."""
RAW = {CENTRE.name: ":2", SIZE.name: "2:4", OBJECTNESS.name: "4:5", CLASSES.name: "5:"}
DECODED = {PLACE.name: ":2", ROOT.name: "2:4"}
"""Columns of the decoded box, in shares of the input, by part; ``RAW`` has those of raw outputs."""


def has_script(recipe: str) -> bool:
    """Return whether a recipe's rule is written down as a script."""
    return (FOLDER / f"{recipe}.txt").is_file()


def script(report: Report, chosen: Predictor) -> str | None:
    """Return the script that computes a report again, and the gradient of one predictor.

    None where it cannot: several images, slopes that belong to no loss, another program's rule of who answers.
    """
    if not speakable(report):
        return None
    rule, targets = (FOLDER / f"{report.recipe.key}.txt").read_text(encoding="utf-8").split("# targets\n")
    blocks = common()
    helpers = {name: text for name, text in blocks.items() if name not in ("head", "rule", "targets", "end")}
    helpers |= {name: f"def {name}(z, t): return {value}\n" for name, value in FORMULAS.items()}
    whom = [whom_of(result.term, report.assignments[0]) for result in report.terms]
    rows = zip(report.terms, whom, strict=True)
    terms = "\n".join(line_of(result.term, slots, targets) for result, slots in rows if applies(result))
    body = "".join([blocks["rule"], rule, blocks["targets"], targets, blocks["end"]])
    text = "".join([blocks["head"], *used_by(body + terms, helpers), body])
    data = Data.of(report)
    return Template(text).substitute(
        **facts_of(report, rule + targets + terms),
        **data.facts(),
        **page_of(report, chosen),
        terms=terms,
    )


def applies(result: TermResult) -> bool:
    """Return whether a term is shown: the early pull to the anchors is not where it is over."""
    return bool(result.predictors) or not result.term.name.startswith("prior")


def common() -> dict[str, str]:
    """Return the blocks that all scripts share, by name."""
    parts = re.split(r"^# --- (\w+)\n", (FOLDER / "common.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def used_by(text: str, helpers: dict[str, str]) -> list[str]:
    """Return the helpers that a text calls, and those that these call; each stands after what it calls itself."""
    found: list[str] = []
    for name, helper in reversed(helpers.items()):
        if re.search(rf"\b{name}\(", text):
            found.insert(0, helper)
            text += helper
    return found


def speakable(report: Report) -> bool:
    """Return whether a report's loss can be written as a script."""
    recipe, scene = report.recipe, report.scene
    plain = scene.train and not scene.class_map and scene.truth.shape[0] == 1
    known = all(term.loss.value is not None and term.loss.name in FORMULAS for term in recipe.terms)
    return plain and known and has_script(recipe.key) and own_assignment(report)


def own_assignment(report: Report) -> bool:
    """Return whether the recipe's own rule, in double precision, asks the same of the same predictors."""
    written = replace(RECIPES[report.recipe.key], settings=report.recipe.settings)
    found = evaluate(written, doubled(report.scene)).assignments
    return all(same(mine, theirs) for mine, theirs in zip(report.assignments, found, strict=True))


def doubled(scene: Scene) -> Scene:
    """Return the scene in double precision."""
    heads = tuple(replace(head, raw=head.raw.double(), anchors=head.anchors.double()) for head in scene.heads)
    return replace(scene, heads=heads, truth=scene.truth.double())


def same(a: Assignment, b: Assignment) -> bool:
    """Return whether two assignments name the same predictors and the same truths."""
    pairs = (
        (a.positives.slot, b.positives.slot),
        (a.positives.fact["truth"], b.positives.fact["truth"]),
        (a.negatives.slot, b.negatives.slot),
        (a.classified.slot, b.classified.slot),
    )
    return all(torch.equal(x, y) for x, y in pairs)


def whom_of(term: Term, found: Assignment) -> str:
    """Return what a script calls the predictors that a row of the table applies to."""
    rows = term.slots(found)
    sets = {
        "answer": found.positives,
        "negative": found.negatives,
        "prior": found.priors,
        "classified": found.classified,
    }
    return next(name for name, mine in sets.items() if mine is rows)


def line_of(term: Term, slots: str, targets: str) -> str:
    """Return a term of the loss as a line of the script."""
    weight, part = weight_of(term.name, targets), term.part.name
    if part in RAW:
        what = f"z[{slots}, {RAW[part]}], {target_of(term, slots)}"
    elif part in DECODED:
        what = f"drawn[{slots}, {DECODED[part]}], wanted[:, {DECODED[part]}]"
    else:
        what = f"drawn[{slots}] * PIXELS, wanted[:, :4] * PIXELS"
    return f'    "{term.name}": (weight["{weight}"] * {term.loss.name}({what})).sum(),'


def weight_of(name: str, targets: str) -> str:
    """Return whose weight a row has: where box terms were swapped, that of the row in whose place it stands."""
    return name if f'"{name}"' in targets else "centre" if name == "box" else "box"


def target_of(term: Term, slots: str) -> str:
    """Return what the script holds a row of raw outputs against."""
    if slots == "prior":
        return "0.5" if term.part == CENTRE else "0"
    return "nothing" if slots == "negative" else term.part.name


def facts_of(report: Report, text: str) -> dict[str, str]:
    """Return the names, anchors, heads, truths and settings that are filled into the script."""
    recipe, scene = report.recipe, report.scene
    source = recipe.source
    read = ", ".join(part for part in (source.repository, source.file, source.commit[:10]) if part) or source.paper
    truths = [(*row, int(kind)) for row, kind in zip(rounded(report.truths.table), report.truths.kinds, strict=True)]
    settings = {name: value for name, value in asdict(recipe.settings).items() if re.search(rf"\b{name}\b", text)}
    lines = [assigned(list(settings.items())[n : n + 6]) for n in range(0, len(settings), 6)]
    if "PIXELS" in text:
        lines.append(f"PIXELS = torch.tensor({list(scene.pixels)} * 2)  # of the network input")
    equal = any(row.delta_weight is not None for row in recipe.terms)
    return {
        "title": recipe.title,
        "source": read,
        "anchors": literal(rounded(scene.heads[0].anchors)),
        "heads": literal([(*head.grid, list(head.mask)) for head in scene.heads]),
        "truths": literal(truths),
        "settings": "\n".join(lines) or "# this program has no settings",
        "share": "torch.ones(len(answer), 1)" if equal else "wanted[:, 2:4].prod(1, True)",
    }


def assigned(pairs: Sequence[tuple[str, float]]) -> str:
    """Return names and their values as one assignment statement."""
    return f"{', '.join(name for name, _ in pairs)} = {', '.join(f'{value:.9g}' for _, value in pairs)}"


def rounded(table: Tensor) -> list[tuple[float, ...]]:
    """Return rows of numbers with nine digits: as many as float32 needs."""
    return [tuple(float(f"{number:.9g}") for number in row) for row in table.tolist()]


def literal(rows: Sequence[object]) -> str:
    """Return rows as a Python list is written."""
    return repr(list(rows))


def page_of(report: Report, chosen: Predictor) -> dict[str, str]:
    """Return the numbers shown, to seven digits, and the absolute error allowed.

    The error is twice what the page's single precision costs.
    """
    index = next(n for n, head in enumerate(report.scene.heads) if head.name == chosen.head)
    shown = numbers_of(report, index, chosen)
    exact = numbers_of(evaluate(report.recipe, doubled(report.scene)), index, chosen)
    costs = {name: abs(shown[name] - number) for name, number in exact.items()}
    cost = max((cost for name, cost in costs.items() if cost > 5e-6 * abs(exact[name])), default=0.0)
    return {
        "chosen": str((index, chosen.anchor, chosen.column, chosen.row)),
        "page": json.dumps({name: float(f"{number:.7g}") for name, number in shown.items()}),
        "least": f"{max(1e-6, 2 * cost):.1e}",
    }


def numbers_of(report: Report, index: int, chosen: Predictor) -> dict[str, float]:
    """Return each term, their sum, the chosen predictor's slopes, and the squares of all slopes, by name."""
    slope = report.gradient[index][0, chosen.anchor, :, chosen.row, chosen.column].double()
    losses = {result.term.name: result.loss for result in report.terms if applies(result)} | {"loss": report.loss}
    return {
        **{name: float(loss) for name, loss in losses.items() if loss is not None},
        **dict(zip(("d/dx", "d/dy", "d/dw", "d/dh", "d/dobjectness"), slope.tolist(), strict=False)),
        "squares of class slopes": float((slope[5:] ** 2).sum()),
        "squares of all slopes": sum(float((head.double() ** 2).sum()) for head in report.gradient),
    }


@dataclass(frozen=True)
class Data:
    """What a script needs of the raw outputs, by predictor: all heads end to end, each by anchor, row and column."""

    raw: Tensor
    boxed: Tensor
    """Which predictors' boxes matter: those to be learnt from, in a cell with a truth, or near one."""
    classed: Tensor
    """Which predictors have a class to learn."""

    @classmethod
    def of(cls, report: Report) -> "Data":
        """Return what a script needs of a report on one image."""
        raws = [head.raw[0].movedim(1, -1).flatten(0, -2) for head in report.scene.heads]
        boxed = [near(report, index) for index in range(len(raws))]
        classed = [torch.zeros(len(raw), dtype=torch.bool) for raw in raws]
        for result in report.terms:
            for index, lines in enumerate(result.heads):
                if result.term.name == "class":
                    classed[index][result.slot[lines]] = True
                elif result.term.part != OBJECTNESS:
                    boxed[index][result.slot[lines]] = True
        return cls(torch.cat(raws), torch.cat(boxed), torch.cat(classed))

    def facts(self) -> dict[str, str]:
        """Return how many predictors there are, and their numbers packed as text, to be filled into the script."""
        boxed, classed = (mark.nonzero()[:, 0] for mark in (self.boxed, self.classed))
        numbers = [self.raw[:, 4], boxed, self.raw[boxed, :4], classed, self.raw[classed, 5:]]
        packed = torch.cat([part.flatten().float() for part in numbers]).numpy().astype("<f4").tobytes()
        return {
            "data": base64.b85encode(zlib.compress(packed, 9)).decode(),
            "predictors": str(len(self.raw)),
            "boxed": str(len(boxed)),
            "classed": str(len(classed)),
            "classes": str(self.raw.shape[1] - 5),
        }


def near(report: Report, index: int) -> Tensor:
    """Return which present boxes may matter to who answers and who is ignored: near or beside a truth, or empty.

    Near a truth means above half the least overlap that the recipe compares with; beside it, in a cell with a truth.
    """
    head, settings = report.scene.heads[index], asdict(report.recipe.settings)
    field = AssignmentInput(head, report.truths, report.scene)
    least = min((settings[name] for name in report.recipe.near), default=math.inf) / 2
    box = field.predicted
    found = (field.best[0] > least) | (box.w * box.h == 0).flatten()
    if not least or settings.get("classfix") == -1:
        return torch.ones_like(found)
    anchors = torch.arange(len(head.mask))[:, None]
    found[field.slots(anchors, *field.cell).flatten()] = True
    return found
