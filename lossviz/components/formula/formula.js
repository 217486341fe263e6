// A formula, set anew whenever its LaTeX changes. The program comes from beside this file, as a classic script that
// leaves window.katex behind; the style sheet is Streamlit's.

import { Feed } from "../live.js";
import { html } from "../nodes.js";

const PROGRAM = new URL("katex.min.js?version=608ba651", import.meta.url).href;
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
    this.feed = new Feed(({ latex }) => this.show(latex));
  }

  async show(latex) {
    this.wanted = latex;
    this.katex ??= await katex();
    if (this.written === this.wanted) return;
    this.written = this.wanted; // the latest, whichever call waited for the program
    this.katex.render(this.written, this.node, LOOK);
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
