"""Facts of decoding: raw outputs and the box they give, overflow, a number of the tensor, an output of the passthrough."""

from collections.abc import Mapping

from lossviz.decode import tensor
from lossviz.decode.passthrough import Cell, counts, kind_of, source_of
from lossviz.decode.state import DecodeState
from lossviz.decode.view import overflow_of, view_of


def facts(state: DecodeState) -> Mapping[str, float | str]:
    """Return the facts.

    ``sigma.x``: where in its cell the centre lies; ``cells.w``: the width in cells; ``source``: where a pixel lies.
    """
    found, overflow = view_of(state), overflow_of(state.raw)
    said: dict[str, float | str] = {"tab": state.tab, "form": state.form, "edge": state.edge, "of": state.of}
    said |= {f"t.{side}": value for side, value in zip("xywh", state.raw, strict=True)}
    said |= {f"cells.{side}": value for side, value in zip("xywh", found.cells, strict=True)}
    said |= {f"pixels.{side}": value for side, value in zip("xywh", found.pixels, strict=True)}
    said |= {"sigma.x": found.sigmas[0], "sigma.y": found.sigmas[1]}
    said |= {"times.w": found.factors[0], "times.h": found.factors[1]}
    said |= {"slope.x": found.slopes[0], "slope.w": found.slopes[2]}
    said |= {"overflow": overflow.situation, "overflow.iou": overflow.iou, "overflow.giou": overflow.giou}
    output = tensor.OUTPUTS[state.of]
    place = tensor.place_of(output, state.channel, state.cell)
    said |= {"channel": state.channel, "channel.anchor": place.anchor, "channel.what": tensor.attribute_of(place.entry)}
    said["index"] = tensor.index_of(output, state.layout, place)
    return said | passthrough(state)


def passthrough(state: DecodeState) -> dict[str, float | str]:
    """Return the facts of the passthrough's chosen output."""
    cell = Cell(*state.output)
    source = source_of(state.way, state.small, cell)
    said: dict[str, float | str] = {"way": state.way, "source": kind_of(source, cell), "out.row": cell.row}
    return said | {f"sources.{kind}": count for kind, count in counts(state.way, state.small).items()}
