// A labelled number with two buttons. What one types is the visitor's until Enter or until he leaves the field.

import { Feed } from "../live.js";
import { dress, html, svg } from "../nodes.js";
import { Outbox } from "../outbox.js";

const MINUS = "M3 8h10";
const PLUS = "M3 8h10M8 3v10";

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const tidy = (value) => Number(value.toFixed(9)); // no 0.30000000000000004 after three steps

class Field {
  constructor(parent) {
    this.outbox = new Outbox((message) => this.setStateValue("event", message));
    this.feed = new Feed((data) => this.show(data), this.outbox);
    this.root = html("label", parent, { class: "root", style: "visibility: hidden" });
    this.label = html("span", this.root, { class: "label" });
    const frame = html("span", this.root, { class: "frame" });
    this.input = html("input", frame, { type: "number", inputmode: "decimal" });
    this.buttons = [[-1, MINUS], [1, PLUS]].map(([sign, d]) => this.buildButton(frame, sign, d));
    this.input.addEventListener("input", () => (this.typing = true));
    this.input.addEventListener("change", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.left());
  }

  destroy() {
    this.outbox.destroy();
    this.root.remove();
  }

  buildButton(parent, sign, d) {
    const button = html("button", parent, { type: "button", tabindex: -1, "aria-hidden": true }); // keys have the arrows
    svg("path", svg("svg", button, { viewBox: "0 0 16 16" }), { d });
    button.addEventListener("click", () => this.step(sign));
    return button;
  }

  update({ data, setStateValue }) {
    this.setStateValue = setStateValue; // bound to the fragment of this very run
    if (data) this.feed.run(data);
  }

  show(data) {
    this.data = data;
    this.outbox.heard(data.seq);
    const { label, low, high, testid, value } = data;
    if (this.label.textContent !== label) this.label.textContent = label;
    dress(this.input, { min: low, max: high, step: "any", "data-testid": testid, "data-value": value });
    this.buttons.forEach((button, i) => (button.disabled = i ? value >= high : value <= low));
    if (!this.typing) this.write();
  }

  write() {
    const { value, digits } = this.data;
    const text = value === null ? "" : String(Number(value.toPrecision(digits)));
    if (this.input.value !== text) this.input.value = text;
  }

  key(event) {
    const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Escape") this.left();
    if (!sign) return;
    event.preventDefault();
    this.step(sign);
  }

  step(sign) {
    const { value, step } = this.data;
    this.typing = false;
    this.send(tidy((value ?? 0) + sign * step));
  }

  typed() {
    const { valueAsNumber } = this.input;
    const typed = this.typing;
    this.typing = false;
    if (typed && Number.isFinite(valueAsNumber)) this.send(valueAsNumber);
    else this.write();
  }

  left() {
    if (!this.typing) return;
    this.typing = false;
    this.write();
  }

  send(wanted) {
    const { low, high, rev } = this.data;
    const value = clamp(wanted, low, high);
    if (value === this.data.value) return this.write();
    this.data = { ...this.data, value };
    this.write();
    return this.outbox.post({ kind: "end", rev, value });
  }
}

const fields = new WeakMap();

export default function field(component) {
  const { parentElement } = component;
  if (!fields.has(parentElement)) fields.set(parentElement, new Field(parentElement));
  const found = fields.get(parentElement);
  found.update(component);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: leave only when the page has let go.
    if (found.root.isConnected) return;
    found.destroy();
    fields.delete(parentElement);
  };
}
