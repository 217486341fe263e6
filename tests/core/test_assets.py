"""Where the files beside the code are found."""

from pathlib import Path

from lossviz.core.assets import ASSETS, assets_of

ROOT = Path(__file__).parents[2]


def test_a_package_uses_its_own_assets_before_those_beside_it(tmp_path: Path) -> None:
    package = tmp_path / "lossviz"
    package.mkdir()
    assert assets_of(package) == tmp_path / "assets"
    (package / "assets").mkdir()
    assert assets_of(package) == package / "assets"


def test_nobody_else_works_out_where_they_are() -> None:
    assert ASSETS.is_dir()
    others = [path for path in ROOT.glob("lossviz/**/*.py") if path.name != "assets.py"]
    assert [path for path in others if '"assets"' in path.read_text("utf-8")] == []
