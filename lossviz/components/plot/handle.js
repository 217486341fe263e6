// A grip on the chart: a place in data coordinates, drawn over every subplot that shows it. It follows the pointer at
// frame rate and never waits for the server, which hears of it through the outbox.

import { dress, html } from "../nodes.js";

const FINE = 0.1; // of a step, with Shift
const COARSE = 10; // steps, with PageUp and PageDown
const QUIET_MS = 400; // a pause in key presses ends one deed, which Esc then takes back as a whole
const AXES = ["x", "y"];

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const tidy = (value) => Number(value.toFixed(9)); // no 0.30000000000000004 after three steps
const same = (a, b) => a.every((value, n) => Math.abs(value - b[n]) < 1e-7); // to pixels and back costs a few digits

/** Height of a curve, [xs, ys] in order of x, at a place between or beside them. */
export function height([xs, ys], x) {
  const right = xs.findIndex((value) => value >= x);
  if (right < 1) return ys.at(right && -1);
  const share = (x - xs[right - 1]) / (xs[right] - xs[right - 1]);
  return ys[right - 1] + share * (ys[right] - ys[right - 1]);
}

/** The subplots of a drawn chart, the first one first. */
export function subplots(node) {
  return Object.values(node._fullLayout?._plots ?? {}).map(({ xaxis, yaxis }) => [xaxis, yaxis]);
}

export class Handle {
  constructor(node, overlay, outbox) {
    this.node = node;
    this.overlay = overlay;
    this.grips = []; // one a subplot; the first one is what keys and screen readers know
    this.at = null; // [x, y]: where the visitor sees it
    this.axis = 0; // the axis that PageUp, PageDown, Home and End mean: the last one used
    this.outbox = outbox;
  }

  destroy() {
    cancelAnimationFrame(this.raf);
    clearTimeout(this.quiet);
    this.outbox.drop();
    for (const grip of this.grips) grip.remove();
  }

  // ---- what the server says ----

  update(said) {
    const stale = said.rev !== this.said?.rev;
    this.said = said;
    if (stale) this.forget();
    if (stale || !this.at || !this.busy) this.at = [said.x, said.y];
    this.place();
  }

  /** Another revision: what one was doing belongs to the old one. */
  forget() {
    this.rest();
    this.before = null;
    this.outbox.drop();
  }

  /** The place is the visitor's until the server has heard the end of it. */
  get busy() {
    return this.drag || this.series || this.outbox.busy;
  }

  // ---- drawing ----

  /** Where the chart shows the place; at its edge when the place lies outside. */
  place() {
    if (!this.said) return;
    const shown = subplots(this.node).slice(0, this.said.subplots ? undefined : 1);
    while (this.grips.length > shown.length) this.grips.pop().remove();
    while (this.grips.length < shown.length) this.grips.push(this.build(this.grips.length));
    shown.forEach((axes, i) => {
      const at = this.spot(i);
      const [x, y] = axes.map((axis, n) => axis._offset + clamp(axis.d2p(at[n]), 0, axis._length));
      const there = Number.isFinite(x) && Number.isFinite(y);
      this.grips[i].style.display = there ? "" : "none";
      if (there) this.grips[i].style.transform = `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px)`;
    });
    if (this.grips.length) this.speak(this.grips[0]);
  }

  /** Where a subplot shows the place: on its curve, where the grip runs along one. */
  spot(index) {
    const curve = this.said.along[index];
    return curve ? [this.at[0], height(curve, this.at[0])] : this.at;
  }

  build(index) {
    const spoken = index ? { "aria-hidden": true } : { tabindex: 0, role: "slider" };
    const grip = html("div", this.overlay, { class: "lossviz-plot-grip", "data-grip": index, ...spoken });
    const on = (name, deed) => grip.addEventListener(name, deed);
    on("pointerdown", (event) => this.down(event, index));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.up(event));
    on("lostpointercapture", (event) => this.up(event));
    on("mousedown", (event) => event.preventDefault()); // focus is set above; no text is dragged along
    on("keydown", (event) => this.key(event));
    on("focusout", () => this.finish());
    return grip;
  }

  speak(grip) {
    const { label, words, low, high } = this.said;
    const [x, y] = this.at.map((value) => String(Number(value.toFixed(this.digits))));
    dress(grip, {
      "aria-label": label,
      "aria-valuetext": words.replaceAll("{x}", x).replaceAll("{y}", y),
      "aria-valuenow": [x, y][this.axis],
      "aria-valuemin": low[this.axis],
      "aria-valuemax": high[this.axis],
    });
  }

  /** Behind the point: as many as a fine step moves. */
  get digits() {
    return clamp(Math.ceil(-Math.log10(this.said.step * FINE)), 0, 6);
  }

  // ---- what the visitor does ----

  free(axis) {
    return this.said.locked !== AXES[axis];
  }

  /** Inside the limits; a locked coordinate stays as it is. */
  inside(place) {
    const { low, high } = this.said;
    return place.map((value, n) => (this.free(n) ? clamp(value, low[n], high[n]) : this.at[n]));
  }

  down(event, index) {
    if (event.button !== 0 || !event.isPrimary || this.drag) return;
    this.finish();
    const grip = this.grips[index];
    this.grips[0].focus({ preventScroll: true });
    grip.setPointerCapture(event.pointerId);
    grip.classList.add("dragging");
    const pointer = this.pixel(event);
    const at = this.spot(index);
    const offset = subplots(this.node)[index].map((axis, n) => pointer[n] - axis._offset - axis.d2p(at[n]));
    this.drag = { index, pointerId: event.pointerId, offset, to: null, start: this.at };
  }

  move(event) {
    if (this.drag?.pointerId !== event.pointerId) return;
    this.drag.to = event;
    this.raf ??= requestAnimationFrame(() => this.follow());
  }

  /** Once a frame: put the grip where the pointer is. */
  follow() {
    cancelAnimationFrame(this.raf);
    this.raf = undefined;
    const { drag } = this;
    const axes = drag?.to && subplots(this.node)[drag.index];
    if (!axes) return;
    const pointer = this.pixel(drag.to); // of the chart where it is now: the page above it may have grown
    this.change(this.inside(axes.map((axis, n) => axis.p2d(pointer[n] - axis._offset - drag.offset[n]))));
  }

  /** Where a pointer is, from the chart's upper left corner. */
  pixel({ clientX, clientY }) {
    const { left, top } = this.node.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  up(event) {
    if (this.drag?.pointerId !== event.pointerId) return;
    if (this.drag.to && event.type === "pointerup") this.drag.to = event;
    this.follow();
    this.settle(this.drag.start);
  }

  /** A tap on the chart: go there at once. */
  tap(event) {
    const pixel = this.pixel(event);
    const within = (axis, n) => pixel[n] >= axis._offset && pixel[n] <= axis._offset + axis._length;
    const axes = subplots(this.node)
      .slice(0, this.said.subplots ? undefined : 1)
      .find((pair) => pair.every(within));
    if (!axes || this.drag) return;
    this.finish();
    const start = this.at;
    this.at = this.inside(axes.map((axis, n) => axis.p2d(pixel[n] - axis._offset)));
    this.place();
    this.settle(start);
  }

  change(place) {
    if (same(place, this.at)) return;
    this.at = place;
    this.place();
    this.post("move");
  }

  rest() {
    clearTimeout(this.quiet);
    for (const grip of this.grips) grip.classList.remove("dragging");
    this.drag = null;
    this.series = null;
  }

  /** A deed is over: told once, if anything has moved. */
  settle(start) {
    this.rest();
    if (same(start, this.at)) return;
    this.before = start;
    this.post("end");
  }

  post(kind) {
    this.outbox.post({ kind, rev: this.said.rev, x: this.at[0], y: this.at[1] });
  }

  // ---- keys: a series of small steps is one deed ----

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return void this.undo(event);
    const next = this.stepped(event);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.drag) return;
    this.series ??= this.at;
    this.change(this.inside(next));
    this.speak(this.grips[0]);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.finish(), QUIET_MS);
  }

  /** Where a key leads, or null when it is not one of ours. Up is up on the screen, whichever way the axis runs. */
  stepped({ key, shiftKey }) {
    const { low, high, step } = this.said;
    const arrow = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, 1], ArrowDown: [1, -1] }[key];
    if (arrow) this.axis = arrow[0];
    if (!this.free(this.axis)) this.axis = 1 - this.axis;
    const { axis } = this;
    const to = (value) => this.at.map((old, n) => (n === axis ? tidy(value) : old));
    if (key === "Home") return to(low[axis]);
    if (key === "End") return to(high[axis]);
    const page = { PageUp: 1, PageDown: -1 }[key];
    if (!arrow && !page) return null;
    if (arrow && arrow[0] !== axis) return this.at; // locked
    const { range } = subplots(this.node)[0][axis];
    const sign = range[0] > range[1] ? -1 : 1;
    const steps = arrow ? arrow[1] * (shiftKey ? FINE : 1) : page * COARSE;
    return to(this.at[axis] + sign * steps * step);
  }

  finish() {
    if (this.series) this.settle(this.series);
  }

  /** Esc takes back the drag or the series of keys: the running one, else the last one. */
  undo(event) {
    const last = this.drag?.start ?? this.series ?? this.before;
    if (!last) return;
    event.preventDefault();
    event.stopPropagation();
    this.rest();
    Object.assign(this, { before: null, at: last });
    this.place();
    this.post("cancel");
  }
}
