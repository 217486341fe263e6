"""axe-core on a page as it stands: which findings are serious, and which of them are Streamlit's own."""

import json
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page

PROGRAM = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
"""axe-core as a package for pip carries it: no npm and no network while the tests run."""
GRAVE = ("serious", "critical")
EXCEPTIONS: list[dict[str, str]] = json.loads((Path(__file__).parent / "axe_exceptions.json").read_text("utf-8"))
"""What is Streamlit's own and cannot be mended from here: rule, selector, a link where it is seen, and the reason.

None is needed today: what Streamlit does too palely or out of reach, assets/style.css and components/address mend."""

RUN = """(excused) => axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) =>
  violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => {
    const path = node.target.flat();
    let root = document;
    let found = null;
    for (const part of path) {
      found = root.querySelector(part);
      root = found?.shadowRoot ?? root;
    }
    const number = excused.findIndex(({ rule, selector }) => rule === id && found?.matches(selector));
    return { rule: id, impact, excuse: number, node: node.html.slice(0, 160), why: node.failureSummary };
  })))"""


class Found(NamedTuple):
    """What axe finds on a page: the grave findings that nobody excuses, and which exceptions were used."""

    faults: list[str]
    used: set[int]


def examined(page: Page) -> Found:
    """Run axe on the page, shadow trees included."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(PROGRAM)
    said: list[dict[str, Any]] = page.evaluate(RUN, EXCEPTIONS)
    grave = [one for one in said if one["impact"] in GRAVE]
    faults = sorted({f"{one['rule']}: {one['node']}\n{one['why']}" for one in grave if one["excuse"] < 0})
    return Found(faults, {one["excuse"] for one in grave if one["excuse"] >= 0})


HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((node) => node.checkVisibility())
  .map((node) => [Number(node.tagName[1]), node.textContent.trim()])"""


def headings(page: Page) -> list[str]:
    """What is wrong with the page's headings: another number of first ones than one, an empty one, a jump."""
    said: list[tuple[int, str]] = page.evaluate(HEADINGS)
    orders = [order for order, _ in said]
    wrong = [] if orders.count(1) == 1 and orders[0] == 1 else [f"the first headings: {said}"]
    wrong += [f"nothing in a heading: {said}"] if not all(words for _, words in said) else []
    jumps = [after for before, after in pairwise(said) if after[0] > before[0] + 1]
    return wrong + [f"a jump before: {words}" for _, words in jumps]
