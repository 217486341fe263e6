"""Cut the font for exported pictures down to the characters the catalogues use: ``make fonts``.

Needs Noto Sans CJK (Debian package fonts-noto-cjk) as the first argument, else where Debian puts it.
"""

import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
DEBIAN = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED_CHINESE = "2"
LATIN = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180))))
ROWS, CELLS = range(0xB0, 0xD8), range(0xA1, 0xFF)
COMMON = "".join(bytes((row, cell)).decode("gb2312", "ignore") for row in ROWS for cell in CELLS)
"""The 3,755 most usual Chinese characters, the first level of GB 2312: a title or a credit may need them."""
ALWAYS = LATIN + "–−×·½±≤≥∞│…“”‘’°σ∂Σ"

NARROW = {"×": 0.72, "·": 0.7, "÷": 0.75, "±": 0.75, "≤": 0.72, "≥": 0.72, "≠": 0.72, "∂": 0.9, "∞": 0.8, "→": 0.8}
NARROW |= {"‖": 1.0, "½": 0.85}
"""Symbols that the font has as wide as a Chinese character, and how large they are beside Latin letters."""
AXIS, BESIDE = 330, 60
"""The height about which they are made smaller, and the room on either side of them, in thousandths of the font size."""


def characters() -> str:
    """Every character of every string, of the scenes' names and credits, and of Darknet's history."""
    patterns = ("text/*.json", "scenes/*.json", "ledger/history.json")
    files = [file for pattern in patterns for file in HERE.parent.glob(pattern)]
    text = json.dumps([json.loads(file.read_text("utf-8")) for file in files], ensure_ascii=False)
    return "".join(sorted(set(text + ALWAYS + COMMON) - {"\n"}))


def narrowed(path: Path) -> None:
    """Set the symbols as wide as Latin letters, since nearly all of them stand in formulas and between numbers."""
    with TTFont(path) as font:
        names, glyphs, metrics = font.getBestCmap(), font.getGlyphSet(), font["hmtx"]
        shapes = font["CFF "].cff.topDictIndex[0].CharStrings
        for symbol, size in NARROW.items():
            name = names[ord(symbol)]
            pen = BoundsPen(glyphs)
            glyphs[name].draw(pen)
            left, _, right, _ = pen.bounds
            place = Transform(size, 0, 0, size, BESIDE - size * left, AXIS * (1 - size))
            old = shapes[name]
            width = round(size * (right - left)) + 2 * BESIDE
            drawn = T2CharStringPen(width - old.private.nominalWidthX, glyphs)
            glyphs[name].draw(TransformPen(drawn, place))
            shapes[name] = drawn.getCharString(old.private, old.globalSubrs)
            metrics[name] = width, BESIDE
        font.save(path)


if __name__ == "__main__":
    source = sys.argv[1] if len(sys.argv) > 1 else DEBIAN
    subset.main(
        [
            source,
            f"--font-number={SIMPLIFIED_CHINESE}",
            f"--text={characters()}",
            f"--output-file={HERE / 'NotoSansSC-subset.otf'}",
            "--layout-features=kern",
            "--name-IDs=0,1,2,3,4,5,6,13,14",
            "--no-hinting",
            "--desubroutinize",
        ]
    )
    narrowed(HERE / "NotoSansSC-subset.otf")
