"""The lines of HTML that put a page into somebody else's post: a frame, what it is called, and a picture if it fails."""

from dataclasses import dataclass
from html import escape

HEIGHT = 480
"""The height of a frame in pixels until it has said its own."""
WIDTH, NARROWEST, WIDEST = 760, 280, 1600
"""How wide a frame is at most, in pixels; and what may be asked for."""
TALLEST = 4000
PATIENCE = 20
"""Seconds after which a frame that has been loaded and says nothing is taken for one whose server is gone."""


@dataclass(frozen=True)
class Frame:
    """What stands in a post; all words are plain text."""

    link: str
    """The address that the frame shows."""
    whole: str
    """The address of the whole page."""
    title: str
    opens: str
    """The words of the link to the whole page."""
    picture: str = ""
    """The name of the picture's file, which lies beside the post; "": there is none."""
    alt: str = ""
    width: int = WIDTH
    height: int = HEIGHT


SNIPPET = """\
<figure style="margin:0">
<iframe src="{link}" title="{title}" loading="lazy" style="width:100%;max-width:{width}px;height:{height}px;border:0">\
</iframe>
{instead}<figcaption>{title} <a href="{whole}">{opens}</a></figcaption>
<script>
{{ const figure = document.currentScript.parentNode, frame = figure.querySelector("iframe"); let alive = false;
addEventListener("message", ({{ source, data }}) => {{
  if (source !== frame.contentWindow || !(data?.lossviz?.height > 0)) return;
  alive = true; frame.style.height = `${{Math.min(data.lossviz.height, {tallest})}}px`;
}});{fails}}}
</script>
</figure>"""
INSTEAD = """\
<noscript><a href="{whole}"><img src="{picture}" alt="{alt}" style="width:100%;max-width:{width}px"></a></noscript>
"""
FAILS = """
frame.addEventListener("load", () => setTimeout(() => {{
  if (!alive) frame.outerHTML = figure.querySelector("noscript").textContent; // the server is gone: the picture
}}, {patience}000)); """


def plain(words: str) -> str:
    """Return words as they stand in HTML, in text and in attributes, on one line."""
    return escape(" ".join(words.split()))


def snippet(frame: Frame) -> str:
    """Return what is pasted into a post. It asks for nothing but the frame, and listens to that alone."""
    values = {
        "link": plain(frame.link),
        "whole": plain(frame.whole),
        "title": plain(frame.title),
        "opens": plain(frame.opens),
        "picture": plain(frame.picture),
        "alt": plain(frame.alt),
        "width": min(max(frame.width, NARROWEST), WIDEST),
        "height": frame.height,
        "tallest": TALLEST,
        "patience": PATIENCE,
    }
    more = (INSTEAD, FAILS) if frame.picture else ("", " ")
    instead, fails = (part.format(**values) for part in more)
    return SNIPPET.format(instead=instead, fails=fails, **values)
