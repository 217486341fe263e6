"""All predictors of a network by one rule or by two: maps, counts, truths, collisions, thresholds, differences."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from lossviz.assignment.charts import state_map
from lossviz.assignment.state import MOST, SWITCHES, thresholds_of
from lossviz.assignment.view import (
    LISTED,
    STATES,
    AssignmentResult,
    AssignmentView,
    Collision,
    Comparison,
    recipe_of,
)
from lossviz.assignment.widgets.board import AssignmentDesk, select
from lossviz.assignment.words import difference_side, kind_name, numbers_of, rule_name, size_of, truth_name, who
from lossviz.core.text import Text, labelled
from lossviz.core.visit import Visit
from lossviz.engine.heads import Head, Predictor
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES
from lossviz.scenes.untrained import heads_of, kinds_of, rules_of, scene_for
from lossviz.web.choices import kept_number, segments
from lossviz.web.html import cells, note, stacked, table_of

STEPS = 0.05
"""The step by which a threshold's field changes."""


# ---- one rule ----


def counts(result: AssignmentResult, text: Text) -> str:
    """Return how many of all predictors are positive, negative, ignored and so on."""
    spans = "".join(
        f'<span><i class="lz-key lz-{name}"></i>{escape(text(f"state_{name}"))} '
        f"{whole(f'count-{name}', result.count(name))}</span>"
        for name in STATES
    )
    everybody = text("assignment_of", count=f"{result.predictors:,}")
    return f'<div class="lz-numbers lz-counts" data-testid="counts">{spans}<span>{escape(everybody)}</span></div>'


def drawn(view: AssignmentView, visit: Visit) -> str:
    """Return a note on what the predictors predict where they look at no photograph; else, and on a stage, nothing."""
    quiet = view.state.field in SAMPLES or visit.view == "present"
    return "" if quiet else note(visit.text("assignment_untrained"))


def whole(testid: str, count: int) -> str:
    """Return a count as HTML that scripts can read, too."""
    return f'<b class="lz-number" data-testid="{testid}" data-value="{count}">{count:,}</b>'


def head_choice(view: AssignmentView, desk: AssignmentDesk, text: Text) -> None:
    """Choose the head that is shown."""
    names = {name: text("assignment_head", head=name) for name in heads_of(view.state.field)}
    if len(names) > 1:
        segments(text("head"), "head", names, view.head, lambda name: desk.settle(replace(desk.state, head=name)))


def maps(view: AssignmentView, result: AssignmentResult, text: Text, marks: Mapping[str, Any] | None = None) -> str:
    """Return a map for each anchor of the head that is shown."""
    head = head_at(view)
    boxes = [truth.xywh for truth in view.state.boxes]
    drawn = []
    for anchor, number in enumerate(head.mask):
        bits = result.states[view.head][anchor]
        size = next(one.pixels for one in view.candidates if one.number == number)
        tally = text(
            "assignment_map_counts", **{name: int((bits == bit).sum()) for name, bit in STATES.items() if bit < 4}
        )
        name = text("assignment_map", number=number, size=size_of(size))
        picture = state_map(bits, boxes, labelled(name, tally, text), marks[view.head][anchor] if marks else None)
        drawn.append(f"<figure>{picture}<figcaption>{escape(name)}<small>{escape(tally)}</small></figcaption></figure>")
    name = "lz-maps" if marks is None else "lz-maps lz-two"
    return f'<div class="{name}" data-testid="maps-{result.recipe}">{"".join(drawn)}</div>'


def head_at(view: AssignmentView) -> Head:
    """Return the head that is shown."""
    return next(head for head in scene_for(view.state.field).heads if head.name == view.head)


def in_this_head(view: AssignmentView, text: Text) -> str:
    """Return a note where no predictor of the shown head answers; else nothing."""
    if view.result.count("positive", view.head):
        return ""
    return note(text("assignment_head_silent", head=view.head))


def one_rule(view: AssignmentView, visit: Visit) -> str:
    """Return a map an anchor of the head that is shown, with what there is to say about them."""
    text = visit.text
    return stacked(drawn(view, visit), maps(view, view.result, text) + in_this_head(view, text))


# ---- truths ----


def truth_tools(view: AssignmentView, desk: AssignmentDesk, text: Text) -> None:
    """Draw the tools for the truth in hand: its class, add one, remove it, write it last."""
    state = view.state
    with st.container(horizontal=True, vertical_alignment="center", key="labels"):
        kinds = {str(kind): kind_name(state, kind, text) for kind in range(kinds_of(state.field))}
        select("kind", kinds, str(state.boxes[state.hand].kind), text("label_class"), partial(rename, desk))
        full, alone = len(state.boxes) >= MOST, len(state.boxes) == 1
        tools = [
            ("add", "add", full, lambda: desk.put(desk.state.added())),
            ("remove", "delete", alone, lambda: desk.put(desk.state.removed(desk.state.hand))),
            ("last", "low_priority", alone, lambda: desk.put(desk.state.last(desk.state.hand))),
        ]
        for name, icon, off, deed in tools:
            label, about = text(f"assignment_{name}"), text(f"assignment_{name}_about")
            st.button(label, key=f"truth-{name}", icon=f":material/{icon}:", disabled=off, on_click=deed, help=about)


def rename(desk: AssignmentDesk, kind: str) -> None:
    """Give the truth in hand another class, but not during a drag: the browser may then report an old one."""
    if not desk.before:
        desk.put(desk.state.with_kind(desk.state.hand, int(kind)))


def truth_list(view: AssignmentView, text: Text) -> str:
    """Return each truth and who answers for it."""
    numbers = numbers_of(view.state.field)
    rows = "".join(
        f'<p data-answers="{len(truth.answers)}"><b>{escape(truth_name(view.state, truth.number, text))}</b> '
        f"{escape(answered_by(truth.answers, text, numbers))}</li>"
        for truth in view.result.truths
    )
    return f'<div class="lz-answered" data-testid="truths-list">{rows}</div>'


def answered_by(answers: tuple[Predictor, ...], text: Text, numbers: Mapping[tuple[str, int], int]) -> str:
    """Name the first three predictors that answer, and say how many there are."""
    if not answers:
        return text("assignment_zero")
    named = text("list_comma").join(who(one, text, numbers) for one in answers[:3])
    return named if len(answers) <= 3 else text("assignment_and_more", names=named, count=len(answers) - 3)


def collisions(view: AssignmentView, text: Text) -> str:
    """Return which truth took whose place, and the classes that survive."""
    if not view.result.collisions:
        return note(text("assignment_no_collision"))
    return "".join(collision(one, view, text) for one in view.result.collisions)


def collision_key(crash: Collision, recipe: str, text: Text) -> str:
    """Return the key of a collision's sentence: the last writing decides, or what the rule prefers before it writes."""
    own = f"assignment_passed_{recipe}"
    return "assignment_collision" if not crash.passed else own if text.knows(own) else "assignment_passed"


def collision(crash: Collision, view: AssignmentView, text: Text) -> str:
    """Return one collision in words: the predictor, its truths, the one it keeps, its classes."""
    state, comma = view.state, text("list_comma")
    words = text(
        collision_key(crash, view.result.recipe, text),
        who=who(crash.predictor, text, numbers_of(state.field)),
        truths=comma.join(truth_name(state, line, text) for line in dict.fromkeys(crash.truths)),
        keeps=crash.keeps + 1,
        classes=comma.join(kind_name(state, kind, text) for kind in crash.classes),
    )
    return f'<p class="lz-stamp" data-testid="collision" data-value="{len(crash.classes)}">{escape(words)}</p>'


# ---- thresholds ----


def thresholds(view: AssignmentView, desk: AssignmentDesk, text: Text) -> None:
    """Draw the thresholds that the rule lets one set."""
    recipe = recipe_of(view.state)
    names = [*thresholds_of(recipe.key)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="thresholds"):
        for name in names:
            threshold(name, float(getattr(recipe.settings, name)), desk, text)


def threshold(name: str, value: float, desk: AssignmentDesk, text: Text) -> None:
    """Draw one threshold: a switch for 0 and 1, else a number within its bounds."""
    key, recipe = f"set_{name}", RECIPES[desk.state.recipe].for_scene(scene_for(desk.state.field))
    meta: Mapping[str, Any] = next(f.metadata for f in recipe.settings.__dataclass_fields__.values() if f.name == name)
    usual = float(getattr(recipe.settings, name))

    def change(given: float) -> None:
        desk.settle(desk.state.with_setting(name, None if given == usual else float(given)))

    about = text(f"set_{name}_about")
    if name in SWITCHES:
        st.toggle(text(f"set_{name}"), **kept_number(key, bool(value), change), help=about)
        return
    low, high = float(meta["low"]), float(meta["high"])
    st.number_input(
        text(f"set_{name}"), low, high, **kept_number(key, value, change), step=STEPS, help=about, width=150
    )


# ---- two rules ----


def other_choice(view: AssignmentView, desk: AssignmentDesk, text: Text) -> None:
    """Choose the rule that is compared with the first."""
    rules = {key: rule_name(key, text) for key in rules_of(view.state.field) if key != view.state.recipe}
    with st.container(horizontal=True, vertical_alignment="center", key="other-choice"):
        st.markdown(text("assignment_beside"), width="content")
        select(
            "other",
            rules,
            view.state.other if view.state.other in rules else next(iter(rules)),
            text("assignment_other"),
            lambda key: desk.settle(replace(desk.state, other=key)),
        )


def both(view: AssignmentView, found: Comparison, visit: Visit) -> str:
    """Return both rules on maps of the same head and, not on a stage, how many predictors answer for each truth."""
    made, text = [], visit.text
    for result in found.results:
        tally = text("assignment_map_counts", **{name: result.count(name) for name in ("positive", "ignored")})
        made.append(note(text("assignment_rule_counts", rule=rule_name(result.recipe, text), counts=tally)))
        made.append(maps(view, result, text, found.marks))
    return stacked(*made, "" if visit.view == "present" else answers_table(view, found, text))


def by_head(found: Comparison, text: Text) -> str:
    """Say in how many predictors the two rules differ in each head, where there is more than one."""
    each = {name: int(mark.sum()) for name, mark in found.marks.items()}
    if len(each) == 1:
        return ""
    return note(" · ".join(text("assignment_head_differs", head=name, count=count) for name, count in each.items()))


def verdict(found: Comparison, text: Text) -> str:
    """Say in how many predictors the two rules differ."""
    total = found.results[0].predictors
    key = "assignment_differ" if found.count else "assignment_agree"
    words = text(key, count=f"{found.count:,}", total=f"{total:,}")
    return f'<p class="lz-conclusions" data-testid="differ" data-value="{found.count}">{escape(words)}</p>'


def answers_table(view: AssignmentView, found: Comparison, text: Text) -> str:
    """Return a table of how many predictors answer for each truth under either rule."""
    head = cells(
        escape(text("assignment_truths")), *(escape(rule_name(r.recipe, text)) for r in found.results), tag="th"
    )
    body = "".join(
        cells(
            escape(truth_name(view.state, line, text)),
            *(
                f'<span data-testid="answers-{side}-{line}" data-value="{len(result.truths[line].answers)}">'
                f"{len(result.truths[line].answers)}</span>"
                for side, result in enumerate(found.results)
            ),
        )
        for line in range(len(view.state.boxes))
    )
    return f'<table class="lz-table" data-testid="answers"><thead>{head}</thead><tbody>{body}</tbody></table>'


def differences(view: AssignmentView, found: Comparison, text: Text) -> str:
    """Return a table of the predictors in which the two rules differ."""
    numbers = numbers_of(view.state.field)
    names = (rule_name(result.recipe, text) for result in found.results)
    head = cells(escape(text("assignment_field")), *map(escape, names), tag="th")
    body = "".join(
        cells(escape(who(one.predictor, text, numbers)), *(escape(difference_side(one, n, text)) for n in (0, 1)))
        for one in found.differences[:LISTED]
    )
    more = note(text("assignment_listed", shown=LISTED, count=f"{found.count:,}")) if found.count > LISTED else ""
    return table_of("differences", head, body, "") + more
