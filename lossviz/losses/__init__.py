"""The building blocks of the losses, one file each; the file is the formula. A new file here is on the page by itself."""

from importlib import import_module
from pkgutil import iter_modules

from lossviz.losses.function import Function


def found() -> dict[str, Function]:
    """Return the function of every file beside this one that has a ``FUNCTION``, by its key."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    functions = [module.FUNCTION for module in modules if hasattr(module, "FUNCTION")]
    return {function.key: function for function in functions}


LOSSES = found()
