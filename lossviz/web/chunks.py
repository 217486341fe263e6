"""The many small programs of a page in one file: Streamlit's and our components', which a browser would fetch one by one.

An import map leads every import of one of them to its text in that file. Large programs stay files of their own, and so do
those that ask for their own address and the first one of a component, which Streamlit also loads by a script element. A
browser without import maps fetches them one by one, as without this.
"""

import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import streamlit

STATIC = Path(streamlit.__file__).parent / "static"
COMPONENTS = Path(__file__).parent.parent / "components"
THEIRS, OURS = "static/js/", "_stcore/bidi-components/lossviz."
"""Where a browser finds Streamlit's programs and those of our components, below the address of the server."""
ENTRIES = ("Html", "Button", "ButtonGroup", "BidiComponent")
"""Streamlit's programs that nearly every page calls when it is drawn, beside what its first page loads."""
SMALL = 40_000
"""Bytes from which on a program stays a file of its own."""
IMPORT = re.compile(r"""((?:\bfrom|\bimport)\s*\(?\s*)(["'`])(\.[^"'`\s]*\.js)\2""")
OWN = "import.meta"
LOADER = """(() => {
  const base = new URL("..", document.currentScript.src).href, imports = {};
  for (const [path, text] of Object.entries(TEXTS)) {
    imports[base + path] = imports["lossviz/" + path] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  }
  for (const path of OTHERS) imports["lossviz/" + path] = base + path;
  const map = Object.assign(document.createElement("script"), { type: "importmap", text: JSON.stringify({ imports }) });
  document.head.append(map);
})();"""


def imported(path: str, text: str) -> Iterator[str]:
    """Yield the paths of the programs that a program names."""
    for found in IMPORT.finditer(text):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), found[3]))


def closed(first: Iterable[str], text_of: Callable[[str], str | None]) -> dict[str, str]:
    """Return these programs and all that they import, by path, in a fixed order; None: it is not followed."""
    found: dict[str, str] = {}
    waiting = sorted(first, reverse=True)
    while waiting:
        path = waiting.pop()
        text = None if path in found else text_of(path)
        if text is not None:
            found[path] = text
            waiting += [other for other in imported(path, text) if not lazy(path, other, text)]
    return found


def lazy(path: str, other: str, text: str) -> bool:
    """Return whether a program calls another one only when it is needed."""
    name = posixpath.basename(other)
    return path.startswith(THEIRS) and not re.search(rf"(from|import)\s*[\"'`]\./{re.escape(name)}", text)


def their_text(path: str) -> str | None:
    """Return the text of one of Streamlit's programs; None where there is none."""
    file = STATIC / path
    return file.read_text("utf-8") if path.startswith(THEIRS) and file.is_file() else None


def our_text(path: str) -> str | None:
    """Return the text of a program of our components; None where it is too large."""
    file = COMPONENTS / path.removeprefix(OURS).partition("/")[2]
    return file.read_text("utf-8") if file.is_file() and file.stat().st_size < SMALL else None


@cache
def texts() -> Mapping[str, str]:
    """Return the small programs by the path at which a browser asks for them."""
    js = {file.name.partition(".")[0]: f"{THEIRS}{file.name}" for file in (STATIC / THEIRS).glob("*.js") if plain(file)}
    theirs = closed([js[name] for name in ("index", *ENTRIES) if name in js], their_text)
    names = [file.parent.name for file in COMPONENTS.glob("*/__init__.py")]
    first = [f"{OURS}{name}/{name}/{name}.js" for name in names]
    found = {**theirs, **closed(first, our_text)}
    return {path: text for path, text in found.items() if len(text) < SMALL and OWN not in text and path not in first}


def plain(file: Path) -> bool:
    """Return whether a name is a word and a hash; others belong to libraries."""
    return file.name.count(".") == 2


@cache
def chunks() -> bytes:
    """Return the file: every small program with its imports by name, and what makes a map of them."""
    small = texts()
    others = sorted({other for path, text in small.items() for other in imported(path, text)} - {*small})
    named = {path: renamed(path, text) for path, text in small.items()}
    words = json.dumps(named, ensure_ascii=False), json.dumps(others)
    return LOADER.replace("TEXTS", words[0], 1).replace("OTHERS", words[1], 1).encode()


def renamed(path: str, text: str) -> str:
    """Return a program that names what it imports without regard to its own address, which it no longer has."""

    def name(found: re.Match[str]) -> str:
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[3]))
        return f'{found[1]}"lossviz/{there}"'

    return IMPORT.sub(name, text)


@cache
def chunks_version() -> str:
    """Return the version of the file, as it stands in its address."""
    return hashlib.sha256(chunks()).hexdigest()[:8]
