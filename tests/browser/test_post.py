"""A frame in a post of another origin: height, poster, colours, a picture in its place; and Back leaves the post."""

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright")
from browser.driving import drawn, expect, grab, until
from helpers.ports import free_port
from helpers.posts import Blog, blog
from playwright.sync_api import Frame as Window
from playwright.sync_api import Page

from lossviz.core.embedding import Frame, snippet

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

NOTED = """<script>var told = [];
addEventListener("message", ({ data }) => data?.lossviz && told.push(data.lossviz));</script>"""
INSIDE = """() => { const main = document.querySelector("[data-testid=stMain]");
  return [main.scrollHeight - main.clientHeight, innerHeight]; }"""


@pytest.fixture(scope="module")
def posts() -> Iterator[Blog]:
    with blog() as found:
        yield found


class Post:
    """A post that is open, with one frame."""

    def __init__(self, page: Page, address: str) -> None:
        page.goto("about:blank")
        page.goto(address)
        self.page = page
        frame = page.locator("iframe").element_handle().content_frame()
        assert frame
        self.frame: Window = frame
        frame.locator("h1").first.wait_for(state="attached")

    def rest(self) -> None:
        drawn(self.frame)  # type: ignore[arg-type]  # a frame has evaluate as well

    @property
    def height(self) -> float:
        box = self.page.locator("iframe").bounding_box()
        assert box
        return box["height"]


@pytest.fixture
def post(visit: Callable[..., Page], app: str, posts: Blog) -> Callable[..., Post]:
    """Opens a post with the snippet of a link."""

    def post(link: str, width: int = 700, above: int = 3, **options: object) -> Post:
        whole = f"{app}/{link}"
        markup = snippet(Frame(f"{whole}&view=embed", whole, "A state", "Open", "picture.png", "What one sees"))
        page = visit("/_stcore/health", viewport={"width": width, "height": 900}, **options)
        opened = Post(page, posts.post("post", NOTED + "<p>Words.</p>" * above + markup + "<p>Words.</p>" * 30))
        if above < 10:  # a browser draws nothing for a frame that nobody sees
            opened.rest()
        return opened

    return post


def step(post: Post) -> int:
    """At which step the film is."""
    return int(post.frame.get_by_test_id("film-step").get_attribute("data-value") or -1)


def test_a_race_begins_when_it_is_seen_and_waits_while_it_is_not(post: Callable[..., Post]) -> None:
    opened = post("race?lang=en", above=60)
    page = opened.page
    frame = page.locator("iframe")
    opened.frame.get_by_test_id("film-step").wait_for(state="attached")
    page.wait_for_timeout(300)
    assert step(opened) == 0
    frame.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
    until(page, lambda: step(opened) > 5)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    before = step(opened)
    page.wait_for_timeout(300)
    assert step(opened) == before


def fits(post: Post) -> None:
    """The frame is as high as what it shows, which does not scroll."""
    until(post.page, lambda: abs(post.frame.evaluate(INSIDE)[0]) == 0 and post.page.evaluate("told.length") > 0)
    post.page.wait_for_timeout(800)  # longer than a frame waits for what its own height brings
    told = post.page.evaluate("told")
    assert post.frame.evaluate(INSIDE)[0] == 0
    assert post.height == told[-1]["height"] == int(told[-1]["height"])
    assert len(told) <= 9  # the first says only that there is a server
    assert {*told[-1]} == {"height", "address"}


def test_a_frame_is_as_high_as_its_content_and_says_so_again_when_that_changes(post: Callable[..., Post]) -> None:
    opened = post("lab?lang=en&level=1")
    fits(opened)
    before, said = opened.height, opened.page.evaluate("told.length")
    opened.page.set_viewport_size({"width": 400, "height": 900})
    until(opened.page, lambda: opened.height != before)
    fits_after(opened, said)


def fits_after(post: Post, said: int) -> None:
    post.rest()
    post.page.evaluate("(said) => told.splice(0, said)", said)
    fits(post)


@pytest.mark.slow
@pytest.mark.parametrize(
    "link", ["overlap?level=2", "race?", "assignment?level=3", "objectness?", "zoo?", "decode?", "ledger?"]
)
@pytest.mark.parametrize("width", [375, 800])
def test_every_page_fits_its_frame(post: Callable[..., Post], link: str, width: int) -> None:
    fits(post(f"{link}&lang=zh", width))


def test_nothing_in_a_frame_is_an_entry_of_the_history_and_back_leaves_the_post(post: Callable[..., Post]) -> None:
    back_leaves(post("lab?lang=en&level=1"), "[data-box=prediction]")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("link", "box"),
    [
        ("race?tab=one", "[data-box=start]"),
        ("overlap?level=1", "[data-box=moving]"),
        ("overlap?level=2", "[data-box=moving]"),
        ("overlap?level=3", "[data-box=moving]"),
        ("lab?level=2", "[data-box=prediction]"),
        ("lab?level=3", "[data-box=prediction]"),
        ("assignment?level=1", "[data-box=truth-0]"),
        ("decode?level=1", "[data-box=box]"),
        ("objectness?level=1", ""),
        ("zoo?tab=curves", ""),
        ("ledger?rows=diff", ""),
    ],
)
def test_back_leaves_the_post_from_every_page(post: Callable[..., Post], link: str, box: str) -> None:
    back_leaves(post(f"{link}&lang=en"), box)


def back_leaves(post: Post, box: str) -> None:
    """A drag, another level or tab, a key: then Back leaves the post at once."""
    page, frame = post.page, post.frame
    entries, address = page.evaluate("history.length"), frame.url
    if box:
        frame.locator(box).scroll_into_view_if_needed()
        grab(page, frame.locator(box), -25, 12)
        page.mouse.up()
        until(page, lambda: frame.url != address)
    address = frame.url
    others = frame.locator(":is(.st-key-levels, .st-key-tab, .st-key-rows) [role=radio]:not([aria-checked=true])")
    others.last.click()
    until(page, lambda: frame.url != address)
    post.rest()
    expect(page).to_have_title("A post")
    assert page.evaluate("history.length") == entries
    page.go_back()
    expect(page).to_have_url("about:blank")


def test_a_poster_is_two_requests_and_enter_loads_the_figure_in_its_place(
    visit: Callable[..., Page], app: str, posts: Blog
) -> None:
    page = visit("/_stcore/health", viewport={"width": 700, "height": 900}, color_scheme="dark")
    whole = f"{app}/overlap?lang=en&level=1&theme=light"
    markup = snippet(Frame(f"{whole}&view=embed&poster=1", whole, "A state", "Open", "picture.png", "What one sees"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("about:blank")
    page.goto(posts.post("poster", NOTED + markup))
    frame = page.frame_locator("iframe")
    button = frame.get_by_role("button", name="Load the live figure: IoU losses")
    expect(button).to_be_visible()
    until(page, lambda: frame.locator("img").evaluate("(node) => node.naturalWidth") > 600)
    assert len([url for url in asked if url.startswith(app)]) == 2
    assert frame.locator("body").evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("told.length") == 1
    entries = page.evaluate("history.length")
    button.press("Enter")
    expect(frame.locator("[data-box=moving]")).to_be_visible()
    assert page.evaluate("history.length") == entries
    page.go_back()
    expect(page).to_have_url("about:blank")


def test_where_the_server_is_gone_a_post_shows_the_picture_with_the_link(
    visit: Callable[..., Page], posts: Blog
) -> None:
    page = visit("/_stcore/health", viewport={"width": 700, "height": 900})
    gone = f"http://127.0.0.1:{free_port()}/lab"
    markup = snippet(Frame(gone, gone, "A state", "Open", "picture.png", 'What "one" sees'))
    page.goto(posts.post("gone", markup.replace("20000", "200")))
    picture = page.get_by_role("img", name='What "one" sees')
    expect(picture).to_be_visible()
    assert page.locator("iframe").count() == 0
    expect(page.locator("figure > a")).to_have_attribute("href", gone)


BEGUN = """() => { const root = document.documentElement;
  return [getComputedStyle(root).colorScheme, matchMedia("(prefers-color-scheme: dark)").matches]; }"""
PAPER = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"


def test_colours_of_a_link_are_there_from_the_first_paint_and_what_a_reader_chose_stays(
    visit: Callable[..., Page],
) -> None:
    page = visit("/words?lang=en", alone=True)
    drawn(page)
    assert page.evaluate(PAPER) == "rgb(255, 255, 255)"
    page.evaluate("localStorage.setItem('stActiveTheme-/words-v2', JSON.stringify('Light'))")
    kept = page.evaluate("JSON.stringify(localStorage)")
    page.goto(page.url.partition("?")[0] + "?lang=en&theme=dark", wait_until="commit")
    page.wait_for_function("document.readyState !== 'loading'")
    assert page.evaluate(BEGUN) == ["dark", True]
    drawn(page)
    assert page.evaluate(PAPER) == "rgb(20, 23, 27)"
    assert "theme=dark" in page.url
    assert page.evaluate("JSON.stringify({ ...localStorage })") == kept
