// A formula, set anew whenever its LaTeX changes. The program comes from beside this file, as a classic script that
// leaves window.katex behind; the style sheet is Streamlit's.

import { Feed } from "../live.js";
import { html } from "../nodes.js";

const PROGRAM = new URL("katex.min.js?version=608ba651", import.meta.url).href;
const SMALLEST = 0.6; // of the usual size; smaller it could not be read
const LOOK = { displayMode: true, throwOnError: false, strict: false, trust: false };

let loading;

function katex() {
  loading ??= import(PROGRAM).then(
    () => window.katex,
    (error) => {
      loading = undefined; // the next formula tries again
      throw error;
    },
  );
  return loading;
}

class Formula {
  constructor(parent) {
    this.node = html("div", parent, { class: "lz-formula" });
    this.width = 0;
    new ResizeObserver(() => this.node.clientWidth !== this.width && this.fit()).observe(this.node);
    this.feed = new Feed(({ latex }) => this.show(latex));
  }

  async show(latex) {
    this.wanted = latex;
    this.katex ??= await katex();
    if (this.written === this.wanted) return;
    this.written = this.wanted; // the latest, whichever call waited for the program
    this.katex.render(this.written, this.node, LOOK);
    this.fit();
    if (document.fonts.status !== "loaded") document.fonts.ready.then(() => this.fit()); // a page's first waits for its letters
  }

  /** Whole where it is too wide for its column, if smaller. */
  fit() {
    this.width = this.node.clientWidth;
    this.node.style.fontSize = "";
    const share = this.width / this.node.scrollWidth;
    if (share < 1) this.node.style.fontSize = `${Math.max(Math.floor(100 * share) / 100, SMALLEST)}em`;
  }
}

const formulas = new WeakMap(); // parentElement -> formula

export default function formula({ parentElement, data }) {
  if (!formulas.get(parentElement)?.node.isConnected) formulas.set(parentElement, new Formula(parentElement));
  const { feed, node } = formulas.get(parentElement);
  feed.run(data);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: leave only when the page has let go.
    if (!node.isConnected) feed.leave();
  };
}
