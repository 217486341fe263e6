"""A figure that moves, opened as a file: no server, no network; every frame by hand, by key and by itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")
from browser.driving import expect, until
from playwright.sync_api import Browser, Page

from lossviz import figure

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

README = Path(__file__).parents[2] / "README.md"
BOXES = ("overlap?box=9.6_9.6_1.8_1.4", "x=9..11:5")
SIX = [
    BOXES,
    ("lab?v=1", "x:4"),
    ("objectness?v=1", "z=-3..3:5"),
    ("race?steps=40", "step:5"),
    ("decode?v=1", "t_x=-2..2:5"),
    ("assignment?level=2", "x=0.3..0.6:5"),
]
VALUE, TITLE = "output", "h1"
PICTURE = "[...document.querySelectorAll('.picture > div')].find((place) => place.offsetHeight).innerHTML"
INSIDE = """() => document.documentElement.scrollWidth <= innerWidth
  && [...document.querySelectorAll(".picture svg, .tools, h1, p:not(.spoken), figcaption")]
    .map((part) => part.getBoundingClientRect())
    .every(({ left, right, width }) => !width || (left >= -1 && right <= innerWidth + 1))"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes the file of a link and its sweeps, once."""
    kept: dict[Any, Path] = {}

    def made(link: str, *sweeps: str, lang: str = "en") -> Path:
        if (link, sweeps, lang) not in kept:
            picture = figure(link, format="html", sweep=sweeps, lang=lang)
            kept[link, sweeps, lang] = picture.save(tmp_path_factory.mktemp("moving"))
        return kept[link, sweeps, lang]

    return made


@contextmanager
def opened(browser: Browser, file: Path, width: int = 1200, **options: Any) -> Iterator[Page]:
    """The file in a browser without a network, which must not ask for anything nor complain."""
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **options)
    page = context.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("data:") else None)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert asked == [file.as_uri()]
    assert said == []
    context.close()


def values(page: Page) -> list[str]:
    """Where the sliders stand."""
    return page.locator(VALUE).all_inner_texts()


def stands(page: Page, there: list[str]) -> bool:
    """Whether the sliders stand there."""
    return values(page) == there


@pytest.mark.parametrize(
    ("link", "sweep"), [pytest.param(*one, marks=() if one is BOXES else pytest.mark.slow) for one in SIX]
)
def test_a_file_is_dragged_and_played_without_a_server(
    browser: Browser, made: Callable[..., Path], link: str, sweep: str
) -> None:
    file = made(link, sweep)
    for width, scheme in ((1200, "light"), (343, "dark")):
        with opened(browser, file, width, color_scheme=scheme) as page:
            expect(page.locator(".tools")).to_be_visible()
            assert page.evaluate(INSIDE)
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(14, 17, 23)")
            page.keyboard.press("Home")
            first, pictures = values(page), {page.evaluate(PICTURE)}
            most = int(page.locator("input").get_attribute("max") or 0)
            for _ in range(most):
                page.keyboard.press("ArrowRight")
                pictures.add(page.evaluate(PICTURE))
                assert page.evaluate(INSIDE)
            assert len(pictures) == most + 1
            last = values(page)
            box = page.locator(".picture").bounding_box()
            assert box
            page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
            page.mouse.down()
            page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2, steps=4)
            between = values(page)
            page.mouse.move(box["x"], box["y"] + box["height"] / 2, steps=4)
            page.mouse.up()
            assert between not in (first, last)
            assert values(page) == first
            page.get_by_role("button", name="Play").click()
            until(page, partial(stands, page, last))
            page.get_by_role("button", name="Pause").click()
            expect(page.get_by_role("button", name="Play")).to_be_visible()
            page.set_viewport_size({"width": 320, "height": 700})
            assert page.evaluate(INSIDE)


def test_the_lines_of_the_readme_make_a_frame_as_high_as_the_figure(
    browser: Browser, made: Callable[..., Path]
) -> None:
    file = made(*BOXES)
    lines = README.read_text("utf-8").partition('```html\n<iframe src="file.html"')[2].partition("```")[0]
    post = file.with_name("post.html")
    post.write_text(f'<!doctype html><iframe src="{file.name}"{lines}', encoding="utf-8")
    page = browser.new_page(viewport={"width": 343, "height": 700})
    page.goto(post.as_uri())
    frame = page.frames[1]
    until(page, lambda: page.locator("iframe").evaluate("(frame) => frame.style.height") != "1000px")
    high = frame.evaluate("document.querySelector('.moving').getBoundingClientRect().height")
    assert page.locator("iframe").evaluate("(frame) => frame.offsetHeight") == pytest.approx(high, abs=1)
    page.close()


def test_whoever_wants_little_motion_sees_few_steps_once_and_another_theme_can_be_asked_for(
    browser: Browser, made: Callable[..., Path]
) -> None:
    with opened(browser, made(*BOXES), reduced_motion="reduce", color_scheme="light") as page:
        page.evaluate("location.hash = '#dark'")
        until(page, lambda: page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 17, 23)")
        page.keyboard.press("Home")
        page.keyboard.press("Space")
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        until(page, lambda: values(page) == ["11"])
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        expect(page.locator("[role=status]")).to_contain_text("IoU")


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_without_javascript_the_first_frame_and_its_words_are_there(
    browser: Browser, made: Callable[..., Path], lang: str
) -> None:
    with opened(browser, made(*BOXES, lang=lang), 343, java_script_enabled=False) as page:
        expect(page.locator(".narrow svg")).to_be_visible()
        expect(page.locator(".wide svg")).to_be_hidden()
        expect(page.locator(".tools")).to_be_hidden()
        expect(page.locator(TITLE)).to_contain_text("IoU 0.2")
        expect(page.locator("noscript p")).to_contain_text("JavaScript")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("link", "sweeps"),
    [
        (BOXES[0], ("x=9..10:3", "y=9..10:3")),
        ("objectness?v=1", ("z=-2..2:3", "t=0..1:3")),
        ("lab?v=1", ("w=0.2..0.6:3", "h=0.2..0.6:3")),
    ],
)
def test_a_grid_is_dragged_in_the_plane(
    browser: Browser, made: Callable[..., Path], link: str, sweeps: tuple[str, ...]
) -> None:
    with opened(browser, made(link, *sweeps), 343, has_touch=True) as page:
        expect(page.get_by_role("button")).to_have_count(0)
        for key in ("Home", "ArrowUp", "ArrowUp"):
            page.keyboard.press(key)
        first = values(page)
        box = page.locator(".picture").bounding_box()
        assert box
        page.mouse.move(box["x"] + 10, box["y"] + 10)
        page.mouse.down()
        page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["width"], steps=5)
        page.mouse.up()
        assert all(now != before for now, before in zip(values(page), first, strict=True))
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(INSIDE)
