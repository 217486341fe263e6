"""A light page in place of a frame's: a picture of its state and a button that loads the live figure there.

A post with several frames costs its readers little until they ask for one. Nothing of Streamlit's is loaded, and no session
begins. What a link says is read as its page reads it; pictures are drawn one at a time, and kept.
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from html import escape
from string import Template
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from lossviz.core.languages import TAGS
from lossviz.core.text import Text
from lossviz.core.visit import ANSWERS, Visit, visit_from
from lossviz.figures.poster import KIND, poster_picture
from lossviz.figures.subjects import figured
from lossviz.figures.take import read

POSTER = "poster"
"""The key of a link that asks for a picture first; no page reads it."""
POOL = ThreadPoolExecutor(1, thread_name_prefix="poster")
MOST_WAITING = 24
"""So many pictures may wait to be drawn; who comes then gets the button alone."""
KEPT = 64
FRESH = "public, max-age=3600"

PAGE = Template("""<!doctype html>
<html lang="$tag" data-theme="$theme">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; }
[data-theme="light"] { color-scheme: light; }
[data-theme="dark"] { color-scheme: dark; }
body { margin: 0; height: 100vh; display: grid; place-items: center; font: 16px/1.4 system-ui, sans-serif;
  color: light-dark(#1a1d21, #e8eaed); background: light-dark(#fff, #14171b); }
body > * { grid-area: 1 / 1; }
img { display: block; max-width: 100vw; max-height: 100vh; }
button { place-self: end center; margin-bottom: 1.2em; display: flex; gap: 0.6em; align-items: center; padding: 0.7em 1.1em;
  border: 0; border-radius: 2em; cursor: pointer; font: inherit; font-weight: 600; color: #fff; background: #0072b2;
  box-shadow: 0 2px 12px rgb(0 0 0 / 40%); }
button:focus-visible { outline: 3px solid #f0e442; outline-offset: 2px; }
h1 { place-self: start center; margin: 1.5em 1em; font-size: 1.1rem; text-align: center; }
</style>
</head>
<body>
$picture
<button type="button" aria-label="$load: $title"><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">\
<path d="M3 1.5 14 8 3 14.5z" fill="currentColor"/></svg>$load</button>
<script>
const live = new URL(location.href);
live.searchParams.delete("$key");
document.querySelector("button").addEventListener("click", () => location.replace(live)); // Back still leaves the post
if (parent !== self) parent.postMessage({ lossviz: { height: innerHeight, address: location.href } }, "*");
</script>
</body>
</html>
""")


def wanted(page: str, query: Mapping[str, str]) -> bool:
    """Return whether a link asks for a poster of a page that there is."""
    return query.get(POSTER) == "1" and query.get("view") == "embed" and Text("en").knows(f"page_{page}")


def visit_of(query: Mapping[str, str]) -> Visit:
    """Return what a link says beside its state."""
    return visit_from(query, Visit(), {})[0]


def tells(page: str, visit: Visit) -> bool:
    """Return whether a picture may be shown: there is one, and it tells nothing that the page would hide."""
    return page in figured() and all(map(visit.shows, ANSWERS)) and not visit.ask and not visit.card


def poster(page: str, query: Mapping[str, str]) -> Response:
    """Return the light page."""
    visit = visit_of(query)
    title = escape(visit.text(f"page_{page}"))
    picture = pictures(page, query, visit, title) if tells(page, visit) else f"<h1>{title}</h1>"
    words = {"title": title, "picture": picture, "load": escape(visit.text("poster_load"))}
    said = PAGE.substitute(words, tag=TAGS.get(visit.lang, "en"), theme=visit.theme, key=POSTER)
    return HTMLResponse(said, headers={"Cache-Control": "no-cache"})


def pictures(page: str, query: Mapping[str, str], visit: Visit, title: str) -> str:
    """Return the picture's element, light and dark as the link or the reader's system says."""

    def there(theme: str) -> str:
        said = {key: value for key, value in query.items() if key not in (POSTER, "view", "theme", "version")}
        return escape(f"./lossviz/poster-{page}?{urlencode({**said, 'lang': visit.lang, 'theme': theme})}")

    dark = f'<source media="(prefers-color-scheme: dark)" srcset="{there("dark")}">' if visit.theme == "auto" else ""
    theme = "light" if visit.theme == "auto" else visit.theme
    return f'<picture>{dark}<img src="{there(theme)}" alt="{title}"></picture>'


async def drawn(request: Request) -> Response:
    """Serve the picture of a link's state, drawn beside everything else that goes on."""
    page, query = request.path_params["page"], dict(QueryParams(request.scope["query_string"]))
    visit = visit_of(query)
    if not tells(page, visit):
        return Response(status_code=404)
    if POOL._work_queue.qsize() >= MOST_WAITING:
        return Response(status_code=503, headers={"Retry-After": "10"})
    one, _ = read(page, query)
    state = tuple(sorted(one.state.to_query().items()))
    make = partial(made, page, state, visit.level, visit.lang, visit.theme == "dark")
    try:
        picture = await asyncio.get_running_loop().run_in_executor(POOL, make)
    except ValueError:
        return Response(status_code=503, headers={"Retry-After": "60"})
    return Response(picture, media_type=f"image/{KIND}", headers={"Cache-Control": FRESH})


@lru_cache(maxsize=KEPT)
def made(page: str, state: tuple[tuple[str, str], ...], level: str, lang: str, dark: bool) -> bytes:
    """Return the picture of a state, drawn once. Raises: ValueError where its numbers take too long."""
    return poster_picture(read(page, {**dict(state), "level": level, "lang": lang})[0], dark=dark)
