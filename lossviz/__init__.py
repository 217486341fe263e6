"""Every term of the YOLOv2 and YOLOv3 training losses, and its gradient."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lossviz.figures.ask import figure as figure

__version__ = "0.1.0"
__all__ = ["__version__", "figure"]
PUBLIC = {"figure": "lossviz.figures.ask"}
"""Where each public name is, which is imported when it is first asked for: torch and matplotlib take seconds."""


def __getattr__(name: str) -> Any:
    """Return a public name."""
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
