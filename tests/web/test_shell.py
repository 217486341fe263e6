"""The page of HTML around everything: fewer files, our fonts, the colours of a link before Streamlit begins."""

import re
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from helpers.aside import aside
from starlette.types import Receive, Scope, Send

from lossviz.core.assets import ASSETS
from lossviz.core.text import catalogue
from lossviz.web import shell as shell_module
from lossviz.web.chunks import COMPONENTS, LOADER, OURS, STATIC, THEIRS, chunks, imported, renamed, texts
from lossviz.web.shell import FONTS, Shell, shell, style

ROOT = Path(__file__).parents[2]
ICON = re.compile(r":material/([a-z_0-9]+):")


def there(path: str) -> bool:
    """Whether a server has that program."""
    ours = COMPONENTS / path.removeprefix(OURS).partition("/")[2] if path.startswith(OURS) else None
    return (ours or STATIC / path).is_file()


def test_every_import_of_a_small_program_leads_to_a_program() -> None:
    small = texts()
    assert len(small) > 80
    for path, text in small.items():
        assert there(path)
        assert [other for other in imported(path, text) if other not in small and not there(other)] == []
        assert "import.meta" not in text
        assert not re.search(r"""(from|import)\s*["'`]\.{1,2}/""", renamed(path, text))


def test_the_first_program_of_a_component_stays_a_file_for_streamlit_loads_it_twice() -> None:
    names = [file.parent.name for file in COMPONENTS.glob("*/__init__.py")]
    assert [f"{OURS}{name}/{name}/{name}.js" for name in names if f"{OURS}{name}/{name}/{name}.js" in texts()] == []
    assert f"{OURS}address/address/height.js" in texts()
    assert sum(path.startswith(THEIRS) for path in texts()) > 40


def test_large_programs_stay_files_of_their_own() -> None:
    assert len(chunks()) < 600_000
    for name in ("plotly", "katex.min", "protobuf.", "react-dom."):
        assert not [path for path in texts() if name in path]
    assert LOADER.count("TEXTS") == LOADER.count("OTHERS") == 1


def test_a_page_fetches_no_small_program_alone_and_runs_ours_before_streamlit() -> None:
    page = shell()
    preloaded = re.findall(r'rel="modulepreload"[^>]*href="\./([^"]+)"', page)
    assert 4 <= len(preloaded) <= 12
    assert {*preloaded} & {*texts()} == set()
    first, map_, module = (
        page.index(words) for words in ("stActiveTheme", "lossviz/chunks.js", '<script type="module"')
    )
    assert first < map_ < module < page.index("modulepreload")
    assert page.count("lossviz/style.css?version=") == page.count("sans.woff?version=") == 1
    assert "static/css" not in page
    assert "SourceSansVF" not in page


def test_of_streamlits_large_fonts_our_cuts_stand_in_the_style_sheet() -> None:
    sheet = style()
    assert "MaterialSymbols" not in sheet
    assert len(re.findall(r"SourceSansVF-Upright[^}]*unicode-range:", sheet)) == 1
    for address in re.findall(r"url\((\.[^)]*)\)", sheet):
        path, _, version = address.partition("?version=")
        assert (
            (ASSETS / "web" / path.removeprefix("./")).is_file()
            if version
            else (STATIC / path.removeprefix("../")).is_file()
        )


def test_our_icons_have_every_icon_that_a_page_names() -> None:
    files = [*ROOT.glob("lossviz/**/*.py"), *ROOT.glob("pages/*.py")]
    named = {name for file in files for name in ICON.findall(file.read_text("utf-8"))}
    with TTFont(ASSETS / "web" / "icons.woff") as font:
        drawn = {
            ligature.LigGlyph
            for lookup in font["GSUB"].table.LookupList.Lookup
            for part in lookup.SubTable
            for several in getattr(part, "ExtSubTable", part).ligatures.values()
            for ligature in several
        }
    assert len(named) > 20
    together = {"low_priority", "delete", "add", "visibility", "visibility_off"}  # of names that a page puts together
    assert (named | together) - drawn == set()


def test_our_letters_have_every_character_of_both_languages_but_chinese() -> None:
    with TTFont(ASSETS / "web" / "sans.woff") as font:
        known = {*font.getBestCmap()}
    used = {c for lang in ("en", "zh") for words in catalogue(lang).values() for c in words if " " <= c < "\u2e80"}
    assert {c for c in used if ord(c) not in known} <= {"⇅"}  # Streamlit's font has none of that either
    assert {*FONTS} == {file.stem for file in (ASSETS / "web").glob("*.woff")}


def asked(path: str, query: str = "", method: str = "GET") -> dict[str, Any]:
    """What the middleware answers, or that it left the answer to the application behind it."""
    said: dict[str, Any] = {"body": b""}

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        said["behind"] = True

    async def send(message: Any) -> None:
        said.update({key: value for key, value in message.items() if key in ("status", "headers")})
        said["body"] += message.get("body", b"")

    async def receive() -> Any:
        return {"type": "http.request"}

    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": []}
    aside(Shell(behind, base="/r1/")(scope, receive, send))
    return said


@pytest.mark.parametrize("path", ["/r1/", "/r1/lab", "/r1/nowhere"])
def test_whoever_opens_a_page_gets_that_page_and_asks_anew_next_time(path: str) -> None:
    said = asked(path, "lang=en")
    assert said["body"].decode() == shell_module.shell()
    assert dict(said["headers"])[b"cache-control"] == b"no-cache"


@pytest.mark.parametrize(
    "path", ["/r1", "/lab", "/r1/_stcore/health", "/r1/favicon.png", "/r1/lab/", "/r1/static/js/x.js"]
)
def test_all_else_is_the_applications(path: str) -> None:
    assert asked(path) == {"body": b"", "behind": True}
    assert asked("/r1/lab", method="POST") == {"body": b"", "behind": True}
