"""What the visitor of the page on assignment chose, and how a link spells it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from lossviz.core.link import Bounds, Query, Reader, named, numbers, one_of, read, six, spell, version, whole
from lossviz.engine.boxes import XYWH
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import scene_of
from lossviz.scenes.limits import EDGE, LARGEST_LABEL, SMALLEST, four_of
from lossviz.scenes.untrained import ANCHORS, FIELDS, SIDE, classes_of, heads_of, kinds_of, rules_of

NATURAL = {"voc": "darknet_v2", "coco": "darknet_v2"}
"""The program that a set of predictors belongs to, where it is not YOLOv3's."""
SWITCHES = ("bias_match", "intended", "gt_max_assign_all")
THRESHOLDS = (
    *("thresh", "ignore_thresh", "truth_thresh", "anchor_iou", "iou_loss_thresh", "ignore_iou"),
    *("pos_iou_thr", "neg_iou_thr", "min_pos_iou"),
    *SWITCHES,
)
"""Settings of rules of assignment; a program has some of them."""
MOST = 8
"""Most truths there can be."""


class Truth(NamedTuple):
    """A box in shares of the network's input, and its class."""

    xywh: XYWH
    kind: int = 0

    def __str__(self) -> str:
        """Return the truth as a link spells it: .5_.4_.2_.1, or .5_.4_.2_.1_k41."""
        return numbers(self.xywh) + (f"_k{self.kind}" if self.kind else "")


FIRST: XYWH = (0.47, 0.43, six(100 / SIDE), six(60 / SIDE))
"""The box that the page opens on: 100 x 60 pixels."""
DOG = {"coco": 16, "voc": 11}


@dataclass(frozen=True)
class AssignmentState:
    """Truths, the predictors they meet, and the rule that decides.

    ``truths``: None stands for those the field comes with. ``hand``: the truth in hand. ``head``: the one that is shown,
    empty for the one that answers. ``other``: the rule beside the first.
    """

    dragged: ClassVar[tuple[str, ...]] = ("truths", "hand")
    """Names of the fields that a hand drags."""

    field: str = "v3"
    recipe: str = "darknet_v3"
    settings: tuple[tuple[str, float], ...] = ()
    truths: tuple[Truth, ...] | None = None
    hand: int = 0
    head: str = ""
    other: str = "yunyang_v3"

    @property
    def boxes(self) -> tuple[Truth, ...]:
        """Return the truths there are."""
        return own_truths(self.field) if self.truths is None else self.truths

    def with_truths(self, truths: tuple[Truth, ...]) -> "AssignmentState":
        """Return the state with other truths; those the predictors come with need no link."""
        hand = min(self.hand, len(truths) - 1)
        return replace(self, truths=None if truths == own_truths(self.field) else truths, hand=hand)

    def with_box(self, number: int, xywh: XYWH) -> "AssignmentState":
        """Return the state in which one truth lies elsewhere."""
        moved = Truth(inside(xywh), self.boxes[number].kind)
        return self.with_truths((*self.boxes[:number], moved, *self.boxes[number + 1 :]))

    def with_kind(self, number: int, kind: int) -> "AssignmentState":
        """Return the state in which one truth has another class."""
        named = self.boxes[number]._replace(kind=kind)
        return self.with_truths((*self.boxes[:number], named, *self.boxes[number + 1 :]))

    def added(self) -> "AssignmentState":
        """Return the state with a truth more, of the same size, a cell further; it comes in hand."""
        x, y, w, h = self.boxes[self.hand].xywh
        step = 1 / 13
        place = inside((x + step if x + step < 1 else x - step, y, w, h))
        more = (*self.boxes, Truth(place, self.boxes[self.hand].kind))
        return replace(self.with_truths(more), hand=len(more) - 1) if len(more) <= MOST else self

    def removed(self, number: int) -> "AssignmentState":
        """Return the state with a truth less; one is always left."""
        left = (*self.boxes[:number], *self.boxes[number + 1 :])
        return self.with_truths(left) if left else self

    def last(self, number: int) -> "AssignmentState":
        """Return the state with the same truths, that one written last."""
        mine = self.boxes[number]
        order = (*self.boxes[:number], *self.boxes[number + 1 :], mine)
        return replace(self.with_truths(order), hand=len(order) - 1)

    def over(self, field: str) -> "AssignmentState":
        """Return the state with other predictors.

        Truths drawn by hand come along between untrained networks; photographs bring their own.
        """
        stays = self.truths is not None and field in ANCHORS and self.field in ANCHORS
        kinds = kinds_of(field)
        truths = tuple(truth._replace(kind=min(truth.kind, kinds - 1)) for truth in self.boxes) if stays else None
        follows = self.recipe in ("darknet_v2", "darknet_v3") or self.recipe not in rules_of(field)
        recipe = natural(field) if follows else self.recipe
        settings = self.settings if recipe == self.recipe else ()
        moved = replace(self, field=field, recipe=recipe, settings=settings, truths=None, head="", hand=0)
        return replace(moved.with_truths(truths), hand=self.hand) if truths else moved

    def by(self, recipe: str) -> "AssignmentState":
        """Return the state with another rule, as its program has it.

        If it stood beside the first, the two change places.
        """
        other = self.recipe if recipe == self.other else self.other
        return replace(self, recipe=recipe, settings=(), head="", other=other)

    def with_setting(self, name: str, value: float | None) -> "AssignmentState":
        """Return the state with a threshold of the rule; None: as the program has it."""
        others = tuple(pair for pair in self.settings if pair[0] != name)
        mine = () if value is None else ((name, six(value)),)
        return replace(self, settings=tuple(sorted((*others, *mine))))

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on, leaving out how one looks at them."""
        return self.field, self.recipe, self.settings, self.truths, self.other

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default.

        The rule is also named where a link without it would mean that of the network's own program.
        """
        query = spell(self, PLAIN, KEYS, SPELLED)
        return query | {"rule": self.recipe} if self.recipe != natural(self.field) else query


def natural(field: str) -> str:
    """Return the rule that a link means that names none: that of the program to which the predictors belong."""
    return NATURAL.get(field, "darknet_v3")


def own_truths(field: str) -> tuple[Truth, ...]:
    """Return the truths that predictors come with: a photograph's labels, else one dog."""
    return (Truth(FIRST, DOG[classes_of(field)]),) if field in ANCHORS else labels_of(field)


def labels_of(photo: str) -> tuple[Truth, ...]:
    """Return the labels of a photograph, as a link spells them."""
    scene = scene_of(photo)
    rows = scene.truth[0, : scene.live(MOST).images[0]].double().tolist()
    return tuple(Truth(inside((x, y, w, h)), int(kind)) for x, y, w, h, kind in rows)


def inside(xywh: XYWH) -> XYWH:
    """Return the box moved within its bounds, as a link spells it."""
    x, y, w, h = (six(min(max(value, low), high)) for value, (low, high) in zip(xywh, LIMITS, strict=True))
    return x, y, w, h


LIMITS = ((EDGE, 1 - EDGE), (EDGE, 1 - EDGE), (SMALLEST, LARGEST_LABEL), (SMALLEST, LARGEST_LABEL))
PLAIN = AssignmentState()
KEYS = {
    "field": "field",
    "recipe": "rule",
    "settings": "set",
    "truths": "truth",
    "hand": "in",
    "head": "head",
    "other": "with",
}
SPELLED: dict[str, Callable[[Any], str]] = {
    "settings": lambda pairs: "~".join(f"{name}_{value:.6g}" for name, value in pairs),
    "truths": lambda truths: "~".join(map(str, truths)),
}


def from_query(query: Query) -> tuple[AssignmentState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    found: dict[str, Any] = read(query, PLAIN, KEYS, {"field": one_of(*FIELDS)}, bad)
    program = one_of(*rules_of(found["field"]))
    plain = replace(PLAIN, recipe=natural(found["field"]))
    found |= read(query, plain, KEYS, {"recipe": program, "other": program}, bad)
    readers: dict[str, Reader] = {
        "settings": lambda text: settings_of(found["recipe"], text),
        "truths": lambda text: truths_of(found["field"], text),
        "head": one_of(*heads_of(found["field"])),
    }
    found |= read(query, PLAIN, KEYS, readers, bad)
    state = AssignmentState(**found)
    last = {"hand": whole(len(state.boxes) - 1)}
    return replace(state, **read(query, PLAIN, KEYS, last, bad)), tuple(bad)


def thresholds_of(recipe: str) -> Mapping[str, float]:
    """Return the rule's settings and their usual values."""
    settings = RECIPES[recipe].settings
    return {name: float(getattr(settings, name)) for name in THRESHOLDS if name in settings.accepts()}


def settings_of(recipe: str, text: str) -> tuple[tuple[str, float], ...]:
    """Return the thresholds that a link spells: known to the rule, within their bounds."""
    limits = RECIPES[recipe].settings.bounds()
    return tuple(sorted(named({name: Bounds(*limits[name]) for name in thresholds_of(recipe)})(text).items()))


def truths_of(field: str, text: str) -> tuple[Truth, ...] | None:
    """Return the truths that a link spells, each within bounds; None for those the predictors come with."""
    items = text.split("~")
    if len(items) > MOST:
        raise ValueError(text)
    truths = tuple(truth_of(item, kinds_of(field)) for item in items)
    return None if truths == own_truths(field) else truths


def truth_of(text: str, kinds: int) -> Truth:
    """Return the truth that a text such as .5_.4_.2_.1 or .5_.4_.2_.1_k41 spells."""
    parts = text.split("_")
    kind = whole(kinds - 1)(parts.pop()[1:]) if parts[-1].startswith("k") else 0
    return Truth(four_of(parts), kind)
