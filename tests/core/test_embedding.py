"""The lines that are pasted into a post: read as a browser reads them, whatever the words are."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from lossviz.core.embedding import NARROWEST, WIDEST, Frame, snippet

LINK = "https://lossviz.example/lab?lang=en&view=embed&level=1&raw=1_2"
WHOLE = "https://lossviz.example/lab?lang=en&level=1&raw=1_2"
FRAME = Frame(LINK, WHOLE, "The loss: YOLOv3 on coffee", "Open in lossviz ↗", "lossviz-coffee.png", "Two boxes")
HOSTILE = (
    '"><script>alert(1)</script>',
    "</noscript></script>",
    "' onload='x",
    "a & b < c\n\n",
    "{title} {0} {",
    "“框” \\",
)


class Read(HTMLParser):
    """The elements with their attributes, and all words outside the script."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("img",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" not in self.open:
            self.words += data


def read(frame: Frame) -> Read:
    found = Read(snippet(frame))
    assert found.open == []
    return found


def test_a_frame_has_its_title_its_link_and_a_picture_for_when_it_fails() -> None:
    found = read(FRAME)
    assert [tag for tag, _ in found.found] == ["figure", "iframe", "noscript", "a", "img", "figcaption", "a", "script"]
    named = dict(found.found[:5])
    assert named["iframe"] == {
        "src": LINK,
        "title": FRAME.title,
        "loading": "lazy",
        "style": "width:100%;max-width:760px;height:480px;border:0",
    }
    assert (named["img"]["src"], named["img"]["alt"]) == (FRAME.picture, FRAME.alt)
    assert [found["href"] for tag, found in found.found if tag == "a"] == [WHOLE, WHOLE]
    assert " ".join(found.words.split()) == f"{FRAME.title} {FRAME.opens}"


def test_a_frame_without_a_picture_promises_none() -> None:
    found = read(replace(FRAME, picture="", alt=""))
    assert [tag for tag, _ in found.found] == ["figure", "iframe", "figcaption", "a", "script"]
    assert "noscript" not in snippet(replace(FRAME, picture=""))


@pytest.mark.parametrize("words", HOSTILE)
def test_no_word_is_read_as_html(words: str) -> None:
    plain = [tag for tag, _ in read(FRAME).found]
    found = read(Frame(LINK + words, WHOLE + words, words, words, words, words))
    assert [tag for tag, _ in found.found] == plain
    said = " ".join(words.split())
    attributes = dict(found.found[:5])
    assert (attributes["iframe"]["title"], attributes["img"]["alt"]) == (said, said)
    assert attributes["iframe"]["src"] == " ".join((LINK + words).split())
    assert "<" not in words or words not in snippet(Frame(LINK, WHOLE, words, words))


def test_a_script_in_a_post_hears_its_own_frame_alone_and_takes_a_number_from_it() -> None:
    script = snippet(FRAME).partition("<script>")[2]
    assert "if (source !== frame.contentWindow || !(data?.lossviz?.height > 0)) return;" in script
    assert not {"innerHTML", "eval", "http", "allow"} & {*script.replace(".", " ").split()}
    assert len(script.partition("</script>")[0].splitlines()) <= 10


@pytest.mark.parametrize(("asked", "got"), [(640, 640), (1, NARROWEST), (10**9, WIDEST)])
def test_a_frame_is_as_wide_as_its_post_and_no_wider_than_asked(asked: int, got: int) -> None:
    style = dict(read(replace(FRAME, width=asked)).found)["iframe"]["style"]
    assert style == f"width:100%;max-width:{got}px;height:480px;border:0"
