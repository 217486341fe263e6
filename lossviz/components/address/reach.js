// What scrolls can be scrolled by keys: where a browser does not see to it, a box that is wider than its place takes the focus.

import { atRest } from "./rest.js";

const BOXES = ".katex-display, [data-testid=stCode] pre, .lz-formula, .lz-wide-table, .lz-zoo-frame, [data-testid=stMarkdown]";

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

/** Looks each time the page has come to rest. */
export function reachScrolling() {
  atRest(reach);
  addEventListener("resize", reach);
}
