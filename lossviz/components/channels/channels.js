// The raw outputs of one predictor as rows with a slider and a number field. This file owns the value that one is just
// changing; every other value, and all that is computed from them, is the server's.

import { dress, html } from "../nodes.js";
import { Feed } from "../live.js";
import { Outbox } from "../outbox.js";

const COLUMNS = ["channel", "raw", "output", "target", "gradient"];
const STEP = { normal: 0.05, fine: 0.005, coarse: 0.5, slider: 0.01 };
const SIDEWAYS = { ArrowRight: 1, ArrowLeft: -1 }; // in a field they move the caret
const QUIET_MS = { keys: 400, field: 1000 }; // a pause ends one deed
const TAP_PX = 5;
const CLOSE = 1e-4; // the server says the same value again, after arithmetic of its own

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const digits = (value) => (value === null ? "" : String(Number(value.toPrecision(5))));
const fill = (sentence, label) => sentence.replaceAll("{label}", label);

const RAISED = /\b([a-z])_([a-z])\b|\^([a-z])\b/g;

/** t_x has its index below the line, e^t its exponent above it. */
function writeFormula(node, text) {
  if (node.dataset.written === text) return;
  node.dataset.written = text;
  node.replaceChildren();
  let from = 0;
  for (const { 0: whole, 1: letter, 2: index, 3: exponent, index: at } of text.matchAll(RAISED)) {
    node.append(text.slice(from, at));
    if (letter) html("var", node).textContent = letter;
    html(letter ? "sub" : "sup", node).textContent = index ?? exponent;
    from = at + whole.length;
  }
  node.append(text.slice(from));
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

class Channels {
  constructor(parent) {
    this.rows = new Map(); // index -> what the server says of the channel
    this.values = new Map(); // index -> the raw output as one sees it
    this.nodes = new Map();
    this.sent = new Map(); // index -> number of the last message about its value, until the server has heard it
    this.deed = null; // what is being changed: { channel, start, by: "drag" | "keys" | "field" }
    this.before = null; // what Esc takes back when nothing is being changed: { channel, value }
    this.typing = null; // the channel whose field holds unfinished text
    this.deaf = false; // a drag was called off while the button is still down
    this.finger = null; // one that has come down on a slider and may yet turn out to scroll the page: { x, shown }
    this.outbox = new Outbox((message) => this.setStateValue("event", message), (message) => this.leaves(message));
    this.feed = new Feed((data) => this.show(data), this.outbox);
    this.leaving = new AbortController();
    const named = { class: "lzc-root", "data-testid": "channels", role: "table" };
    this.root = html("div", parent, { ...named, style: "visibility: hidden" });
    const head = html("div", this.root, { class: "lzc-row lzc-head", role: "row" });
    this.heads = COLUMNS.map((word) => [word, html("div", head, { class: `lzc-${word}`, role: "columnheader" })]);
    const on = (name, deed) => window.addEventListener(name, deed, { signal: this.leaving.signal });
    on("pointerup", () => this.lifted());
    on("pointercancel", () => this.taken());
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("focusout", () => {
      if (this.deed && this.deed.by !== "drag" && !this.ordering) this.finish();
    });
  }

  destroy() {
    this.leaving.abort();
    clearTimeout(this.quiet);
    this.outbox.destroy();
    this.root.remove();
  }

  // ---- what the server says ----

  update({ data, setStateValue }) {
    this.setStateValue = setStateValue; // bound to the fragment of this very run
    if (data && Array.isArray(data.rows) && data.words) this.feed.run(data);
  }

  show(data) {
    const stale = data.rev !== this.data?.rev;
    this.data = data;
    if (stale) this.forget();
    for (const [channel, seq] of this.sent) if (data.seq >= seq) this.sent.delete(channel);
    if (data.seq >= this.choice) this.choice = undefined;
    if (stale || this.choice === undefined) this.selected = data.selected;
    this.adopt(data.rows);
    this.outbox.heard(data.seq);
    this.draw();
  }

  /** Another revision: what one was doing belongs to the old one. */
  forget() {
    clearTimeout(this.quiet);
    this.deaf = this.deed?.by === "drag" || this.deaf;
    Object.assign(this, { deed: null, before: null, typing: null, choice: undefined });
    this.outbox.drop();
    this.sent.clear();
  }

  adopt(rows) {
    this.rows = new Map(rows.map((row) => [row.index, row]));
    for (const [index, node] of this.nodes) if (!this.rows.has(index)) this.drop(index, node);
    for (const { index, raw } of rows) {
      if (!this.nodes.has(index)) this.nodes.set(index, this.buildRow(index));
      if (this.held(index)) continue;
      const old = this.values.get(index);
      this.values.set(index, raw);
      // Somebody else has moved it since: there is nothing left to take back.
      const same = Math.abs(raw - old) <= CLOSE * Math.max(1, Math.abs(raw));
      if (!same && this.before?.channel === index) this.before = null;
    }
    this.order(rows.map(({ index }) => this.nodes.get(index).row));
  }

  /** The visitor's own value, of which the server has not yet heard the end. */
  held(channel) {
    return this.deed?.channel === channel || this.sent.has(channel) ||
      this.outbox.queue.some((message) => message.channel === channel && message.kind !== "select");
  }

  drop(index, { row }) {
    if (this.deed?.channel === index) this.deed = null;
    if (this.before?.channel === index) this.before = null;
    if (this.typing === index) this.typing = null;
    for (const known of [this.nodes, this.values, this.sent]) known.delete(index);
    row.remove(); // last: it may lose the focus, and that ends a change
  }

  order(wanted) {
    const focused = document.activeElement;
    this.ordering = true; // moving a node takes its focus, which is no choice of the visitor's
    wanted.forEach((row, i) => {
      const there = this.root.children[i + 1];
      if (there !== row) this.root.insertBefore(row, there);
    });
    if (this.root.contains(focused) && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.ordering = false;
  }

  buildRow(channel) {
    const row = html("div", this.root, { class: "lzc-row", role: "row", "data-channel": channel });
    const cell = (name) => html("div", row, { class: `lzc-${name}`, role: name === "channel" ? "rowheader" : "cell" });
    const [label, raw, output, target, gradient] = COLUMNS.map(cell);
    const slider = html("input", raw, { type: "range", class: "lzc-slider", step: STEP.slider });
    const field = html("input", raw, { type: "number", class: "lzc-field", step: STEP.normal, inputmode: "decimal" });
    const bar = html("div", html("div", gradient, { class: "lzc-track", "aria-hidden": true }), { class: "lzc-bar" });
    const number = html("span", gradient, { class: "lzc-number" });
    row.addEventListener("click", () => this.select(channel));
    row.addEventListener("focusin", () => this.ordering || this.select(channel));
    slider.addEventListener("pointerdown", (event) => event.button === 0 && this.pressed(channel, event, slider.value));
    slider.addEventListener("pointermove", (event) => this.wandered(event));
    slider.addEventListener("input", () => this.slid(channel, slider.valueAsNumber));
    slider.addEventListener("change", () => this.released());
    field.addEventListener("input", () => this.typed(channel, field.valueAsNumber));
    for (const name of ["change", "blur"]) field.addEventListener(name, () => this.left(channel));
    return { row, label, slider, field, output, target, bar, number };
  }

  // ---- drawing ----

  draw() {
    const { description, words } = this.data;
    dress(this.root, { "aria-label": description });
    for (const [word, node] of this.heads) write(node, words[word]);
    for (const row of this.rows.values()) this.drawRow(row, this.nodes.get(row.index));
  }

  drawRow(row, { row: node, label, slider, field, output, target, bar, number }) {
    const { words, field: [lowest, highest] } = this.data;
    dress(node, { "aria-current": row.index === this.selected ? "true" : null });
    for (const [cell, text] of [[label, row.label], [output, row.output], [target, row.target]]) {
      writeFormula(cell, text);
      dress(cell, { title: text });
    }
    const share = (0 - row.low) / (row.high - row.low);
    slider.style.setProperty("--lzc-zero", share >= 0 && share <= 1 ? share : -9);
    dress(slider, { min: row.low, max: row.high, "aria-label": fill(words.slider, row.label) });
    dress(field, { min: lowest, max: highest, "aria-label": fill(words.field, row.label) });
    this.drawValue(row.index);
    this.drawGradient(row, bar, number);
  }

  drawGradient({ gradient, shown }, bar, number) {
    const { largest } = this.data;
    const share = gradient && largest > 0 ? Math.min(Math.abs(gradient) / largest, 1) : 0;
    dress(bar, { "data-sign": gradient ? (gradient > 0 ? "plus" : "minus") : null });
    bar.style.width = `${(50 * share).toFixed(2)}%`;
    write(number, shown);
  }

  /** The slider and the field, as they follow the visitor; a field in which one types is left alone. */
  drawValue(channel) {
    const { slider, field } = this.nodes.get(channel);
    const value = this.values.get(channel);
    const mine = this.deed?.by === "drag" && this.deed.channel === channel; // the browser holds the thumb
    if (!mine) slider.value = value ?? 0;
    dress(slider, { "aria-valuetext": `${digits(value).replace("-", "−")}, ${this.rows.get(channel).output}` });
    if (this.typing !== channel && field.value !== digits(value)) field.value = digits(value);
  }

  // ---- what the visitor does ----

  select(channel) {
    if (channel === this.selected) return;
    this.settle(channel);
    this.selected = channel;
    this.choice = Infinity; // until it is sent: the number is not known yet
    this.post("select", channel, null);
    this.draw();
  }

  pressed(channel, { pointerType, clientX }, shown) {
    this.settle(channel);
    this.deaf = false;
    this.holding = channel;
    this.finger = pointerType === "touch" ? { x: clientX, shown } : null;
  }

  /** A finger that goes sideways drags. */
  wandered({ clientX }) {
    if (this.finger && Math.abs(clientX - this.finger.x) > TAP_PX) this.finger = null;
  }

  /** A finger that has stayed where it came down has tapped. */
  lifted() {
    const { finger, holding } = this;
    const slider = this.nodes.get(holding)?.slider;
    this.finger = null;
    if (finger && slider && slider.value !== finger.shown) this.slid(holding, slider.valueAsNumber);
    this.released();
    this.deaf = false;
  }

  /** The browser took the finger, to scroll: the thumb, which has jumped to it, goes back. */
  taken() {
    const { finger, holding } = this;
    this.released();
    if (!finger) return;
    Object.assign(this, { finger: null, holding: null, deaf: true });
    if (this.nodes.has(holding)) this.drawValue(holding);
  }

  slid(channel, value) {
    if (this.finger) return undefined;
    if (this.deaf) return this.drawValue(channel);
    this.select(channel); // a finger that drags brings no focus
    return this.change(channel, value, this.holding === channel ? "drag" : "keys");
  }

  released() {
    if (!this.finger) this.holding = null;
    if (this.deed?.by === "drag") this.finish();
  }

  /** Digits that were not typed stay: the field rounds. */
  typed(channel, typed) {
    this.typing = channel;
    if (!Number.isFinite(typed)) return;
    const [low, high] = this.data.field;
    const start = this.startOf(channel, "field");
    this.change(channel, digits(start) === digits(typed) ? start : clamp(typed, low, high), "field");
  }

  /** One has left the field, or pressed Enter in it. */
  left(channel) {
    if (this.typing !== channel) return;
    this.typing = null;
    if (this.before?.channel === channel) this.before.by = null;
    if (this.deed?.channel === channel) this.finish();
    this.drawValue(channel);
  }

  key(event) {
    if (event.key === "Escape") return this.undo(event);
    const channel = Number(event.target.closest("[data-channel]")?.dataset.channel);
    const row = this.rows.get(channel);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    const inField = event.target.type === "number";
    const next = this.stepped(event, row, inField);
    if (next === null) return undefined;
    event.preventDefault();
    event.stopPropagation();
    if (this.deed?.by === "drag") return undefined;
    if (inField) this.typing = null;
    return this.change(channel, next, "keys");
  }

  /** Where a key leads, or null when it is not one of ours. */
  stepped({ key, shiftKey }, { index, low, high }, inField) {
    const sign = { ArrowUp: 1, PageUp: 1, ArrowDown: -1, PageDown: -1, ...(inField ? {} : SIDEWAYS) }[key];
    const value = this.values.get(index) ?? 0;
    if (!inField && key === "Home") return low;
    if (!inField && key === "End") return high;
    if (!sign) return null;
    const by = key.startsWith("Page") ? STEP.coarse : shiftKey ? STEP.fine : STEP.normal;
    const [least, most] = inField ? this.data.field : [Math.min(low, value), Math.max(high, value)];
    return clamp(Number((value + sign * by).toFixed(6)), least, most);
  }

  /** Where the change began that Esc would take back; what is typed without leaving the field is one change. */
  startOf(channel, by) {
    if (this.deed?.channel === channel) return this.deed.start;
    const again = by === "field" && this.before?.by === "field" && this.before.channel === channel;
    return again ? this.before.value : this.values.get(channel);
  }

  /** A new value, from wherever: show it, tell the server. */
  change(channel, value, by) {
    this.settle(channel);
    this.deed = { channel, start: this.startOf(channel, by), by };
    this.values.set(channel, value);
    this.drawValue(channel);
    this.post("move", channel, value);
    clearTimeout(this.quiet);
    if (by !== "drag") this.quiet = setTimeout(() => this.finish(), QUIET_MS[by]);
  }

  /** Before another channel has its turn. */
  settle(channel) {
    if (this.deed && this.deed.channel !== channel) this.finish();
  }

  finish() {
    clearTimeout(this.quiet);
    const { deed } = this;
    if (!deed) return;
    this.deed = null;
    this.before = { channel: deed.channel, value: deed.start, by: this.typing === deed.channel ? "field" : null };
    this.post("end", deed.channel, this.values.get(deed.channel));
    this.drawValue(deed.channel);
  }

  /** Esc takes back the running change, else the last one. */
  undo(event) {
    const last = this.deed ? { channel: this.deed.channel, value: this.deed.start } : this.before;
    if (!last || last.value === null || !this.rows.has(last.channel)) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(this.quiet);
    this.deaf = this.deed?.by === "drag";
    Object.assign(this, { deed: null, before: null, typing: null });
    this.values.set(last.channel, last.value);
    this.post("cancel", last.channel, last.value);
    this.drawValue(last.channel);
  }

  post(kind, channel, value) {
    this.outbox.post({ kind, rev: this.data.rev, channel, value });
  }

  leaves({ kind, channel, seq }) {
    if (kind === "select") this.choice = seq;
    else this.sent.set(channel, seq);
  }
}

const lists = new WeakMap();

export default function channels(component) {
  const { parentElement } = component;
  if (!lists.has(parentElement)) lists.set(parentElement, new Channels(parentElement));
  const list = lists.get(parentElement);
  list.update(component);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: leave only when the page has let go.
    if (list.root.isConnected) return;
    list.destroy();
    lists.delete(parentElement);
  };
}
