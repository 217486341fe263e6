"""A derivation that unfolds line by line: each with its formula, this state's numbers and the rule that makes it."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.core.text import Text
from lossviz.derivations import DERIVATIONS
from lossviz.derivations.line import Derivation, Line, Point
from lossviz.derivations.spell import own, with_numbers
from lossviz.engine.rules import RULES
from lossviz.objectness.state import MOST
from lossviz.objectness.widgets import calculus
from lossviz.objectness.widgets.desk import ObjectnessDesk
from lossviz.objectness.words import derivation_letters, derivation_of, read_at
from lossviz.web.choices import kept, kept_number, segments
from lossviz.web.html import note, number
from lossviz.web.page import Place

WIDTHS = {"page": (0.95, 1.35, 0.5), "present": (0.9, 1.45, 0.6), "embed": (2.6, 1.0)}
"""The relative widths of formula, numbers and rule; in a frame the numbers stand under the formula."""
STAGED = 4
"""How many lines a stage shows: the newest."""
OTHERS = ("chain", "product", "sum", "power", "ln", "quotient")
"""Rules that may be guessed where a derivation has few of its own."""


def show(place: Place) -> None:
    """Draw the choice, the lines so far, the next line's rule to be guessed, and the table of rules."""
    desk, text, state = place.desk, place.text, place.desk.state
    derivation, point = derivation_of(state), read_at(state)
    reached = min(state.line, len(derivation.lines) - 1)
    with st.container(key="derivation", gap=None):
        if place.tools and not place.staged:
            choices(desk, text)
        steps(derivation, reached, desk, text, derivation_letters(point, text))
        for n in range(max(0, reached + 1 - STAGED) if place.staged else 0, reached + 1):
            one_line(derivation, n, point, place, now=n == reached)
        guess(derivation, reached, desk, text)
    if not place.framed and not place.staged:
        calculus.appendix(desk, derivation.lines[reached].rule, text)


def look(desk: ObjectnessDesk, **changes: Any) -> None:
    """Change the place that is read, or the numbers it is read with."""
    desk.put(replace(desk.state, **changes))


# ---- which derivation, which numbers ----


def choices(desk: ObjectnessDesk, text: Text) -> None:
    """Choose the derivation, and the numbers it is read with."""
    derivation = derivation_of(desk.state)
    with st.container(horizontal=True, vertical_alignment="bottom", key="derivation-choices"):
        st.selectbox(
            text("derivation_pick"),
            list(DERIVATIONS),
            format_func=lambda key: text(f"derivation_{key}"),
            **kept("derivation-pick", derivation.key, lambda key: look(desk, derivation=key, line=0, rule="")),
            width=330,
        )
        if derivation.of == "logit":
            field(text("derivation_z"), "logit", (-MOST, MOST), desk)
            field(text("derivation_t"), "target", (0.0, 1.0), desk)
        else:
            for n in range(len(desk.state.scores)):
                score(n, desk, text)
            kinds = {str(n): str(n) for n in range(len(desk.state.scores))}
            label = text("derivation_kind")
            segments(label, "kind", kinds, str(desk.state.kind), lambda kind: look(desk, kind=int(kind)), named=True)


def field(label: str, name: str, bounds: tuple[float, float], desk: ObjectnessDesk) -> None:
    """Draw the field for logit or target."""
    shown = kept_number(
        f"derivation-{name}", getattr(desk.state, name), lambda given: look(desk, **{name: rounded(given)})
    )
    st.number_input(
        label,
        *bounds,
        step=0.1,
        format="%.6g",
        **shown,
        width=150,
    )


def score(n: int, desk: ObjectnessDesk, text: Text) -> None:
    """Draw the field for the logit of one class."""
    scores = desk.state.scores

    def change(given: float) -> None:
        look(desk, scores=(*scores[:n], rounded(given), *scores[n + 1 :]))

    st.number_input(
        text("derivation_score", n=n),
        -MOST,
        MOST,
        step=0.5,
        format="%.6g",
        **kept_number(f"derivation-score-{n}", scores[n], change),
        width=150,
    )


def rounded(value: float) -> float:
    """Round a number to the digits that a link has."""
    return float(f"{value:.6g}")


# ---- lines ----


def steps(derivation: Derivation, reached: int, desk: ObjectnessDesk, text: Text, said: str) -> None:
    """Draw the buttons back, on and all, how far one is, and what the letters stand for."""
    last = len(derivation.lines) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="derivation-go"):
        for key, icon, line, idle in (
            ("back", "arrow_back", reached - 1, reached == 0),
            ("next", "arrow_forward", reached + 1, reached == last),
            ("all", "keyboard_double_arrow_down", last, reached == last),
        ):
            st.button(
                text(f"derivation_{key}"),
                key=f"derivation-{key}",
                icon=f":material/{icon}:",
                disabled=idle,
                on_click=look,
                args=(desk,),
                kwargs={"line": max(0, line)},
            )
        st.html(f'<p class="lz-quiet"><b>{reached + 1} / {last + 1}</b>&emsp;{escape(said)}</p>', width="stretch")


def one_line(derivation: Derivation, n: int, point: Point, place: Place, *, now: bool) -> None:
    """Draw a line's formula, numbers and rule; of the newest line and of results also why."""
    line, view, desk, text = derivation.lines[n], place.visit.view, place.desk, place.text
    with st.container(key=f"derivation-line-{n}{'-now' if now else ''}", gap=None):
        columns = st.columns(WIDTHS[view], vertical_alignment="center", gap="small")
        columns[0].markdown(printed(left_of(derivation, n) + line.latex))
        with columns[0] if view == "embed" else columns[1]:
            st.markdown(printed(with_numbers(line, point)))
            value = own(line, point)
            st.html(f'<span class="lz-unseen">{number(f"line-{n}", value)}</span>')
        with columns[-1]:
            rule_button(derivation, n, desk, text)
        if now or line.result:
            st.html(why(derivation, n, point, text))
        if opened(derivation, desk) == n:
            calculus.card(desk, text)


def printed(latex: str) -> str:
    """Return a formula for Markdown, in full size."""
    return rf"$\displaystyle {latex}$"


def left_of(derivation: Derivation, n: int) -> str:
    """Return a line's left side; where it is that of the line above, only the sign."""
    line = derivation.lines[n]
    same = n > 0 and derivation.lines[n - 1].left == line.left
    return rf"\phantom{{{line.left}}} = " if same else f"{line.left} = "


def rule_button(derivation: Derivation, n: int, desk: ObjectnessDesk, text: Text) -> None:
    """Draw a line's rule; its formula is one hover away, its row in the table one click."""
    line = derivation.lines[n]

    def open_it() -> None:
        desk.unfolded = n
        look(desk, rule=line.rule)

    st.button(
        text(f"calculus_{line.rule}"),
        key=f"derivation-rule-{n}",
        icon=":material/function:",
        help=f"{calculus.formula(RULES[line.rule])}  \n{text(f'derivation_{derivation.key}_{n}')}",
        type="tertiary",
        on_click=open_it,
    )


def opened(derivation: Derivation, desk: ObjectnessDesk) -> int | None:
    """Return the line below which the opened rule stands: where it was opened, else the last that uses it."""
    state, last = desk.state, desk.unfolded
    shown = [n for n, line in enumerate(derivation.lines[: state.line + 1]) if line.rule == state.rule]
    return last if last in shown else shown[-1] if shown else None


def why(derivation: Derivation, n: int, point: Point, text: Text) -> str:
    """Return a line's reason in words; of a result for each class also the numbers of all classes."""
    line = derivation.lines[n]
    words = escape(text(f"derivation_{derivation.key}_{n}"))
    if not line.result:
        return f'<p class="lz-quiet">{words}</p>'
    return f'<p class="lz-stamp" data-testid="result-{n}">{words}{each_class(line, point, text)}</p>'


def each_class(line: Line, point: Point, text: Text) -> str:
    """Return the numbers of all classes, where there is one a class."""
    value = line.value(point)
    if not value.ndim:
        return ""
    numbers = ", ".join(number(f"class-{k}", float(one)) for k, one in enumerate(value))
    return f"<br>{text('derivation_each', values=numbers)}"


# ---- predict first ----


def guess(derivation: Derivation, reached: int, desk: ObjectnessDesk, text: Text) -> None:
    """Ask which rule comes next; an answer shows the line."""
    if desk.rule and desk.rule[1] == (derivation.key, reached):
        rule = derivation.lines[reached].rule
        right = desk.rule[0] == rule
        words = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')}"
        st.html(
            f'<p class="lz-stamp" data-testid="verdict" data-heard="verdict">{escape(words)} {name_of(rule, text)}</p>'
        )
    if reached == len(derivation.lines) - 1:
        st.html(note(text("derivation_end")))
        return
    with st.container(horizontal=True, vertical_alignment="center", key="derivation-guess"):
        st.markdown(text("derivation_guess"), width="content")
        for rule in offered(derivation, reached + 1):
            words = text(f"calculus_{rule}")
            st.button(words, key=f"guess-{rule}", on_click=try_it, args=(desk, derivation, reached + 1, rule))


def name_of(rule: str, text: Text) -> str:
    """Return a rule's name."""
    return escape(text(f"calculus_{rule}"))


def offered(derivation: Derivation, n: int) -> Sequence[str]:
    """Return the right rule and two others, in the order of the table."""
    right = derivation.lines[n].rule
    others = [rule for rule in dict.fromkeys((*derivation.rules, *OTHERS)) if rule != right]
    picked = {right, others[n % len(others)], others[(n + 2) % len(others)]}
    return [rule for rule in RULES if rule in picked]


def try_it(desk: ObjectnessDesk, derivation: Derivation, n: int, rule: str) -> None:
    """Show the next line, and remember what was guessed."""
    desk.rule = (rule, (derivation.key, n))
    look(desk, line=n)
