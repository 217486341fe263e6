"""A gap in a sentence: one number or one word of the glossary that a learner writes in."""

import random
import re
from typing import NamedTuple

NUMBER = r"(?<![\w.^−-])−?\d+(?:,\d{3})*(?:\.\d+)?(?![\w.]*\w)"
FORMS = {
    "en": (
        r"predictors?|anchors?|cells?|centre|grid|heads?|priors?|targets?|objectness|ground-truth box",
        r"responsible|negatives?|positives?|gradient|delta|floor|excess|printed number|cross-entropy|squared error",
        r"sigmoid|softmax|logits?|probabilities|logarithms|square roots|scale|weights?|divisor|entropy|weighted mean",
        r"mAP|recall|constant|minimum|learning rate|denominator|automatic differentiation|passes back|finite|decoded",
        r"mask|space-to-depth|saturation|overflows|variable|widens|β|shape|prints|minimises",
    ),
    "zh": (
        r"预测器|锚框|单元格|中心|检测头|先验框|标签值|置信度|真实框|负责|负样本|正样本|预测框",
        r"梯度|delta|下限|超出量|日志打印值|交叉熵|平方误差|sigmoid|softmax|logit|概率",
        r"对数|平方根|尺度|权重|除数|熵|加权平均|mAP|召回率|常数|最小值|学习率|分母",
        r"自动微分|传回|有限|解码|掩码|space-to-depth|饱和|上溢|易分样本|变量|变宽|β|形状|打印|归约",
    ),
}
"""What may become a gap, by language: words of the field."""


class Gap(NamedTuple):
    """A sentence taken apart: what stands before the gap, what belongs into it, what stands behind."""

    before: str
    word: str
    after: str


def gap_in(sentence: str, lang: str, seed: str) -> Gap:
    """Return a sentence with its gap, always the same for the same ``seed``; a word that stands twice is none.

    Raises: ValueError for a sentence without a number or a word of the field.
    """
    words = "|".join(FORMS.get(lang, FORMS["en"]))
    edged = rf"\b(?:{words})\b" if lang != "zh" else words
    places = [*re.finditer(f"{NUMBER}|{edged}", sentence)]
    once = [place for place in places if sentence.count(place[0]) == 1]
    if not (once or places):
        raise ValueError(f"no gap in {sentence!r}")
    place = random.Random(seed).choice(once or places)
    return Gap(sentence[: place.start()], place[0], sentence[place.end() :])
