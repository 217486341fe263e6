"""The second level: the slope in its factors, the race of two logits, Darknet's layers through the years."""

from html import escape

import streamlit as st

from lossviz.components.plot import Chart
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, airy, paragraph
from lossviz.objectness.charts import name_of, race_figure
from lossviz.objectness.darknet import Stage, stages_of
from lossviz.objectness.descent import Run, flow_steps, race_of
from lossviz.objectness.state import PARTS, RATES, STEPS, ObjectnessState
from lossviz.objectness.view import FACTORS, LOSSES, ObjectnessView
from lossviz.objectness.widgets.curves import head_of, look, loss_name, swatch
from lossviz.objectness.widgets.desk import ObjectnessDesk
from lossviz.objectness.words import factor_letters, fastest_says, race_end
from lossviz.web.choices import kept_number, segments
from lossviz.web.html import capital, cells, note, number, stacked, table_of

RACE = {"page": 310, "embed": 210, "present": 460}
"""The height of the race's chart in pixels, by view."""
FEW = 2
"""How many rows of formulas still have large letters."""


def part_choice(desk: ObjectnessDesk, text: Text) -> None:
    """Choose the part: factors, race or Darknet."""
    words = {part: text(f"objectness_part_{part}") for part in PARTS}
    segments(text("objectness_part"), "part", words, desk.state.part, lambda part: look(desk, part=part))


def says(view: ObjectnessView, text: Text, seen: str) -> str:
    """Return the chosen part in words and numbers; the others work nothing out."""
    if view.state.part == "factors":
        return factors(view, text, seen)
    return race(view.state, text) if view.state.part == "race" else darknet(view.state, text)


# ---- factors ----


def factors(view: ObjectnessView, text: Text, seen: str) -> str:
    """Return the chain rule with numbers, and where squared error learns fastest."""
    if seen == "embed":
        return chain_table(view, text) + fast(view, text)
    puzzle = f'<p class="lz-says">{escape(text("objectness_puzzle"))}</p>'
    return stacked(chain_table(view, text) + note(factor_letters(view, text)), puzzle + fast(view, text))


def chain(view: ObjectnessView) -> str:
    """Return dL/dz as the product of two slopes in LaTeX, a row a loss."""
    rows = [chain_row(name) for name in view.state.shown]
    head = r"L && \frac{dL}{da} &\cdot \frac{da}{dz} &&= \frac{dL}{dz}"
    size = r"\footnotesize " if len(rows) > FEW else ""
    return size + r"\begin{aligned} " + r" \\[0.5em] ".join([head, *rows]) + r" \end{aligned}"


def chain_row(name: str) -> str:
    """Return one loss' row in LaTeX: dL/da times da/dz is dL/dz."""
    loss = LOSSES[name]
    return rf"{loss.formula} && {loss.outer} &\cdot {FACTORS[loss.sigmoid]} &&= {loss.latex}"


def chain_table(view: ObjectnessView, text: Text) -> str:
    """Return the factors of the chain rule with this state's numbers, as a table."""
    body = "".join(
        cells(
            loss_name(name, text),
            number(f"outer-{name}", found.outer),
            number(f"inner-{name}", found.inner),
            number(f"passed-{name}", found.passed),
        )
        for name, found in view.numbers.items()
    )
    head = head_of(("da", "inner", "dz"), text)
    return table_of("factors", head, body, "lz-losses")


def fast(view: ObjectnessView, text: Text) -> str:
    """Say where squared error learns fastest on this side of the target, how fast here, and where it is saturated."""
    return f'<p class="lz-says" data-testid="fastest">{fastest_says(view, text, number)}</p>'


# ---- the race ----


def race(state: ObjectnessState, text: Text) -> str:
    """Say in which step each of the two logits passes one half."""
    said = "".join(f"<p>{swatch(run.name)}{escape(stand(run, state, text))}</p>" for run in race_of(state))
    return f'<div class="lz-race" data-testid="race">{said}</div>'


def race_chart(state: ObjectnessState, text: Text, seen: str) -> Chart:
    """Return the chart of both probabilities on their way."""
    runs = race_of(state)
    return Chart(
        figure=race_figure(runs, state.target, text),
        height=RACE[seen],
        description=text("objectness_race_chart", ends=paragraph([stand(run, state, text) for run in runs])),
        testid="race-chart",
    )


def stand(run: Run, state: ObjectnessState, text: Text) -> str:
    """Say when a run passes one half, or where it ends."""
    name, p, steps = capital(name_of(run.name, text)), spoken(float(run.p[-1])), f"{run.steps:,}"
    end = race_end(run, state)
    if end == "ends":
        return airy(text("objectness_race_ends", name=name, p=p, steps=steps))
    flow = spoken(flow_steps(run.name, state), 3)
    if end == "late" or run.passes is None:
        return airy(text("objectness_race_late", name=name, p=p, steps=steps, flow=flow))
    return airy(text("objectness_race_won", name=name, step=f"{run.passes:,}", flow=flow))


def rules(desk: ObjectnessDesk, text: Text) -> None:
    """Draw fields for learning rate and number of steps."""
    state = desk.state
    with st.container(horizontal=True, key="race-rules"):
        st.number_input(
            text("objectness_rate"),
            *RATES,
            step=None,
            format="%.5g",
            **kept_number("rate", state.rate, lambda rate: look(desk, rate=float(f"{rate:.6g}"))),
            width=170,
        )
        st.number_input(
            text("objectness_steps"),
            *STEPS,
            step=100,
            **kept_number("steps", state.steps, lambda steps: look(desk, steps=steps)),
            width=170,
        )


# ---- Darknet ----


def darknet(state: ObjectnessState, text: Text) -> str:
    """Return a table of Darknet's versions and what each makes of this output."""
    keys = ("version", "delta", "gpu", "cpu", "printed", "descends")
    head = cells(*(escape(text(f"objectness_darknet_{key}")) for key in keys), tag="th")
    body = "".join(stage_row(n, stage, text) for n, stage in enumerate(stages_of(state)))
    frame = table_of("darknet", head, body, "lz-darknet")
    return f"{note(text('objectness_darknet_about'))}<div class='lz-wide-table'>{frame}</div>"


def stage_row(n: int, stage: Stage, text: Text) -> str:
    """Return the row of one version; below it in words what changed."""
    version = stage.version
    named = text("ledger_version", date=version.date, commit=version.commit, layer=version.layer)
    nothing = (
        f'<span title="{escape(text("objectness_darknet_nothing_about"))}" data-testid="cpu-{n}">'
        f"{escape(text('objectness_darknet_nothing'))}</span>"
    )
    row = cells(
        f"<b>{escape(named)}</b>",
        number(f"delta-{n}", stage.delta),
        number(f"gpu-{n}", stage.gpu),
        nothing if stage.cpu is None else number(f"cpu-{n}", stage.cpu),
        number(f"printed-{n}", stage.printed),
        escape(text(f"objectness_descends_{'squared' if stage.squared else 'bce'}")),
    )
    return f'{row}<tr class="lz-said"><td colspan="6">{escape(version.said(text.lang))}</td></tr>'
