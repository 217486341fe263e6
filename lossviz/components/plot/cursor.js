// A line at the step that is being played, over every subplot. Whoever plays says so on the window, up to 60 times a
// second; only the line moves, the chart is not drawn anew.

import { html } from "../nodes.js";
import { subplots } from "./handle.js";

const cursors = new Set();
let step = null; // the last one heard of, also by charts that come later

window.addEventListener("lossviz:step", ({ detail }) => {
  if (!Number.isFinite(detail?.step)) return;
  step = detail.step;
  for (const cursor of cursors) cursor.place();
});

export class Cursor {
  constructor(node, overlay) {
    this.node = node;
    this.overlay = overlay;
    this.lines = [];
    cursors.add(this);
  }

  destroy() {
    cursors.delete(this);
    for (const line of this.lines) line.remove();
  }

  /** At the edge of the chart when the step lies outside, as step 0 does on a logarithmic axis. */
  place() {
    const shown = step === null ? [] : subplots(this.node);
    while (this.lines.length > shown.length) this.lines.pop().remove();
    while (this.lines.length < shown.length)
      this.lines.push(html("div", this.overlay, { class: "lossviz-plot-cursor" }));
    shown.forEach(([xaxis, yaxis], i) => {
      const pixel = xaxis.d2p(step);
      const x = xaxis._offset + Math.min(Math.max(Number.isFinite(pixel) ? pixel : 0, 0), xaxis._length);
      this.lines[i].style.height = `${yaxis._length}px`;
      this.lines[i].style.transform = `translate(${x.toFixed(2)}px, ${yaxis._offset}px)`;
    });
  }
}
