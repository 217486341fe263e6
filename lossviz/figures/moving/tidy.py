"""An SVG as a moving figure keeps it: no more digits than the eye sees, names by count, photographs as WebP."""

import base64
import io
import re
from collections.abc import Mapping
from functools import lru_cache

from PIL import Image

HEAD = re.compile(
    r"^.*?(?=<svg\b)|<title>.*?</title>|<desc>.*?</desc>|<style.*?</style>|<metadata>.*?</metadata>|<!--.*?-->",
    re.DOTALL,
)
SIZE = re.compile(r'(<svg\b[^>]*?)\s(?:width|height|role)="[^"]*"')
HASHED = re.compile(r'(?:(?<=id=")|(?<=href="#)|(?<=url\(#))[a-z]+[0-9a-f]{10}\b')
"""Names that matplotlib makes of what a part looks like, where they are names: a commit in a text stays."""
PLACED = re.compile(r'(?<=[\s"(,])-?\d+\.\d{3,}')
DRAWN = re.compile(r' (?:d|x|y|width|height|points)="[^"]*"|translate\([^)]*\)')
UNNEEDED = re.compile(r' id="[A-Za-z.]+\d*[a-z]*_\d+"|font-family: [^;"]*;? ?| transform="rotate\(-?0 [^)]*\)"')
"""Names of groups, to which nothing refers; fonts, which the document says; turns by nothing."""
DATA = re.compile(r"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
QUALITY = 80
"""Of a photograph as WebP; a map's few colours are kept as they are where that is smaller."""
DIGITS = 2


def tidy(svg: bytes, prefix: str = "") -> str:
    """Return the SVG with places to a hundredth of a point, without its fixed size, its words and its heads.

    Its parts' names are counted, after the prefix, so that two of them can stand in one document.
    """
    text = HEAD.sub("", svg.decode())
    for _ in ("role", "width", "height"):
        text = SIZE.sub(r"\1", text, count=1)
    names: dict[str, str] = {}
    text = HASHED.sub(lambda found: names.setdefault(found[0], f"{prefix}{len(names)}"), text)
    text = UNNEEDED.sub("", text)
    text = DRAWN.sub(lambda found: PLACED.sub(shorter, found[0]), text)
    text = COLOUR.sub(lambda found: found[0].lower(), text)
    text = DATA.sub(lambda found: lighter("".join(found[1].split())), text)
    return re.sub(r"\s*\n\s*", " ", text).replace("> <", "><").strip()


def shorter(number: re.Match[str]) -> str:
    """Return a number with two digits after the point, none of them a last nought."""
    short = f"{float(number[0]):.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


@lru_cache(maxsize=64)
def lighter(data: str) -> str:
    """Return an embedded PNG as a WebP, as it is or as a photograph, whichever is smaller."""
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        clear = image.convert("RGBA" if "A" in image.getbands() else "RGB")
        kinds = []
        for more in ({"lossless": True}, {"quality": QUALITY}):
            stream = io.BytesIO()
            clear.save(stream, "webp", method=4, **more)
            kinds.append(stream.getvalue())
    return "data:image/webp;base64," + base64.b64encode(min(kinds, key=len)).decode()


def coloured(svg: str, colours: Mapping[str, str]) -> str:
    """Return the SVG with other colours in place of some."""
    return COLOUR.sub(lambda found: colours.get(found[0], found[0]), svg)
