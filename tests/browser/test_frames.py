"""A frame in a post that is served from elsewhere: nothing is cut, whatever its width, and it is as high as it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest

pytest.importorskip("playwright")
from browser.driving import drawn, expect, until
from playwright.sync_api import Frame, Page

from lossviz.core.visit import Visit
from pages import all_pages

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

PAGES = {page.path: page for page in all_pages()}
WIDTHS = (343, 640, 760)
"""A phone's column, the width that heights are told for, and a broad one."""
PICTURE = 260
"""The least width of a picture, also on a phone."""
SPARE = 40
"""So many pixels a frame may be higher than what it shows in English; Chinese is shorter."""
LINKS = [
    *(f"{page}?level={level}" for page in ("lab", "overlap", "assignment", "objectness", "decode") for level in "123"),
    *("race?tab=one&at=90", "race?tab=all", "decode?tab=tensor", "decode?tab=passthrough", "ledger?"),
    *("zoo?tab=curves", "zoo?tab=reductions", "zoo?tab=distributions", "zoo?tab=stability"),
]
WITHOUT = ("objectness?level=3", "zoo?tab=reductions", "ledger?")
"""Pages of words and numbers alone."""
ALWAYS = [("lab?level=2", "en")]
"""What is looked at in every run."""
DEEPER = [
    *("lab?at=13.1.6.8&steps=30", "lab?at=13.1.6.8&steps=40&of=duel", "lab?mode=label", "lab?hide=answers"),
    *("overlap?level=2&measure=all", "overlap?level=3&check=iou&step=5", "overlap?level=3&check=rules"),
    *("race?who=iou.giou.diou.ciou.l2.smooth_l1.darknet&at=40", "assignment?level=2&field=coffee&head=52"),
    *("objectness?level=2&see=race", "objectness?level=2&see=darknet", "objectness?level=3&line=16"),
    *("decode?level=3&edge=bounded", "decode?tab=tensor&of=v2-voc", "zoo?tab=stability&form=weighted"),
]

POST = b"""<!doctype html><meta charset="utf-8"><title>A post</title><style>body { margin: 0 }</style>
<iframe title="figure" style="display: block; border: 0"></iframe><p style="height: 3000px">More of the post.</p>
<script>if (location.hash) document.querySelector("iframe").src = location.hash.slice(1);</script>"""

FAULTS = """() => {
  const faults = [], texts = [];
  const main = document.querySelector("[data-testid=stMain]");
  const unseen = ".lz-unseen, .katex-mathml, [hidden], [data-testid=stIconMaterial], style, script";
  const name = (node) => {
    const kind = node.dataset?.testid ?? node.getAttribute("class") ?? "";
    return `${node.tagName}.${kind}: ${node.textContent.trim().slice(0, 30)}`;
  };
  const wide = (node, box) => {
    const mine = (!node.ownerSVGElement || node.tagName === "text") && !node.closest(".lz-shapes");
    const scrolls = getComputedStyle(node).overflowX !== "visible" && node.scrollWidth > node.clientWidth + 1;
    if (mine && box.width > 1 && (box.right > innerWidth + 0.5 || box.left < -0.5)) faults.push(`outside ${name(node)}`);
    if (mine && !node.ownerSVGElement && node.clientWidth > 1 && scrolls) faults.push(`cut ${name(node)}`);
  };
  const written = (node, box) => {
    const words = [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    for (const child of words) {
      const range = document.createRange();
      range.selectNode(child);
      for (const rect of range.getClientRects()) texts.push([rect, node]);
    }
    const chart = words.length && node.closest(".lossviz-plot")?.getBoundingClientRect();
    const aside = chart && (box.left < chart.left - 1 || box.right > chart.right + 1);
    const above = chart && (box.top < chart.top - 2 || box.bottom > chart.bottom + 2);
    if (aside || above) faults.push(`off its chart ${name(node)}`);
  };
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.shadowRoot) walk(node.shadowRoot);
      const seen = node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.closest(unseen);
      if (!seen || getComputedStyle(node).clipPath !== "none") continue;
      const box = node.getBoundingClientRect();
      wide(node, box);
      written(node, box);
    }
  };
  walk(main);
  for (const chart of main.querySelectorAll(".lossviz-plot:has(.legend)")) {
    const foot = chart.querySelector(".legend").getBoundingClientRect().bottom;
    const plots = [...chart.querySelectorAll(".nsewdrag")].map((node) => node.getBoundingClientRect().top);
    if (foot > Math.min(...plots) + 2) faults.push(`a legend over ${chart.dataset.testid}`);
  }
  texts.forEach(([a, m], i) => texts.slice(i + 1).forEach(([b, n]) => {
    const within = m === n || m.contains(n) || n.contains(m) || (m.closest(".katex") && n.closest(".katex"));
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (!within && across > 2 && down > 4) faults.push(`${name(m)} over ${name(n)}`);
  }));
  const sideways = Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth);
  return [...(sideways > 0 ? [`${sideways} pixels sideways`] : []), ...new Set(faults)];
}"""
"""What is wrong in the frame: cut at the side, off its chart, words over words."""
TALL = "() => document.querySelector('[data-testid=stMainBlockContainer]').getBoundingClientRect().height"
SCROLLS = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollHeight - m.clientHeight; }"
WIDE = """() => {
  const wide = (root) => [...root.querySelectorAll("*")].flatMap((node) => [
    ...(node.matches("[data-testid=box-canvas], .lossviz-plot, .lz-duel") ? [node.getBoundingClientRect().width] : []),
    ...(node.shadowRoot ? wide(node.shadowRoot) : []),
  ]);
  return wide(document.querySelector("[data-testid=stMain]"));
}"""
"""The widths of all canvases, charts and maps."""


class Post(BaseHTTPRequestHandler):
    """Answers everything with the same post; what is framed in it stands behind the # of its address."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(POST)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def blog() -> Iterator[str]:
    """Another origin than the application's: another name and another port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Post) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def address(blog: str) -> str:
    return blog


@dataclass
class Framed:
    """A page in a frame of a post."""

    post: Page
    frame: Frame

    def sized(self, width: int, height: int) -> None:
        """Make the frame so large, and wait until it is drawn for that."""
        said = "(node, [w, h]) => Object.assign(node.style, { width: `${w}px`, height: `${h}px` })"
        self.post.locator("iframe").evaluate(said, [width, height])
        drawn(self.frame, 300)

    def tall(self) -> float:
        """How high the content is."""
        return float(self.frame.evaluate(TALL))


@pytest.fixture
def framed(visit: Callable[..., Page], app: str) -> Callable[[str], Framed]:
    """Opens a link in a frame of a post."""

    def framed(link: str) -> Framed:
        post = visit(f"/#{app}/{link}&view=embed", viewport={"width": 800, "height": 700})
        node = post.locator("iframe").element_handle()
        assert node
        frame = node.content_frame()
        assert frame
        opened = Framed(post, frame)
        expect(frame.locator(".lz-out")).to_be_visible()
        opened.sized(640, 480)
        return opened

    return framed


def said_height(link: str) -> int:
    """The height that the page says for this link."""
    page, query = PAGES[urlsplit(link).path], dict(parse_qsl(urlsplit(link).query))
    assert page.reads
    return page.height(query.get("level", Visit().level), page.reads(query)[0])


def fits(shown: Framed, link: str) -> None:
    """Nothing is cut at any width; pictures are large enough; the height does not depend on the frame's."""
    for width in WIDTHS:
        shown.sized(width, 480)
        assert shown.frame.evaluate(FAULTS) == [], width
        assert all(found >= PICTURE for found in shown.frame.evaluate(WIDE)) or width > WIDTHS[0]
    tall = shown.tall()
    shown.sized(WIDTHS[-1], 2000)
    assert shown.tall() == tall
    assert bool(shown.frame.evaluate(WIDE)) != link.startswith(WITHOUT)


def as_high_as_said(shown: Framed, link: str, lang: str) -> None:
    """So high, 640 pixels wide, it need not be scrolled, and little is left free."""
    height = said_height(link)
    shown.sized(640, height)
    assert shown.frame.evaluate(SCROLLS) <= 0
    spare = height - shown.tall()
    assert spare >= 0
    assert spare <= SPARE or lang == "zh"


def holds(framed: Callable[[str], Framed], link: str, lang: str) -> None:
    shown = framed(f"{link}&lang={lang}")
    fits(shown, link)
    as_high_as_said(shown, link, lang)


@pytest.mark.parametrize(("link", "lang"), ALWAYS)
def test_a_frame_is_as_high_as_it_says_and_nothing_is_cut(
    framed: Callable[[str], Framed], link: str, lang: str
) -> None:
    holds(framed, link, lang)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("link", LINKS)
def test_every_page_and_level_fits_every_width(framed: Callable[[str], Framed], link: str, lang: str) -> None:
    holds(framed, link, lang)


@pytest.mark.slow
@pytest.mark.parametrize("link", DEEPER)
def test_nothing_is_cut_in_what_else_a_link_opens(framed: Callable[[str], Framed], link: str) -> None:
    fits(framed(f"{link}&lang=en"), link)


def test_the_wheel_goes_on_in_the_post_where_the_frame_ends(framed: Callable[[str], Framed]) -> None:
    shown = framed("zoo?tab=reductions&lang=en")
    shown.sized(640, 300)
    assert shown.frame.evaluate(SCROLLS) > 50
    shown.post.mouse.move(300, 150)
    turn = partial(shown.post.mouse.wheel, 0, 400)
    turn()
    until(shown.post, lambda: shown.frame.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 50)

    def on() -> bool:
        turn()
        return bool(shown.post.evaluate("scrollY") > 0)

    until(shown.post, on)
