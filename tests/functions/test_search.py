"""Every name that people type into the search of Loss functions, and what it must find."""

import pytest

from lossviz.core.text import LANGUAGES, Text
from lossviz.functions.search import BOXES, NAMES, names_elsewhere
from lossviz.functions.state import PLAIN
from lossviz.functions.widgets.curves import option
from lossviz.losses import LOSSES

TYPED = {
    "MSELoss": "l2",
    "torch.nn.MSELoss": "l2",
    "F.mse_loss": "l2",
    "MeanSquaredError": "l2",
    "L1Loss": "l1",
    "l1_loss": "l1",
    "MeanAbsoluteError": "l1",
    "SmoothL1Loss": "smooth_l1",
    "nn.SmoothL1Loss": "smooth_l1",
    "smooth_l1_loss": "smooth_l1",
    "beta": "smooth_l1",
    "HuberLoss": "huber",
    "huber_loss": "huber",
    "tf.keras.losses.Huber": "huber",
    "delta": "huber",
    "BCEWithLogitsLoss": "bce",
    "torch.nn.BCEWithLogitsLoss": "bce",
    "binary_cross_entropy_with_logits": "bce",
    "torch.nn.functional.binary_cross_entropy_with_logits": "bce",
    "F.binary_cross_entropy_with_logits": "bce",
    "tf.nn.sigmoid_cross_entropy_with_logits": "bce",
    "sigmoid_cross_entropy_with_logits": "bce",
    "binary cross-entropy": "bce",
    "BCELoss": "bce_probability",
    "nn.BCELoss": "bce_probability",
    "binary_cross_entropy": "bce_probability",
    "BinaryCrossentropy": "bce_probability",
    "tf.keras.losses.BinaryCrossentropy": "bce_probability",
    "pos_weight": "weighted",
    "tf.nn.weighted_cross_entropy_with_logits": "weighted",
    "weighted_cross_entropy_with_logits": "weighted",
    "sigmoid_focal_loss": "focal",
    "torchvision.ops.sigmoid_focal_loss": "focal",
    "FocalLoss": "focal",
    "BinaryFocalCrossentropy": "focal",
    "binary_focal_crossentropy": "focal",
    "alpha": "focal",
    "gamma": "focal",
    "γ": "focal",
    "CategoricalFocalCrossentropy": "focal_softmax",
    "tf.pow": "focal_yunyang",
    "KLDivLoss": "kl",
    "kl_div": "kl",
    "KLDivergence": "kl",
    "CrossEntropyLoss": "softmax_ce",
    "nn.CrossEntropyLoss": "softmax_ce",
    "F.cross_entropy": "softmax_ce",
    "softmax_cross_entropy_with_logits": "softmax_ce",
    "CategoricalCrossentropy": "softmax_ce",
    "NLLLoss": "sparse_ce",
    "nll_loss": "sparse_ce",
    "NLL": "sparse_ce",
    "ignore_index": "sparse_ce",
    "SparseCategoricalCrossentropy": "sparse_ce",
    "sparse_softmax_cross_entropy_with_logits": "sparse_ce",
    "label_smoothing": "label_smoothing",
    "smoothing": "smoothed_bce",
    "reduction": "batch",
    "GIoU": "giou",
    "GIoULoss": "giou",
    "generalized_box_iou_loss": "giou",
    "DIoULoss": "diou",
    "distance_box_iou_loss": "diou",
    "CIoU": "ciou",
    "CIoULoss": "ciou",
    "complete_box_iou_loss": "ciou",
    "IoU loss": "iou",
    "平滑 L1": "smooth_l1",
    "交叉熵": "cross_entropy",
    "Huber 损失": "huber",
}
"""What is typed, and which function must be among those found."""


def offered(typed: str, text: Text) -> list[str]:
    """What the box offers: the options whose words hold what was typed, in whichever case."""
    return [key for key in (*LOSSES, *BOXES, "batch") if typed.lower() in option(key, PLAIN, text).lower()]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("typed", TYPED)
def test_what_people_type_finds_the_function(typed: str, lang: str) -> None:
    assert TYPED[typed] in offered(typed, Text(lang))


@pytest.mark.parametrize("typed", ["GIoU", "NLLLoss", "pos_weight", "SmoothL1Loss", "sigmoid_focal_loss", "CIoULoss"])
def test_a_name_of_one_function_finds_that_alone(typed: str) -> None:
    assert offered(typed, Text("en")) == [TYPED[typed]]


def test_a_curve_that_is_shown_stays_in_the_list_and_says_so() -> None:
    assert [key for key in LOSSES if option(key, PLAIN, Text("en")).partition(" · ")[0].endswith("✓")] == sorted(
        PLAIN.functions, key=[*LOSSES].index
    )


@pytest.mark.parametrize("key", LOSSES)
def test_no_name_is_empty_and_the_table_names_only_functions_there_are(key: str) -> None:
    assert all(name.strip() for name in names_elsewhere(key))
    assert " ·  · " not in option(key, PLAIN, Text("en"))
    assert {*NAMES} <= {*LOSSES}
