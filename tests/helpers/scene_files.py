"""Scene files on disk, right and wrong."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

MISSING = object()
"""A field to leave out."""


def two_heads(**changes: Any) -> dict[str, Any]:
    """A small YOLOv3 scene: heads "3" and "6" of one image, three classes."""
    dice = np.random.default_rng(4)
    fields = {
        "raw3": dice.normal(size=(1, 2, 8, 3, 4)).astype(np.float32),
        "mask3": np.array([2, 3]),
        "raw6": dice.normal(size=(1, 2, 8, 6, 8)).astype(np.float32),
        "mask6": np.array([0, 1]),
        "anchors": np.array([[10, 20], [30, 25], [60, 50], [90, 80]], np.float32),
        "net_w": np.array(128),
        "net_h": np.array(96),
        "truth": np.array([[[0.4, 0.6, 0.5, 0.5, 1], [0.8, 0.2, 0.1, 0.2, 2], [0, 0, 0, 0, 0]]], np.float32),
        "ignore_thresh": np.array(0.5, np.float32),
    }
    return edited(fields, changes)


def squared(fields: dict[str, Any]) -> dict[str, Any]:
    """The same with as many columns as rows, for programs that know no other grids."""
    cut = {name: value[..., : value.shape[-2]] for name, value in fields.items() if name.startswith("raw")}
    return fields | cut | ({"net_w": fields["net_h"]} if "net_h" in fields else {})


def one_head(**changes: Any) -> dict[str, Any]:
    """A small YOLOv2 scene: one head of two images, without a mask, anchors in cells."""
    dice = np.random.default_rng(5)
    fields = {
        "raw": dice.normal(size=(2, 2, 8, 3, 4)).astype(np.float32),
        "anchors": np.array([[1, 1.25], [2, 1.5]], np.float32),
        "truth": np.array(
            [[[0.4, 0.6, 0.5, 0.5, 1], [0, 0, 0, 0, 0]], [[0.8, 0.2, 0.1, 0.2, 2], [0.2, 0.2, 0.4, 0.4, 0]]], np.float32
        ),
        "thresh": np.array(0.5, np.float32),
    }
    return edited(fields, changes)


def edited(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (fields | changes).items() if value is not MISSING}


def write(path: Path, fields: dict[str, Any]) -> Path:
    """A scene file; objects are pickled where numpy does so."""
    np.savez(path, **fields)
    return path


def write_raw_members(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    """A zip archive with these bytes in it."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def npy(array: np.ndarray) -> bytes:
    """An array as ``.npy`` bytes."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()


def npy_declaring(shape: tuple[int, ...], dtype: str = "<f4", content: bytes = b"") -> bytes:
    """A header that promises an array, and other content."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": dtype, "fortran_order": False, "shape": shape})
    return stream.getvalue() + content
