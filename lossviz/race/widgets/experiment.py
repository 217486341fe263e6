"""The experiment of 1,715,000 boxes: asked for, followed, cancelled, and what it says."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.components.plot import plot
from lossviz.core.text import Text, four, paragraph
from lossviz.core.visit import Visit
from lossviz.race.charts import basin_map, distance_curves, experiment_curves
from lossviz.race.results import CASES, ENOUGH, Results, results_of, shipped
from lossviz.race.state import GRADIENTS, MEASURED, POINTS, RaceState
from lossviz.race.widgets.race import RaceDesk
from lossviz.race.words import expected, in_order
from lossviz.race.worker import LABORATORY, Job
from lossviz.web.choices import segments
from lossviz.web.html import hidden_line, note, question_alone
from lossviz.web.waiting import PACE, visitor, waited

UPDATES = CASES * 200 * len(MEASURED)
"""The number of box updates for each point of the experiment."""
CURVES, BASIN = {"page": 380, "embed": 300, "present": 530}, {"page": 360, "embed": 300, "present": 450}
"""The heights of the mean errors' curves and of the basin map in pixels, by view."""
LEFT = "experiment-left"
"""Where in the session stands which experiment this visitor has turned away from."""


def job_of(state: RaceState) -> Job | None:
    """Return the experiment of this state, if somebody asked for it and this visitor has not turned away from it."""
    job = LABORATORY.of((state.points, state.gradient))
    return None if job and not job.ended and st.session_state.get(LEFT) == job.request else job


def pace(state: RaceState) -> float | None:
    """Return how often the page looks again by itself: only while something is under way."""
    job = job_of(state)
    return PACE if job and not job.ended else None


def experiment(visit: Visit, desk: RaceDesk) -> None:
    """Draw what is asked, how far it is, and what came out; before that, the full run lossviz comes with."""
    state, text = desk.state, visit.text
    job = job_of(state)
    choosing = visit.shows("panel") and visit.view == "page"
    if choosing:
        choices(desk, text)
    if job and job.state == "failed":
        st.error(text("experiment_failed", trouble=job.trouble))
    if job and not job.ended:
        LABORATORY.see(job, visitor())
        waited(job, text, "experiment_waiting", "experiment-cancel", leave)
    ran = job.result if job else None
    found = shipped(state.gradient) if ran is None else results_of(state.gradient, ran)
    if visit.view != "present":
        st.html(note(origin(found, job if ran is not None else None, text, choosing=choosing)))
    if visit.shows("sentence"):
        st.html(conclusions(found, {name: text(name) for name in MEASURED}, text))
    (staged if visit.view == "present" else outcome)(found, visit)


def origin(found: Results, job: Job | None, text: Text, *, choosing: bool) -> str:
    """Say who ran the experiment, or that lossviz comes with it; ``choosing``: one can run one's own here."""
    points, gradient = f"{found.count:,}", text(f"gradient_{found.gradient}")
    if job:
        backend, seconds = text(f"backend_{job.said.get('backend') or 'eager'}"), f"{job.seconds:.0f}"
        return text("experiment_done", points=points, gradient=gradient, seconds=seconds, backend=backend)
    said = text("experiment_shipped", points=points, gradient=gradient)
    return paragraph([said, text("experiment_own")]) if choosing else said


def question(visit: Visit) -> None:
    """Ask what comes out, where that is hidden."""
    if visit.asks("sentence"):
        st.html(question_alone(visit.text("experiment_question")))
    st.html(hidden_line(visit))


def choices(desk: RaceDesk, text: Text) -> None:
    """Choose how many points run and by which gradient, and run them."""
    state, job = desk.state, job_of(desk.state)
    cases = f"{CASES * state.points:,}"
    about = text(
        "experiment_about", points=f"{state.points:,}", cases=cases, updates=f"{UPDATES * state.points / 1e6:.0f}"
    )
    st.html(note(about))
    with st.container(horizontal=True, vertical_alignment="center", key="experiment-choices"):
        st.markdown(text("experiment_points"), width="content")
        words = {str(points): f"{points:,}" for points in POINTS}
        segments(
            text("experiment_points"), "points", words, str(state.points), lambda points: turn(desk, points=int(points))
        )
        words = {name: text(f"gradient_{name}") for name in GRADIENTS}
        st.markdown(text("race_gradient"), width="content")
        segments(text("race_gradient"), "gradient", words, state.gradient, lambda name: turn(desk, gradient=name))
        if not job or job.state in ("failed", "cancelled"):
            icon = ":material/play_arrow:"
            st.button(
                text("experiment_run"), key="experiment-run", type="primary", icon=icon, on_click=ask, args=(desk,)
            )
    if st.session_state.pop("experiment-busy", False):
        st.warning(text("experiment_busy"))


def turn(desk: RaceDesk, **changes: Any) -> None:
    """Look at another experiment, which does not begin it."""
    desk.put(replace(desk.state, **changes))


def ask(desk: RaceDesk) -> None:
    """Begin the experiment, or join it where it is under way."""
    state = desk.state
    st.session_state.pop(LEFT, None)
    if LABORATORY.ask((state.points, state.gradient), visitor()) is None:
        st.session_state["experiment-busy"] = True


def leave(job: Job) -> None:
    """Wait no longer for the experiment; it goes on for others who do."""
    st.session_state[LEFT] = job.request
    LABORATORY.leave(job, visitor())


def outcome(found: Results, visit: Visit) -> None:
    """Draw what came out: curves, distance, basin map, a table."""
    names, text = {name: visit.text(name) for name in MEASURED}, visit.text
    left, right = st.columns((1.35, 1) if visit.view == "page" else (1, 1), gap="medium")
    with left:
        means(found, visit)
        st.html(note(text("experiment_spread")))
        plot(
            distance_curves(found, names, text),
            key="experiment-distance",
            height=260,
            description=text("experiment_distance"),
            testid="experiment-distance",
        )
    with right:
        st.html(note(basin(found, visit)))
        if visit.view == "embed":
            return
        if visit.shows("numbers"):
            st.html(ending(found, names, text))
        st.html(note(text("experiment_command")))
        st.code(
            f"python -m lossviz race --points {found.count} --gradient {found.gradient}",
            language="bash",
            wrap_lines=True,
        )


def staged(found: Results, visit: Visit) -> None:
    """Draw what a stage has room for: the curves and a basin map."""
    left, right = st.columns((1.35, 1), gap="medium")
    with left:
        means(found, visit)
    with right:
        basin(found, visit)


def means(found: Results, visit: Visit) -> None:
    """Draw the mean error per case against the step."""
    names, text = {name: visit.text(name) for name in MEASURED}, visit.text
    ends = text("list_comma").join(f"{names[name]} {four(float(found.curves[name][-1]))}" for name in found.order)
    plot(
        experiment_curves(found, names, text),
        key="experiment-curves",
        height=CURVES[visit.view],
        description=text("experiment_curves", ends=ends),
        testid="experiment-curves",
    )


def basin(found: Results, visit: Visit) -> str:
    """Choose a loss and draw its final error at each start; return the map in words."""
    names, text = {name: visit.text(name) for name in MEASURED}, visit.text
    chosen = st.session_state.get("basin") or "giou"
    st.markdown(text("experiment_map"), width="content")
    segments(text("experiment_map"), "basin", names, chosen, lambda _: None)
    alt = text("experiment_basin", name=names[chosen])
    plot(basin_map(found, chosen, text), key="basin-map", height=BASIN[visit.view], description=alt, testid="basin")
    return alt


STEPS_SHOWN = (1, 10, 25, 50, 100, 160, 180, 200)


def ending(found: Results, names: Mapping[str, str], text: Text) -> str:
    """Return a table of the mean error per case at some steps."""
    head = "".join(f"<th>{step}</th>" for step in STEPS_SHOWN)
    rows = ""
    for name in found.curves:
        numbers = "".join(
            f'<td data-testid="experiment-{name}-{step}" data-value="{found.curves[name][step - 1]:.10g}">'
            f"{found.curves[name][step - 1]:.3g}</td>"
            for step in STEPS_SHOWN
        )
        rows += f"<tr><td>{escape(names[name])}</td>{numbers}</tr>"
    top = f"<thead><tr><th>{escape(text('race_step_axis'))}</th>{head}</tr></thead>"
    return f'<table class="lz-table lz-measures">{top}<tbody>{rows}</tbody></table>'


def conclusions(found: Results, names: Mapping[str, str], text: Text) -> str:
    """Return the conclusions with step, learning rate and points; with too few points only a note."""
    if found.count < ENOUGH:
        return note(text("experiment_few", points=found.count))
    order = in_order(found, names)
    gradient = text(f"gradient_{found.gradient}")
    spans = text("list_comma").join(
        text("experiment_span", name=names[name], first=first, last=last)
        if name
        else text("experiment_level", first=first, last=last)
        for name, first, last in found.leads("giou", "diou")
    )
    said = [
        text("experiment_says_end", step=found.steps, gradient=gradient, points=f"{found.count:,}", order=order),
        text("experiment_says_lead", spans=spans),
        *([text(f"experiment_says_{found.gradient}")] if expected(found) else []),
    ]
    return f'<p class="lz-conclusions" data-testid="conclusions">{escape(paragraph(said))}</p>'
