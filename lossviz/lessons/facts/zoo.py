"""Facts of the loss functions: values and derivatives at the point, the batch's reductions, two distributions, stability."""

import math
from collections.abc import Mapping

from lossviz.functions.batch import batch_of, traps
from lossviz.functions.distributions import distributions_of
from lossviz.functions.stability import FORMS, WAYS, strained
from lossviz.functions.state import FunctionsState
from lossviz.functions.view import points_of

Said = dict[str, float | str]


def facts(state: FunctionsState) -> Mapping[str, float | str]:
    """Return the facts of the tab that is open. ``bce.pull``: the size of the derivative."""
    said: Said = {
        "tab": state.tab,
        "x": state.x,
        "t": state.t,
        "by": state.by,
        "functions": ".".join(state.functions),
        "objects": state.objects,
        "net": state.net,
        "noobj": state.noobj,
        "avg": state.factor,
    }
    of_tab = {"curves": curves, "reductions": reductions, "distributions": distributions, "stability": stability}
    return said | (of_tab[state.tab](state) if state.tab in of_tab else {})


def curves(state: FunctionsState) -> Said:
    """Return the facts of the curves."""
    said: Said = {}
    for point in points_of(state):
        said |= {f"{point.key}.value": point.value, f"{point.key}.slope": point.slope, f"{point.key}.pull": point.pull}
    for key in state.functions:
        said |= {f"knob.{key}.{name}": value for name, value in state.knobs_of(key).items()}
    return said


def reductions(state: FunctionsState) -> Said:
    """Return the facts of the batch. ``worth.scaled``: how many negatives weigh as much as a positive with noobj_scale."""
    said: Said = {f"worth.{trap.way}": trap.worth for trap in traps(state)}
    for name, reduced in batch_of(state).reduced.items():
        said[f"batch.{name}"] = math.nan if reduced.total is None else reduced.total
        said |= {f"batch.{name}.slope.{row}": slope for row, slope in enumerate(reduced.slopes, 1)}
    for number, row in enumerate(state.rows, 1):
        said |= {f"row.{number}.z": row.z, f"row.{number}.t": row.t, f"row.{number}.weight": row.weight}
    return said


def distributions(state: FunctionsState) -> Said:
    """Return the facts of the two distributions."""
    found = distributions_of(state)
    return {
        "entropy.p": found.entropies[0],
        "entropy.q": found.entropies[1],
        "kl.pq": found.divergences[0],
        "kl.qp": found.divergences[1],
        "ce.pq": found.crossed[0],
        "ce.qp": found.crossed[1],
    }


def stability(state: FunctionsState) -> Said:
    """Return where the chosen form breaks, written in the naive and in the stable way."""
    said: Said = {"form": state.form, "type": state.dtype}
    if state.form in FORMS:
        for way in WAYS:
            found = strained(state.form, way, state.dtype, state.t, state.pos)
            said[f"break.{way}.below"] = found.below.z if found.below else -math.inf
            said[f"break.{way}.above"] = found.above.z if found.above else math.inf
    return said
