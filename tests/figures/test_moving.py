"""Figures that move: every frame is the figure of its state, a file asks for nothing, the same words give the same bytes."""

import io
import json
import re
import zlib
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from lossviz.core.text import Text, minus
from lossviz.figures.ask import figure
from lossviz.figures.caption import Imprint
from lossviz.figures.look import COLUMN, POST, Look, size_of
from lossviz.figures.moving import film as module
from lossviz.figures.moving.film import checked, film, layouts_of, steadied
from lossviz.figures.moving.motion import Motion, quantities_of, swept, together
from lossviz.figures.moving.packed import packed, played, recorded
from lossviz.figures.moving.strip import times
from lossviz.figures.moving.tidy import tidy
from lossviz.figures.page import picture
from lossviz.figures.quantity import MOST_FRAMES, sweep_of
from lossviz.figures.subjects import figured
from lossviz.figures.take import Asked, opened

BOXES = "overlap?box=9.6_9.6_1.8_1.4"
MOVES = {
    "lab?v=1": "x=0.47..0.53:2",
    "lab?level=2": "t_o=-2..2:2",
    "objectness?v=1": "z=-3..3:3",
    "overlap?level=2&box=9.6_9.6_1.8_1.4": "x=9..10:2",
    "race?steps=20": "step:3",
    "decode?v=1": "t_w=-1..1:3",
    "assignment?level=2": "x=0.4..0.6:2",
    "zoo?v=1": "x=-1..1:2",
}


def asked(kind: str = "html", size: str = "column", lang: str = "en", title: str = "", *, dark: bool = False) -> Asked:
    """What is asked of a motion."""
    return Asked("", Text(lang), Look(size_of(size), dark=dark), kind, Imprint(title))


def data_of(page: bytes) -> dict[str, Any]:
    """What the player reads."""
    found = re.search(rb'id="frames">([^<]+)<', page)
    assert found
    read: dict[str, Any] = json.loads(zlib.decompress(b64decode(found[1]), -15))
    return read


def single(motion: Motion, number: int, look: Look, name: str) -> str:
    """The figure of a frame's state as it is drawn alone, with stand-ins for colours where the look has them."""
    frame, start = replace(motion.frames[number]), motion.frames[motion.start]
    steady = replace(steadied(look, motion), live=True)
    return black(tidy(picture(frame.named(start.shown), frame.content, Text("en"), steady, "svg"), name[0]))


def black(svg: str) -> str:
    """An SVG that leaves out the colour of black letters, as matplotlib does where it knows that they are black."""
    return re.sub(r' style=""|(?<=px); (?=")', "", re.sub("(; )?fill: #000000", "", svg))


OFTEN = ("lab?v=1", "overlap?level=2&box=9.6_9.6_1.8_1.4", "objectness?v=1", "decode?v=1")


@pytest.mark.parametrize(
    "link", [pytest.param(link, marks=() if link in OFTEN else pytest.mark.slow) for link in MOVES]
)
def test_every_frame_is_the_figure_of_its_state_on_a_light_and_on_a_dark_ground(link: str) -> None:
    motion = swept(opened(link), [MOVES[link]])
    page = film(motion, asked()).data
    record = data_of(page)["layouts"]["narrow"]
    frames = played(record)
    assert len(frames) == len(motion.frames) > 1
    assert len({*frames}) == len(frames)
    colours = dict(re.findall(r"(--c\d+): (#[0-9A-Fa-f]{6})", page.decode().partition("@media")[0]))
    dark_colours = dict(re.findall(r"(--c\d+): (#[0-9A-Fa-f]{6})", page.decode().partition("[data-theme=dark]")[2]))
    for number, frame in enumerate(frames):
        for dark, names in ((False, colours), (True, dark_colours)):
            if dark and number:
                continue
            drawn = re.sub(r"var\((--c\d+)\)", lambda found: names[found[1]].lower(), frame)  # noqa: B023 - used at once
            assert black(drawn) == single(motion, number, Look(replace(COLUMN, bare=True), dark=dark), "narrow")


def test_the_words_and_the_link_of_a_frame_are_those_of_its_state() -> None:
    motion = swept(opened(BOXES), ["x=9..13:3"])
    data = data_of(film(motion, asked(lang="zh")).data)
    assert data["axes"] == [{"label": "x", "values": ["9", "11", "13"]}]
    for number, x in enumerate(("9", "11", "13")):
        one = opened(f"overlap?box={x}_9.6_1.8_1.4")
        shown, text = one.named(""), Text("zh")
        said = {name: kept["texts"][kept["frames"][number]] for name, kept in data["words"].items()}
        assert said["title"] == shown.title_of(one.content, text)
        assert said["says"] == shown.says(one.content, text)
        assert said["link"].endswith(f"box={x}_9.6_1.8_1.4")
        assert opened(said["link"]).state == one.state


class Parts(HTMLParser):
    """What a file would load, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [
            value or "" for name, value in attrs if name in ("src", "xlink:href", "data", "srcset", "action")
        ]
        self.loads += [value or "" for name, value in attrs if name == "href" and tag != "a"]


def test_a_file_asks_for_nothing_and_nothing_of_a_link_is_html() -> None:
    motion = swept(opened("lab?v=1#<img src=x onerror=alert(1)>"), ["x=0.47..0.53:2"])
    page = film(motion, asked(title='</script><script>alert("1")</script>')).data.decode()
    found = Parts(page)
    assert found.tags.count("script") == 2
    assert "img" not in found.tags
    assert {load.split(":")[0].split("#")[0] for load in found.loads} <= {"", "data"}
    assert not re.search(r"url\((?!data:|#)", page)
    assert "default-src 'none'" in page
    assert "alert(&quot;1&quot;)" in page
    assert "base64" not in page.partition('id="frames">')[2].partition("<")[0]


@pytest.mark.parametrize(
    ("link", "sweep", "size", "most"),
    [
        (BOXES, "x=9..9.2:3", "post", 80_000),
        ("lab?v=1", "x:2", "column", 300_000),
        pytest.param(BOXES, "x=8..13:60", "post", 400_000, marks=pytest.mark.slow),
        pytest.param(BOXES, "x=7..11:15 y=8..12:15", "post", 400_000, marks=pytest.mark.slow),
        pytest.param("objectness?v=1", "z=-6..6:60", "post", 400_000, marks=pytest.mark.slow),
        pytest.param("decode?v=1", "t_x=-4..4:60", "post", 400_000, marks=pytest.mark.slow),
        pytest.param("race?v=1", "step:60", "post", 400_000, marks=pytest.mark.slow),
        pytest.param("assignment?level=2", "x=0.2..0.8:60", "post", 400_000, marks=pytest.mark.slow),
        pytest.param("lab?v=1", "x:60", "post", 1_500_000, marks=pytest.mark.slow),
        pytest.param("lab?mode=label&level=3", "x=0.2..0.8:60", "post", 1_500_000, marks=pytest.mark.slow),
        pytest.param("overlap?level=2&box=9.6_9.6_1.8_1.4", "x=8..13:60", "post", 1_500_000, marks=pytest.mark.slow),
    ],
)
def test_a_file_is_light(link: str, sweep: str, size: str, most: int) -> None:
    page = film(swept(opened(link), sweep.split()), asked(size=size)).data
    assert len(page) < most


def test_what_would_be_too_large_is_refused_with_how_many_frames_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINES", 20_000)
    refusal = (
        r"^expected a file of at most 20 kB, but 3 frames make \d+ kB: ask for fewer \(about 2\), or for --size column"
    )
    with pytest.raises(ValueError, match=refusal):
        film(swept(opened("objectness?v=1"), ["z:3"]), asked())


@pytest.mark.parametrize("kind", ["html", "webp", pytest.param("gif", marks=pytest.mark.slow)])
def test_the_same_link_and_sweep_give_the_same_bytes(kind: str) -> None:
    first, again = (figure(BOXES, format=kind, size="column", sweep="x=9..12:2") for _ in range(2))
    assert (first.name, first.data) == (again.name, again.data)
    assert (
        first.name
        == f"lossviz-overlap-boxes-x-{first.name.split('-')[4]}-en-column{'' if kind == 'html' else '-light'}.{kind}"
    )
    assert figure(BOXES, format=kind, size="column", sweep="x=9..11:2").name != first.name


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_shows_the_single_figures_one_after_another(kind: str) -> None:
    motion = swept(opened(BOXES), ["x=9..12:3"])
    made = film(motion, asked(kind, dark=True), fps=10)
    with Image.open(io.BytesIO(made.data)) as moving:
        assert moving.n_frames == 3
        times = []
        for number, frame in enumerate(motion.frames):
            moving.seek(number)
            moving.load()
            times.append(moving.info["duration"])
            look = steadied(Look(replace(COLUMN, dots=moving.width / COLUMN.width), dark=True), motion)
            alone = Image.open(io.BytesIO(picture(frame.named(""), frame.content, Text("en"), look, "png"))).convert(
                "RGB"
            )
            shown = moving.convert("RGB").crop((0, 0, alone.width, alone.height))
            worst = max(high for _, high in ImageChops.difference(shown, alone).getextrema())
            assert shown.getpixel((1, 1)) == alone.getpixel((1, 1))
            assert worst <= (0 if kind == "webp" else 80), number  # a GIF has 256 colours for all frames
        assert times == [100, 100, 1000]


def test_two_sweeps_make_a_grid_of_the_first_by_the_second() -> None:
    motion = swept(opened(BOXES), ["x=9..10:2", "y=8..10:3"])
    assert [frame.state.moving[:2] for frame in motion.frames] == [(x, y) for x in (9, 10) for y in (8, 9, 10)]
    assert motion.frames[motion.start].state.moving[:2] in ((9, 10), (10, 10))
    data = data_of(film(motion, asked(size="post")).data)
    assert {*data["layouts"]} == {"narrow"}
    assert [len(axis["values"]) for axis in data["axes"]] == [2, 3]
    for kind in ("gif", "webp"):
        with pytest.raises(ValueError, match="two make a grid, which only html holds"):
            checked(motion, asked(kind))


def test_links_together_are_the_frames_of_one_figure() -> None:
    ones = [opened(f"overlap?level=3&box={9 + n / 2}_9_2_1") for n in range(4)]
    motion = together(ones)
    assert motion.frames == tuple(ones)
    assert [axis.values for axis in motion.axes] == [(1, 2, 3, 4)]
    data = data_of(film(motion, asked()).data)
    assert [opened(link).state for link in data["words"]["link"]["texts"]] == [one.state for one in ones]
    for links in (["overlap"], ["overlap", "lab"], ["overlap"] * (MOST_FRAMES + 1)):
        with pytest.raises(ValueError, match=f"^expected 2 to {MOST_FRAMES} links of one page"):
            together([opened(link) for link in links])


def test_axes_and_windows_stand_still() -> None:
    motion = swept(opened("lab?mode=label"), ["x=0.3..0.7:3"])
    look = steadied(Look(), motion)
    reaches = [frame.content.reach for frame in motion.frames]
    assert look.reach == max(reaches) > min(reaches) > 0
    boxes = swept(opened(BOXES), ["x=8..13:2"])
    ((x, _, w, _),) = steadied(Look(), boxes).around
    assert (x - w / 2, x + w / 2) == pytest.approx((7.1, 13.9))


def test_a_value_that_the_page_does_not_keep_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^expected values of w that the page keeps: 0.005 becomes 0$"):
        swept(opened("overlap"), ["w=0..0.01:3"])


@pytest.mark.parametrize(
    ("fps", "kind", "standing"), [(24, 10, [40, 40, 40, 50]), (30, 10, [30, 40, 30, 30]), (24, 1, [42, 41, 42, 42])]
)
def test_an_animation_keeps_its_pace(fps: int, kind: int, standing: list[int]) -> None:
    assert times(5, fps, kind) == [*standing, 1000]


@pytest.mark.parametrize(
    ("said", "values"),
    [("x=9..13:3", (9, 11, 13)), ("x=13..9:2", (13, 9)), (" y:2 ", (5, 15)), ("w=0..1e-1:3", (0, 0.05, 0.1))],
)
def test_a_sweep_is_read(said: str, values: tuple[float, ...]) -> None:
    assert sweep_of(said, quantities_of(opened("overlap"))).values == values


def test_a_whole_number_is_swept_in_whole_numbers_once_each() -> None:
    steps = sweep_of("step=0..5:60", quantities_of(opened("race?steps=20"))).values
    assert steps == (0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ("q=1..2", "expected a sweep such as x=5..15:60, of one of x, y, w, h, not 'q=1..2'"),
        ("x=1..", "expected a sweep such as x=5..15:60, of one of x, y, w, h, not 'x=1..'"),
        ("x=4..9", "expected ends of x within 5..15, not 'x=4..9'"),
        ("x=9..9", "expected two different ends of x, not 'x=9..9'"),
        ("x=9..1e999", "expected ends of x within 5..15, not 'x=9..1e999'"),
        ("x=9..13:1", "expected 2 to 240 frames of x, not 1"),
        ("x=9..13:241", "expected 2 to 240 frames of x, not 241"),
    ],
)
def test_a_bad_sweep_is_refused_in_one_sentence(said: str, refusal: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(refusal)}$"):
        swept(opened("overlap"), [said])


@pytest.mark.parametrize(
    ("link", "said", "refusal"),
    [
        ("overlap", ["x", "y", "w"], "expected one sweep, or two for a grid"),
        ("overlap", ["x", "x=9..10"], "expected two different quantities, not x twice"),
        ("overlap", ["x:42", "y"], "expected 2 to 41 frames of x, not 42"),
        ("decode?tab=tensor", [], "expected a page with something to sweep, not decode"),
    ],
)
def test_sweeps_that_go_nowhere_are_refused(link: str, said: list[str], refusal: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(refusal)}$"):
        swept(opened(link), said)


@pytest.mark.parametrize(
    "link", [*figured(), "lab?mode=label", "lab?steps=30", "zoo?tab=distributions", "lab?recipe=mmdet_v3&level=2"]
)
def test_whatever_is_swept_stands_where_it_was_put_and_its_link_says_so(link: str) -> None:
    one = opened(link)
    for name, quantity in quantities_of(one).items():
        low, high = max(quantity.low, -3), min(quantity.high, max(quantity.low, -3) + 6)
        assert quantity.low <= quantity.of(one.state) <= quantity.high, name
        for share in (0.25, 0.75):
            value = low + share * (high - low)
            value = round(value) if quantity.whole else value
            read, bad = one.subject.reads(quantity.put(one.state, value).to_query())
            assert bad == (), name
            assert quantity.of(read) == pytest.approx(value, rel=2e-5, abs=2e-5), name


@given(
    st.lists(st.lists(st.sampled_from("abc").map(lambda letter: f"<{letter} 1>2"), max_size=6).map("".join), min_size=1)
)
@settings(max_examples=50)
def test_what_is_recorded_is_played_again(texts: list[str]) -> None:
    record = recorded(texts)
    assert played(record) == texts
    assert json.loads(zlib.decompress(b64decode(packed(record)), -15)) == json.loads(json.dumps(record))


def test_a_tidy_svg_has_two_digits_and_counted_names() -> None:
    svg = b"""<?xml version="1.0"?>\n<svg role="img" width="10pt" height="5pt" viewBox="0 0 10 5" version="1.1">
 <title>T</title>\n <g id="line2d_3"><path id="m0123456789" d="M 1.23456 -0.0001 L 2.5 3 " style="fill: #ABCDEF"/>
 <use xlink:href="#m0123456789" x="1.999999" y="2"/><text>f6afaabcd01</text></g>\n</svg>"""
    assert tidy(svg, "n") == (
        '<svg viewBox="0 0 10 5" version="1.1"><g><path id="n0" d="M 1.23 0 L 2.5 3 " style="fill: #abcdef"/>'
        '<use xlink:href="#n0" x="2" y="2"/><text>f6afaabcd01</text></g></svg>'
    )


def test_a_narrow_screen_has_a_layout_of_its_own() -> None:
    assert [*layouts_of(POST, plane=False)] == ["narrow", "wide"]
    assert [*layouts_of(POST, plane=True)] == [*layouts_of(COLUMN, plane=False)] == ["narrow"]


def test_an_animation_has_as_many_pixels_as_a_post_needs() -> None:
    motion = swept(opened(BOXES), ["x=9..12:2"])
    with Image.open(io.BytesIO(film(motion, asked("webp", "post")).data)) as post:
        assert post.size == (800, 450)
    with pytest.raises(ValueError, match="at most 1200 pixels a side"):
        checked(motion, asked("gif", "1400x900"))


def test_a_value_has_as_many_digits_as_one_reads() -> None:
    motion = swept(opened("objectness"), ["z=-1..1:4"])
    assert data_of(film(motion, asked()).data)["axes"][0]["values"] == [
        minus(v) for v in ("-1", "-0.3333", "0.3333", "1")
    ]
