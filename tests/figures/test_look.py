"""Letters of exported pictures: symbols as wide as letters, indices below the line, words of code whole."""

import pytest

from lossviz.figures.look import indexed, width, wrapped

EM = width("中", 100)


@pytest.mark.parametrize("symbol", "×·÷±≤≥∂∞→−")
def test_a_symbol_of_a_formula_is_narrower_than_a_chinese_character(symbol: str) -> None:
    assert width(f"1{symbol}1", 100) - 2 * width("1", 100) < 0.9 * EM


def test_an_index_is_set_below_the_line_and_words_of_code_have_none() -> None:
    assert indexed("b_w = p_w × exp(t_w)") == "$b_{w}$ = $p_{w}$ × exp($t_{w}$)"
    for words in ("ignore_thresh", "scale_x_y", "50% of 3_4", "$ 5"):
        assert indexed(words) == words


def test_a_word_of_code_is_not_broken() -> None:
    for inches in (1.0, 1.3, 1.7):
        lines = wrapped("阈值为 ignore_thresh 时，见 noobject_scale 与 yolo_layer.c，系数为 −0.2048。", 12, inches)
        said = "\n".join(lines)
        assert len(lines) > 3
        for word in ("ignore_thresh", "noobject_scale", "yolo_layer.c", "−0.2048"):
            assert word in said
