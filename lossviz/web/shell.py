"""The page of HTML in which Streamlit runs: its own, with fewer files to fetch, our fonts, and the colours of the link.

And the middleware that answers a visit: with that page, or with a poster (``web/poster.py``).
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lossviz.core.assets import ASSETS
from lossviz.web.chunks import STATIC, chunks, chunks_version, texts
from lossviz.web.poster import poster, wanted
from lossviz.web.versions import version

FONTS = {"sans": "SourceSansVF-Upright", "icons": "MaterialSymbols-Rounded"}
"""Our cuts of Streamlit's fonts, by file, and what it calls them."""
RANGE = "U+20-17F,U+2BC-3C9,U+2000-2300,U+2460-24FF,U+25A0-2AFF"
OTHERS = "U+180-2BB,U+3CA-1FFF,U+2301-245F,U+2500-259F,U+2B00-2E7F"
"""The characters for which our letters are asked, and those for which Streamlit's are; neither has Chinese."""
FACE = re.compile(r"@font-face\{[^}]*\}")
PRELOAD = re.compile(r'\s*<link rel="modulepreload" crossorigin href="\./([^"]+)">')
FONT = re.compile(r'<link\s+rel="preload"\s+href="\./static/media/SourceSansVF-Upright[^>]*>')
SHEET = re.compile(r"\./static/css/index\.[\w-]+\.css")
BOOT = """<script>
(() => {
  const said = new URLSearchParams(location.search), theme = said.get("theme"), dark = theme === "dark";
  if (parent !== self && said.get("view") === "embed") {
    parent.postMessage({ lossviz: { height: innerHeight, address: location.href } }, "*"); // the server is there
  }
  if (!dark && theme !== "light") return;
  const match = matchMedia, { getItem, setItem } = Storage.prototype, chosen = /^stActiveTheme/;
  document.documentElement.style.colorScheme = theme;
  window.matchMedia = (query) => {
    const found = match.call(window, query), asked = /prefers-color-scheme: *(dark|light)/.exec(query);
    return asked ? Object.defineProperty(new EventTarget(), "matches", { value: asked[1] === theme }) : found;
  };
  Storage.prototype.getItem = function (key) { return chosen.test(key) ? null : getItem.call(this, key); };
  Storage.prototype.setItem = function (key, value) { if (!chosen.test(key)) setItem.call(this, key, value); };
})();
</script>"""
"""What runs before Streamlit: a post is told that the server is there; a link's colours are the reader's system's to
Streamlit, and what he chose himself on other pages stays as it is."""


@cache
def shell() -> str:
    """Return Streamlit's page, completed; where it looks otherwise than expected, as it is."""
    page = (STATIC / "index.html").read_text("utf-8")
    small = texts()
    page = PRELOAD.sub(lambda found: "" if found[1] in small else found[0], page)
    page = FONT.sub(f'<link rel="preload" href="{address("sans")}" as="font" type="font/woff" crossorigin />', page)
    first = f'{BOOT}\n    <script src="./lossviz/chunks.js?version={chunks_version()}"></script>\n    '
    page = page.replace('<script type="module"', f'{first}<script type="module"', 1)
    return SHEET.sub(f"./lossviz/style.css?version={style_version()}", page)


def address(font: str, folder: str = "./lossviz") -> str:
    """Return where a browser finds a font of ours, relative to a page, or to a folder's files."""
    return f"{folder}/{font}.woff?version={version(ASSETS / 'web' / f'{font}.woff')}"


@cache
def style() -> str:
    """Return Streamlit's style sheet, in which its fonts are our cuts of them; its letters come where ours have none."""
    (sheet,) = STATIC.glob("static/css/index.*.css")
    rules = sheet.read_text("utf-8").replace("url(../", "url(../static/")
    return FACE.sub(lambda found: faces(found[0]), rules)


def faces(rule: str) -> str:
    """Return what stands for a rule for one of Streamlit's fonts."""
    font = next((font for font, name in FONTS.items() if name in rule), None)
    if not font:
        return rule
    ours = re.sub(r"url\([^)]*\)\s*format\([^)]*\)", f'url({address(font, ".")})format("woff")', rule)
    if font == "icons":
        return ours
    return f"{rule[:-1]};unicode-range:{OTHERS}}}{ours[:-1]};unicode-range:{RANGE}}}"


@cache
def style_version() -> str:
    """Return the version of the style sheet, as it stands in its address."""
    return hashlib.sha256(style().encode()).hexdigest()[:8]


async def files(request: Request) -> Response:
    """Serve what a page fetches beside Streamlit's own files."""
    name = request.path_params["name"]
    if name == "chunks.js":
        return Response(chunks(), media_type="text/javascript")
    if name == "style.css":
        return Response(style(), media_type="text/css")
    known = name.removesuffix(".woff") in FONTS and name.endswith(".woff")
    path: Path = ASSETS / "web" / name
    return FileResponse(path, media_type="font/woff") if known else Response(status_code=404)


class Shell:
    """Answers whoever opens a page; everything else is the application's."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        """Stand before an application whose pages lie below ``base``, which ends in a stroke."""
        self.app, self.pages = app, re.compile(rf"{re.escape(base)}([a-z]*)")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page in which Streamlit runs."""
        found = self.pages.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if not found or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        response = await self.answer(found[1], QueryParams(scope["query_string"]))
        await response(scope, receive, send)

    async def answer(self, page: str, query: QueryParams) -> Response:
        """Return what is opened."""
        if wanted(page, query):
            return poster(page, query)
        return HTMLResponse(shell(), headers={"Cache-Control": "no-cache"})
