"""Where the names of boxes stand on a figure's input."""

from hypothesis import given
from hypothesis import strategies as st

from lossviz.assignment.figures.parts.names import faults, spot
from lossviz.engine.boxes import XYWH
from lossviz.figures.look import Rect

DOG: XYWH = (0.5, 0.45, 0.24, 0.15)
ANCHOR: XYWH = (0.52, 0.45, 0.28, 0.22)
SIZE = (0.2, 0.04)


def test_a_name_stands_on_no_line_of_another_box() -> None:
    above = Rect(DOG[0] - SIZE[0] / 2, DOG[1] - DOG[3] / 2 - SIZE[1] - 0.006, *SIZE)
    assert faults(above, [DOG, ANCHOR], []) == 1  # there the upper line of the anchor goes through it
    place = spot(DOG, SIZE, [DOG, ANCHOR], [], below=False)
    assert faults(place, [DOG, ANCHOR], []) == 0


def test_alone_it_stands_above_or_below_in_the_middle() -> None:
    assert abs(spot(DOG, SIZE, [DOG], [], below=False).y + SIZE[1] - (DOG[1] - DOG[3] / 2)) < 0.01
    assert abs(spot(DOG, SIZE, [DOG], [], below=True).y - (DOG[1] + DOG[3] / 2)) < 0.01


def test_two_names_of_one_place_do_not_cover_one_another() -> None:
    first = spot(DOG, SIZE, [DOG, DOG], [], below=False)
    second = spot(DOG, SIZE, [DOG, DOG], [first], below=False)
    assert faults(second, [], [first]) == 0


@given(st.tuples(*[st.floats(0, 1)] * 2, *[st.floats(0.001, 2)] * 2))
def test_a_name_stays_in_the_picture(box: XYWH) -> None:
    place = spot(box, SIZE, [box], [], below=False)
    assert min(place.x, place.y) >= 0
    assert max(place.x + place.w, place.y + place.h) <= 1
