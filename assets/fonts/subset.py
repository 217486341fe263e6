"""Cut the font for exported pictures down to the characters the catalogues use: ``make fonts``.

Needs Noto Sans CJK (Debian package fonts-noto-cjk) as the first argument, else where Debian puts it.
"""

import json
import sys
from pathlib import Path

from fontTools import subset

HERE = Path(__file__).parent
DEBIAN = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED_CHINESE = "2"
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "–−×·½±≤≥∞│…“”‘’°σ∂Σ"


def characters() -> str:
    """Every character of every string, and of the scenes' names and credits."""
    files = [file for folder in ("text", "scenes") for file in HERE.parent.glob(f"{folder}/*.json")]
    text = json.dumps([json.loads(file.read_text("utf-8")) for file in files], ensure_ascii=False)
    return "".join(sorted(set(text + ALWAYS) - {"\n"}))


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
