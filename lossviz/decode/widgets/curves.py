"""The two curves through which raw numbers go, each with a grip that runs along it."""

from lossviz.components.plot import Chart, Handle, read_drag
from lossviz.core.visit import Visit
from lossviz.decode.charts.curves import SQUASHES, chosen, described, squash_figure
from lossviz.decode.state import CHANNELS
from lossviz.decode.view import DecodeView
from lossviz.decode.widgets.desk import DecodeDesk

KEYS = {name: f"decode-{name}" for name in SQUASHES}
HEIGHT = {"page": 200, "embed": 150, "present": 230}
"""The height of a curve in pixels, by view."""


def handle(name: str, found: DecodeView, desk: DecodeDesk, *, later: bool) -> Handle:
    """Return the grip that stands for the raw number in hand on a curve."""
    squash = SQUASHES[name]
    curve = squash.curve(squash.later if later else squash.usual, later=later)
    mine = chosen(squash, desk.state.hand)
    low, high = squash.ends(later=later)[0]
    at = min(max(found.raw[mine], low), high)
    return Handle(
        at,
        0.0,
        f"t_{CHANNELS[mine]}",
        (low, 0.0),
        (high, 0.0),
        desk.rev,
        step=0.1,
        words="{x}",
        locked="y",
        along=(curve,),
    )


def hear(desk: DecodeDesk, found: DecodeView, part: str, said: object, *, later: bool) -> None:
    """Answer what a hand did on a curve."""
    name = next((name for name, key in KEYS.items() if key == part), None)
    event = (
        read_drag(said, handle=handle(name, found, desk, later=later), seq=desk.number(KEYS[name])) if name else None
    )
    if name and event:
        state = desk.state.with_one(chosen(SQUASHES[name], desk.state.hand), event.x)
        desk.hand(part, event.seq, event.kind, state)


def chart(name: str, found: DecodeView, desk: DecodeDesk, visit: Visit, *, later: bool) -> Chart:
    """Draw the centre's curve or the size's, with its grip; ``later`` in the bounded form."""
    hand, text = desk.state.hand, visit.text
    return Chart(
        figure=squash_figure(found, name, hand, text, later=later),
        height=HEIGHT[visit.view],
        description=described(found, name, hand, text, later=later),
        testid=f"curve-{name}",
        handle=handle(name, found, desk, later=later),
    )
