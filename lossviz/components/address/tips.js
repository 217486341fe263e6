// What a word means, for whoever has no mouse: a tap, or the focus, on anything with a title shows it; Escape, another tap or
// a scroll puts it away. One box for the whole page; the words come from the title and go in as text.

const WITHIN = ":is([data-testid=stHtml], .lz-readout) [title]";
const GAP = 6;
const EDGE = 8;
const LOOK_MS = 250;
const ID = "lz-tip";

class Tip {
  constructor() {
    this.box = document.createElement("div");
    this.box.className = "lz-tip";
    this.box.id = ID;
    this.box.setAttribute("role", "tooltip");
    this.box.hidden = true;
    document.body.append(this.box);
  }

  show(node) {
    this.hide();
    this.node = node;
    this.box.textContent = node.title;
    this.box.style.fontFamily = getComputedStyle(node).fontFamily;
    this.box.hidden = false;
    node.setAttribute("aria-describedby", ID);
    this.place();
    this.watch = setInterval(() => node.isConnected || this.hide(), LOOK_MS); // a drag may write the sentence anew
  }

  hide() {
    clearInterval(this.watch);
    this.node?.removeAttribute("aria-describedby");
    this.node = null;
    this.box.hidden = true;
  }

  /** Below the word, or above it where there is no room; never beyond an edge of the window. */
  place() {
    const at = this.node.getClientRects()[0] ?? this.node.getBoundingClientRect();
    const { width, height } = this.box.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const left = Math.max(EDGE, Math.min(at.left, clientWidth - width - EDGE));
    const below = at.bottom + GAP + height < clientHeight;
    this.box.style.left = `${left}px`;
    this.box.style.top = `${below ? at.bottom + GAP : Math.max(EDGE, at.top - GAP - height)}px`;
  }
}

/** Explain every word of the page that has a title. */
export function explainWords() {
  const tip = new Tip();
  const word = (event) => event.target.closest?.(WITHIN);
  const toggle = (node) => (node === tip.node ? tip.hide() : tip.show(node));
  addEventListener("click", (event) => {
    const node = event.target.closest?.("a, button") ? null : word(event);
    if (node) toggle(node);
    else tip.hide();
  });
  addEventListener("focusin", (event) => {
    const node = word(event);
    if (node?.matches(".lz-about:focus-visible")) tip.show(node);
    else tip.hide();
  });
  addEventListener("keydown", (event) => {
    const node = word(event);
    if (event.key === "Escape" && tip.node) {
      event.stopImmediatePropagation();
      tip.hide();
    } else if ((event.key === "Enter" || event.key === " ") && node?.matches(".lz-about")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      toggle(node);
    }
  }, true);
  addEventListener("scroll", () => tip.hide(), { capture: true, passive: true });
  addEventListener("resize", () => tip.hide());
}
