"""What the pages say of the reference values is what was measured."""

import pytest
from verify import measured

from lossviz.recipes import RECIPES
from lossviz.verified import verified


def test_every_recipe_says_how_it_was_checked() -> None:
    assert verified().keys() == RECIPES.keys()


def test_the_files_and_deviations_on_the_pages_are_those_measured() -> None:
    found = measured()
    for key, claim in verified().items():
        assert claim.files == found[key]["files"]
        # Another processor rounds otherwise; a factor of two is no other claim.
        assert claim.deviation == pytest.approx(found[key]["deviation"], rel=1)
