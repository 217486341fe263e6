// Lines over the page, from a bar to places on the picture beside it.

import { dress, svg } from "../nodes.js";

const MOST = 40;
const MANY = 8; // so many lines step back behind what they cross
const RETRY = { every: 300, times: 10 }; // the picture may come after the bars

let known; // the canvas, once found

function canvas() {
  if (!known?.isConnected) known = search(document);
  return known;
}

/** The canvas lives in a shadow root of its own. */
function search(tree) {
  const found = tree.querySelector("svg[data-testid=box-canvas]");
  if (found) return found;
  for (const { shadowRoot } of tree.querySelectorAll("*")) {
    const inner = shadowRoot && search(shadowRoot);
    if (inner) return inner;
  }
  return null;
}

const seen = ({ left, right, top, bottom, width, height }) =>
  width > 0 && height > 0 && right > 0 && bottom > 0 && left < window.innerWidth && top < window.innerHeight;

/** Where a line comes into the picture. There it has a light casing, which would blot out words on the page. */
function entry([x0, y0], [x1, y1], { left, right, top, bottom }) {
  const share = (from, to, low, high) => (to === from ? 0 : ((to > from ? low : high) - from) / (to - from));
  const t = Math.min(1, Math.max(0, share(x0, x1, left, right), share(y0, y1, top, bottom)));
  return [x0 + t * (x1 - x0), y0 + t * (y1 - y0)];
}

export class Ties {
  /** `tied()` answers null or { from: the node whose left end lines start at, to: [[x, y] in shares] }. */
  constructor(root, tied) {
    Object.assign(this, { root, tied, until: 0, tries: 0 });
    this.overlay = svg("svg", document.body, { class: "lzt-ties", "aria-hidden": true });
    this.layers = ["lzt-page", "lzt-casing", "lzt-rim", "lzt-ink", "lzt-dots"].map((name) => svg("path", this.overlay, { class: name }));
    this.later = this.later.bind(this);
    window.addEventListener("scroll", this.later, { capture: true, passive: true });
    window.addEventListener("resize", this.later);
    // What grows or goes above the bars moves them: the page's main block changes its height then.
    this.observer = new ResizeObserver(this.later);
    this.observer.observe(root);
    this.observer.observe(root.closest("[data-testid=stMainBlockContainer]") ?? document.body);
  }

  destroy() {
    window.removeEventListener("scroll", this.later, { capture: true });
    window.removeEventListener("resize", this.later);
    this.observer.disconnect();
    cancelAnimationFrame(this.raf);
    clearTimeout(this.retry);
    this.overlay.remove();
  }

  later() {
    this.raf ??= requestAnimationFrame(() => {
      this.raf = undefined;
      this.draw();
      if (performance.now() < this.until) this.later();
    });
  }

  /** On every frame for so long: the rows are sliding. */
  follow(ms) {
    this.until = performance.now() + ms;
    this.later();
  }

  draw() {
    const tied = this.root.isConnected ? this.tied() : null;
    const picture = tied && this.picture();
    const ends = picture ? this.ends(tied, picture) : null;
    this.overlay.style.setProperty("--lzt-line", getComputedStyle(this.root).getPropertyValue("--st-primary-color"));
    const count = ends ? ends.to.length : 0;
    dress(this.overlay, { "data-ties": count, "data-many": count > MANY ? "" : null });
    const join = (points, written) => points.map(written).join("");
    const outside = ends ? join(ends.entries, (entry) => `M${ends.from}L${entry}`) : "";
    const inside = ends ? join(ends.to, (end, i) => `M${ends.entries[i]}L${end}`) : "";
    const dots = ends ? join([ends.from, ...ends.to], (end) => `M${end}h0`) : "";
    [outside, inside, dots, inside, dots].forEach((d, i) => dress(this.layers[i], { d }));
  }

  picture() {
    const found = canvas();
    if (found && this.watched !== found) this.observer.observe((this.watched = found));
    if (found) this.tries = 0;
    else if (this.tries < RETRY.times) {
      this.tries += 1;
      clearTimeout(this.retry);
      this.retry = setTimeout(this.later, RETRY.every);
    }
    return found;
  }

  /** Nothing unless both the bar and the picture can be seen. */
  ends({ from, to }, picture) {
    const [start, place] = [from, picture].map((node) => node.getBoundingClientRect());
    if (!seen(start) || !seen(place)) return null;
    const at = ([x, y]) => [place.left + x * place.width, place.top + y * place.height];
    const [begin, ends] = [[start.left, (start.top + start.bottom) / 2], to.slice(0, MOST).map(at)];
    return { from: begin, to: ends, entries: ends.map((end) => entry(begin, end, place)) };
  }
}
