"""Figures to take away: every file in a subject's folder ``figures`` that has a ``FIGURE``, found by itself."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from lossviz.figures.content import Content, ExportFigure

Figures = dict[str, ExportFigure[Any]]
ROOT = Path(__file__).parent.parent
FOLDER = "figures"


def found() -> dict[str, Figures]:
    """Return the figures of all subjects in their order, by what they draw."""
    subjects: dict[str, list[ExportFigure[Any]]] = {}
    for package in iter_modules([str(ROOT)]):
        for module in iter_modules([str(ROOT / package.name / FOLDER)]):
            if not module.ispkg:
                figure = import_module(f"lossviz.{package.name}.{FOLDER}.{module.name}").FIGURE
                subjects.setdefault(figure.subject, []).append(figure)
    return {
        subject: {figure.key: figure for figure in sorted(figures, key=lambda figure: figure.order)}
        for subject, figures in subjects.items()
    }


FIGURES = found()


def applicable(content: Content) -> Figures:
    """Return the figures that make sense of this content, in their order."""
    return {key: figure for key, figure in FIGURES[content.subject].items() if figure.applies(content)}


def on_screen(content: Content, level: str) -> str:
    """Return the key of the figure that the screen shows at that level: the last that says so, else the first."""
    figures = applicable(content)
    seen = [key for key, figure in figures.items() if figure.seen(content, level)]
    return seen[-1] if seen else next(iter(figures))
