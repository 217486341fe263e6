"""Letters of exported pictures: symbols as wide as letters, indices below the line, words of code whole."""

from itertools import pairwise

import pytest

from lossviz.figures.look import indexed, width, wrapped

EM = width("中", 100)


@pytest.mark.parametrize("symbol", "×·÷±≤≥≠∂∞→−‖½")
def test_a_symbol_of_a_formula_is_narrower_than_a_chinese_character(symbol: str) -> None:
    assert width(f"1{symbol}1", 100) - 2 * width("1", 100) < 0.9 * EM


def test_an_index_is_set_below_the_line_and_words_of_code_have_none() -> None:
    assert indexed("b_w = p_w × exp(t_w)") == "$b_{w}$ = $p_{w}$ × exp($t_{w}$)"
    for words in ("ignore_thresh", "scale_x_y", "50% of 3_4"):
        assert indexed(words) == words
    assert indexed("$5 to $6") == r"\$5 to \$6"  # matplotlib draws a dollar for each, and reads no formula


def test_a_word_of_code_is_not_broken() -> None:
    for inches in (1.25, 1.5, 1.7):
        lines = wrapped("阈值为 ignore_thresh 时，见 noobject_scale 与 yolo_layer.c，系数为 −0.2048。", 12, inches)
        said = "\n".join(lines)
        assert len(lines) > 3
        for word in ("ignore_thresh", "noobject_scale", "yolo_layer.c", "−0.2048"):
            assert word in said


PATHS = (
    "Rule read in thtrieu/darkflow, darkflow/net/yolov2/train.py, commit eb7e830. "
    "https://lossviz.example.org/assignment?v=1&field=voc&rule=darknet_v2&truth=0.5_0.45_0.24_0.3_k14~0.505_0.455"
)
CHINESE_PATHS = "（src/region_layer.c、src/yolo_layer.c，提交 f6afaab），darkflow/net/ops/convolution.py。"


@pytest.mark.parametrize("words", [PATHS, CHINESE_PATHS])
def test_a_long_path_breaks_behind_what_joins_its_words_and_never_within_one(words: str) -> None:
    for inches in (1.2, 1.6, 2.0, 3.3):
        lines = wrapped(words, 7, inches)
        assert "".join("".join(lines).split()) == "".join(words.split())
        for one, other in pairwise(lines):
            broken = one[-1] + other[0]
            assert not broken.isalnum() or not broken.isascii() or f"{one[-9:]} {other[:9]}" in words, (one, other)
    assert "convolution.py" in "\n".join(wrapped(words, 7, 1.2)) or words == PATHS


def test_a_word_wider_than_its_line_breaks_where_its_parts_are_joined() -> None:
    assert wrapped("noobject_scale", 12, 1.1) == ["noobject_", "scale"]
    assert len(wrapped("a" * 40, 12, 1.0)) > 2


def test_no_line_ends_in_a_mark_that_opens() -> None:
    words = "锚框（先验框）、单元格（网格）与检测头（头）"
    assert not any(line.endswith("（") for tenth in range(5, 20) for line in wrapped(words, 10, tenth / 10))
