"""Cut Streamlit's fonts down to what pages show: ``python assets/web/subset.py`` (needs the packages fonttools and brotli).

Its font of icons and its letters are half of what a frame loads. Streamlit's own icons stay in; a letter that was left out
still comes from its own font. As WOFF: that is read without brotli.
"""

import json
import re
from pathlib import Path

import streamlit
from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STATIC = Path(streamlit.__file__).parent / "static" / "static"
ICON = re.compile(r":material/([a-z_0-9]+):")
NAMES = "abcdefghijklmnopqrstuvwxyz0123456789_"
"""The letters of which the names of icons are made."""


WORD = re.compile(r"[\"']([a-z][a-z_0-9]+)[\"']")
"""A word of a program: a page may put the name of an icon together, so each that is one is taken for one."""


def icons() -> set[str]:
    """The names of the icons in our pages and in Streamlit's programs; of our words some are none."""
    ours = [file.read_text("utf-8") for file in (*ROOT.glob("lossviz/**/*.py"), *ROOT.glob("pages/*.py"))]
    theirs = [file.read_text("utf-8") for file in STATIC.glob("js/*.js")]
    found = {name for text in (*ours, *theirs) for name in ICON.findall(text)}
    return found | {name for text in ours for name in WORD.findall(text)}


def letters() -> set[int]:
    """The characters of both catalogues below those of Chinese, and all that a keyboard has."""
    text = json.dumps(
        [json.loads(file.read_text("utf-8")) for file in ROOT.glob("assets/text/*.json")], ensure_ascii=False
    )
    return {*map(ord, text + "…“”‘’·×−–—≤≥°²³½")} & {*range(0x20, 0x2E80)} | {*range(0x20, 0x7F), *range(0xA0, 0x180)}


def cut(font: TTFont, name: str, **kept: object) -> None:
    """Write a font with these glyphs or characters alone."""
    tool = subset.Subsetter(subset.Options(layout_closure=False, glyph_names=True, notdef_outline=True))
    tool.populate(**kept)
    tool.subset(font)
    font.flavor = "woff"
    font.save(HERE / name)


def whole(name: str) -> TTFont:
    """One of Streamlit's fonts."""
    (path,) = STATIC.glob(f"media/{name}.*.woff2")
    return TTFont(path)


def main() -> None:
    """Write both fonts beside this file."""
    symbols = whole("MaterialSymbols-Rounded")
    known = {*symbols.getGlyphOrder()}
    cut(symbols, "icons.woff", glyphs=[*(symbols.getBestCmap()[ord(c)] for c in NAMES), *(icons() & known)])
    sans = whole("SourceSansVF-Upright.ttf")
    cut(sans, "sans.woff", unicodes=letters() & {*sans.getBestCmap()})


if __name__ == "__main__":
    main()
