"""What the loss asks of the chosen predictor: the gradient in each raw output, and one number in five readings."""

import math

from matplotlib.figure import SubFigure

from lossviz.core.spoken import spoken
from lossviz.core.text import Text, four, labelled, minus, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import LEADING, Look, Rect, axes_in, plain, whole, widest, wrapped, write
from lossviz.figures.theme import TERM, ceiling
from lossviz.lab.channels import FIRST_CLASS, Channel
from lossviz.lab.charts.bars import STEPS
from lossviz.lab.figures.parts.content import LabContent

LETTERS = "xywho"
CHOSEN = "////"
"""Hatch of the bar whose channel is read."""
READ = 0.36
"""Part of a post's width for the readings."""


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """Draw the bars, and beside or below them the readings."""
    area = whole(figure)
    if look.wide:
        bars, words = area._replace(w=area.w * (1 - READ) - 0.4), area.within(area.w * (1 - READ))
    else:
        low = words_tall(content, text, look)
        bars, words = area.within(bottom=low), area._replace(h=low - look.size.small / 72)
    draw_bars(figure, bars, content, text, look)
    draw_readings(figure, words, content, text, look)


def draw_bars(figure: SubFigure, place: Rect, content: LabContent, text: Text, look: Look) -> None:
    """Draw the gradients as bars: to the right the loss rises with this output, to the left it falls."""
    found, points, small = content.why, look.size.body, look.size.small
    gap, rows = points / 72 * 0.7, range(len(found.channels))
    head = wrapped(content.predictor(text), points, place.w)
    for n, line in enumerate(head):
        write(figure, (place.x, place.y + place.h - n * LEADING * points / 72), line, points, look.ink)
    names = [name_of(channel, content, text) for channel in found.channels]
    numbers = [four(channel.gradient) for channel in found.channels]
    left, right = widest(names, points) + gap, widest(numbers, points) + gap
    top = (len(head) * LEADING + 0.3) * points / 72
    inner = place.within(left, (1.7 + 2 * LEADING) * small / 72, right, top)
    axes = axes_in(figure, inner, look)
    lengths = [length(channel) for channel in found.channels]
    end = ceiling(max(abs(size) for size in lengths))
    hatches = [CHOSEN if channel.index == found.chosen else "" for channel in found.channels]
    axes.barh(
        rows, lengths, height=0.6, color=look.colour(TERM), edgecolor=look.paper, linewidth=0, hatch=hatches, zorder=2
    )
    axes.axvline(0, color=look.ink, linewidth=look.line / 2, zorder=3)
    places = [end * (2 * n / STEPS - 1) for n in range(STEPS + 1)]
    axes.set(xlim=(-end, end), ylim=(len(rows) - 0.5, -0.5), yticks=[], xticks=places)
    axes.set_xticklabels([f"{at:g}".replace("-", "−") for at in places])
    axes.grid(axis="x", color=look.rule, linewidth=look.line / 3, zorder=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    plain(axes, look)
    for row, name, number in zip(rows, names, numbers, strict=True):
        y = inner.y + inner.h * (1 - (row + 0.5) / len(rows))
        write(figure, (inner.x - gap / 2, y), name, points, look.ink, ha="right", va="center")
        write(figure, (place.x + place.w, y), number.replace("-", "−"), points, look.ink, ha="right", va="center")
    for n, line in enumerate(foot(content, text, look, place.w)):
        at = (place.x, inner.y - (1.9 + n * LEADING) * small / 72)
        write(figure, at, line, small, look.quiet)


def foot(content: LabContent, text: Text, look: Look, inches: float) -> list[str]:
    """Return the lines below the bars: what the axis says, and how many channels are left out."""
    found, said = content.why, text("channels_gradient")
    if found.others > 0:
        rest = text("others", count=found.others, sum=four(found.others_gradient))
        said = paragraph([said + text("list_end"), rest])
    return wrapped(said, look.size.small, inches, 2)


def length(channel: Channel) -> float:
    """Return the length of a channel's bar: its gradient, 0 where there is no finite one."""
    return channel.gradient if channel.gradient is not None and math.isfinite(channel.gradient) else 0.0


def name_of(channel: Channel, content: LabContent, text: Text) -> str:
    """Return a channel's name: x, y, w, h, objectness, or the class; labelled ones say so."""
    if channel.kind is None:
        return text(f"channel_{channel.index}")
    name = content.kind(channel.kind, text)
    return text("truth_label", name=name) if channel.target else name


def lines_of(content: LabContent, text: Text) -> list[str]:
    """Return the chosen channel's five readings, a line each."""
    reading = content.why.reading
    if reading is None:
        return [text("nothing_asked")]
    made = [four(value) for value in (reading.value, reading.floor, reading.excess)]
    said = text(
        "reading_output",
        raw=four(reading.raw),
        output=four(reading.output),
        target=f"{reading.target:.4g}",
        weight=f"{reading.weight:.4g}",
    )
    lines = [
        said + text("list_comma") + text("reading_made", loss=made[0], floor=made[1], excess=made[2]),
        text("caption_switch", what=text("reading_closed"), choice=four(reading.closed)),
        text("caption_switch", what=text("reading_autograd"), choice=four(reading.autograd)),
    ]
    if content.view.printed_costs:
        lines.append(text("caption_switch", what=text("reading_delta"), choice=four(reading.delta)))
        lines.append(text("caption_switch", what=text("reading_printed"), choice=four(reading.printed)))
    else:
        lines.append(text("caption_switch", what=text("reading_passed"), choice=four(reading.passed_back)))
    return [f"{n}. {line}".replace("-", "−") for n, line in enumerate(lines, 1)]


def heading(content: LabContent, text: Text) -> str:
    """Return the heading above the readings: of which predictor and channel they are."""
    chosen = next(channel for channel in content.why.channels if channel.index == content.why.chosen)
    return text("readings" if content.view.printed_costs else "readings_four", channel=name_of(chosen, content, text))


def draw_readings(figure: SubFigure, place: Rect, content: LabContent, text: Text, look: Look) -> None:
    """Draw the five readings in small text."""
    points, small = look.size.body, look.size.small * (1.15 if look.wide else 1)
    top = place.y + place.h
    for line in wrapped(heading(content, text), points, place.w):
        write(figure, (place.x, top), line, points, look.ink)
        top -= LEADING * points / 72
    for reading in lines_of(content, text):
        top -= 0.25 * small / 72
        for line in wrapped(reading, small, place.w):
            write(figure, (place.x, top), line, small, look.quiet)
            top -= LEADING * small / 72


def words_tall(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches that the readings take in a column."""
    inches, points, small = look.size.width - 2 * look.size.margin, look.size.body, look.size.small
    head = len(wrapped(heading(content, text), points, inches)) * LEADING * points
    lines = [
        len(wrapped(reading, small, inches)) * LEADING * small + 0.25 * small for reading in lines_of(content, text)
    ]
    return (head + sum(lines) + 1.2 * small) / 72


def tall(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches that the figure takes in a column: rows, axis, readings."""
    size = look.size
    head = len(wrapped(content.predictor(text), size.body, size.width - 2 * size.margin)) * LEADING * size.body
    rows = len(content.why.channels) * 1.75 * size.body
    return (head + rows + (2.6 + 2 * LEADING) * size.small) / 72 + words_tall(content, text, look)


def table(content: LabContent) -> Table:
    """Return a row for each channel; the readings stand in the row of the one that is read."""
    found = content.why
    readings = ("weight", "value", "floor", "closed", "autograd", "delta", "passed_back", "printed")
    rows: Table = [["channel", "raw", "output", "target", "gradient", *readings]]
    for c in found.channels:
        name = LETTERS[c.index] if c.kind is None else f"{c.index - FIRST_CLASS}c"
        mine = found.reading if c.index == found.chosen else None
        rows.append([name, c.raw, c.output, c.target, c.gradient, *(getattr(mine, key, None) for key in readings)])
    return rows


def says(content: LabContent, text: Text) -> str:
    """Return the words for every channel with its gradient, and the readings."""
    parts = [labelled(name_of(c, content, text), heard(c.gradient), text) for c in content.why.channels]
    said = text("channels_alt", predictor=content.predictor(text), channels=text("list_comma").join(parts))
    return paragraph([said, *(line + text("list_end") for line in (heading(content, text), *lines_of(content, text)))])


def heard(number: float | None) -> str:
    """Return a number as a sentence has it: without an exponent, with a real minus."""
    return minus(four(number) if number is None else spoken(number))


FIGURE = ExportFigure(
    "channels",
    subject="lab",
    order=4,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "2",
)
