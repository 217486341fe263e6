"""A page for the browser tests: a race of made-up curves, or two boxes and how they lie to each other.

In its query: ``relation`` for the two boxes (``relation=hull,union`` for some parts), ``arrows`` with them; ``paused``,
``once`` for a film without a loop, ``speed``, ``steps``, ``all`` for all seven contenders, ``slow`` for a slow server.
"""

import time
from typing import Any, get_args

import numpy as np
import streamlit as st

from lossviz.components.box_canvas import (
    WORDS,
    Arrow,
    CanvasBox,
    Film,
    Relation,
    Track,
    TrackKind,
    Units,
    box_canvas,
    canvas_event,
)
from lossviz.core.text import Text
from lossviz.engine.boxes import XYWH

choice, memory = st.query_params, st.session_state
UNITS = Units(low=5.0, side=10.0)
START: dict[str, XYWH] = {"moving": (0.3, 0.3, 0.2, 0.3), "target": (0.6, 0.6, 0.4, 0.2)}
STEPS = int(choice.get("steps", 40))
PACE = {"iou": 0.02, "giou": 0.04, "diou": 0.1, "ciou": 0.12, "l2": 0.03, "smooth_l1": 0.06, "darknet": 0.2}

if "rev" not in memory:
    memory.update(
        rev=1, seq=0, xywh=START, selected="moving", log=[], told=[], at=0, playing="paused" not in choice, shift=0.0
    )


def words() -> dict[str, str]:
    text = Text("en")
    film = {"play": "Play", "pause": "Pause", "back": "One step back", "step": "One step", "ten": "Ten steps"}
    film |= {"speed": "Speed", "restart": "From the start", "slider": "Step", "at": "step {step}"}
    film |= {"contender": "Box", "iou": "IoU", "error": "Error"}
    return {word: text(f"canvas_{word}") for word in WORDS} | {f"film_{word}": said for word, said in film.items()}


def track(kind: TrackKind) -> Track:
    """From the one box to the other, each contender at its own pace and a little out of line."""
    start, end = (np.array(memory.xywh[name]) for name in ("moving", "target"))
    left = np.exp(-PACE[kind] * np.arange(STEPS + 1))[:, None]
    boxes = end + (start - end) * left ** np.array([1.0, 1.0 + 5 * PACE[kind], 1.0, 1.0])
    error = np.abs(boxes - end).sum(axis=1) + memory.shift
    return Track(
        kind, {"smooth_l1": "Smooth L1"}.get(kind, kind.upper()), kind, boxes, [("IoU", 1 - error), ("error", error)]
    )


def film() -> Film | None:
    if "relation" in choice:
        return None
    kinds = get_args(TrackKind) if "all" in choice else ("giou", "diou")
    speed = float(choice.get("speed", 20))
    return Film([track(kind) for kind in kinds], memory.at, memory.playing, speed, loop="once" not in choice)


def relation() -> Relation | None:
    if "relation" not in choice:
        return None
    labels = {"intersection": "I 1.20", "union": "U 12.80", "hull": "C 25.0", "centres": "ρ 4.24", "diagonal": "c 7.07"}
    labels |= {"aspect_first": "33.7°", "aspect_second": "63.4°"}
    wanted = choice["relation"].split(",") if choice["relation"] else labels
    return Relation("moving", "target", {part: labels[part] for part in wanted})


def arrows() -> list[Arrow]:
    if "arrows" not in choice:
        return []
    x, y, w, _ = memory.xywh["moving"]
    ends: dict[Any, tuple[float, float]] = {
        "iou": (0.05, 0.06),
        "giou": (0.08, 0.07),
        "diou": (0.15, 0.15),
        "ciou": (0.16, 0.17),
    }
    ends |= {"published": (-0.1, 0.1)}
    out = [Arrow((x, y), (x + dx, y + dy), kind[:1] + " 0.123", kind) for kind, (dx, dy) in ends.items()]
    return [*out, *(Arrow((x + w / 2, y), (x + w / 2 + dx, y), "", kind) for kind, (dx, _) in ends.items())]


def reset() -> None:
    memory.update(rev=memory.rev + 1, xywh=START, at=7, playing=False)


def other_tracks() -> None:
    memory.shift += 1.0


def jump() -> None:
    memory.at = 30


st.button("reset", on_click=reset)
st.button("other tracks", on_click=other_tracks)
st.button("jump", on_click=jump)


@st.fragment
def bench() -> None:
    place = st.container()
    boxes = canvas_boxes()
    event = canvas_event("canvas", boxes=boxes, rev=memory.rev, seq=memory.seq, film=STEPS)
    if event:
        memory.update(
            seq=event.seq, xywh=memory.xywh | event.boxes, selected=event.selected, log=[*memory.log, event.kind]
        )
    if event and event.kind == "film":
        memory.update(at=event.at, playing=event.playing, told=[*memory.told, f"{event.at} {event.playing}"])
    time.sleep(float(choice.get("slow", 0)))
    st.text(f"film {memory.at} {memory.playing}")
    st.text("rows " + " ".join(str(np.asarray(row)[memory.at]) for _, row in track("giou").rows))
    st.text("told " + ", ".join(memory.told))
    st.text("log " + (" ".join(memory.log) or "empty"))
    for name, xywh in memory.xywh.items():
        st.text(name + " " + " ".join(f"{value:.4f}" for value in xywh))
    with place:
        box_canvas(
            boxes=canvas_boxes(),
            words=words(),
            description="Two boxes",
            rev=memory.rev,
            seq=memory.seq,
            key="canvas",
            units=UNITS,
            front="moving",
            selected=memory.selected,
            relation=relation(),
            arrows=arrows(),
            film=film(),
        )


def canvas_boxes() -> list[CanvasBox]:
    return [
        CanvasBox("target", "truth", "target", memory.xywh["target"]),
        CanvasBox("moving", "prediction", "start" if film() else "moving", memory.xywh["moving"]),
    ]


bench()
