"""A recipe's loss as a table: over these predictors, this weight, this loss."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lossviz.engine.answers import Assigner
from lossviz.engine.assign import Assignment, Selection
from lossviz.engine.box_terms import BOX_LOSSES, box_rows
from lossviz.engine.boxes import Boxes
from lossviz.engine.formula import Comparison, Formula
from lossviz.engine.heads import BOX, CENTRE, CLASSES, OBJECTNESS, SIZE, Head, Part
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import bce, half_squared, half_squared_of_sigmoid, of_first_column, softmax_cross_entropy

Weight = Callable[[Selection], Tensor]
"""Returns one number a predictor, or one for all, for the selected predictors."""

OBJECTNESS_CHOICES = ("as-written", "bce", "mse")
ObjectnessChoice = Literal["as-written", "bce", "mse"]
SWITCHED: dict[str, Formula] = {"bce": bce, "mse": half_squared_of_sigmoid}
CLASS_CHOICES: dict[str, Formula] = {"softmax": softmax_cross_entropy, "sigmoid": bce}


def times(factor: float) -> Weight:
    """Return the same weight for every predictor."""
    return lambda rows: rows.like.new_full((), factor)


def small_boxes_count_more(rows: Selection) -> Float[Tensor, " n"]:
    """Return 2 - w h, sides in shares of the input: from 2 for a tiny truth to 1 for one that fills it."""
    return 2 - rows.fact["share"]


def filling_the_image(weight: Weight) -> Weight:
    """Return the weight that a truth as large as the image would have."""
    return lambda rows: weight(replace(rows, fact={**rows.fact, "share": torch.ones_like(rows.fact["share"])}))


def scaled(factor: float, weight: Weight) -> Weight:
    """Return a weight times a constant."""
    return lambda rows: factor * weight(rows)


def stated(name: str) -> Weight:
    """Return a weight that the assignment worked out, by its name among the facts."""
    return lambda rows: rows.fact[name]


@dataclass(frozen=True)
class Term:
    """A row of the table: which predictors, which raw channels, what weight, what loss.

    ``delta`` is what the program writes into its delta array before the weight, where that is not -slope: YOLOv2
    multiplies the sigmoid's slope in later, on the way back.
    """

    name: str
    slots: Callable[[Assignment], Selection]
    part: Part
    weight: Weight
    loss: Formula
    delta: Comparison | None = None
    delta_weight: Weight | None = None
    """The weight of what is written into the delta array, where ``weight`` was swapped."""
    passed: Comparison | None = None
    """The slope that the program passes back, where ``loss`` was swapped."""

    def swapped(self, **changes: Any) -> "Term":
        """Return the row with another loss, weight or part; what the program writes, passes back and prints stays."""
        if "weight" in changes and self.delta_weight is None:
            changes = {"delta_weight": self.weight} | changes
        if "loss" in changes and changes.get("part", self.part) == self.part:
            changes = {"delta": self.written, "passed": self.passed or self.loss.slope} | changes
        return replace(self, **changes)

    @property
    def written(self) -> Comparison:
        """Return what the program writes into its delta array, before the weight."""
        slope = self.loss.slope
        return self.delta or (lambda z, t: -slope(z, t))


@dataclass(frozen=True)
class Source:
    """The place where a recipe's rules were read: repository, file, commit, and the paper."""

    repository: str
    file: str
    commit: str
    since: str
    paper: str = ""


def knob(default: float, low: float, high: float, meaning: str) -> Any:
    """Return a setting with its bounds; whole-numbered where the default is an int."""
    return field(default=default, metadata={"low": low, "high": high, "meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """Settings that a program lets its users set. Each recipe extends them; names are those of its files."""

    def accepts(self) -> tuple[str, ...]:
        """Return the names of the settings."""
        return tuple(f.name for f in fields(self))

    def bounds(self) -> dict[str, tuple[float, float, bool]]:
        """Return lowest and highest value of each setting, and whether it is a whole number."""
        return {f.name: (f.metadata["low"], f.metadata["high"], isinstance(f.default, int)) for f in fields(self)}

    def checked(self, name: str, value: float) -> float:
        """Return the value in the setting's own type.

        Raises: ValueError, in one sentence, for an unknown name or a value out of bounds.
        """
        known = self.bounds()
        if name not in known:
            raise ValueError(f"unknown setting '{name}': expected one of {', '.join(known)}")
        low, high, whole = known[name]
        if not low <= value <= high or (whole and value != int(value)):
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{name} must be {kind} from {low:g} to {high:g}, not {value:g}")
        return int(value) if whole else float(value)


def redrawn(row: Term, rows: tuple[Term, ...], choice: str) -> tuple[Term, ...]:
    """Return what becomes of a row of the table when the box terms are swapped."""
    if row.name == "box":
        if choice in BOX_LOSSES:
            return (row.swapped(loss=BOX_LOSSES[choice]),)
        centre = Term("centre", row.slots, CENTRE, row.weight, SWITCHED[choice])
        return centre, Term("size", row.slots, SIZE, row.weight, half_squared)
    if row.name == "centre" and choice in BOX_LOSSES:
        size = next(other for other in rows if other.name == "size")
        return (Term("box", row.slots, BOX, row.weight, BOX_LOSSES[choice], **as_before(row, size)),)
    if row.name == "centre":
        return (row.swapped(loss=SWITCHED[choice], part=CENTRE),)
    return () if row.name == "size" and choice in BOX_LOSSES else (row,)


def as_before(centre: Term, size: Term) -> dict[str, Any]:
    """Return what the program writes and passes back for a box, from the targets of a box loss."""
    if (centre.part, size.part) != (CENTRE, SIZE):
        return {}

    def both(first: Comparison, second: Comparison) -> Comparison:
        return lambda z, t: torch.cat(
            [first(z[:, :2], t[:, :2] / t[:, 6:8] - t[:, 8:]), second(z[:, 2:], (t[:, 2:4] / t[:, 4:6]).log())], 1
        )

    return {"delta": both(centre.written, size.written), "passed": both(centre.loss.slope, size.loss.slope)}


def with_boxes(assign: Callable[..., Assignment]) -> Callable[..., Assignment]:
    """Return the same assignment in which the positives know the targets of a box loss, too."""

    def assigned(settings: Settings, head: Head, truths: Truths, scene: Scene, **who: Assigner) -> Assignment:
        found = assign(settings, head, truths, scene, **who)
        rows = found.positives
        if "box" in rows.target:
            return found
        boxes = Boxes.of(truths.table[rows.fact["truth"]])
        more = replace(rows, target={**rows.target, "box": box_rows(rows, boxes, head, scene)})
        return replace(found, positives=more, classified=more if found.classified is rows else found.classified)

    return assigned


def undefined_count(marks: tuple[Tensor, ...], scene: Scene) -> int:
    """Return at how many raw outputs a program's own gradient is nan; 0 where it does not train."""
    return sum(int(mark.sum()) for mark in marks) if scene.train else 0


@dataclass(frozen=True)
class Recipe:
    """One program's loss: who answers for what, and a table of terms.

    ``activate`` gives the activated output of raw rows whose last axis holds all channels. ``printed`` writes the line the
    program logs for a head.
    """

    key: str
    title: str
    source: Source
    settings: Settings
    table: Callable[[Any], tuple[Term, ...]]
    rule: Callable[[Any], Assigner]
    """Returns the rule of who answers for which truth, and who is left in peace, from the settings."""
    assign: Callable[..., Assignment]
    """Returns what is asked of each predictor, from (settings, head, truths, scene), by the program's rule.

    With ``who`` another program's rule says who answers.
    """
    activate: Callable[[Any, Tensor], Tensor]
    truth_limit: Callable[[Any], int]
    printed: Callable[[Any, Head, Assignment, Truths, Scene], str] | None = None
    """Returns the line the program logs for a head; None where the program logs none."""
    prints: Literal["delta squared", "loss", "nothing"] = "loss"
    """The number the program prints while it trains."""
    chooses_by: Literal["shape", "centred", "predicted", "score"] = "shape"
    """The fit by which the rule chooses who answers for a truth: "shape" is the IoU of the two shapes alone, as if they had
    one centre; "centred" that of the truth with the anchor in the middle of its cell; "predicted" that of the truth with the
    box that is predicted at present; "score" is yhcc's ratio, with the enclosing box in place of the shared area."""
    near: tuple[str, ...] = ()
    """Settings that the rule compares with the IoU of present boxes: boxes far below the least of them do not matter."""
    mean_over_images: bool = False
    """Whether the sum is divided by the number of images."""
    square: bool = False
    """Whether the program knows square grids only."""
    reads_unmapped: Callable[[Any], bool] = lambda settings: False
    """Whether some class is used as it stands in the truth, not renamed by ``class_map``."""
    notes: Callable[[Any, Scene], tuple[Remark, ...]] = lambda settings, scene: ()
    """Returns what a reader of the numbers should know, from (settings, scene)."""
    undefined: Callable[[Any, Scene], tuple[Bool[Tensor, "b a channels h w"], ...]] | None = None
    """Returns a mark for each raw output of each head, from (settings, scene).

    The program's own gradient is nan where it is set, and ours is finite.
    """
    box_blind: Callable[[Any], bool] = lambda settings: False
    """Whether what is asked of a predictor that answers for a truth depends on the truth alone, not on its present box."""
    assumed: tuple[str, ...] = ()
    """Keys of the sentences that say how the recipe is read here where its source is silent."""
    across_heads: bool = False
    """Whether who answers in one head depends on the anchors of the scene's other heads."""
    edits: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    coordinates: str = "as-written"

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return the rows of the table, after the edits."""
        rows = self.table(self.settings)
        if self.coordinates != "as-written":
            rows = tuple(new for row in rows for new in redrawn(row, rows, self.coordinates))
        for name, changes in self.edits:
            rows = tuple(replace(row, **dict(changes)) if row.name == name else row for row in rows)
        return rows

    @property
    def weighs_small_boxes(self) -> bool:
        """Return whether a small truth counts more than a large one."""
        small, large = (
            Selection(
                torch.zeros(1, dtype=torch.long, device="cpu"),
                {"centre": torch.zeros(1, 2, device="cpu")},
                {"share": torch.tensor([share], device="cpu")},
            )
            for share in (0.1, 1.0)
        )
        boxes = [row.weight for row in self.table(self.settings) if row.name in ("centre", "box")]
        return any(bool(weight(small) != weight(large)) for weight in boxes)

    def refusal(self, scene: Scene) -> Remark | None:
        """Return why the recipe cannot be applied to a scene, in one sentence; None where it can."""
        uneven = next((head for head in scene.heads if head.grid[0] != head.grid[1]), None)
        if self.square and uneven:
            columns, rows = uneven.grid
            values = {"program": self.title, "head": uneven.name, "columns": columns, "rows": rows}
            return Remark("refusal_square", values)
        return None

    def swap(self, name: str, **changes: Any) -> "Recipe":
        """Return the recipe with one row changed; what the program writes and prints stays.

        Raises: KeyError for a row the table does not have.
        """
        row = next((row for row in self.terms if row.name == name), None)
        if row is None:
            raise KeyError(f"no term '{name}': expected one of {', '.join(t.name for t in self.terms)}")
        new = row.swapped(**changes)
        changed = {
            f.name: getattr(new, f.name) for f in fields(Term) if getattr(new, f.name) is not getattr(row, f.name)
        }
        return replace(self, edits=(*self.edits, (name, tuple(changed.items()))))

    def with_settings(self, values: dict[str, float]) -> "Recipe":
        """Return the recipe with some settings changed.

        Raises: ValueError, in one sentence, for an unknown name or a value out of bounds.
        """
        checked = {name: self.settings.checked(name, value) for name, value in values.items()}
        return replace(self, settings=replace(self.settings, **checked))

    def for_scene(self, scene: Scene, values: dict[str, float] | None = None) -> "Recipe":
        """Return the recipe with ``values`` over the settings of the scene's file over the defaults.

        Settings of other programs in the scene's file are ignored.

        Raises: ValueError, in one sentence, for an unknown name among ``values`` or a value out of bounds.
        """
        own = {name: value for name, value in scene.settings.items() if name in self.settings.accepts()}
        return self.with_settings(own | (values or {}))

    def with_objectness(self, choice: ObjectnessChoice) -> "Recipe":
        """Return the recipe with objectness as written, as cross-entropy, or as half the squared error.

        Targets and weights stay as written.
        """
        if choice == "as-written":
            return self
        recipe = self
        for row in self.terms:
            if row.name in ("object", "noobject"):
                loss = SWITCHED[choice] if row.part == OBJECTNESS else of_first_column(SWITCHED[choice])
                recipe = recipe.swap(row.name, loss=loss)
        return recipe

    def with_coordinates(self, choice: str) -> "Recipe":
        """Return the recipe with boxes as written, centres by another loss, or boxes by an IoU loss.

        Centres go by cross-entropy or half the squared error; an IoU loss takes the whole box.
        """
        if choice == "as-written":
            return self
        assign = with_boxes(self.assign) if choice in BOX_LOSSES else self.assign
        return replace(self, coordinates=choice, assign=assign)

    def with_assigner(self, other: "Recipe") -> "Recipe":
        """Return the same table under another program's rule of who answers and who is ignored."""
        under = self.under(other.rule(other.settings))
        return replace(under, across_heads=self.across_heads or other.across_heads)

    def under(self, who: Assigner) -> "Recipe":
        """Return the same table under this rule."""
        return replace(self, assign=partial(self.assign, who=who), box_blind=lambda settings: False)

    def with_classes(self, choice: str) -> "Recipe":
        """Return the recipe with classes as written, under one softmax, or under a sigmoid each.

        Which classes are asked for stays. Where objectness stands in the same softmax there is nothing to switch.
        """
        alone = any(row.name == "class" and row.part == CLASSES for row in self.terms)
        return self.swap("class", loss=CLASS_CHOICES[choice]) if alone and choice in CLASS_CHOICES else self

    def with_equal_boxes(self) -> "Recipe":
        """Return the recipe without the factor 2 - w h: as if every truth filled the image."""
        recipe = self
        for row in self.terms:
            if row.name in ("centre", "size", "box"):
                recipe = recipe.swap(row.name, weight=filling_the_image(row.weight))
        return recipe

    def written_objectness(self) -> str | None:
        """Return which of the other choices the written rule equals; None if it equals none."""
        loss = next(row.loss for row in self.terms if row.name == "object")
        return next((name for name, other in SWITCHED.items() if other is loss), None)
