"""The line in the log."""

from lossviz.engine.log_line import Averages, c_float

NAN = float("nan")


def test_nothing_divided_by_nothing_is_minus_nan_as_darknet_prints_it() -> None:
    assert c_float(NAN) == "-nan"
    assert c_float(0.5) == "0.500000"
    assert c_float(2) == "2.000000"


def test_the_line_of_the_region_layer() -> None:
    line = Averages(0.5, 0.25, 0.125, 0.1, 1, 0, 3).region()
    assert line == (
        "Region Avg IOU: 0.500000, Class: 0.250000, Obj: 0.125000, No Obj: 0.100000, Avg Recall: 1.000000,  count: 3"
    )


def test_the_line_of_the_yolo_layer_has_its_number_and_two_recalls() -> None:
    line = Averages(NAN, NAN, NAN, 0.1, NAN, NAN, 0).yolo(82)
    assert line == (
        "Region 82 Avg IOU: -nan, Class: -nan, Obj: -nan, No Obj: 0.100000, .5R: -nan, .75R: -nan,  count: 0"
    )
