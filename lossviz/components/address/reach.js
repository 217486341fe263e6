// What scrolls can be scrolled by keys: where a browser does not see to it, a box that is wider than its place takes the focus.

import { atRest } from "./rest.js";

const BOXES = ".katex-display, [data-testid=stCode] pre, .lz-formula, .lz-wide-table, .lz-zoo-frame, [data-testid=stMarkdown]";

const LATER_MS = [300, 1000];

const scrolls = (node) => {
  const { overflowX, overflowY } = getComputedStyle(node);
  const wide = node.scrollWidth > node.clientWidth && ["auto", "scroll"].includes(overflowX);
  return wide || (node.scrollHeight > node.clientHeight && ["auto", "scroll"].includes(overflowY));
};

function reach() {
  for (const node of document.querySelectorAll(BOXES)) {
    const now = scrolls(node);
    if (now && node.tabIndex < 0) node.dataset.lzReach = node.tabIndex = 0;
    else if (!now && node.dataset.lzReach) {
      node.removeAttribute("tabindex");
      delete node.dataset.lzReach;
    }
  }
}

/** Looks each time the page has come to rest, and a little later: a program that colours code may first have to arrive. */
export function reachScrolling() {
  atRest(() => [0, ...LATER_MS].forEach((wait) => setTimeout(reach, wait)));
  addEventListener("resize", reach);
}
