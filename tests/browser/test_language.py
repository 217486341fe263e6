"""No word bypasses the catalogue: every page read aloud, in brackets and in Chinese."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from browser.driving import drawn, expect, rested, until
from helpers.chinese import latin, untidy
from playwright.sync_api import Page

from lossviz.articles.view import articles
from lossviz.core.text import Text
from lossviz.figures.page import FORMATS

pytestmark = pytest.mark.browser

STREAMLITS = {
    line
    for line in (Path(__file__).parent / "streamlit_english.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
}
HELP = "Help for "
"""What Streamlit calls the question mark beside a label; the label is ours."""
LIBRARIES = {"PyTorch", "TensorFlow", "avg_factor", "noobj_scale", "pos_weight", "float16", "float32", "float64"}
LIBRARIES |= {kind.upper() for kind in FORMATS}
"""Names of libraries, of their arguments and of formats: no catalogue has them."""

PARTS = (
    ("mode=label&level=2&truth=0_0.5_0.43_0.3981_0.4885", "[data-testid=readings]"),
    ("recipe=darknet_v2&set=seen_0&level=3&map=states", "[data-testid=map]"),
    ("at=13.1.6.8&steps=3&of=duel", ".lz-duel"),
    ("scene=astronaut&steps=3&of=all&read=printed", "[data-testid=steps-curve]"),
    ("ask=rank&scene=astronaut", ".st-key-question"),
)
"""Links to what else there is, and what one waits for there."""

ALL = "iou.giou.diou.ciou.l2.smooth_l1.darknet"
OVERLAP = (
    ("box=1", "[data-testid=measures]"),
    ("box=10_10_1_1&level=2", "[data-testid=surface] .contourlayer path[d]"),
    ("box=11.2_10.4_1.8_1.4&level=2&measure=all&over=size&cut=second&fill=heat", "[data-testid=surface] image"),
    ("box=9.5_10_1.2_1&target=9_10.4_4_3.2&level=3&measure=all", "[data-testid=referee]"),
    ("box=9.6_9.6_1.8_1.4&level=3&check=iou&step=5", "[data-testid=recipe]"),
    ("level=3&check=giou&step=5", "[data-testid=recipe]"),
    ("level=3&check=laws", ".lz-laws"),
    ("box=10_10_2_2&target=10_10_2_2&level=3&check=rules", "[data-testid=rules]"),
    ("box=10_10_0_0&target=10_10_2_2", "[data-testid=measures]"),
)
RACE = (
    (f"start=1&at=9&who={ALL}", "[data-testid=race-curves] path.js-line"),
    ("view=embed&who=iou", "[data-testid=race-curves] path.js-line"),
    ("view=page&tab=all", "[data-testid=basin] .main-svg"),
    ("tab=all&grad=published&points=500", "[data-testid=basin] .main-svg"),
)
TWO = "truth=0.5_0.45_0.144231_0.264423~0.505_0.455_0.153846_0.276442_k1"
ASSIGNMENT = (
    ("truth=1", "[data-testid=fits]"),
    ("rule=yhcc_v2&field=voc&truth=0.7_0.3_0.3_0.25_k11", "[data-testid=fits]"),
    ("rule=darkflow_v2&field=coffee", "[data-testid=fits]"),
    (f"level=2&head=52&{TWO}", "[data-testid=collision]"),
    ("level=2&rule=mmdet_v3", "[data-testid=counts]"),
    ("level=2&rule=yunyang_v3", "[data-testid=counts]"),
    ("level=3&with=mmdet_v3&truth=0.47_0.43_0.74_0.7", "[data-testid=differ]"),
    ("level=3&with=darknet_v3", "[data-testid=differ]"),
)
ZOO = (
    ("x=3", "[data-testid=zoo-chart] .main-svg"),
    ("f=huber.weighted.softmax_ce.size_log.kl_two.entropy.focal_yunyang&by=probability&x=0.3&log=1", ".lz-zoo-calls"),
    ("tab=reductions", "[data-testid=trap]"),
    ("tab=distributions", "[data-testid=chances-chart] .main-svg"),
    ("tab=stability&form=weighted&t=1", "[data-testid=tf-slope]"),
)
DECODE = (
    ("raw=1", "[data-testid=across-x]"),
    ("number=1", "[data-testid=across-y]"),
    *((f"level=2&as={form}", f"[data-testid={form}]") for form in ("free", "units", "inverse")),
    ("level=2&as=inverse&raw=20_10_0_0", "[data-testid=inverse]"),
    ("level=3&raw=0_0_89_-104", "[data-testid=overflow]"),
    ("level=3&edge=bounded", "[data-testid=bounded]"),
)
DECODE_MORE = (
    ("tab=tensor&of=coco&ch=89", "[data-testid=tensor-tape]"),
    ("tab=tensor&layout=nhwc&ch=131", "[data-testid=tensor-raw]"),
    ("tab=passthrough&back=1", "[data-testid=reorg-lines]"),
    ("tab=passthrough&way=space_to_depth", "[data-testid=reorg-lines]"),
    ("tab=passthrough&way=darkflow&size=real", "[data-testid=reorg-lines]"),
    ("tab=passthrough&size=real&out=1_0_6", "[data-testid=reorg-lines]"),
)
OBJECTNESS = (
    ("z=-1&t=0.35&by=p", "[data-testid=losses]"),
    ("f=bce.squared.linear.darknet_v2.darknet_v3.focal&level=2", "[data-testid=factors]"),
    ("level=2&see=race", "[data-testid=race]"),
    ("level=2&see=darknet", "[data-testid=darknet]"),
    ("level=3&line=16&rule=chain", "[data-testid=line-16]"),
    ("level=3&d=softmax_ce&line=6", "[data-testid=line-6]"),
)
ARTICLES = tuple((f"from={key}", "[data-testid=article-rows]") for key in articles())
LEDGER = (
    ("time=1", "[data-testid=ledger]"),
    (
        "with=darknet_v2.darknet_v2_2016.darknet_v3.darkflow_v2.yhcc_v2.mmdet_v3.paper_v3.yunyang_v3&rows=all",
        "[data-testid=assumed]",
    ),
    ("scene=voc&diff=all", "[data-testid=difference] .main-svg"),
)
"""The same of the other pages: every way two boxes lie to each other, every check, every contender."""

READ = r"""() => {
  const said = [];
  const say = (where, words) => words && words.trim() && said.push([where, words.trim().replace(/\s+/g, " ")]);
  const display = (node) => getComputedStyle(node).display;
  const inline = (node) => display(node).startsWith("inline") && !["BUTTON", "LABEL"].includes(node.tagName);
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) || display(node) === "contents";
  const attributes = ["aria-label", "aria-valuetext", "aria-description", "title", "placeholder", "alt"];
  // formulas, links, what Darknet prints
  const FORMULAS = ".katex, code, cite, [data-testid=log], .lz-formulas p:not(.lz-quiet), .lz-recipe b";
  const skipped = ["STYLE", "SCRIPT", "NOSCRIPT"];
  // The words of one paragraph are put together again across <b> and <code>.
  const read = (node, paragraph) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) paragraph.push(child.data);
      if (child.tagName === "BR") paragraph.push(" / ");
      if (["SUB", "SUP"].includes(child.tagName)) paragraph.push("_");
      if (child.nodeType !== Node.ELEMENT_NODE || skipped.includes(child.tagName)) continue;
      if (child.matches(FORMULAS)) {
        paragraph.push("0"); // a word of the sentence
        continue;
      }
      for (const name of attributes) if (shown(child) || name === "alt") say(name, child.getAttribute(name));
      if (child.shadowRoot) block(child.shadowRoot, child);
      if (!shown(child) || child.dataset.testid === "stIconMaterial") continue; // an icon is a letter of an icon font
      if (inline(child) && !(child instanceof SVGElement)) read(child, paragraph);
      else block(child, child);
    }
  };
  const block = (node) => {
    const paragraph = [];
    read(node, paragraph);
    say("text", paragraph.join(""));
  };
  say("title of the page", document.title);
  block(document.body);
  return said;
}"""


def outside(words: str) -> str:
    """What does not stand in brackets; a bracket cut off at either end of the paragraph counts as there."""
    opened, closed = words.count("⟦"), words.count("⟧")
    words = "⟦" * max(0, closed - opened) + words + "⟧" * max(0, opened - closed)
    while words != (fewer := re.sub(r"⟦[^⟦⟧]*⟧", " ", words)):
        words = fewer
    return words.strip()


def spoken(page: Page) -> list[tuple[str, str]]:
    said = [(where, words.removeprefix(HELP)) for where, words in page.evaluate(READ)]
    return [(where, words) for where, words in said if words not in STREAMLITS]


TEACHER = tuple(
    (f"role=teacher&{query}", part)
    for query, part in (
        ("lesson=iou&see=plan", "[data-testid=paper-plan]"),
        ("plan=class-c&see=handout", "[data-testid=paper-handout]"),
        ("see=codes&class=7", ".st-key-teacher-codes"),
    )
)
LAB = {("aria-label", "⟦Move left⟧"), ("text", "⟦⟦spoon⟧ (label)⟧"), ("text", "⟦Numbers, CSV⟧")}
"""Some of what is said in the Lab, in three kinds of places."""
WALK: dict[str, tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    "start": ("", (("", ".lz-card"),), ()),
    "lab": ("lab", PARTS, ("what", "examples", "share")),
    "overlap": ("overlap", OVERLAP, ("examples", "share")),
    "race": ("race", RACE, ("examples", "rules", "share")),
    "assignment": ("assignment", ASSIGNMENT, ("examples", "share")),
    "zoo": ("zoo", ZOO, ("examples", "share")),
    "decode": ("decode", DECODE, ("examples", "share")),
    "tensor": ("decode", DECODE_MORE, ()),
    "objectness": ("objectness", OBJECTNESS, ("examples", "losses", "share")),
    "ledger": ("ledger", LEDGER, ()),
    "articles": ("articles", ARTICLES, ()),
    "lessons": ("lessons", (("", "[data-testid=lesson-iou]"), ("lesson=iou", ".st-key-onwards")), ()),
    "teacher": ("lessons", TEACHER, ()),
    "words": ("words", (("", "[data-testid=word-raw]"),), ()),
    "card": ("overlap", (("lesson=iou&card=2", "[data-testid=card-ask]"),), ()),
}
"""Pages, links to all there is on them, and the buttons that are pressed at the first link."""


def everything(visit: Callable[..., Page], lang: str, name: str, most: int | None = None) -> list[tuple[str, str]]:
    """All that is said on a page and behind its buttons; at ``most`` of its links, from the first to the last."""
    address, links, keys = WALK[name]
    if most and len(links) > most:
        links = tuple(links[round(number * (len(links) - 1) / max(1, most - 1))] for number in range(most))
    page = visit(f"/{address}?lang={lang}&{links[0][0]}")
    said = read(page, links[0][1])
    if name == "lab":
        page.locator("[data-tool=numbers]").click()
        said += spoken(page)
    said += unfolded(page, *keys) + linked(page, address, lang, links[1:])
    return said + experimented(page, lang) if name == "race" and not most else said


def unfolded(page: Page, *keys: str) -> list[tuple[str, str]]:
    """What is said behind these buttons."""
    said = []
    for key in keys:
        page.locator(f".st-key-{key} button").first.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        expect(page.get_by_test_id("stPopoverBody").locator("button, input").first).to_be_attached()
        said += spoken(page)
        for part in page.locator(".st-key-share_part button").all()[1:]:
            before = page.get_by_test_id("stPopoverBody").inner_text()
            part.click()
            until(page, lambda before=before: page.get_by_test_id("stPopoverBody").inner_text() != before)
            rested(page)  # a figure is drawn before its files can be named
            drawn(page)
            said += spoken(page)
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    return said


def linked(page: Page, name: str, lang: str, links: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is said at these links of a page."""
    said = []
    for link, part in links:
        page.goto(f"{page.url.partition('?')[0].rpartition('/')[0]}/{name}?lang={lang}&{link}")
        said += read(page, part)
    return said


def read(page: Page, part: str) -> list[tuple[str, str]]:
    """What is said once this part is there."""
    expect(page.locator(part).first).to_be_attached()
    drawn(page)
    return spoken(page)


def experimented(page: Page, lang: str) -> list[tuple[str, str]]:
    """What is said while an experiment runs, and of what it found; some other visitor may have asked for it before."""
    said = linked(page, "race", lang, [("tab=all&points=25", "[data-testid=basin] .main-svg")])
    run = page.locator(".st-key-experiment-run button")
    if run.count():
        run.click()
        expect(page.get_by_test_id("stProgress")).to_be_visible()
        said += spoken(page)
        expect(page.get_by_test_id("stProgress")).to_have_count(0)
    expect(page.get_by_test_id("conclusions")).to_have_count(0)
    return said + spoken(page)


@pytest.mark.parametrize(
    ("name", "most"), [("lab", 1), *(pytest.param(name, None, marks=pytest.mark.slow) for name in WALK)]
)
def test_every_word_on_every_page_comes_from_the_catalogue(
    visit: Callable[..., Page], name: str, most: int | None
) -> None:
    said = everything(visit, "qps", name, most)
    assert len({*said}) > 30
    assert name != "lab" or {*said} >= LAB
    # A single letter is a symbol: x, w, C, ρ.
    astray = {(where, words) for where, words in said if re.search(r"[^\W\d_]{2,}", outside(words))}
    assert "; ".join(sorted({words for _, words in astray} - LIBRARIES - {"nan"})) == ""


FEW = {"start": 1}
"""Places read in Chinese by ``make test``, and at how many links; ``tests/core/test_chinese.py`` reads the catalogue."""


@pytest.mark.parametrize(
    ("name", "most"),
    [*FEW.items(), *(pytest.param(name, None, marks=pytest.mark.slow) for name in WALK)],
)
def test_in_chinese_only_names_are_left_in_latin_letters(
    visit: Callable[..., Page], name: str, most: int | None
) -> None:
    said = everything(visit, "zh", name, most)
    assert len({*said}) > 30
    assert "; ".join(sorted(words for _, words in said if latin(words))) == ""
    faults = sorted({fault for _, words in said for fault in untidy(words)})
    assert faults == [], "\n".join(faults)


def test_a_word_says_what_it_means_to_a_tap_and_to_the_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/lab?lang=zh")
    drawn(page)
    word, tip = page.locator(".lz-sentence .lz-about"), page.locator(".lz-tip")
    expect(tip).to_be_hidden()
    word.click()
    expect(tip).to_have_text(Text("zh")("floor_about"))
    expect(word).to_have_attribute("aria-describedby", "lz-tip")
    page.locator(".lz-numbers").click(position={"x": 1, "y": 1})
    expect(tip).to_be_hidden()
    word.focus()
    page.keyboard.press("Enter")
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.keyboard.press("Tab")
    expect(word).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(tip).to_be_visible()
    at, window = tip.bounding_box(), page.viewport_size
    assert at
    assert window
    assert at["x"] >= 0
    assert at["x"] + at["width"] <= window["width"]
