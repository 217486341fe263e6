"""The second level: the same raw numbers without a sigmoid, the same box in cells and pixels, and the way back."""

from html import escape

from lossviz.core.text import Text
from lossviz.decode.state import CHANNELS, FORMS, DecodeState
from lossviz.decode.view import CELLS, DecodeView, Way
from lossviz.decode.widgets.box import look, worked
from lossviz.decode.widgets.desk import DecodeDesk
from lossviz.decode.words import FORM_FORMULAS, UNITS, landing, units_says, way_back
from lossviz.web.choices import segments
from lossviz.web.html import cells, note, number, table_of


def choice(desk: DecodeDesk, text: Text) -> None:
    """Choose the other form in which the raw numbers are shown."""
    words = {form: text(f"decode_form_{form}") for form in FORMS}
    segments(text("decode_forms"), "form", words, desk.state.form, lambda form: look(desk, form=form))


def formulas(found: DecodeView, state: DecodeState) -> str:
    """Return the formulas of the chosen form with this state's numbers, as LaTeX."""
    return worked(found, FORM_FORMULAS[state.form], (state.hand % 2,))


def says(found: DecodeView, state: DecodeState, text: Text) -> str:
    """Return what the chosen form makes of this state, as a table with notes."""
    return {"free": free, "units": units, "inverse": inverse}[state.form](found, text)


def table(testid: str, heads: list[str], lines: str) -> str:
    """Return a table with names above and their numbers right below them."""
    return table_of(testid, cells(*map(escape, heads), tag="th"), lines)


def free(found: DecodeView, text: Text) -> str:
    """Return Faster R-CNN's form beside YOLO's as a table."""
    lines = ""
    for n, name in enumerate("xy"):
        ours, theirs = found.box[n] * CELLS, found.free[n] * CELLS
        lines += cells(
            f"t_{name}", number(f"ours-{name}", ours), number(f"free-{name}", theirs), escape(text(landing(theirs)))
        )
    heads = ["", text("decode_ours"), text("decode_form_free_box"), text("decode_lands")]
    return table("free", heads, lines) + note(text("decode_free_about")) + note(text("decode_free_paper"))


def units(found: DecodeView, text: Text) -> str:
    """Return the box in cells as in YOLOv2, in pixels of the network as in YOLOv3, in pixels of the photograph."""
    lines = ""
    for n, name in enumerate(CHANNELS):
        share = found.box[n]
        in_units = (number(f"unit-{name}-{unit}", share * side) for unit, side in UNITS.items())
        lines += cells(f"b_{name}", *in_units)
    heads = ["", *(text(f"decode_unit_{unit}") for unit in UNITS)]
    return table("units", heads, lines) + note(units_says(text))


def inverse(found: DecodeView, text: Text) -> str:
    """Return a table of each raw number computed back from the box alone."""
    lines = ""
    for name, raw, way in zip(CHANNELS, found.raw, found.back, strict=True):
        short = number(f"short-{name}", way.short)
        lines += cells(
            f"t_{name}", number(f"of-{name}", way.of), number(f"back-{name}", way.raw), short, verdict(raw, way, text)
        )
    heads = ["", text("decode_back_of"), text("decode_back_long"), text("decode_back_short"), ""]
    return table("inverse", heads, lines) + note(text("decode_inverse_about"))


def verdict(raw: float, way: Way, text: Text) -> str:
    """Say whether 32 bits find the way back to the raw number."""
    kind = way_back(raw, way)
    if kind == "same":
        return "✓"
    return escape(f"✗ {text('decode_back_none')}" if kind == "none" else f"≈ {text('decode_back_rough')}")
