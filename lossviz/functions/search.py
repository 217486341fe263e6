"""What loss functions are called in libraries, so that each is found by what people type."""

from collections.abc import Mapping

from lossviz.losses import LOSSES

FUNCTIONAL = "torch.nn.functional."
NAMES: Mapping[str, tuple[str, ...]] = {
    "l2": (
        "torch.nn.MSELoss",
        "F.mse_loss",
        "tf.keras.losses.MeanSquaredError",
        "mean_squared_error",
        "MSE",
        "mmdet MSELoss",
    ),
    "l1": (
        "torch.nn.L1Loss",
        "F.l1_loss",
        "tf.keras.losses.MeanAbsoluteError",
        "mean_absolute_error",
        "MAE",
        "mmdet L1Loss",
    ),
    "smooth_l1": ("torch.nn.SmoothL1Loss", "F.smooth_l1_loss", "mmdet SmoothL1Loss", "beta β"),
    "huber": (
        "torch.nn.HuberLoss",
        "F.huber_loss",
        "tf.keras.losses.Huber",
        "tf.compat.v1.losses.huber_loss",
        "delta δ",
    ),
    "bce": (
        "torch.nn.BCEWithLogitsLoss",
        "F.binary_cross_entropy_with_logits",
        "tf.keras.losses.BinaryCrossentropy(from_logits=True)",
        "mmdet CrossEntropyLoss(use_sigmoid=True)",
        "binary cross-entropy",
        "logistic loss",
        "sigmoid cross entropy",
    ),
    "bce_probability": (
        "torch.nn.BCELoss",
        "F.binary_cross_entropy",
        "tf.keras.losses.BinaryCrossentropy",
        "binary_crossentropy",
        "log_loss",
    ),
    "weighted": (
        "torch.nn.BCEWithLogitsLoss(pos_weight)",
        "F.binary_cross_entropy_with_logits(pos_weight)",
        "weighted cross-entropy",
        "class imbalance",
    ),
    "focal": (
        "torchvision.ops.sigmoid_focal_loss",
        "tf.keras.losses.BinaryFocalCrossentropy",
        "mmdet FocalLoss",
        "focal_loss",
        "RetinaNet",
        "alpha α gamma γ",
    ),
    "focal_softmax": ("tf.keras.losses.CategoricalFocalCrossentropy", "focal_loss", "FocalLoss", "alpha α gamma γ"),
    "focal_yunyang": ("focal_loss", "conf_loss", "YunYang1994"),
    "kl": ("torch.nn.KLDivLoss", "F.kl_div", "tf.keras.losses.KLDivergence", "Kullback-Leibler", "relative entropy"),
    "kl_two": ("torch.nn.KLDivLoss", "F.kl_div", "tf.keras.losses.KLDivergence", "binary KL"),
    "cross_entropy": (
        "tf.keras.losses.CategoricalCrossentropy",
        "categorical_crossentropy",
        "cross-entropy of probabilities",
        "CE",
    ),
    "entropy": ("torch.special.entr", "torch.distributions.Categorical.entropy", "Shannon"),
    "softmax_ce": (
        "torch.nn.CrossEntropyLoss",
        "F.cross_entropy",
        "tf.keras.losses.CategoricalCrossentropy(from_logits=True)",
        "mmdet CrossEntropyLoss",
        "log_softmax",
        "softmax loss",
    ),
    "sparse_ce": (
        "torch.nn.CrossEntropyLoss",
        "F.cross_entropy",
        "torch.nn.NLLLoss",
        "F.nll_loss",
        "NLL negative log-likelihood",
        "tf.keras.losses.SparseCategoricalCrossentropy",
        "ignore_index",
        "log_softmax",
    ),
    "label_smoothing": (
        "torch.nn.CrossEntropyLoss(label_smoothing)",
        "tf.keras.losses.CategoricalCrossentropy(label_smoothing)",
        "label_smoothing",
    ),
    "smoothed_bce": ("tf.keras.losses.BinaryCrossentropy(label_smoothing)", "label_smoothing"),
    "squared_sigmoid": ("MSE of the sigmoid", "Brier"),
    "size_linear": ("MSE of w, h", "wh loss"),
    "size_sqrt": ("sqrt(w), sqrt(h)", "YOLOv1", "darkflow", "wh loss"),
    "size_log": ("log(w / anchor)", "tw, th", "wh loss"),
}
"""Names of classes, functions, their arguments and in common use, by a function's key; its own calls are not repeated."""
BOXES: Mapping[str, tuple[str, ...]] = {
    "iou": ("IoU loss", "mmdet IoULoss", "torchvision.ops.box_iou", "Jaccard"),
    "giou": (
        "GIoU loss",
        "torchvision.ops.generalized_box_iou_loss",
        "generalized_box_iou",
        "mmdet GIoULoss",
        "tfa.losses.GIoULoss",
    ),
    "diou": ("DIoU loss", "torchvision.ops.distance_box_iou_loss", "distance_box_iou", "mmdet DIoULoss"),
    "ciou": ("CIoU loss", "torchvision.ops.complete_box_iou_loss", "complete_box_iou", "mmdet CIoULoss"),
}
"""Losses of boxes and what they are called; they have a page of their own."""

BATCH = "batch"
REDUCTIONS = ("reduction", "size_average", "reduce", "avg_factor", "tf.keras.losses.Reduction", "mean", "sum", "none")
"""What is found of the reductions, which have a tab of their own."""


def names_elsewhere(key: str) -> tuple[str, ...]:
    """Return what a function is called in libraries: the calls that compute it, then its other names, none twice."""
    function = LOSSES[key]
    calls = [call.partition("(")[0] for call in (*function.torch, *function.tensorflow)]
    known = [call.removeprefix(FUNCTIONAL).removeprefix("-") for call in calls]
    knobs = tuple(knob.name for knob in function.knobs)
    return tuple(dict.fromkeys(name for name in (*known, *NAMES.get(key, ()), *calls, *knobs) if name))
