"""What the pages say of the reference values is what was measured."""

from datetime import UTC, date, datetime

import pytest
from verify import measured

from lossviz.programs.verified import FUNCTIONS, verified
from lossviz.recipes import RECIPES

FROM_A_PAPER = {"paper_v3"}
"""There is no program to compare these with."""


def test_every_recipe_of_a_program_and_the_functions_say_how_they_were_checked() -> None:
    assert verified().keys() - FUNCTIONS == RECIPES.keys() - FROM_A_PAPER
    assert verified().keys() >= FUNCTIONS


def test_the_files_and_deviations_on_the_pages_are_those_measured() -> None:
    found = measured()
    assert found.keys() == verified().keys()
    for key, claim in verified().items():
        assert claim.files == found[key]["files"]
        # Another processor rounds otherwise; a factor of two is no other claim.
        assert claim.deviation == pytest.approx(found[key]["deviation"], rel=1)


def test_the_day_of_a_measurement_is_a_day_that_has_been() -> None:
    assert all(date.fromisoformat(claim.date) <= datetime.now(UTC).date() for claim in verified().values())
