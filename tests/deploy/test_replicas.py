"""Two replicas of the real app behind nginx, in a real browser: a drag, and a replica that dies in mid-class."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright")
from browser.driving import PATIENCE, Complaints, drawn, expect, grab, until, value
from deploy.nginx import found
from deploy.replicas import Pair, pair
from playwright.sync_api import Browser, BrowserContext, WebSocket

from lossviz.core.text import catalogue

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not found(), reason="there is no nginx (make nginx)"),
    pytest.mark.xdist_group(__name__),
]
BOX = "[data-box=moving]"
SENTENCE = {lang: catalogue(lang)["session_anew"] for lang in ("en", "zh")}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pair(tmp_path_factory.mktemp("pair")) as found:
        yield found


class Visitor:
    """One window, and where what it fetches comes from."""

    def __init__(self, context: BrowserContext, link: str) -> None:
        self.page = context.new_page()
        self.paths: list[str] = []
        self.line: list[object] = []
        self.page.on("request", lambda asked: self.fetched(asked.url))
        self.page.on("websocket", self.listen)
        self.page.goto(link)
        self.there()

    def fetched(self, url: str) -> None:
        if not url.startswith("blob:"):  # a program that has come with others
            self.paths.append(urlsplit(url).path)

    def listen(self, socket: WebSocket) -> None:
        path = urlsplit(socket.url).path
        self.paths.append(path)
        if path.endswith("/live"):
            socket.on("framesent", lambda said: self.line.append(said))

    def there(self) -> None:
        expect(self.page.locator(BOX)).to_be_visible()
        drawn(self.page)

    @property
    def replica(self) -> str:
        return urlsplit(self.page.url).path.split("/")[1]

    @property
    def giou(self) -> str | None:
        return value(self.page, "giou").get_attribute("data-value")

    def drag(self, dx: float) -> None:
        """Move the box over the line, let go, and wait until the link says where."""
        before, giou, said = self.page.url, self.giou, len(self.line)
        grab(self.page, self.page.locator(BOX), dx, 5)
        until(self.page, lambda: self.giou != giou)
        assert len(self.line) > said
        self.page.mouse.up()
        expect(self.page).not_to_have_url(before)
        drawn(self.page)


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB") as context:
        context.set_default_timeout(PATIENCE)
        yield context


@pytest.fixture(scope="module")
def first(context: BrowserContext, both: Pair) -> Visitor:
    """Who has come without a replica's name."""
    return Visitor(context, both.address + "/overlap")


def test_a_page_with_its_line_and_all_it_fetches_stays_with_one_replica_and_its_links_name_none(
    context: BrowserContext, first: Visitor, both: Pair
) -> None:
    complaints = Complaints(context)
    first.drag(-40)
    name = first.replica
    assert name in both.replicas
    assert first.paths[0] == "/overlap"
    assert [path for path in first.paths[1:] if not path.startswith(f"/{name}/")] == []
    assert {f"/{name}/live", f"/{name}/_stcore/stream"} <= set(first.paths)
    first.page.get_by_role("button", name="Share").click()
    shared = first.page.get_by_test_id("stCode").first
    expect(shared).to_contain_text("box=")
    assert shared.inner_text().strip() == first.page.url.replace(f"/{name}/", "/")
    first.page.keyboard.press("Escape")
    assert complaints.heard == []


MOST_BYTES, MOST_REQUESTS = 1_400_000, 60
"""Of a frame that nobody has opened before."""


def loaded(context: BrowserContext, link: str) -> dict[str, float]:
    """What a visit brings over the network, by address, in bytes; what comes from the cache is not there."""
    page = context.new_page()
    line = context.new_cdp_session(page)
    asked: dict[str, str] = {}
    came: dict[str, float] = {}
    line.send("Network.enable")
    line.on("Network.requestWillBeSent", lambda said: asked.__setitem__(said["requestId"], said["request"]["url"]))
    line.on("Network.requestServedFromCache", lambda said: asked.pop(said["requestId"], None))
    line.on(
        "Network.responseReceived",
        lambda said: said["response"]["fromDiskCache"] and asked.pop(said["requestId"], None),
    )
    line.on("Network.loadingFinished", lambda said: came.__setitem__(said["requestId"], said["encodedDataLength"]))
    page.goto(link)
    expect(page.locator("h1").first).to_be_attached()
    drawn(page, 500)
    page.wait_for_load_state("networkidle")
    page.close()
    kept = {number: url for number, url in asked.items() if url.startswith("http")}
    return {f"{url} {number}": came.get(number, 0.0) for number, url in kept.items()}


def weighs(browser: Browser, link: str) -> dict[str, float]:
    """A frame's first visit is light, and the second comes from the cache."""
    with browser.new_context(viewport={"width": 760, "height": 600}, locale="en-GB") as context:
        context.set_default_timeout(PATIENCE)
        first, second = loaded(context, link), loaded(context, link)
    assert sum(first.values()) <= MOST_BYTES
    assert len(first) <= MOST_REQUESTS
    assert sum(first.values()) > 400_000
    assert sum(second.values()) <= 60_000
    assert not [url for url in second if "/static/" in url or "/lossviz/" in url or "/scenes/" in url]
    return first


@pytest.mark.slow
def test_a_frame_is_light_and_comes_from_the_cache_when_it_is_opened_again(browser: Browser, both: Pair) -> None:
    first = weighs(browser, f"{both.address}/r1/race?view=embed&lang=en")
    assert sum("plotly-cartesian" in url for url in first) == 1
    assert sum(first.values()) > 1_000_000  # the heaviest of all, its charts included


@pytest.mark.slow
@pytest.mark.parametrize("page", ["lab", "overlap", "assignment", "objectness", "decode", "zoo", "ledger"])
@pytest.mark.parametrize("level", "123")
def test_every_frame_is_light(browser: Browser, both: Pair, page: str, level: str) -> None:
    weighs(browser, f"{both.address}/r1/{page}?view=embed&lang=zh&level={level}")


@pytest.mark.slow
def test_when_a_replica_dies_in_mid_class_its_pages_go_on_at_the_other_and_say_what_is_lost(
    context: BrowserContext, first: Visitor, both: Pair
) -> None:
    name = first.replica
    survivor = next(other for other in both.replicas if other != name)
    chinese = Visitor(context, f"{both.address}/{name}/overlap?lang=zh&box=11_9_2_2")
    other = Visitor(context, f"{both.address}/{survivor}/overlap")
    other.drag(-40)
    homeless = {"en": first, "zh": chinese}
    before = {lang: (visitor.page.url, visitor.giou) for lang, visitor in homeless.items()}

    both[name].kill()
    for lang, visitor in homeless.items():
        link, giou = before[lang]
        visitor.page.bring_to_front()
        expect(visitor.page).to_have_url(link.replace(f"/{name}/", f"/{survivor}/"))
        visitor.there()
        expect(visitor.page.get_by_test_id("stAlert")).to_have_text(SENTENCE[lang])
        assert visitor.giou == giou
    expect(first.page.get_by_role("button", name="Undo")).to_be_disabled()
    chinese.drag(-20)
    expect(chinese.page.get_by_test_id("stAlert")).to_have_count(0)

    other.page.bring_to_front()
    assert other.replica == survivor
    expect(other.page.get_by_test_id("stAlert")).to_have_count(0)
    expect(other.page.get_by_role("button", name="Undo")).to_be_enabled()
