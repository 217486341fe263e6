// A picture with boxes to drag and resize. Positions are shares of the network input (x, y of the centre, w, h);
// `view` turns them into CSS pixels, so lines and grips keep their size on every screen. This file owns the boxes:
// what the server says of them, how they are drawn, what pointer and keys do to them.

import { GRIPS, atLimit, clamp, gripFrame, gripPoint, gripRects, inside, labelPlace, moved, resized } from "./geometry.js";
import { CHIP, HIT, cased, chip, dress, html, put, scaleChips, svg, write } from "../nodes.js";
import { Feed } from "../live.js";
import { Outbox } from "../outbox.js";
import { say } from "../spoken.js";
import { Film } from "./film.js";
import { Plane } from "./plane.js";
import { Relation } from "./relation.js";
import { Scene } from "./scene.js";
import { Tools } from "./tools.js";

const QUIET_MS = 400; // a pause in key presses ends one deed, which Esc then takes back as a whole
const SPEAK_MS = 700;
const TAP_PX = 5;

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

class Canvas {
  constructor(parent) {
    this.geometry = new Map(); // id -> xywh: the truth about where boxes are
    this.boxes = new Map(); // id -> what the server says of the box
    this.nodes = new Map();
    this.view = { w: 0, h: 0 };
    this.axis = 0; // the axis that PageUp, PageDown, Home and End mean: the last one used
    this.plane = new Plane(null);
    this.outbox = new Outbox((message) => this.setStateValue("event", message), (message) => this.film.sent(message));
    this.feed = new Feed((data) => this.show(data), this.outbox);
    this.root = html("div", parent, { class: "root", style: "visibility: hidden" });
    this.build();
    this.listen();
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.svg);
    document.fonts?.ready.then(() => this.resize());
  }

  destroy() {
    this.observer.disconnect();
    cancelAnimationFrame(this.raf);
    [this.quiet, this.speaking].forEach(clearTimeout);
    this.outbox.destroy();
    this.tools.stop();
    this.film.destroy();
    this.root.remove();
  }

  build() {
    this.svg = svg("svg", this.root, { class: "picture", "data-testid": "box-canvas", role: "group" });
    this.scene = new Scene(this.svg);
    this.layers = {};
    const relation = svg("g", this.svg);
    for (const name of ["limit", "bodies", "film", "arrows", "notes", "grips", "chips"])
      this.layers[name] = svg("g", this.svg, { class: name });
    this.scene.above(this.layers.arrows, this.layers.notes);
    this.limitLines = ["dark", "light"].map((layer) => svg("rect", this.layers.limit, { class: layer }));
    this.relation = new Relation(relation, this.layers.notes);
    this.film = new Film(this.root, this.layers.film, (shown) => this.post("film", shown));
    this.grips = new Map(Object.keys(GRIPS).map((grip) => [grip, this.buildGrip(grip)]));
    this.tools = new Tools(this.root, {
      onNudge: (index, sign) => this.nudge(this.selected, null, index, sign * this.plane.steps.normal),
      onType: (xywh) => this.typed(xywh),
      onFade: (opacity) => this.scene.fade(opacity),
    });
  }

  buildGrip(grip) {
    const group = svg("g", this.layers.grips, { "data-grip": grip, tabindex: 0, role: "slider" });
    svg("rect", group, { class: "reach", width: HIT, height: HIT, x: -HIT / 2, y: -HIT / 2 });
    svg("rect", group, { class: "knob", width: 10, height: 10, x: -5, y: -5, rx: 2 });
    return group;
  }

  // ---- what the server says ----

  update({ data, setStateValue }) {
    this.setStateValue = setStateValue; // bound to the fragment of this very run
    if (data && Array.isArray(data.boxes) && data.words) this.feed.run(data);
  }

  show(data) {
    const stale = data.rev !== this.data?.rev;
    if (!this.data) this.dim(data.dim);
    this.data = data;
    this.plane = new Plane(data.units);
    if (stale) this.forget(data);
    this.adopt(data, stale);
    this.outbox.heard(data.seq);
    this.dressRoot(data);
    this.film.update(data.film, data.words, data.seq, stale);
    this.draw(true);
  }

  /** From then on the dimmer is the visitor's. */
  dim(share) {
    this.tools.dimmer.value = share;
    this.scene.fade(1 - share);
  }

  /** Another revision: what one was doing belongs to the old one. */
  forget(data) {
    clearTimeout(this.quiet);
    Object.assign(this, { drag: null, series: null, before: null, selected: data.selected });
    this.tools.typing = false;
    this.outbox.drop();
  }

  adopt(data, stale) {
    this.boxes = new Map(data.boxes.map((box) => [box.id, box]));
    for (const [id, nodes] of this.nodes) if (!this.boxes.has(id)) this.drop(id, nodes);
    for (const box of data.boxes) {
      // What the visitor cannot move is the server's; what he can move is his until the next revision.
      if (stale || !box.movable || !this.geometry.has(box.id)) this.geometry.set(box.id, box.xywh);
      if (!this.nodes.has(box.id)) this.nodes.set(box.id, this.buildBox(box.id));
    }
    if (!this.boxes.has(this.selected)) this.selected = this.boxes.has(data.selected) ? data.selected : data.boxes[0]?.id;
    this.toFront(data.front);
  }

  drop(id, nodes) {
    nodes.group.remove();
    nodes.chip.group.remove();
    this.nodes.delete(id);
    this.geometry.delete(id);
    if (this.drag?.id === id) this.drag = null;
  }

  buildBox(id) {
    const group = svg("g", this.layers.bodies, { "data-box": id, tabindex: 0, "aria-describedby": "keys" });
    const body = svg("rect", group, { class: "body" });
    const ring = cased("rect", group, "ring");
    const lines = svg("g", group);
    const tag = chip(this.layers.chips, { class: "chip", "data-chip": id });
    return { group, body, ring, lines, outline: cased("rect", lines), cross: cased("path", lines, "cross"), chip: tag };
  }

  toFront(id) {
    const front = this.nodes.get(id);
    if (!front || this.layers.bodies.lastChild === front.group) return;
    const focused = this.root.getRootNode().activeElement;
    this.layers.bodies.append(front.group);
    if (focused === front.group) focused.focus({ preventScroll: true }); // moving a node takes its focus
  }

  dressRoot({ words, description, aspect, board, photo }) {
    this.root.style.setProperty("--aspect", aspect);
    this.tools.dimming.hidden = board || !photo;
    dress(this.svg, { "aria-label": description });
    this.tools.speak(words);
  }

  // ---- drawing ----

  resize() {
    const { width: w, height: h } = this.svg.getBoundingClientRect(); // clientWidth would round
    if (!w || !h) return;
    this.view = { w, h };
    scaleChips(this.root);
    dress(this.svg, { viewBox: `0 0 ${w} ${h}` });
    for (const { chip: tag } of this.nodes.values()) tag.written = null;
    if (!this.data) return;
    this.draw(true);
  }

  /** Boxes, grips, labels and fields: all that follows the pointer. */
  draw(all = false) {
    if (!this.view.w) return;
    this.svg.classList.toggle("dragging", Boolean(this.drag));
    if (all) this.scene.draw(this.data, this.view, this.gripRects(), this.plane);
    for (const [id, box] of this.boxes) this.drawBox(box, this.nodes.get(id), this.rect(id));
    this.drawGrips();
    this.drawRelation(this.drawChips());
    this.drawLimit();
    if (all) this.film.draw(this.view);
    this.showNumbers(this.boxes.get(this.selected));
  }

  showNumbers(box) {
    const { plane, tools } = this;
    if (box) tools.show(plane.shown(this.geometry.get(box.id)), plane.limits(box.limits), box.movable, plane.digits);
  }

  drawRelation(taken) {
    const { relation } = this.data;
    const [a, b] = [relation?.first, relation?.second].map((id) => (this.boxes.has(id) ? this.rect(id) : null));
    this.relation.draw(relation, a, b, this.view, taken);
  }

  rect(id) {
    const [x, y, w, h] = this.geometry.get(id);
    return { x: (x - w / 2) * this.view.w, y: (y - h / 2) * this.view.h, w: w * this.view.w, h: h * this.view.h };
  }

  drawBox(box, nodes, { x, y, w, h }) {
    const xywh = this.geometry.get(box.id);
    const chosen = box.id === this.selected;
    const marks = { "data-kind": box.kind, "data-selected": chosen ? "" : null, "data-movable": box.movable ? "" : null };
    const pressing = this.active === box.id && atLimit(xywh, box.limits, [2, 3]);
    dress(nodes.group, { ...marks, "data-limit": pressing ? "size" : null, ...this.aria(box, xywh) });
    dress(nodes.chip.group, marks);
    dress(nodes.lines, { opacity: box.opacity });
    const [cx, cy] = [x + w / 2, y + h / 2];
    const [bodyW, bodyH] = [Math.max(w, HIT), Math.max(h, HIT)];
    dress(nodes.body, { x: cx - bodyW / 2, y: cy - bodyH / 2, width: bodyW, height: bodyH });
    nodes.ring({ x: x - 6, y: y - 6, width: w + 12, height: h + 12, rx: 3 });
    nodes.outline({ x, y, width: w, height: h });
    const arm = clamp(Math.min(w, h) / 4, 2, 6);
    nodes.cross({ d: `M${cx - arm} ${cy}h${2 * arm}M${cx} ${cy - arm}v${2 * arm}` });
  }

  aria(box, xywh) {
    const still = { role: "img", "aria-label": this.sentence(box, xywh), "aria-valuetext": null, "aria-valuenow": null };
    if (!box.movable) return still;
    const now = this.ariaNow(box, xywh, this.axis);
    return { role: "slider", "aria-label": box.label, "aria-valuetext": this.sentence(box, xywh), ...now };
  }

  ariaNow(box, xywh, i) {
    const [now, low, high] = [xywh[i], ...box.limits[i]].map((value) => this.plane.text(value, i));
    return { "aria-valuenow": now, "aria-valuemin": low, "aria-valuemax": high };
  }

  sentence(box, xywh) {
    const [x, y, w, h] = xywh.map((value, i) => this.plane.text(value, i));
    return fill(this.data.words.position, { label: box.label, x, y, w, h });
  }

  gripFrame() {
    return this.boxes.get(this.selected)?.movable ? gripFrame(this.rect(this.selected), this.view, HIT) : null;
  }

  gripRects() {
    const frame = this.gripFrame();
    return frame ? gripRects(frame, HIT) : [];
  }

  drawGrips() {
    const box = this.boxes.get(this.selected);
    const frame = this.gripFrame();
    dress(this.layers.grips, { display: frame ? null : "none" });
    if (!frame) return;
    for (const [grip, group] of this.grips) {
      const size = GRIPS[grip][0] ? 2 : 3;
      const aria = this.aria(box, this.geometry.get(box.id));
      const label = fill(this.data.words.grip, { label: box.label, grip: this.data.words[`grip_${grip}`] });
      const now = this.ariaNow(box, this.geometry.get(box.id), size);
      const transform = `translate(${gripPoint(frame, grip)})`;
      dress(group, { ...aria, ...now, "aria-label": label, transform });
    }
  }

  /** Truths carry their label above, predictions below; whoever finds the place taken goes elsewhere. */
  drawChips() {
    const held = this.gripFrame();
    const taken = [...this.gripRects(), ...this.scene.fixed, ...this.scene.pointed];
    for (const [id, box] of this.boxes) {
      const tag = this.nodes.get(id).chip;
      write(tag, box.label, this.view.w - 20);
      const mine = held && id === this.selected;
      const frames = [mine ? held : this.rect(id), held ?? this.rect(id)];
      const size = { w: tag.width, h: CHIP.height };
      const gap = mine ? HIT / 2 + CHIP.gap : CHIP.gap;
      const place = labelPlace(frames, size, box.kind === "prediction", gap, taken, this.view);
      taken.push(place);
      put(tag, place);
    }
    return taken;
  }

  /** Where the centre may go: faint when it is less than the picture, bright while one pushes against it. */
  drawLimit() {
    const box = this.boxes.get(this.selected);
    const [[left, right], [top, bottom]] = box?.limits ?? [[0, 1], [0, 1]];
    const wide = !box?.movable || (right - left > 0.99 && bottom - top > 0.99);
    const pressed = box && this.active === box.id && atLimit(this.geometry.get(box.id), box.limits, [0, 1]);
    dress(this.layers.limit, { "data-wide": wide ? "" : null, "data-pressed": pressed ? "" : null });
    const place = { x: left * this.view.w, y: top * this.view.h };
    const size = { width: (right - left) * this.view.w, height: (bottom - top) * this.view.h };
    this.limitLines.forEach((line) => dress(line, { ...place, ...size }));
  }

  // ---- what the visitor does ----

  get active() {
    return this.drag?.id ?? this.series; // the box that is being changed, by pointer or by keys
  }

  listen() {
    const on = (name, deed, options) => this.svg.addEventListener(name, deed, options);
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.cancelled(event));
    on("lostpointercapture", (event) => this.cancelled(event));
    on("pointerleave", () => this.scene.point(null));
    on("mousedown", (event) => event.preventDefault()); // focus is set below; no text or picture is dragged along
    on("touchstart", (event) => this.held(event.target) && event.preventDefault(), { passive: false });
    on("keydown", (event) => this.key(event));
    on("keyup", () => this.root.classList.remove("pointing"));
    on("focusout", () => this.series && this.finish());
  }

  /** Whether a finger that lands here drags instead of scrolling: the selected box, its label and its grips. */
  held(target) {
    return Boolean(target.closest("[data-grip], [data-selected][data-movable]"));
  }

  shares(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [x / this.view.w, y / this.view.h];
  }

  down(event) {
    this.root.classList.add("pointing"); // the focus ring is for keys: a script's focus() would show it to the mouse
    if (event.button !== 0 || !event.isPrimary || this.drag) return;
    this.settle();
    const { target } = event;
    const grip = target.closest("[data-grip]")?.dataset.grip ?? null;
    const named = target.closest("[data-box], [data-chip]")?.dataset;
    const id = grip ? this.selected : (named?.box ?? named?.chip);
    this.press = { id, pointerId: event.pointerId, x: event.clientX, y: event.clientY };
    // A finger on a box that is not selected may be about to scroll: select it when it turns out to be a tap.
    if (!id || (event.pointerType === "touch" && !this.held(target))) return;
    this.select(id);
    this.focusOn(grip ? this.grips.get(grip) : this.nodes.get(id).group);
    if (this.boxes.get(id)?.movable) this.take(event, id, grip);
  }

  take(event, id, grip) {
    this.svg.setPointerCapture(event.pointerId);
    const start = this.geometry.get(id);
    this.drag = { id, grip, pointerId: event.pointerId, from: this.shares(event), to: null, start, changed: false };
    this.scene.point(null);
  }

  move(event) {
    if (this.drag?.pointerId === event.pointerId) {
      this.drag.to = this.shares(event);
      this.raf ??= requestAnimationFrame(() => this.follow());
    } else if (event.pointerType === "mouse" && !this.drag) {
      const free = !event.target.closest("[data-box], [data-chip], [data-grip]");
      this.scene.point(free ? this.shares(event) : null);
    }
  }

  /** Once a frame: put the box where the pointer is. */
  follow() {
    cancelAnimationFrame(this.raf);
    this.raf = undefined;
    const { drag } = this;
    const box = this.boxes.get(drag?.id);
    if (!drag?.to || !box) return;
    const [dx, dy] = [drag.to[0] - drag.from[0], drag.to[1] - drag.from[1]];
    const xywh = drag.grip ? resized(drag.start, drag.grip, dx, dy, box.limits) : moved(drag.start, dx, dy, box.limits);
    drag.changed ||= xywh.some((value, i) => value !== drag.start[i]);
    if (drag.changed) this.change(drag.id, xywh);
  }

  up(event) {
    const tap = this.press?.pointerId === event.pointerId &&
      Math.hypot(event.clientX - this.press.x, event.clientY - this.press.y) < TAP_PX ? this.press : null;
    this.press = null;
    if (this.drag?.pointerId === event.pointerId) return this.release();
    if (tap?.id) return this.select(tap.id);
    if (tap) this.post("pick", { pick: this.shares(event).map((value) => clamp(value, 0, 1)) });
    return undefined;
  }

  cancelled(event) {
    if (event.type === "pointercancel") this.press = null; // the browser took the finger, to scroll
    if (this.drag?.pointerId === event.pointerId) this.release();
  }

  release() {
    this.follow();
    const { drag } = this;
    this.drag = null;
    if (drag.changed) {
      this.before = { id: drag.id, xywh: drag.start };
      this.post("end");
      this.say(drag.id);
    }
    this.draw();
  }

  select(id) {
    if (!this.boxes.has(id) || id === this.selected) return;
    this.selected = id;
    this.post("select");
    this.draw();
  }

  focusOn(node) {
    node?.focus({ preventScroll: true });
  }

  /** New geometry, from wherever: draw it, tell the server. */
  change(id, xywh) {
    this.geometry.set(id, xywh);
    this.draw();
    this.post("move");
  }

  post(kind, more = {}) {
    const boxes = {};
    for (const [id, box] of this.boxes) if (box.movable) boxes[id] = this.geometry.get(id);
    this.outbox.post({ kind, rev: this.data.rev, boxes, selected: this.selected, ...more });
  }

  // ---- keys, buttons and fields: a series of small steps is one deed ----

  key(event) {
    this.root.classList.remove("pointing");
    if (event.key === "Escape") return this.undo(event);
    const id = event.target.closest("[data-box]")?.dataset.box ?? this.selected;
    const grip = event.target.closest("[data-grip]")?.dataset.grip ?? null;
    const box = this.boxes.get(id);
    if (!box || event.ctrlKey || event.metaKey) return undefined;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return this.select(id);
    }
    const step = this.stepOf(event, grip, box);
    if (!step || !box.movable || this.drag) return undefined;
    event.preventDefault();
    event.stopPropagation();
    this.select(id);
    return this.nudge(id, grip, ...step);
  }

  /** A key as [index in xywh, by how much], or nothing. */
  stepOf({ key, shiftKey, altKey }, grip, box) {
    const { steps } = this.plane;
    const arrow = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, -1], ArrowDown: [1, 1] }[key];
    if (arrow) {
      const [axis, sign] = arrow;
      const by = sign * (shiftKey ? steps.fine : steps.normal);
      this.axis = axis;
      return altKey ? [axis + 2, axis ? -by : by] : [axis, by]; // Alt and up: taller
    }
    if (grip && !GRIPS[grip][this.axis]) this.axis = 1 - this.axis; // a side grip knows one axis only
    const { axis } = this;
    if (key === "PageUp") return [axis, axis ? -steps.coarse : steps.coarse]; // up is up
    if (key === "PageDown") return [axis, axis ? steps.coarse : -steps.coarse];
    if (key === "Home" || key === "End") return [axis, this.toLimit(key, grip, box)];
    return null;
  }

  /** How far to the limit: of the centre for a box, for a grip of the side it pulls, Home being the smallest. */
  toLimit(key, grip, box) {
    const { axis } = this;
    const value = this.geometry.get(box.id);
    const end = key === "Home" ? 0 : 1;
    if (!grip) return box.limits[axis][end] - value[axis];
    return (box.limits[axis + 2][end] - value[axis + 2]) * GRIPS[grip][axis];
  }

  nudge(id, grip, index, by) {
    const box = this.boxes.get(id);
    if (!box?.movable) return;
    const xywh = this.geometry.get(id);
    const delta = [0, 0, 0, 0];
    delta[index] = by;
    const next = grip && index < 2
      ? resized(xywh, grip, delta[0], delta[1], box.limits)
      : inside(xywh.map((value, i) => value + delta[i]), box.limits);
    this.step(id, next);
  }

  /** The fields, or null when one has left them. */
  typed(xywh) {
    const box = this.boxes.get(this.selected);
    if (!xywh) this.draw();
    else if (box?.movable) this.step(box.id, inside(this.plane.shares(xywh), box.limits));
  }

  step(id, xywh) {
    if (this.series !== id) this.before = { id, xywh: this.geometry.get(id) };
    this.series = id;
    this.change(id, xywh);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.finish(), QUIET_MS);
  }

  settle() {
    if (this.series) this.finish();
  }

  finish() {
    clearTimeout(this.quiet);
    const id = this.series;
    this.series = null;
    if (!id) return;
    this.post("end");
    this.say(id);
    this.draw();
  }

  /** Esc takes back the drag or the series of keys: the running one, else the last one; after that it leaves the box. */
  undo(event) {
    const last = this.drag ? { id: this.drag.id, xywh: this.drag.start } : this.before;
    if (!last || !this.boxes.has(last.id)) {
      event.target.blur();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(this.quiet);
    Object.assign(this, { drag: null, series: null, before: null });
    this.geometry.set(last.id, last.xywh);
    this.draw();
    this.post("cancel");
    this.say(last.id);
  }

  /** Screen readers hear where the box is after a pause, not on every frame. */
  say(id) {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      const box = this.boxes.get(id);
      if (!box) return;
      const xywh = this.geometry.get(id);
      const stopped = atLimit(xywh, box.limits, [0, 1, 2, 3]) ? this.data.words.limit : "";
      const told = this.svg.contains(this.root.getRootNode().activeElement); // the slider itself says where it is
      say(...[told ? "" : this.sentence(box, xywh), stopped].filter(Boolean));
    }, SPEAK_MS);
  }
}

const canvases = new WeakMap();

export default function boxCanvas(component) {
  const { parentElement } = component;
  if (!canvases.has(parentElement)) canvases.set(parentElement, new Canvas(parentElement));
  const canvas = canvases.get(parentElement);
  canvas.update(component);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: leave only when the page has let go.
    if (canvas.root.isConnected) return;
    canvas.destroy();
    canvases.delete(parentElement);
  };
}
