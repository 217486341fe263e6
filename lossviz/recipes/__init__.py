"""One file a recipe; the file is the formula. A new file here is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from lossviz.engine.recipe import Recipe

RECIPES: dict[str, Recipe] = {
    module.name: import_module(f"{__name__}.{module.name}").RECIPE for module in iter_modules(__path__)
}
