"""Where the files beside the code are: scenes, words, fonts, tables. A wheel has them inside, a checkout beside."""

from pathlib import Path


def assets_of(package: Path) -> Path:
    """Return the folder ``assets`` of a package: its own where it has one, else the one beside it."""
    own = package / "assets"
    return own if own.is_dir() else package.parent / "assets"


ASSETS = assets_of(Path(__file__).parent.parent)
