"""The [region] section of a configuration file, as far as YOLOv2's release and its last version agree."""

from dataclasses import dataclass

from lossviz.engine.recipe import Settings, knob

EARLY = 12_800
"""Images (not iterations) during which every predictor is pulled to its anchor."""


@dataclass(frozen=True)
class RegionSettings(Settings):
    """Settings of the [region] section with their meanings; the defaults are those of the published files."""

    thresh: float = knob(0.6, 0, 2, "a predictor whose best IoU is above this is no negative")
    object_scale: float = knob(5.0, 0, 1e4, "weight of objectness where there is an object")
    noobject_scale: float = knob(1.0, 0, 1e4, "weight of objectness where there is none")
    class_scale: float = knob(1.0, 0, 1e4, "weight of the classes")
    coord_scale: float = knob(1.0, 0, 1e4, "weight of centre and size")
    rescore: int = knob(1, 0, 1, "1: the target of objectness is the IoU, 0: it is 1")
    softmax: int = knob(1, 0, 1, "1: one class excludes the others")
    bias_match: int = knob(1, 0, 1, "1: anchors compete by their own sizes, 0: by the predicted ones")
    seen: int = knob(EARLY, 0, 2**53, "images trained on so far, this batch included")
