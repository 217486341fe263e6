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
        self.page.on("request", lambda asked: self.paths.append(urlsplit(asked.url).path))
        self.page.on("websocket", self.listen)
        self.page.goto(link)
        self.there()

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
