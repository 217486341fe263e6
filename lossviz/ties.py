"""Where on the picture the predictors stand that a term is made of."""

import torch

from lossviz.lab import LabView

MOST = 12
Place = tuple[float, float]


@torch.inference_mode()
def ties_of(view: LabView, name: str) -> tuple[Place, ...]:
    """Middles of the cells of the term's dearest predictors, in shares; of the first image."""
    result = view.report[name]
    cost = result.gradient.abs() if result.value is None else result.value - result.floor
    if not result.predictors:
        return ()
    order = torch.topk(cost.sum(-1), min(MOST, len(cost))).indices.tolist()
    return tuple(place for line in order if (place := place_of(view, name, line)))


def place_of(view: LabView, name: str, line: int) -> Place | None:
    """The cell of one of the term's predictors."""
    result = view.report[name]
    for lines, head in zip(result.heads, view.report.scene.heads, strict=True):
        if lines.start <= line < lines.stop:
            place = head.place(int(result.slot[line]))
            columns, rows = head.grid
            return ((place.column + 0.5) / columns, (place.row + 0.5) / rows) if place.image == 0 else None
    return None
