"""Level 2, "Why?": the chosen term with this predictor's numbers, its channels, one number in five readings, the log."""

import math
from collections.abc import Sequence
from dataclasses import replace
from html import escape

import streamlit as st
import torch

from lossviz.components.channels import WORDS, Channel, Channels, read
from lossviz.core.text import Text, four, minus, paragraph
from lossviz.figures.theme import ceiling
from lossviz.lab.channels import (
    FIRST_CLASS,
    WANTED,
    Line,
    Reading,
    WhyView,
    divided_by_0,
    done,
    labelled,
    log_entries,
    outputs,
    overflowed,
    state_of,
    underrated,
    why_of,
    with_numbers,
)
from lossviz.lab.desk import LabDesk
from lossviz.lab.view import LabView, TruthView
from lossviz.lab.words import kind_name, together, truth_name
from lossviz.scenes.gallery import SAMPLES
from lossviz.scenes.limits import WIDEST
from lossviz.web.choices import kept
from lossviz.web.html import about, capital, cells, glossed, number, predictor_name

AGREE = 1e-9
"""Closed form and autograd differ by less, relative to the larger."""


def who(view: LabView, found: WhyView, text: Text) -> str:
    """Say which predictor is chosen, what is asked of it, and why its dearest term is dear."""
    name = capital(escape(predictor_name(view.prediction.predictor, text)))
    title = f'<b title="{view.prediction.predictor}">{glossed(name, text)}</b>'
    truths = view.truths_of(view.prediction.predictor)
    if not truths:
        said = text("caption_switch", what=title, choice=escape(unlabelled(view, found, text)))
        return f'<p class="lz-sentence lz-who">{glossed(said, text, "responsible")}</p>'
    cost, worst, worst_cost = own_cost(found)
    if not math.isfinite(cost):
        said = text("caption_switch", what=title, choice=escape(text("no_number")))
        return f'<p class="lz-sentence lz-who">{said}</p>'
    share = "" if done(cost) else f"{worst_cost / cost:.0%}"
    words = text(
        "why_costs" if share else "why_done",
        cost=f"<b>{four(cost)}</b>",
        share=share,
        term=f"<b>{escape(text(f'term_{worst}'))}</b>",
        reason=escape(reason(view, found, replace(truths[-1], worst=worst), text)) if share else "",
    )
    alone = len(truths) == 1 and len(truths[0].answers) == 1
    what = capital(escape(truth_name(view, truths[0], text))) if alone else text("this_one")
    odd = [line.term.name for line in found.lines if line.value is None]
    if odd:
        uncounted = text("uncounted", terms=text("list_nouns").join(text(f"term_{name}") for name in odd))
        words += f" {escape(capital(uncounted))}{text('list_end')}"
    rest = text("who_line", answers=escape(answers_for(view, truths, text)), what=what, words=words)
    rest += escape(forgotten(view, text))
    return f'<p class="lz-sentence lz-who">{title}{glossed(rest, text, "responsible")}</p>'


THRESHOLD = 0.5
"""A usual detection threshold."""


def detection(view: LabView, text: Text) -> str:
    """Say what the chosen predictor reports at test time, when there are no labels: its score against a threshold."""
    chosen = view.prediction
    name, score = kind_name(view, chosen.kind, text), chosen.objectness * chosen.probability
    values = {"objectness": four(chosen.objectness), "probability": four(chosen.probability), "score": four(score)}
    found = text("detection_found" if score > THRESHOLD else "detection_none", name=name)
    said = paragraph([text("detection", **values, name=name), found])
    return f'<p class="lz-quiet" data-testid="detection">{escape(said)}</p>'


def answers_for(view: LabView, truths: Sequence[TruthView], text: Text) -> str:
    """Say that the predictor answers for a label alone, as one of several, or for several labels at once."""
    if len(truths) > 1:
        names = together(view, truths, text)
        return text("answers_shared", names=names, last=kind_name(view, truths[-1].kind, text))
    count = len(truths[0].answers)
    return text("answers_for") if count == 1 else text("answers_too", count=count)


def forgotten(view: LabView, text: Text) -> str:
    """Say which labels the chosen predictor would have, had no later one overwritten them; nothing if there are none."""
    lost = [truth for truth in view.truths if view.prediction.predictor in truth.lost]
    return text("who_forgot", names=together(view, lost, text)) if lost else ""


def unlabelled(view: LabView, found: WhyView, text: Text) -> str:
    """Say what a predictor without a label is, what is asked of it, and whether other terms ask for more."""
    state = state_of(view, found.lines)
    target = next((f"{float(line.target[0, 0]):.4g}" for line in found.lines if line.term.name == "noobject"), "–")
    more = [line for line in found.lines if line.term.name != "noobject"]
    rest = "asked_more" if more else "" if found.lines else "asked_free"
    rest = "" if state == "positive" else rest
    return text(f"asked_{state}", target=target) + (text(rest) if rest else "")


def own_cost(found: WhyView) -> tuple[float, str, float]:
    """Return what this predictor alone costs above its floor, its dearest term, and what that costs."""
    costs = {line.term.name: line.cost for line in found.lines if line.value is not None}
    worst = max(costs, key=lambda name: costs[name])
    return sum(costs.values()), worst, costs[worst]


def reason(view: LabView, found: WhyView, truth: TruthView, text: Text) -> str:
    """Say why the dearest term is dear, with this predictor's numbers."""
    line = found.line("class")
    if truth.worst == "class" and line:
        return class_reason(view, line, text)
    facts = view.facts_of(truth, view.prediction.predictor)
    return text(
        f"reason_{truth.worst}",
        objectness=four(facts.objectness),
        target=four(facts.wanted),
        w=four(facts.width_ratio),
        h=four(facts.height_ratio),
    )


def class_reason(view: LabView, line: Line, text: Text) -> str:
    """Name the class that costs most: a label's that gets less than its target or more, or one that is no label's."""
    assert line.value is not None
    dearest = int((line.value - line.floor).argmax())
    channel = line.channels[dearest]
    output = outputs(view, [line], torch.tensor(view.prediction.raw, dtype=torch.float64, device="cpu"))
    said = float(output[channel])
    key = "reason_other_class" if not labelled(line, dearest) else "reason_class"
    key = "reason_class_above" if key == "reason_class" and not underrated(line, dearest, said) else key
    name = kind_name(view, channel - FIRST_CLASS, text)
    return text(key, name=name, probability=four(said), target=four(float(line.target[0, dearest])))


def channel_name(view: LabView, index: int, target: float | None, text: Text) -> str:
    """Return the name of a channel: "x", "objectness" or "cup (label)", for example."""
    if index < FIRST_CLASS:
        return text(f"channel_{index}")
    name = kind_name(view, index - FIRST_CLASS, text)
    return text("truth_label", name=name) if (target or 0) > WANTED else name


def channel_rows(view: LabView, found: WhyView, text: Text) -> list[Channel]:
    """Return the rows of the table of channels."""
    return [
        Channel(
            channel.index,
            channel_name(view, channel.index, channel.target, text),
            channel.raw,
            minus(four(channel.output)),
            "–" if channel.target is None else minus(f"{channel.target:.4g}"),
            channel.gradient,
            minus(four(channel.gradient)),
        )
        for channel in found.channels
    ]


def rows(view: LabView, found: WhyView, desk: LabDesk, text: Text) -> Channels:
    """Return the table of channels."""
    steepest = max((abs(c.gradient) for c in found.channels if c.gradient and math.isfinite(c.gradient)), default=1.0)
    return Channels(
        rows=channel_rows(view, found, text),
        selected=found.chosen,
        words={word: text(f"channels_{word}") for word in WORDS},
        largest=ceiling(max(steepest, 1e-6)),
        rev=desk.rev,
        description=text("channels_description", predictor=predictor_name(view.prediction.predictor, text)),
        field=FIELD,
    )


FIELD = (-WIDEST, WIDEST)


def others(found: WhyView, text: Text) -> str:
    """Say how many channels the table leaves out, and how hard they pull together."""
    if found.others <= 0:
        return ""
    return f'<p class="lz-quiet">{text("others", count=found.others, sum=four(found.others_gradient))}</p>'


def search(view: LabView, found: WhyView, desk: LabDesk, text: Text) -> None:
    """Find any class by its name; the list is long, so it is drawn only when asked for."""
    folded = st.popover(text("class_search"), key="class_finder", icon=":material/search:", on_change="rerun")
    if not folded.open:
        return
    family = SAMPLES[view.state.scene].classes
    count = len(view.prediction.raw) - FIRST_CLASS
    names = [text.kind(family, kind) for kind in range(count)] if family else [str(kind) for kind in range(count)]

    def choose(kind: int | None) -> None:
        if kind is not None:
            desk.look(channel=FIRST_CLASS + kind)

    folded.selectbox(
        text("class_search"),
        range(count),
        index=None,
        format_func=names.__getitem__,
        **kept("class_search", None, choose),
        placeholder=text("class_search"),
        label_visibility="collapsed",
    )


def hear(desk: LabDesk, text: Text, said: object) -> None:
    """Answer what a hand did to a channel."""
    view = desk.view
    listed = channel_rows(view, desk.of_view(why_of), text)
    event = read(said, channels=listed, rev=desk.rev, seq=desk.number("channels"))
    if not event:
        return
    desk.heard["channels"] = event.seq
    if event.kind == "select":
        desk.look(channel=event.channel)
    elif event.value is not None:
        moved = view.state.with_raw(view.prediction.predictor, {event.channel: event.value})
        moved = replace(moved, at=view.prediction.predictor, channel=event.channel)
        kind = "end" if event.kind == "cancel" and not desk.before else event.kind
        desk.hand("channels", event.seq, kind, moved)


def term_formula(view: LabView, found: WhyView, text: Text) -> str:
    """Return the chosen term with this predictor's numbers in it, as LaTeX."""
    line = found.line(found.term)
    result = view.report[found.term]
    latex = result.term.loss.latex
    if line is None:
        return rf"w \cdot {latex} \quad \text{{{text('not_asked')}}}"
    return rf"\begin{{aligned}} w \cdot {latex} &= {written_out(line, latex, found.chosen)} \end{{aligned}}"


def written_out(line: Line, latex: str, chosen: int) -> str:
    """Return weight times the formula of each channel: all of a few, else the chosen or wanted ones and the rest."""
    if line.value is None or len(line.target[0]) < len(line.raw[0]):
        return r"\dots"
    weight, value = f"{float(line.weight):.4g}", line.value
    if len(value) < len(line.raw[0]):
        return rf"{weight} \cdot {whole_box(line)} \\ &= {tex(float(value.sum()))}"
    columns = range(len(line.channels))
    wanted = [n for n in columns if float(line.target[0, n]) > WANTED]
    here = [line.channels.index(chosen)] if chosen in line.channels else wanted
    named = list(columns) if len(columns) <= 2 else (here or [0])[:2]
    parts = [with_numbers(latex, signed(line.raw[0, n]), bracketed(line.target[0, n])) for n in named]
    rest = float(value.sum() - value[named].sum())
    others = len(columns) - len(named)
    more = rf" \\ &\quad + \underbrace{{{tex(rest)}}}_{{{others}}}" if others else ""
    whole = r" \\ &\quad + ".join(rf"{weight} \cdot {part}" for part in parts)
    return rf"{whole}{more} \\ &= {tex(float(value.sum()))}"


def whole_box(line: Line) -> str:
    """Return a whole box's loss as LaTeX: 1 less how well the boxes agree."""
    agreement = 1 - line.term.loss(line.raw, line.target).sum()
    return f"(1 - {bracketed(agreement)})"


def signed(value: object) -> str:
    """Write a number inside a formula; infinity is spelled as LaTeX has it."""
    return f"{float(value):.4g}".replace("inf", r"\infty")  # type: ignore[arg-type]


def bracketed(value: object) -> str:
    """Write a number behind a minus: in brackets if it is negative."""
    return f"({signed(value)})" if float(value) < 0 else signed(value)  # type: ignore[arg-type]


def tex(value: float) -> str:
    """Write a number in four digits; infinity and nan are spelled as LaTeX has them."""
    if math.isinf(value):
        return r"\infty"
    return r"\mathrm{nan}" if math.isnan(value) else four(value)


def readings(view: LabView, found: WhyView, text: Text) -> str:
    """Return the chosen channel's gradient in its five readings (four where nothing is printed)."""
    name = channel_name(view, found.chosen, None, text)
    title = f"<h2>{escape(text('readings' if view.printed_costs else 'readings_four', channel=name))}</h2>"
    reading = found.reading
    if reading is None:
        return title + f'<p class="lz-quiet">{escape(text("nothing_asked"))}</p>'
    parts = [
        ("reading_loss", output_and_loss(reading, text)),
        ("reading_closed", f"{number('reading-closed', reading.closed)}"),
        ("reading_autograd", f"{number('reading-autograd', reading.autograd)} {agreement(reading, text)}"),
    ]
    if view.printed_costs:
        parts += [
            ("reading_delta", f"{number('reading-delta', reading.delta)} {passed_back(reading, text)}"),
            ("reading_printed", f"{number('reading-printed', reading.printed)} {share_of(view, reading, text)}"),
        ]
    else:
        parts.append(("reading_passed", number("reading-delta", reading.passed_back)))
    lines = "".join(
        cells(f"{n}. {about(escape(text(key)), text(f'{key}_about'))}", words)
        for n, (key, words) in enumerate(parts, 1)
    )
    return f'{title}<table class="lz-table lz-readings" data-testid="readings">{lines}</table>'


def output_and_loss(reading: Reading, text: Text) -> str:
    """Return output, target, weight, and the loss they make."""
    words = text(
        "reading_output",
        raw=minus(four(reading.raw)),
        output=number("reading-output", reading.output),
        target=number("reading-target", reading.target),
        weight=f"{reading.weight:.4g}",
    )
    made = text(
        "reading_made",
        loss=number("reading-value", reading.value),
        floor=minus(four(reading.floor)),
        excess=minus(four(reading.excess)),
    )
    return f"{words}<br>{made}"


def agreement(reading: Reading, text: Text) -> str:
    """Say whether the closed form and autograd give the same slope."""
    if reading.autograd is None or not math.isfinite(reading.closed):
        return f"<small>{escape(text('no_slope'))}</small>"
    scale = max(abs(reading.closed), abs(reading.autograd), 1e-12)
    same = abs(reading.closed - reading.autograd) <= AGREE * scale
    return f"<small>{escape(text('slopes_agree' if same else 'slopes_differ'))}</small>"


def passed_back(reading: Reading, text: Text) -> str:
    """Say what becomes of delta on the way back."""
    same = math.isclose(reading.delta, reading.passed_back, rel_tol=AGREE, abs_tol=1e-300)
    back = text("delta_as_is") if same else text("delta_times_slope", back=minus(four(reading.passed_back)))
    if not math.isclose(reading.passed_back, -reading.closed, rel_tol=1e-6, abs_tol=1e-12):
        back += " " + text("delta_of_written")
    return f"<small>{escape(back)}</small>"


def share_of(view: LabView, reading: Reading, text: Text) -> str:
    """Return the reading's part of what is printed."""
    share = "–" if math.isnan(reading.share) else f"{reading.share:.1%}"
    return f"<small>{escape(text('printed_share', share=share, sum=four(sum(view.printed_costs))))}</small>"


def terms_table(view: LabView, text: Text) -> str:
    """Return each term's value, floor, excess and printed number; below, three easily mistaken sums."""
    head = cells(
        *(escape(text(key)) for key in ("term", "predictors", "value", "floor", "excess", "printed_column")), tag="th"
    )
    body = "".join(
        cells(
            escape(text(f"term_{term.name}")),
            str(term.predictors),
            *(minus(four(part)) for part in (term.value, term.floor, term.excess, term.printed)),
        )
        for term in view.active_terms
    )
    costs = view.printed_costs
    foot = (
        total(text("sum_loss"), "sum-loss", view.loss, 2, text)
        + (total(text("sum_heads"), "sum-heads", sum(costs), 5, text) if costs else "")
        + (total(text("sum_network", heads=len(costs)), "sum-network", view.printed_cost, 5, text) if costs else "")
    )
    return (
        f"<h2>{escape(text('terms_title'))}</h2>"
        f'<table class="lz-table" data-testid="terms"><thead>{head}</thead><tbody>{body}</tbody>'
        f"<tfoot>{foot}</tfoot></table>"
    )


def total(name: str, testid: str, value: float | None, column: int, text: Text) -> str:
    """Return a table row with a named sum in its column."""
    after = 5 - column
    return (
        f'<tr><th colspan="{column}">{escape(name)}</th><td>{number(testid, value)}</td>'
        f"{f'<td colspan={after}></td>' if after else ''}</tr>"
    )


def log(line: str, found: WhyView, text: Text) -> str:
    """Return what Darknet prints for this head, with each number explained."""
    title = f"<h2>{escape(text('log_title'))}</h2>"
    entries = log_entries(line)
    lines = "".join(
        cells(f"<code>{escape(name)}</code>", f"<b>{escape(value)}</b>", escape(explained(name, value, found, text)))
        for name, value in entries
    )
    table = f'<pre class="lz-log" data-testid="log">{escape(line)}</pre><table class="lz-table">{lines}</table>'
    return glossed(f"{title}{table}", text)


LOG_KEYS = {
    "Region": "log_region",
    "Avg IOU": "log_iou",
    "Class": "log_class",
    "Obj": "log_obj",
    "No Obj": "log_noobj",
    ".5R": "log_half",
    ".75R": "log_three_quarters",
    "Avg Recall": "log_half",
    "count": "log_count",
}


def explained(name: str, value: str, found: WhyView, text: Text) -> str:
    """Explain one number of the log, and why it is nan if it is."""
    words = [text(LOG_KEYS[name])]
    if name == "Class":
        words += [text(f"log_class_{remark}") for remark in found.class_remarks]
    if divided_by_0(name, value, found.count):
        words.append(text("log_nan_empty"))
    if overflowed(name, value, found.count):
        words.append(text("log_nan_real"))
    return text("list_semicolon").join(words)
