"""Loss above, slope below, against the logit or the probability."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.look import Look, whole
from lossviz.figures.measures import key_tall
from lossviz.figures.theme import PREDICTION
from lossviz.objectness.charts import described, ranges
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.figures.parts.lines import key, spot, stroke


def draw(figure: SubFigure, content: ObjectnessContent, text: Text, look: Look) -> None:
    """Draw two panels under their key."""
    area, points, names, axis = whole(figure), look.size.body, content.names(text), content.state.axis
    key(figure, area, names, points, look)
    rest = area.within(top=key_tall(names, points, area.w) + 0.3 * points / 72)
    upper, lower = rest._replace(y=rest.y + rest.h * 0.5, h=rest.h * 0.5), rest._replace(h=rest.h * 0.5)
    under = text(f"objectness_at_{axis}")
    words = (text("objectness_loss_axis"), text(f"objectness_slope_{axis}"))
    for number, place in enumerate((upper, lower)):
        axes = curve_axes(figure, place, (under if number else "", words[number]), ["−0.005"], look)
        for line in content.view.lines:
            values = line.slopes if number else line.values
            axes.plot(content.view.places.numpy(), values.numpy(), zorder=3, **stroke(line.name, look))
        axes.set_xlim(float(content.view.places[0]), float(content.view.places[-1]))
        low, high = ranges(content.view)[number]
        axes.set_ylim(low, high)
        axes.locator_params(axis="y", nbins=5)
        axes.axhline(0, color=look.quiet, linewidth=look.line / 3, zorder=2)
        here = content.view.here
        axes.axvline(here, color=PREDICTION, linewidth=look.line / 2, linestyle=(0, (4, 2)), zorder=2)
        for name, found in content.view.numbers.items():
            value = found.slope(axis) if number else found.loss
            if low <= value <= high:
                spot(axes, here, value, name, look)
        settle(axes, look)


def tall(content: ObjectnessContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: higher than wide."""
    inches = look.size.width - 2 * look.size.margin
    return 1.15 * inches + key_tall(content.names(text), look.size.body, inches)


def table(content: ObjectnessContent) -> Table:
    """Return a row for each place: loss and slope of each loss."""
    view = content.view
    heads = [f"{line.name}{what}" for line in view.lines for what in ("", "_slope")]
    rows: Table = [[content.state.axis, *heads]]
    for n, place in enumerate(view.places.tolist()):
        rows.append([place, *(float(side[n]) for line in view.lines for side in (line.values, line.slopes))])
    return rows


def says(content: ObjectnessContent, text: Text) -> str:
    """Return the words for loss and slope at the present place."""
    return described(content.view, text)


FIGURE = ExportFigure(
    "objectness_curves",
    subject="objectness",
    order=1,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "1",
    fills=True,
)
