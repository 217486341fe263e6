"""What Darknet's layers made of one objectness through the years: a table of the versions, and what each changed."""

from matplotlib.figure import SubFigure

from lossviz.core.spoken import spoken
from lossviz.core.text import Text, labelled, minus, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import LEADING, Look, Rect, whole, widest, wrapped, write
from lossviz.figures.prose import BETWEEN, fitted, prose, prose_tall
from lossviz.objectness.darknet import Stage, stages_of
from lossviz.objectness.figures.parts.content import ObjectnessContent

COLUMNS = ("delta", "gpu", "cpu", "printed", "descends")
GAP = 0.12
"""Inches between the sentence above and the table."""
LINES = -(-len(COLUMNS) // 2)
"""How many lines the numbers of a version take in a column."""
APART = 0.9
"""Lines between two versions."""


def numbers(stage: Stage, text: Text) -> dict[str, str]:
    """Return what a version makes of the output, as it is written, by the heads of the table."""
    nothing = text("objectness_darknet_nothing")
    written = {
        "delta": minus(spoken(stage.delta)),
        "gpu": minus(spoken(stage.gpu)),
        "cpu": nothing if stage.cpu is None else minus(spoken(stage.cpu)),
        "printed": spoken(stage.printed),
        "descends": text(f"objectness_descends_{'squared' if stage.squared else 'bce'}"),
    }
    return {text(f"objectness_darknet_{key}"): written[key] for key in COLUMNS}


def name_of(stage: Stage, text: Text) -> str:
    """Return date, layer and commit of a version."""
    version = stage.version
    return text("ledger_version", date=version.date, commit=version.commit, layer=version.layer)


def draw(figure: SubFigure, content: ObjectnessContent, text: Text, look: Look) -> None:
    """Draw a row for each version and below it what changed; in a column the numbers as pairs of words."""
    area, stages = whole(figure), stages_of(content.state)
    rest = prose(figure, area, [text("objectness_darknet_about")], look.size.small, look, quiet=True).within(top=GAP)
    if not look.wide:
        for stage in stages:
            rest = prose(figure, rest, [name_of(stage, text)], look.size.small, look)
            rest = pairs(figure, rest, stage, text, look)
            rest = prose(figure, rest, [stage.version.said(text.lang)], look.size.small, look, quiet=True).within(
                top=GAP / 2
            )
        return
    points = fitted(lambda size: rows_tall(stages, text, size, rest.w), rest.h, look.size.body)
    rows(figure, rest, stages, text, points, look)


def pairs(figure: SubFigure, place: Rect, stage: Stage, text: Text, look: Look) -> Rect:
    """Write the numbers of a version with what they are, two in a line, and return what is left of the place below."""
    line = LEADING * look.size.small / 72
    for n, (head, value) in enumerate(numbers(stage, text).items()):
        at = (place.x + n % 2 * place.w / 2, place.y + place.h - n // 2 * line)
        write(figure, at, labelled(head, value, text), look.size.small, look.ink)
    return place.within(top=LINES * line + BETWEEN * look.size.small / 72)


def in_words(stage: Stage, text: Text) -> str:
    """Return the numbers of a version as a line of words."""
    said = (labelled(head, value, text) for head, value in numbers(stage, text).items())
    return text("list_semicolon").join(said) + text("list_end")


def rows_tall(stages: tuple[Stage, ...], text: Text, points: float, inches: float) -> float:
    """Return the inches of the table with its words in height."""
    lines = sum(len(wrapped(stage.version.said(text.lang), points, inches)) for stage in stages)
    return ((1 + len(stages) + lines) * LEADING + len(stages) * APART) * points / 72


def rows(figure: SubFigure, place: Rect, stages: tuple[Stage, ...], text: Text, points: float, look: Look) -> None:
    """Draw the heads, and for each version its numbers under them and its words over the whole width."""
    heads = [*numbers(stages[0], text)]
    left = widest([name_of(stage, text) for stage in stages], points)
    step, line = (place.w - left) / len(heads), LEADING * points / 72
    ends = [place.x + left + (n + 1) * step for n in range(len(heads))]
    top = place.y + place.h
    for x, head in zip(ends, heads, strict=True):
        write(figure, (x, top), head, points, look.quiet, ha="right")
    for stage in stages:
        top -= line + APART * points / 72
        write(figure, (place.x, top), name_of(stage, text), points, look.ink)
        for x, value in zip(ends, numbers(stage, text).values(), strict=True):
            write(figure, (x, top), value, points, look.ink, ha="right")
        for words in wrapped(stage.version.said(text.lang), points, place.w):
            top -= line
            write(figure, (place.x, top), words, points, look.quiet)


def tall(content: ObjectnessContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column."""
    inches, small = look.size.width - 2 * look.size.margin, look.size.small
    stages = stages_of(content.state)
    said = [words for stage in stages for words in (name_of(stage, text), stage.version.said(text.lang))]
    numbers = len(stages) * ((LINES * LEADING + BETWEEN) * small / 72 + GAP / 2)
    return prose_tall([text("objectness_darknet_about"), *said], small, inches) + numbers + GAP


def table(content: ObjectnessContent) -> Table:
    """Return a row for each version."""
    found: Table = [["date", "layer", "commit", "z", "target", "delta", "gpu_back", "cpu_back", "printed", "minimises"]]
    for stage in stages_of(content.state):
        version, here = stage.version, (content.state.logit, content.state.target)
        minimised = "squared" if stage.squared else "bce"
        numbers = (stage.delta, stage.gpu, stage.cpu, stage.printed)
        found.append([version.date, version.layer, version.commit, *here, *numbers, minimised])
    return found


def says(content: ObjectnessContent, text: Text) -> str:
    """Return the words for every version and its numbers."""
    return paragraph(labelled(name_of(stage, text), in_words(stage, text), text) for stage in stages_of(content.state))


FIGURE = ExportFigure(
    "objectness_darknet",
    subject="objectness",
    order=4,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "2" and content.state.part == "darknet",
)
