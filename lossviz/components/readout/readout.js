// Words and numbers that follow a drag: markup made and escaped on the server, in a node that only this module writes.

import { Feed } from "../live.js";
import { html } from "../nodes.js";

class Readout {
  constructor(parent) {
    this.node = html("div", parent, { class: "lz-readout" });
    this.feed = new Feed((data) => this.show(data));
  }

  show(data) {
    if (this.written === data.html) return;
    this.written = data.html;
    this.node.innerHTML = data.html;
  }
}

const readouts = new WeakMap(); // parentElement -> readout

export default function readout({ parentElement, data }) {
  if (!readouts.get(parentElement)?.node.isConnected) readouts.set(parentElement, new Readout(parentElement));
  const { feed, node } = readouts.get(parentElement);
  feed.run(data);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: leave only when the page has let go.
    if (!node.isConnected) feed.leave();
  };
}
