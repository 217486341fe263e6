// The bar below the picture: the dimmer, and the same deeds as dragging by numbers and by buttons.

import { dress, html, svg } from "../nodes.js";

const FIELDS = ["x", "y", "w", "h"];
const HOLD = { wait: 400, every: 60 }; // ms until a held button repeats, and how often
const ARROW = "M13 8H3M7 4 3 8l4 4";
const OUTWARD = "M1 8h14M4 5 1 8l3 3M12 5l3 3-3 3";
const INWARD = "M0 8h6M3 5l3 3-3 3M16 8h-6M13 5l-3 3 3 3";
// For each field two buttons: word, sign, picture, its turn in degrees.
const NUDGES = [
  [["left", -1, ARROW, 0], ["right", 1, ARROW, 180]],
  [["up", -1, ARROW, 90], ["down", 1, ARROW, 270]],
  [["narrower", -1, INWARD, 0], ["wider", 1, OUTWARD, 0]],
  [["shorter", -1, INWARD, 90], ["taller", 1, OUTWARD, 90]],
];

export class Tools {
  /** `onNudge(index, sign)`, `onType(xywh as typed)`, `onFade(opacity)` */
  constructor(root, { onNudge, onType, onFade }) {
    Object.assign(this, { onNudge, onType, values: [], typing: false, named: [], digits: 3 });
    const bar = html("div", root, { class: "tools" });
    const toggle = html("button", bar, { type: "button", "aria-expanded": "false", "data-tool": "numbers" });
    this.name("numbers", toggle);
    this.dimming = html("label", bar);
    this.name("dimmer", html("span", this.dimming));
    this.dimmer = html("input", this.dimming, { type: "range", min: 0, max: 1, step: 0.05, "data-tool": "dimmer" });
    this.panel = html("div", root, { class: "panel", hidden: "" });
    this.fields = FIELDS.map((field, index) => this.buildField(field, index));
    this.name("keys", html("p", this.panel, { class: "keys", id: "keys" }));
    toggle.addEventListener("click", () => {
      this.panel.hidden = !this.panel.hidden;
      dress(toggle, { "aria-expanded": !this.panel.hidden });
    });
    this.dimmer.addEventListener("input", () => onFade(1 - this.dimmer.value));
  }

  name(word, node) {
    this.named.push([word, node]);
    return node;
  }

  buildField(field, index) {
    const side = html("div", this.panel, { class: "side" });
    const label = html("label", side);
    this.name(field, html("span", label));
    const input = html("input", label, { type: "number", "data-field": field });
    input.addEventListener("input", () => this.typed(true));
    input.addEventListener("blur", () => this.typed(false));
    const buttons = NUDGES[index].map((nudge) => this.buildNudge(side, index, nudge));
    return { input, buttons };
  }

  buildNudge(parent, index, [word, sign, d, turn]) {
    const button = html("button", parent, { type: "button", "data-nudge": word });
    svg("path", svg("svg", button, { viewBox: "0 0 16 16", "aria-hidden": true }), { d, transform: `rotate(${turn} 8 8)` });
    const step = () => this.onNudge(index, sign);
    const again = () => {
      step();
      this.repeat = setTimeout(again, HOLD.every);
    };
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      step();
      this.repeat = setTimeout(again, HOLD.wait);
    });
    for (const name of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(name, () => this.stop());
    button.addEventListener("click", (event) => event.detail === 0 && step()); // by keyboard or a screen reader
    return button;
  }

  stop() {
    clearTimeout(this.repeat);
  }

  speak(words) {
    for (const [word, node] of this.named) if (node.textContent !== words[word]) node.textContent = words[word];
    this.fields.forEach(({ buttons }, i) =>
      buttons.forEach((button, j) => {
        const word = words[NUDGES[i][j][0]];
        dress(button, { "aria-label": word, title: word });
      }));
  }

  /** The box that the fields speak of; a field in which one types is left alone until one leaves it. */
  show(xywh, limits, movable, digits) {
    Object.assign(this, { values: xywh, digits });
    const focused = this.panel.getRootNode().activeElement;
    this.fields.forEach(({ input, buttons }, i) => {
      for (const node of [input, ...buttons]) node.disabled = !movable;
      const [min, max] = limits[i].map((limit) => Number(limit.toFixed(digits)));
      dress(input, { min, max, step: Number((0.1 ** digits).toFixed(digits)) });
      if (input !== focused || !this.typing) input.value = xywh[i].toFixed(digits);
    });
  }

  /** A field shows few digits: what was not typed keeps all of its own. */
  typed(typing) {
    this.typing = typing;
    const { digits } = this;
    const typed = this.fields.map(({ input }) => input.valueAsNumber);
    const whole = typed.map((value, i) => (value.toFixed(digits) === this.values[i]?.toFixed(digits) ? this.values[i] : value));
    if (!typing) this.onType(null);
    else if (whole.every(Number.isFinite)) this.onType(whole);
  }
}
