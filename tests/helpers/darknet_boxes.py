"""Darknet's box helpers as they are, including where they are not what their names say.

Source: pjreddie/darknet, src/box.c, f6afaabcdf85f77e7aff2ec55c020c0e297c77f9.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import Pair


def rmse(a: Boxes, b: Boxes) -> Float[Tensor, "*n"]:
    """Root of the sum (not the mean) of the four squared differences."""
    return torch.stack([(ours - theirs) ** 2 for ours, theirs in zip(a, b, strict=True)]).sum(0).sqrt()


def doverlap(a: Boxes, b: Boxes) -> Boxes:
    """Slope of the overlap lengths in a, equal edges not counted; for boxes apart +-1 towards b, and 0 in the size."""
    kind = a.x.dtype
    left, right = (a.left > b.left).to(kind), (a.right < b.right).to(kind)
    top, bottom = (a.top > b.top).to(kind), (a.bottom < b.bottom).to(kind)
    side, below = (b.x - a.x).sign(), (b.y - a.y).sign()
    apart_x = (a.left > b.right) | (a.right < b.left)
    apart_y = (a.top > b.bottom) | (a.bottom < b.top)
    return Boxes(
        torch.where(apart_x, side, right - left),
        torch.where(apart_y, below, bottom - top),
        torch.where(apart_x, 0, (right + left) / 2),
        torch.where(apart_y, 0, (bottom + top) / 2),
    )


def dintersect(a: Boxes, b: Boxes) -> Boxes:
    """Product rule with the other axis' overlap length as it is: negative where the boxes are apart."""
    width, height = Pair(a, b).overlap_widths
    slope = doverlap(a, b)
    return Boxes(slope.x * height, slope.y * width, slope.w * height, slope.h * width)


def dunion(a: Boxes, b: Boxes) -> Boxes:
    """The slope of the area of a, less dintersect."""
    i = dintersect(a, b)
    return Boxes(-i.x, -i.y, a.h - i.w, a.w - i.h)


def diou(a: Boxes, b: Boxes) -> Boxes:
    """The difference b - a. The derivative of the IoU that stands behind it is never reached."""
    return Boxes(*(theirs - ours for ours, theirs in zip(a, b, strict=True)))


def encode(a: Boxes, b: Boxes) -> Boxes:
    """A relative to b: offsets over b's size, log2 of the size ratios."""
    return Boxes((a.x - b.x) / b.w, (a.y - b.y) / b.h, (a.w / b.w).log2(), (a.h / b.h).log2())


def decode(code: Boxes, b: Boxes) -> Boxes:
    """The box that ``encode`` came from."""
    return Boxes(code.x * b.w + b.x, code.y * b.h + b.y, code.w.exp2() * b.w, code.h.exp2() * b.h)
