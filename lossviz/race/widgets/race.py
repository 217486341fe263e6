"""One race: start and target to drag, contenders, rules, the film and its curves."""

from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from lossviz.components.box_canvas import (
    WORDS,
    Canvas,
    CanvasBox,
    Film,
    Limits,
    Track,
    Units,
    read,
)
from lossviz.components.plot import Chart
from lossviz.core.desk import Desk
from lossviz.core.plane import LOW, SIDE, to_shares
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, paragraph
from lossviz.core.visit import Visit
from lossviz.race.charts import race_curves
from lossviz.race.figures.parts.content import RaceContent
from lossviz.race.figures.parts.experiment_content import ExperimentContent
from lossviz.race.results import results_of, shipped
from lossviz.race.state import CONTENDERS, GRADIENTS, RATES, SCHEDULES, SMALLEST, STEPS, RaceState
from lossviz.race.view import Run, ranked
from lossviz.race.words import sentences
from lossviz.race.worker import LABORATORY
from lossviz.web.choices import kept, kept_number, segments
from lossviz.web.dragging import dragged
from lossviz.web.save import save


@dataclass
class RaceDesk(Desk[RaceState]):
    """The desk of the Box race page: its race, and the film of it."""

    film: tuple[int, int] = (-1, 0)
    """Under which rev, and at which step, the film was last set going."""


BOXES = ("start", "target")
LIMITS: Limits = ((0.0, 1.0), (0.0, 1.0), (SMALLEST / SIDE, 1.0), (SMALLEST / SIDE, 1.0))
SECONDS = 6.0
"""The seconds that a film lasts."""
CURVES = {"page": 400, "embed": 380, "present": 610}
"""The height of the curves in pixels, by view."""


def boxes(state: RaceState, text: Text) -> list[CanvasBox]:
    """Return the box where the race starts, dashed, and the one where it should go."""
    kinds = {"start": "prediction", "target": "truth"}
    return [
        CanvasBox(name, kinds[name], text(f"box_{name}"), to_shares(getattr(state, name)), LIMITS)  # type: ignore[arg-type]
        for name in BOXES
    ]


def hear(desk: RaceDesk, text: Text, said: object) -> None:
    """Answer what a hand did on the board."""
    state = desk.state
    event = read(said, boxes=boxes(state, text), rev=desk.rev, seq=desk.number("track"), steps=state.steps)
    if not event:
        return
    if event.kind == "film":
        desk.hand("track", event.seq, "end", replace(state, at=None if event.playing else event.at))
        desk.film = (desk.rev, event.at or 0)
    elif event.kind in ("move", "end", "cancel"):
        desk.hand("track", event.seq, event.kind, dragged(event, state))


def began(desk: RaceDesk) -> int:
    """Return at which step the running film was last set going; saying so again is no jump."""
    rev, at = desk.film
    return min(at, desk.state.steps) if rev == desk.rev else 0


def track(runs: tuple[Run, ...], desk: RaceDesk, text: Text) -> Canvas:
    """Return the board with the film."""
    state = desk.state
    film = Film(
        [
            Track(run.name, text(run.name), run.name, run.shares, [("IoU", run.iou), ("error", run.error)])  # type: ignore[arg-type]
            for run in runs
        ],
        at=began(desk) if state.at is None else state.at,
        playing=state.at is None,
        speed=state.steps / SECONDS,
    )
    board = at_the_start(desk, text)
    words = {**board.words, **{word: text(word) for word in film.words}}
    return replace(board, film=film, words=words, description=text("board_race"))


def at_the_start(desk: RaceDesk, text: Text) -> Canvas:
    """Return the board with start and target alone."""
    return Canvas(
        boxes=boxes(desk.state, text),
        units=Units(LOW, SIDE, 2),
        front="start",
        selected="start",
        rev=desk.rev,
        words={word: text(f"canvas_{word}") for word in WORDS},
        description=text("board_race_start"),
    )


def sentence(runs: tuple[Run, ...], state: RaceState, text: Text) -> str:
    """Say how far each contender comes."""
    title, words = f"<b>{escape(text('race_title'))}</b>", paragraph(map(escape, sentences(runs, state, text)))
    whole = paragraph([title, f'<span data-heard="sentence">{words}</span>'])
    return f'<p class="lz-sentence">{whole}</p>'


def curves(runs: tuple[Run, ...], state: RaceState, visit: Visit) -> Chart:
    """Return IoU and error against the step; a line follows the film."""
    text = visit.text
    ends = text("list_comma").join(f"{text(run.name)} {spoken(float(run.error[-1]))}" for run in ranked(runs))
    return Chart(
        figure=race_curves(runs, {run.name: text(run.name) for run in runs}, text),
        height=CURVES[visit.view],
        description=text("race_curves", steps=state.steps, ends=ends),
        testid="race-curves",
        cursor=True,
    )


def choices(desk: RaceDesk, text: Text) -> None:
    """Choose who runs, by which gradient and by which rules."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="race-choices"):
        st.pills(
            text("race_who"),
            CONTENDERS,
            selection_mode="multi",
            format_func=text,
            **kept("who", list(state.who), partial(choose_who, desk)),
            label_visibility="collapsed",
        )
        words = {name: text(f"gradient_{name}") for name in GRADIENTS}
        st.markdown(text("race_gradient"), help=text("gradient_help"), width="content")
        segments(text("race_gradient"), "gradient", words, state.gradient, lambda name: change(desk, gradient=name))
        rules(desk, text)


def choose_who(desk: RaceDesk, who: list[str]) -> None:
    """Take over the chosen contenders, if there is at least one."""
    chosen = tuple(name for name in CONTENDERS if name in who)
    if chosen:
        change(desk, who=chosen)


def rules(desk: RaceDesk, text: Text) -> None:
    """Draw learning rate, schedule, factor and number of steps; nothing is drawn while they are folded."""
    state = desk.state
    folded = st.popover(text("race_rules"), key="rules", icon=":material/tune:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        field(text("race_rate"), "rate", state.rate, desk, low=RATES[0], high=RATES[1], format="%.5g", step=None)
        words = {name: text(f"schedule_{name}") for name in SCHEDULES}
        segments(
            text("race_schedule"),
            "schedule",
            words,
            state.schedule,
            lambda name: change(desk, schedule=name),
            named=True,
        )
        field(text("race_steps"), "steps", state.steps, desk, low=STEPS[0], high=STEPS[1], step=10)
        st.toggle(
            text("race_factor"),
            help=text("race_factor_help"),
            **kept_number("factor", state.factor, lambda factor: change(desk, factor=factor)),
        )


def field(label: str, name: str, value: Any, desk: RaceDesk, *, low: Any, high: Any, **options: Any) -> None:
    """Draw the field for one number of the rules."""
    st.number_input(
        label, low, high, **kept_number(name, value, lambda given: change(desk, **{name: given})), **options
    )


def change(desk: RaceDesk, **changes: Any) -> None:
    """Take over other rules; the film begins anew."""
    if "rate" in changes:
        changes["rate"] = float(f"{changes['rate']:.6g}")
    desk.put(replace(desk.state, at=None, **changes))


def save_race(desk: RaceDesk, text: Text, link: str) -> None:
    """Offer the figures of the race or of the experiment (until one's own is done, the full run) as files."""
    state = desk.state
    if state.tab == "one":
        save(RaceContent(state, link), text)
        return
    job = LABORATORY.of((state.points, state.gradient))
    asked = job.result if job else None
    found = shipped(state.gradient) if asked is None else results_of(state.gradient, asked)
    save(ExperimentContent(found, link), text)
