"""Figures to take away: one file a figure, found by itself. A new file here is in the list; nothing else changes."""

from importlib import import_module
from pkgutil import iter_modules

from lossviz.figures.export.parts.content import Content, ExportFigure

FIGURES: dict[str, ExportFigure] = {
    figure.key: figure
    for figure in sorted(
        (import_module(f"{__name__}.{module.name}").FIGURE for module in iter_modules(__path__) if not module.ispkg),
        key=lambda figure: figure.order,
    )
}


def applicable(content: Content) -> dict[str, ExportFigure]:
    """The figures that make sense of this content, in their order."""
    return {key: figure for key, figure in FIGURES.items() if figure.applies(content)}
