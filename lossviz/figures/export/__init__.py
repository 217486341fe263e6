"""Figures to take away: one folder a subject, one file a figure, found by itself. A new file here is in the list.

Nothing else changes. What the figures of a subject share lies in its ``parts``.
"""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from lossviz.figures.export.parts.content import Content, ExportFigure

Figures = dict[str, ExportFigure[Any]]
COMMON = "parts"


def found(subject: str) -> Figures:
    """The figures in this folder, in their order."""
    modules = iter_modules([str(Path(__file__).parent / subject)])
    figures = [import_module(f"{__name__}.{subject}.{module.name}").FIGURE for module in modules if not module.ispkg]
    return {figure.key: figure for figure in sorted(figures, key=lambda figure: figure.order)}


FIGURES: dict[str, Figures] = {
    module.name: found(module.name) for module in iter_modules(__path__) if module.name != COMMON
}


def applicable(content: Content) -> Figures:
    """The figures that make sense of this content, in their order."""
    return {key: figure for key, figure in FIGURES[content.subject].items() if figure.applies(content)}
