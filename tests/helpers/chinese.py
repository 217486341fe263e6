"""Which Latin words a Chinese sentence may have."""

import re

from lossviz.scenes.gallery import SAMPLES

NAMES = {
    *("Darknet", "YOLO", "YOLOv2", "YOLOv3", "BCE", "MSE", "IoU", "VOC", "PNG", "SVG", "PDF", "CSV", "lossviz"),
    *("https", "example", "JavaScript", "HTML", "GIF", "WebP"),
    *("objectness", "delta"),
    *("Shift", "Page", "Up", "Down", "Alt", "Home", "End", "Esc"),
    *(
        "sigmoid",
        "softmax",
        "logit",
        "float32",
        "rescore",
        "thresh",
        "ignore_thresh",
        "Page",
        "cost",
        "QR",
        "kB",
        "CONTRIBUTING",
        "reorg_cpu",
        "entry_index",
        "exp",
        "md",
        "nan",
        "Obj",
    ),
    *(
        "Region",
        "Avg",
        "IOU",
        "Class",
        "No",
        "count",
        "Recall",
        "IoU",
        "dL",
        "dz",
        "dp",
        "da",
        "object_scale",
        "noobject_scale",
    ),
    *("class_scale", "coord_scale", "bias_match", "seen", "COCO", "delta²"),
    *("GIoU", "DIoU", "CIoU", "SIoU", "ln", "eps", "torch", "torchvision", "mmdetection", "TensorFlow"),
    *("Keras", "PyTorch", "focal", "one", "hot", "region", "layer", "yolo", "GPU", "CPU", "classfix", "background"),
    *("nw", "wa", "xa", "bx", "cx", "focus"),
    *("YOLOv1", "yolo2", "mask", "to", "tx", "ty", "tw", "th", "pw", "ph", "dt"),
    *("Redmon", "and", "Farhadi", "arXiv", "sections", "mmdet", "tf", "xa", "ya", "etw", "eth", "to", "min", "max"),
    *("Distance", "L1", "L2", "smooth", "max", "min", "compile"),
    *("scene", "recipe", "obj", "mode", "at", "raw", "truth", "lang", "view", "level", "box", "start"),
    *("yhcc", "darkflow", "tensorflow", "yolov3", "truth_thresh", "anchor_iou", "iou_loss_thresh"),
    *("KL", "Focal", "Huber", "log", "nat", "avg_factor", "noobj_scale", "pos_weight", "float16", "float64"),
    *("NHWC", "reshape", "space", "depth", "reorg", "reorg3d", "extract_image_patches", "PixelUnshuffle", "AlexeyAB"),
    *("dintersect", "diou", "maximum", "minimum", "nn_impl", "py", "BCELoss"),  # of Darknet, TensorFlow, PyTorch
    *("SSD", "RetinaNet", "alpha", "beta", "gamma", "none", "mean", "sum", "logistic", "loss"),
    *("ImageNet", "tiny", "dy", "dx", "v2", "v3"),
    *("Faster", "CNN", "YOLO9000", "YOLOv4", "YOLOv5", "scale_x_y"),
    *("pos_iou_thr", "neg_iou_thr", "min_pos_iou", "field", "rule", "in", "head", "with", "set"),
}
"""What stays as it is in Chinese: names, formats, keys of the keyboard and of the link."""
CREDITS = [re.escape(sample.credit) for sample in SAMPLES.values() if sample.credit]
SKIPPED = "|".join(
    [
        *CREDITS,
        r"[\w.-]+/[\w./-]+",  # paths and addresses
        r"[\w-]+\.(c|cff|m)\b",
        r"make test",
        r"\b[0-9a-f]{7,40}\b",  # commits
        r"\d(\.\d+)?e[+-]\d+",
    ]
)
"""Who took a photograph, files, commits, numbers."""


def latin(words: str) -> set[str]:
    """The words in Latin letters that are no name."""
    return set(re.findall(r"[A-Za-z]{2,}\w*", re.sub(SKIPPED, "", words))) - NAMES


CJK = "[一-鿿]"
UNTIDY = {
    "half-width punctuation": rf"{CJK}[,;:!?(]|[,;:!?]{CJK}|[^ ]\({CJK}|\){CJK}",
    "no room between Chinese and Latin": rf"{CJK}[A-Za-z0-9]|[A-Za-z0-9]{CJK}",
    "room beside Chinese punctuation": r"[，。；：、！？）] (?=[一-鿿])| [，。；：、！？）]",
    "hyphen as minus": r"(?<![\w\-/.^\]_])-\d",
    "exponent": r"(?<![0-9a-zA-Z_.])\d+(\.\d+)?[eE][-+−]?[01]?\d(?![0-9a-f])",
}
"""What Chinese sentences do not have, also where they are put together while the app runs.

A number near the ends of what 32 bits hold keeps its exponent: nobody counts 38 zeros.
"""
AS_WRITTEN = r"\b1e-(?:7|12)\b|[\w.-]+/[\w./-]+|\b[0-9a-f]{7,40}\b"
"""Literals of libraries' code, paths, commits."""


def untidy(words: str) -> list[str]:
    """What is wrong with the typography of words that are read in Chinese, each with its place."""
    if not re.search(CJK, words):
        return []
    plain = re.sub(AS_WRITTEN, "0", words)
    found = [(name, hit) for name, pattern in UNTIDY.items() for hit in re.finditer(pattern, plain)]
    return [f"{name}: {plain[max(0, hit.start() - 12) : hit.end() + 12]}" for name, hit in found]
