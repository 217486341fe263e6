"""The Start page's cards: states of the Lab and of the other pages, evaluated now, each a link to itself."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from lossviz.core.plane import to_shares
from lossviz.core.text import Text, four
from lossviz.core.visit import Visit
from lossviz.engine.boxes import XYWH
from lossviz.figures.theme import MEASURE, PREDICTION, TRUTH
from lossviz.lab.state import State
from lossviz.lab.view import LabView, resting_view
from lossviz.overlap.state import OverlapState
from lossviz.overlap.view import view_of
from lossviz.race.state import RaceState
from lossviz.race.view import runs_of
from lossviz.scenes.check import Letterbox
from lossviz.scenes.gallery import FIRST, SAMPLES, letterbox_of

CARDS = tuple(State(scene=key) for key in (FIRST, "astronaut", "chelsea") if key in SAMPLES)


def begin(visit: Visit, text: Text) -> str:
    """Return the way to the lessons, before anything else."""
    query = urlencode({key: value for key, value in visit.to_query().items() if key in ("lang", "view")})
    return (
        f'<p class="lz-begin"><a href="lessons?{escape(query)}" target="_self">{escape(text("start_lessons"))} →</a> '
        f"<span>{escape(text('start_lessons_about'))}</span></p>"
    )


def cards(states: Sequence[State], visit: Visit, text: Text) -> str:
    """Return a card for each of these states of the Lab."""
    return f'<div class="lz-cards">{"".join(card(state, visit, text) for state in states)}</div>'


def card(state: State, visit: Visit, text: Text) -> str:
    """Return a state's card: picture, question and bars; the whole card is the link."""
    view = resting_view(state)
    query = urlencode({**visit.to_query(), **state.to_query()})  # as the Lab itself writes it: one step back leads here
    return (
        f'<a class="lz-card" href="lab{escape(f"?{query}" if query else "")}" target="_self">{thumbnail(view)}'
        f"<b>{escape(text(f'start_{state.scene}'))}</b>{small_bars(view, text)}"
        f"<span>{escape(text('start_open'))} →</span></a>"
    )


def thumbnail(view: LabView) -> str:
    """Return the photograph with its boxes."""
    place = letterbox_of(view.state.scene)
    boxes = "".join(rectangle(truth.xywh, place, TRUTH, "solid") for truth in view.truths)
    boxes += rectangle(view.prediction.xywh, place, PREDICTION, "dashed")
    return (
        f'<div class="lz-photo"><div style="aspect-ratio:{place.w / place.h:.4f}">'
        f'<img src="scenes/{SAMPLES[view.state.scene].photo}" alt="">{boxes}</div></div>'
    )


def rectangle(xywh: XYWH, place: Letterbox, colour: str, line: str) -> str:
    """Return a box, placed in percent of the photograph."""
    x, y, w, h = xywh
    left, top = (x - w / 2 - place.x) / place.w, (y - h / 2 - place.y) / place.h
    sides = zip(("left", "top", "width", "height"), (left, top, w / place.w, h / place.h), strict=True)
    style = "".join(f"{name}:{100 * share:.2f}%;" for name, share in sides)
    return f'<i style="{style}border-color:{colour};border-style:{line}"></i>'


def small_bars(view: LabView, text: Text) -> str:
    """Return the excess of each term as bars."""
    most = max(term.excess or 0.0 for term in view.terms)
    rows = "".join(
        f"<span>{escape(text(f'term_{term.name}'))}</span>"
        f'<i style="width:{100 * (term.excess or 0) / most:.1f}%"></i><span>{four(term.excess)}</span>'
        for term in view.terms
    )
    return f'<div class="lz-bars">{rows}</div>'


def more(visit: Visit, text: Text) -> str:
    """Return the cards of two other pages: two boxes with their four measures, and a race."""
    boxes, run = OverlapState(), RaceState()
    losses = [(name, measured.loss / 2, four(measured.loss)) for name, measured in view_of(boxes).measures.items()]
    steps = [(one.name, (one.half or run.steps) / run.steps, str(one.half)) for one in runs_of(run)]
    return (
        '<div class="lz-cards lz-more">'
        + page_card("overlap", (boxes.moving, boxes.target), losses, visit, text)
        + page_card("race", (run.start, run.target), steps, visit, text)
        + "</div>"
    )


def page_card(
    page: str, boxes: tuple[XYWH, XYWH], bars: Sequence[tuple[str, float, str]], visit: Visit, text: Text
) -> str:
    """Return a page's card: board, question and bars; the whole card is the link."""
    query = urlencode(visit.to_query())
    whole = Letterbox(0, 0, 1, 1)
    moving, target = (to_shares(box) for box in boxes)
    drawn = rectangle(target, whole, TRUTH, "solid") + rectangle(moving, whole, PREDICTION, "dashed")
    rows = "".join(
        f'<span>{escape(text(name))}</span><i style="width:{100 * share:.1f}%;background:{MEASURE[name]}"></i>'
        f"<span>{number}</span>"
        for name, share, number in bars
    )
    return (
        f'<a class="lz-page" href="{page}{escape(f"?{query}" if query else "")}" target="_self">'
        f'<div class="lz-photo lz-board"><div style="aspect-ratio:1">{drawn}</div></div>'
        f'<b>{escape(text(f"start_{page}"))}</b><div class="lz-bars">{rows}</div>'
        f"<span>{escape(text(f'page_{page}'))} →</span></a>"
    )
