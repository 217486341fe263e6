"""The third level of IoU losses: published gradients judged, IoU and GIoU step by step, properties, libraries."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from lossviz.components.box_canvas import Arrow
from lossviz.core.text import Text, four, minus
from lossviz.overlap.checks import (
    COMPARED,
    laws,
    libraries,
    shrinkable,
    shrunk,
    swapped,
    verdicts,
)
from lossviz.overlap.checks import rules as library_table
from lossviz.overlap.state import CHECKS, RECIPE_STEPS
from lossviz.overlap.view import OverlapView
from lossviz.overlap.widgets.board import OverlapDesk, look, measure_choice, pushes, swatch
from lossviz.overlap.words import (
    SHARES,
    STAGES,
    aspect_printed,
    aspect_slopes,
    law_says,
    pull,
    rule_keys,
    step_key,
    step_lines,
)
from lossviz.web.choices import segments
from lossviz.web.html import cells, note, stacked


def choice(desk: OverlapDesk, text: Text) -> None:
    """Choose the check."""
    words = {check: text(f"check_{check}") for check in CHECKS}
    segments(text("checks"), "check", words, desk.state.check, lambda check: look(desk, check=check))


def deed(desk: OverlapDesk, text: Text) -> None:
    """Draw what can be done in the chosen check."""
    deeds: dict[str, Callable[[OverlapDesk, Text], None]] = {
        "referee": measure_choice,
        "iou": steps,
        "giou": steps,
        "laws": trials,
    }
    if desk.state.check in deeds:
        deeds[desk.state.check](desk, text)


def check(found: OverlapView, text: Text, view: str) -> str:
    """Return what the chosen check says of these boxes; on a stage in short."""
    says: dict[str, Callable[[OverlapView, Text, str], str]] = {
        "referee": judged,
        "iou": recipe,
        "giou": recipe,
        "laws": properties,
        "rules": rules,
    }
    return says[found.state.check](found, text, view)


def drawn(found: OverlapView, level: str) -> tuple[Sequence[str] | None, list[Arrow] | None]:
    """Return which parts and which arrows the board shows on this level; None stands for all."""
    state = found.state
    if level != "3":
        return None, None
    if state.check in STAGES:
        return STAGES[state.check][state.step - 1], []
    return (("hull", "centres"), arrows(found)) if state.check == "referee" else (None, None)


def arrows(found: OverlapView) -> list[Arrow]:
    """Return the chosen measure's true slope as arrows beside the published one."""
    name, box = found.state.measure, found.state.moving
    judged = [verdict for verdict in verdicts(found.state) if name in (verdict.name, "all")]
    return [
        arrow
        for verdict in judged
        for kind, slope in (("published", verdict.published), (verdict.name, verdict.true))
        for arrow in pushes(box, slope, kind, sides=True)
    ]


def judged(found: OverlapView, text: Text, view: str) -> str:
    """Return the published simulation's slopes beside the true ones, and which of its defects act here."""
    head = cells("", "", *(text(f"pull_{side}") for side in "xywh"), tag="th")
    rows, reasons = "", ""
    for verdict in verdicts(found.state):
        words = text("referee_same") if verdict.same else text("referee_differs")
        label = f"{swatch(verdict.name)}{escape(text(verdict.name))}"
        true = (f'<span data-value="{slope:.13g}">{pull(slope)}</span>' for slope in verdict.true)
        rows += cells(label, escape(text("referee_true")), *true)
        theirs = (
            f"<{'span' if same(a, b) else 'b'}>{pull(b)}</{'span' if same(a, b) else 'b'}>"
            for a, b in zip(verdict.true, verdict.published, strict=True)
        )
        rows += cells(f"<small>{escape(words)}</small>", escape(text("referee_published")), *theirs)
        told = view != "present" or verdict.name == found.state.measure
        for defect in verdict.acting if told else ():
            reason = text(f"defect_{defect.value}")
            name = f"<b>{escape(text(verdict.name))}</b>"
            reasons += f"<li>{swatch(verdict.name)}{text('caption_switch', what=name, choice=escape(reason))}</li>"
    table = (
        f'<table class="lz-table lz-measures" data-testid="referee"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    )
    acting = f'<ul class="lz-reasons">{reasons}</ul>'
    if view == "present":
        return table + acting
    acting += note(aspect_printed(found, text)) if aspect_slopes(found) else ""
    return stacked(note(text("referee_about")), table + acting, note(text("referee_source")))


def same(one: float, other: float) -> bool:
    """Return whether two numbers are equal but for rounding."""
    return abs(one - other) <= 1e-12 * max(1.0, abs(one))


def steps(desk: OverlapDesk, text: Text) -> None:
    """Draw buttons for one step back, one step on, and all steps."""
    step = desk.state.step
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = ":material/arrow_back:"
        st.button(
            text("recipe_back"), key="recipe-back", icon=icon, disabled=step == 1, on_click=walk, args=(desk, step - 1)
        )
        icon = ":material/arrow_forward:"
        last = step == RECIPE_STEPS
        st.button(
            text("recipe_next"), key="recipe-next", icon=icon, disabled=last, on_click=walk, args=(desk, step + 1)
        )
        st.button(text("recipe_all"), key="recipe-all", disabled=last, on_click=walk, args=(desk, RECIPE_STEPS))


def recipe(found: OverlapView, text: Text, view: str) -> str:
    """Return how IoU or GIoU is made, one step after the other, with this state's numbers."""
    state = found.state
    items = ""
    for n, line in enumerate(step_lines(found)[: state.step], 1):
        words = escape(text(step_key(found, n)))
        items += f"<li{' class=lz-now' if n == state.step else ''}>{words}<br><b>{escape(minus(line))}</b></li>"
    return f'<ol class="lz-recipe" data-testid="recipe" data-value="{state.step}">{items}</ol>'


def walk(desk: OverlapDesk, step: int) -> None:
    """Show the recipe up to another step."""
    look(desk, step=step)


def trials(desk: OverlapDesk, text: Text) -> None:
    """Draw two buttons with which the laws can be tried: swap the boxes, shrink both."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text("law_swap"), key="swap", icon=":material/swap_horiz:", on_click=lambda: desk.put(swapped(desk.state))
        )
        st.button(
            text("law_shrink"),
            key="shrink",
            icon=":material/zoom_in_map:",
            disabled=not shrinkable(desk.state),
            on_click=lambda: desk.put(shrunk(desk.state)),
        )


def properties(found: OverlapView, text: Text, view: str) -> str:
    """Return which laws hold of the measures, with this state's numbers."""
    items = ""
    for law in laws(found):
        mark, words = "✓" if law.holds else "✗", law_says(law, text)
        items += f'<li data-testid="law-{law.name}" data-value="{int(law.holds)}">{mark} {escape(words)}</li>'
    return f'<ul class="lz-laws">{items}</ul>'


TOPICS = ("eps", "same", "empty", "order", "siou")


def rules(found: OverlapView, text: Text, view: str) -> str:
    """Return what these boxes cost in each library, and where their rules part."""
    losses = libraries(found.state)
    names = (f"1 − {escape(text(name))}" for name in COMPARED)
    head = cells(escape(text("rules_loss")), *names, escape(text("rules_tie")), escape(text("rules_touch")), tag="th")
    rows = ""
    for library, rule in library_table().items():
        numbers = []
        for name in COMPARED:
            loss = losses.get(library, {}).get(name)
            exact = "" if loss is None else f"{loss:.8g}"
            numbers.append(f'<span data-testid="{library}-{name}" data-value="{exact}">{four(loss)}</span>')
        shares = (escape(text(f"share_{SHARES[share]}")) for share in (rule.tie, rule.touch))
        rows += cells(escape(text(f"library_{library}")), *numbers, *shares)
    items = "".join(f"<dt>{escape(text(f'rule_{t}'))}</dt><dd>{escape(text(f'rule_{t}_says'))}</dd>" for t in TOPICS)
    table = (
        f'<table class="lz-table lz-measures" data-testid="rules"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    )
    if view == "present":
        return table
    notes = "".join(note(text(key)) for key in rule_keys(losses))
    return stacked(table, notes, f'<dl class="lz-rules">{items}</dl>')
