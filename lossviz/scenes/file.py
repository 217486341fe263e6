"""Read scene files (``.npz``). Whatever is wrong with a file is said in one sentence; nothing is unpickled."""

import io
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.lib import format as npy
from numpy.typing import NDArray
from torch import Tensor

from lossviz.engine.heads import Head
from lossviz.engine.scene import Scene

MOST_BYTES = 2**29
MOST_NUMBERS = 2**26
MOST_TRUTHS = 10_000
LARGEST_SIDE = 4.0
HEAD = re.compile(r"raw(?P<suffix>[A-Za-z0-9_]{0,16})")

Fields = Mapping[str, NDArray[Any]]


class SceneError(ValueError):
    """A file that is no scene; the message says what was expected and what came."""


@dataclass(frozen=True)
class SceneFile:
    """A scene and how its file was spelled."""

    scene: Scene
    suffixes: tuple[str, ...]
    """Suffixes of the fields ``raw``, ``mask``, ...: one empty text for a single head, else the heads' names."""
    batched: bool
    """Whether ``raw`` had the axis of images."""


def read_scene(path: Path, settings: Iterable[str], dtype: torch.dtype | None = None) -> SceneFile:
    """Return the scene in a file, on the CPU; numbers in ``dtype``, by default that of its raw outputs.

    ``settings`` are the names to look for. Truths are not checked here: how many are read depends on the recipe.

    Raises: SceneError for a file that is no scene.
    """
    return scene_from(Checked(read_fields(path)), settings, dtype)


def scene_from(fields: "Checked", settings: Iterable[str], dtype: torch.dtype | None = None) -> SceneFile:
    """Return the scene that is in fields read before, on the CPU; numbers in ``dtype``, by default the raw outputs'.

    ``settings`` are the names to look for.

    Raises: SceneError for a field that is missing, wrong, or at odds with another.
    """
    heads, batched = read_heads(fields)
    raw = next(iter(heads.values()))
    classes, images = raw.shape[2] - 5, raw.shape[0]
    fields.agrees("classes", classes)
    fields.agrees("batch", images)
    kind = dtype or torch.from_numpy(raw[:0]).dtype
    layers = [read_head(fields, suffix, values, number, kind) for number, (suffix, values) in enumerate(heads.items())]
    class_map = read_class_map(fields, classes)
    found = {name: fields.number(name) for name in settings if name in fields.arrays}
    scene = Scene(
        tuple(layers),
        read_truth(fields, images, kind),
        class_map,
        found,
        bool(fields.number("train", 1)),
        read_net(fields),
    )
    return SceneFile(scene, tuple(heads), batched)


def read_fields(path: Path, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ``.npz`` file whose names are wanted, by default all.

    The sizes that the file declares are checked before anything is unpacked.

    Raises: SceneError for a file that is missing, too large, damaged, or that holds pickled objects.
    """
    if not path.is_file():
        raise SceneError(
            f"expected a scene file (.npz), but {str(path)!r} is {'a folder' if path.is_dir() else 'not there'}"
        )
    if path.stat().st_size > MOST_BYTES:
        raise SceneError(
            f"expected a file of at most {MOST_BYTES >> 20} MiB, {path.name!r} has {path.stat().st_size >> 20}"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if m.filename.endswith(".npy") and wanted(m.filename[:-4])]
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise SceneError(f"{path.name!r} unpacks to more than {MOST_BYTES >> 20} MiB")
            return {m.filename[:-4]: read_array(m.filename[:-4], archive.read(m)) for m in members}
    except SceneError:
        raise
    except OSError as error:
        raise SceneError(f"{path.name!r} cannot be read: {error.strerror or 'damaged'}") from error
    except Exception as error:  # a damaged archive fails in many ways, each with its own exception
        raise SceneError(f"expected a NumPy .npz archive, {path.name!r} is none or is damaged") from error


def read_array(name: str, content: bytes) -> NDArray[Any]:
    """Return one ``.npy`` member of the archive; objects are refused, not unpickled."""
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise SceneError(f"'{name}' holds pickled objects; expected plain numbers or text")
    if math.prod(shape) > MOST_NUMBERS:
        raise SceneError(f"'{name}' has {math.prod(shape)} numbers; expected at most {MOST_NUMBERS}")
    stream.seek(0)
    return np.asarray(np.lib.format.read_array(stream, allow_pickle=False))


@dataclass(frozen=True)
class Checked:
    """The fields of a file by name, read with a check of what is expected of them."""

    arrays: Fields

    def array(self, name: str, kinds: str, expected: str) -> NDArray[Any]:
        """Return the array of that name, of one of numpy's ``kinds``. Raises: SceneError with what was expected."""
        if name not in self.arrays:
            raise SceneError(
                f"expected a field '{name}' ({expected}); the file has {', '.join(sorted(self.arrays)[:12])}"
            )
        array = self.arrays[name]
        if array.dtype.kind not in kinds:
            raise SceneError(f"'{name}' must be {expected}, not of type {array.dtype}")
        return array

    def finite(self, name: str, kinds: str, expected: str) -> NDArray[Any]:
        """Return the array of that name, of one of numpy's ``kinds``, with every number finite. Raises: SceneError."""
        array = self.array(name, kinds, expected)
        if not np.isfinite(array).all():
            raise SceneError(f"'{name}' must be finite; it holds nan or infinity")
        return array

    def number(self, name: str, default: float | None = None) -> float:
        """Return a field that is a single number; ``default`` where it is missing. Raises: SceneError."""
        if name not in self.arrays and default is not None:
            return default
        array = self.finite(name, "iufb", "a number")
        if array.size != 1:
            raise SceneError(f"'{name}' must be a single number, not of shape {array.shape}")
        return float(array.reshape(()))

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """Return a field that is a whole number from ``low`` to ``high``. Raises: SceneError."""
        value = self.number(name, default)
        if value != int(value) or not low <= value <= high:
            raise SceneError(f"'{name}' must be a whole number from {low} to {high}, not {value:g}")
        return int(value)

    def agrees(self, name: str, value: int) -> None:
        """Check that a field, if it is there, says what the raw outputs' shape says. Raises: SceneError."""
        if name in self.arrays and self.number(name) != value:
            raise SceneError(f"'{name}' is {self.number(name):g}, but the raw outputs' shape says {value}")


def read_heads(fields: Checked) -> tuple[dict[str, NDArray[Any]], bool]:
    """Return the raw outputs by suffix, each with the axis of images, and whether the file had that axis."""
    names = [name for name in fields.arrays if HEAD.fullmatch(name)] or ["raw"]
    if "raw" in names and len(names) > 1:
        raise SceneError(f"expected either 'raw' or several 'raw<name>', not both: {', '.join(names[:6])}")
    arrays = {name[3:]: read_raw(fields, name) for name in names}
    first = next(iter(arrays.values()))
    for suffix, raw in arrays.items():
        if common(raw) != common(first):
            raise SceneError(f"all heads must agree in type, images and classes; 'raw{suffix}' differs from the first")
    if sum(raw.size for raw in arrays.values()) > MOST_NUMBERS:
        raise SceneError(f"the heads hold more than {MOST_NUMBERS} numbers together")
    batched = first.ndim == 5
    return {suffix: raw if batched else raw[None] for suffix, raw in arrays.items()}, batched


def read_raw(fields: Checked, name: str) -> NDArray[Any]:
    """Return the raw outputs of one head, in this machine's byte order."""
    expected = "float32 or float64 of shape (images,) anchors, 5 + classes, rows, columns"
    raw = fields.array(name, "f", expected)
    if raw.dtype.newbyteorder("=") not in (np.float32, np.float64):
        raise SceneError(f"'{name}' must be {expected}, not of type {raw.dtype}")
    if raw.ndim not in (4, 5) or min(raw.shape) < 1 or raw.shape[-3] < 6:
        raise SceneError(f"'{name}' must be {expected}; its shape is {raw.shape}")
    return np.ascontiguousarray(fields.finite(name, "f", expected), raw.dtype.newbyteorder("="))


def common(raw: NDArray[Any]) -> tuple[Any, ...]:
    """Return what all heads share: type, images, channels."""
    return raw.dtype, raw.shape[:-4], raw.shape[-3]


def read_head(fields: Checked, suffix: str, raw: NDArray[Any], number: int, dtype: torch.dtype) -> Head:
    """Return one head, its anchors in shares of the network input."""
    _, slots, _, rows, columns = raw.shape
    for name, value in {"grid_w": columns, "grid_h": rows, "n_slots": slots}.items():
        fields.agrees(name + suffix, value)
    anchors = fields.finite("anchors", "fiu", "numbers of shape anchors, 2")
    if anchors.ndim != 2 or anchors.shape[1] != 2 or not 1 <= len(anchors) <= 1000 or not (anchors > 0).all():
        raise SceneError(f"'anchors' must be widths and heights above 0, of shape (anchors, 2), not {anchors.shape}")
    if f"mask{suffix}" in fields.arrays:
        mask = fields.array(f"mask{suffix}", "iu", "row numbers of 'anchors'")
        if mask.shape != (slots,) or mask.min() < 0 or mask.max() >= len(anchors):
            raise SceneError(
                f"'mask{suffix}' must name {slots} of the {len(anchors)} rows of 'anchors', counted from 0"
            )
        unit = [fields.whole(side, 1, 100_000) for side in ("net_w", "net_h")]
        chosen = tuple(int(row) for row in mask)
    else:
        if any(name.startswith("mask") for name in fields.arrays):
            raise SceneError(f"expected a field 'mask{suffix}' beside 'raw{suffix}'")
        if len(anchors) != slots:
            raise SceneError(f"'raw{suffix}' has {slots} anchors, 'anchors' has {len(anchors)} rows")
        unit, chosen = [columns, rows], tuple(range(slots))
    shares = torch.as_tensor(anchors.astype(np.float64) / unit, dtype=dtype)
    values = torch.as_tensor(raw, dtype=dtype)
    narrowed = values.dtype != torch.from_numpy(raw[:0]).dtype
    if not ((shares > 0) & shares.isfinite()).all() or (narrowed and not values.isfinite().all()):
        raise SceneError(f"'anchors' must be above 0, and they and 'raw{suffix}' finite, also as {str(dtype)[6:]}")
    return Head(
        suffix or f"{rows}x{columns}",
        values,
        shares,
        chosen,
        fields.whole(f"layer_index{suffix}", 0, 100_000, default=number),
    )


def read_net(fields: Checked) -> tuple[int, int] | None:
    """Return width and height of the network input in pixels; None where the file does not say."""
    if not {"net_w", "net_h"} <= fields.arrays.keys():
        return None
    return fields.whole("net_w", 1, 100_000), fields.whole("net_h", 1, 100_000)


def read_truth(fields: Checked, images: int, dtype: torch.dtype) -> Tensor:
    """Return the truths as they stand in the file, shape (images, truths, 5), also those behind the end of the list."""
    truth = fields.array("truth", "fiu", "numbers of shape (images,) truths, 5: x, y, w, h, class")
    table = truth if truth.ndim == 3 else truth[None]
    if table.ndim != 3 or table.shape[2] != 5 or len(table) != images or table.shape[1] > MOST_TRUTHS:
        raise SceneError(f"'truth' must be of shape ({images}, truths, 5) or (truths, 5), not {truth.shape}")
    return torch.as_tensor(table.astype(np.float64), dtype=dtype)


def read_class_map(fields: Checked, classes: int) -> tuple[int, ...]:
    """Return the new numbers of the classes; empty where the file renames none."""
    if "class_map" not in fields.arrays:
        return ()
    table = fields.array("class_map", "iuf", "a list of class numbers").flatten()
    if table.size and (table.dtype.kind == "f" or table.min() < 0 or table.max() >= classes):
        raise SceneError(f"'class_map' must hold class numbers from 0 to {classes - 1}")
    return tuple(int(kind) for kind in table)


def check_truths(scene: Scene, limit: int, *, unmapped: bool = False) -> None:
    """Check that the live truths, up to ``limit``, lie in the image and name a class.

    ``unmapped``: their class must be one of the network's even where it is not renamed.

    Raises: SceneError, naming the first row that does not.
    """
    classes = scene.heads[0].classes
    kinds = len(scene.class_map) or classes
    kinds = min(kinds, classes) if unmapped else kinds
    for image, rows in enumerate(scene.truth[:, :limit].tolist()):
        for number, (x, y, w, h, kind) in enumerate(rows):
            if x == 0:
                break
            row = f"truth {number} of image {image}"
            if not (0 < x < 1 and 0 <= y < 1):
                raise SceneError(f"{row}: expected a centre with 0 < x < 1 and 0 <= y < 1, not ({x:g}, {y:g})")
            if not (0 < w <= LARGEST_SIDE and 0 < h <= LARGEST_SIDE):
                raise SceneError(f"{row}: expected sides above 0 and up to {LARGEST_SIDE:g}, not ({w:g}, {h:g})")
            if not (0 <= kind < kinds and kind == int(kind)):
                raise SceneError(f"{row}: expected a class from 0 to {kinds - 1}, not {kind:g}")
