"""Two distributions to drag as bars: entropy, cross-entropy, divergence both ways."""

import math
from dataclasses import replace
from html import escape

from lossviz.components.field import Field, read
from lossviz.components.plot import Chart, Handle, PlotDrag, read_drag
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, four
from lossviz.core.visit import Visit
from lossviz.functions.charts.distributions import OUTCOMES, bars_figure, heights, nearest, place_of, stacks_figure
from lossviz.functions.distributions import TwoDistributions, information
from lossviz.functions.state import FunctionsState
from lossviz.functions.widgets.curves import FunctionsDesk, framed
from lossviz.functions.words import alike, divergence_says
from lossviz.web.html import cells, number, stacked

CHART = "chances-chart"
HEIGHT_FIELD = "chances-height"
HEIGHT = {"page": 420, "embed": 300, "present": 540}
STACKS = {"page": 190, "embed": 150, "present": 320}
"""The height of the stacks in pixels, by view."""
STEP = 0.05
SAME = 1e-9


# ---- the bars ----


def handle(desk: FunctionsDesk, text: Text) -> Handle:
    """Return the grip on the bar in hand."""
    state = desk.state
    return Handle(
        place_of(state.bar),
        heights(state)[state.bar],
        text("chances_handle", bar=bar_name(state.bar)),
        (-0.5, 0.0),
        (len(OUTCOMES) - 0.5, 1.0),
        desk.rev,
        step=STEP,
        words="{y}",
    )


def bar_name(bar: int) -> str:
    """Return the name of a bar: "p(A)", for example."""
    count = len(OUTCOMES)
    return f"{'p' if bar < count else 'q'}({OUTCOMES[bar % count]})"


def hear(desk: FunctionsDesk, text: Text, said: object) -> None:
    """Answer what a hand did: a drag keeps its bar, a tap chooses one, the arrows to the left and right the next one."""
    grip = handle(desk, text)
    event = read_drag(said, handle=grip, seq=desk.number(CHART))
    if not event:
        return
    state = desk.state
    if event.kind != "cancel" and stepped(event, grip):
        desk.heard[CHART] = event.seq
        desk.put(replace(state, bar=beside(state, event.x - grip.x)))
    elif event.kind in ("cancel", "move"):
        desk.hand(CHART, event.seq, event.kind, state.with_bar(state.bar, event.y))
    else:
        tapped = state.bar if desk.before else nearest(event.x)
        desk.hand(CHART, event.seq, event.kind, state.with_bar(tapped, event.y))


def stepped(event: PlotDrag, grip: Handle) -> bool:
    """Return whether a key moved the grip sideways: by just a step, or to the end, at the same height."""
    level = abs(event.y - grip.y) < SAME
    along = abs(abs(event.x - grip.x) - STEP) < SAME or event.x in (grip.low[0], grip.high[0])
    return event.kind == "move" and level and along


def beside(state: FunctionsState, way: float) -> int:
    """Return the next bar on the screen that way; at the end it is the same bar."""
    order = sorted(range(2 * len(OUTCOMES)), key=place_of)
    place = order.index(state.bar) + (1 if way > 0 else -1)
    return order[min(max(place, 0), len(order) - 1)]


def chart(desk: FunctionsDesk, visit: Visit) -> Chart:
    """Return the bars of both distributions with their grip."""
    text, state = visit.text, desk.state
    said = text("list_comma").join(f"{bar_name(bar)} {chance:.3g}" for bar, chance in enumerate(heights(state)))
    return Chart(
        figure=bars_figure(state, text),
        height=HEIGHT[visit.view],
        description=text("chances_alt", said=said),
        testid="chances-chart",
        handle=handle(desk, text),
    )


def bar_field(desk: FunctionsDesk, text: Text) -> Field:
    """Return the field in which the height of the bar in hand can be typed."""
    bar, label = desk.state.bar, text("chances_height", bar=bar_name(desk.state.bar))
    value = heights(desk.state)[bar]
    return Field(label=label, value=value, low=0.0, high=1.0, step=STEP, rev=desk.rev, digits=4, testid=HEIGHT_FIELD)


def typed(desk: FunctionsDesk, said: object) -> None:
    """Take over a typed height of the bar in hand."""
    event = read(said, low=0.0, high=1.0, rev=desk.rev, seq=desk.number(HEIGHT_FIELD))
    if event:
        desk.heard[HEIGHT_FIELD] = event.seq
        desk.put(desk.state.with_bar(desk.state.bar, event.value))


def told(state: FunctionsState, text: Text) -> str:
    """Return how much information the bar's outcome carries when it comes."""
    words = escape(text("chances_information", bar=bar_name(state.bar)))
    return f'<p class="lz-quiet">{words} {number("information", information(heights(state)[state.bar]))}</p>'


# ---- what follows ----


def sentence(found: TwoDistributions, text: Text) -> str:
    """Say what believing in q costs when p is true, and the other way round."""
    first, second = found.divergences
    said = {"pq": first, "qp": second, "entropy": found.entropies[0], "cross": found.crossed[0]}
    words = text(divergence_says(found), **{name: spoken(value) for name, value in said.items()})
    return f'<p class="lz-sentence" data-heard="sentence">{escape(words)}</p>'


def stacks(found: TwoDistributions, visit: Visit) -> Chart:
    """Return a chart of both cross-entropies, each put together from entropy and divergence."""
    text = visit.text
    return Chart(
        figure=stacks_figure(found, text),
        height=STACKS[visit.view],
        description=text("chances_stacks_alt", pq=four(found.crossed[0]), qp=four(found.crossed[1])),
        testid="chances-stacks",
    )


def measures(found: TwoDistributions, text: Text) -> str:
    """Return entropies, divergences and cross-entropies as a table, both ways."""
    heads = ("chances_way", "chances_entropy", "chances_divergence", "chances_cross")
    head = cells(*(escape(text(key)) for key in heads), tag="th")
    body = ""
    for way, row in zip(("pq", "qp"), (0, 1), strict=True):
        body += cells(
            escape(text(f"chances_way_{way}")),
            number(f"entropy-{way[0]}", found.entropies[row]),
            number(f"kl-{way}", found.divergences[row]),
            number(f"cross-{way}", found.crossed[row]),
        )
    return framed("chances", head, body)


def laws(found: TwoDistributions, state: FunctionsState, text: Text) -> str:
    """Return four laws with this state's numbers, a line each: monotone, additive, bounded, asymmetric."""
    one, other = found.entropies
    asymmetric = "chances_law_equal" if alike(found) else "chances_law_asymmetric"
    lines = (
        text("chances_law_monotone", low=four(information(0.5)), high=four(information(0.01))),
        text("chances_law_additive", one=four(one), other=four(other), both=four(found.together)),
        text("chances_law_bounds", most=four(math.log(len(state.p)))),
        text(asymmetric, pq=four(found.divergences[0]), qp=four(found.divergences[1])),
    )
    return (
        '<ul class="lz-laws" data-testid="chances-laws">'
        + "".join(f"<li>{escape(line)}</li>" for line in lines)
        + "</ul>"
    )


def says(found: TwoDistributions, state: FunctionsState, visit: Visit) -> str:
    """Return what follows from the two distributions: numbers both ways, and on the page the laws they obey."""
    return stacked(measures(found, visit.text), laws(found, state, visit.text) if visit.view == "page" else "")
