"""Derivations of slopes, one file each. A new file here is on the page by itself."""

from importlib import import_module
from pkgutil import iter_modules

from lossviz.derivations.line import Derivation


def found() -> dict[str, Derivation]:
    """Return the derivation of every file beside this one that has a ``DERIVATION``, by its key, in their order."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    derivations = [module.DERIVATION for module in modules if hasattr(module, "DERIVATION")]
    return {one.key: one for one in sorted(derivations, key=lambda one: one.order)}


DERIVATIONS = found()
