"""How tests read the Loss Lab, and how they play the browser."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.lab.desk import LabDesk
from lossviz.lab.state import State
from lossviz.lab.view import resting_view, view_of
from lossviz.web.session import Memory


def body(page: AppTest) -> str:
    """All HTML of the page."""
    return "".join(html.proto.body for html in page.get("html")) + "".join(readouts(page))


def readouts(page: AppTest) -> list[str]:
    """What stands in the readouts."""
    drawn = [part.proto for part in page.get("bidi_component")]
    return [json.loads(part.json)["html"] for part in drawn if part.component_name == "lossviz.readout"]


def every_number(page: AppTest) -> dict[str, float | None]:
    """What scripts read: the numbers by their test ids; None where a number ran off."""
    pairs = re.findall(r'data-testid="([\w-]+)" data-value="(.*?)"', body(page))
    return {name: float(value) if value else None for name, value in pairs if name != "slide-number"}


def numbers(page: AppTest) -> dict[str, float | None]:
    """Those of the loss and its terms."""
    wanted = r"loss|excess|floor|printed-cost|term-\w+"
    return {name: value for name, value in every_number(page).items() if re.fullmatch(wanted, name)}


def shown(state: State) -> dict[str, float]:
    """The same, from the state."""
    view = view_of(state)
    terms = {f"term-{term.name}": term.value for term in view.active_terms}
    whole = {"loss": view.loss, "excess": view.excess, "floor": view.floor, "printed-cost": view.printed_cost}
    if view.printed_cost is None:
        del whole["printed-cost"]
    return {name: pytest.approx(value, rel=1e-7) for name, value in (whole | terms).items()}


def memory(page: AppTest) -> Memory:
    found: Memory = page.session_state["lossviz"]
    return found


def desk(page: AppTest) -> LabDesk:
    found = memory(page).desks["lab"]
    assert isinstance(found, LabDesk)
    return found


def press(page: AppTest, key: str) -> AppTest:
    """A click on the button of that key."""
    page.button(key=key).click().run()
    assert not page.exception
    return page


def send(page: AppTest, kind: str, **more: object) -> AppTest:
    """What the browser sends of the canvas."""
    now = desk(page)
    box = resting_view(now.state.at_rest()).prediction.xywh
    event = {
        "kind": kind,
        "seq": now.number("canvas") + 1,
        "rev": now.rev,
        "boxes": {"prediction": box},
        "selected": "prediction",
    }
    page.session_state["canvas"] = {"event": event | more}
    page.run()
    assert not page.exception
    return page
