// Bars in lasting rows. All rows lie in one grid cell, so that they share the width of the widest label, and each is
// pushed down to its rank: a change of order slides.

import { Feed } from "../live.js";
import { dress, html } from "../nodes.js";
import { Ties } from "./ties.js";

const SLIDE_MS = 500; // a little longer than the transition

const write = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

class Tally {
  constructor(parent) {
    this.rows = new Map(); // name -> nodes
    this.ranks = new Map();
    this.root = html("div", parent, { class: "lzt-root", style: "visibility: hidden" });
    this.rules = html("div", this.root, { class: "lzt-rules", "aria-hidden": true });
    this.list = html("div", this.root, { class: "lzt-list", role: "list" });
    this.axis = html("div", this.root, { class: "lzt-axis", "aria-hidden": true });
    this.title = html("div", this.root, { class: "lzt-title" });
    this.ties = new Ties(this.root, () => this.tied());
    this.feed = new Feed((data) => this.show(data));
    this.observer = new ResizeObserver(() => this.thin());
    this.observer.observe(this.axis);
    document.fonts?.ready.then(() => this.thin());
  }

  destroy() {
    clearTimeout(this.slid);
    this.observer.disconnect();
    this.ties.destroy();
    this.feed.leave();
    this.root.remove();
  }

  // ---- what the server says ----

  update({ data, setTriggerValue }) {
    this.pick = (name) => setTriggerValue("pick", name); // bound to the fragment of this very run
    if (data && Array.isArray(data.rows)) this.feed.run(data);
  }

  show(data) {
    this.data = data;
    dress(this.root, { "data-testid": data.testid });
    dress(this.list, { "aria-label": data.description });
    this.root.style.setProperty("--lzt-rows", data.rows.length);
    write(this.title, data.axis);
    this.order(data.rows.map((row) => row.name));
    for (const row of data.rows) this.dressRow(row, this.rows.get(row.name));
    this.scale(data.ticks);
    this.ties.later();
  }

  order(names) {
    const wanted = new Map(names.map((name, rank) => [name, rank]));
    if (names.some((name) => this.ranks.has(name) && this.ranks.get(name) !== wanted.get(name))) this.slide();
    this.ranks = wanted;
    for (const [name, { item }] of this.rows) if (!wanted.has(name)) this.drop(name, item);
    for (const name of names) if (!this.rows.has(name)) this.rows.set(name, this.build(name));
    for (const [name, rank] of wanted) this.rows.get(name).item.style.setProperty("--lzt-rank", rank);
    this.sort(names);
  }

  /** Tab and screen readers follow what is seen, where a browser can move a node without taking its focus. */
  sort(names) {
    if (!this.list.moveBefore) return;
    names.forEach((name, rank) => {
      const { item } = this.rows.get(name);
      if (this.list.children[rank] !== item) this.list.moveBefore(item, this.list.children[rank]);
    });
  }

  drop(name, item) {
    item.remove();
    this.rows.delete(name);
    if (this.hovered === name) this.hovered = undefined;
    if (this.focused === name) this.focused = undefined;
  }

  /** Only a change of order is animated, not one of the height of a row. */
  slide() {
    this.root.classList.add("lzt-sliding");
    this.ties.follow(SLIDE_MS);
    clearTimeout(this.slid);
    this.slid = setTimeout(() => this.root.classList.remove("lzt-sliding"), SLIDE_MS);
  }

  build(name) {
    const item = html("div", this.list, { class: "lzt-item", role: "listitem", "data-row": name });
    const row = html("div", item, { class: "lzt-row" });
    const label = html("span", row, { class: "lzt-label" });
    const text = html("span", label, { class: "lzt-text" });
    const track = html("span", row, { class: "lzt-track" });
    const bar = html("i", track, { class: "lzt-bar", "data-bar": "" });
    const mark = html("i", track, { class: "lzt-mark", "data-mark": "" });
    const number = html("span", track, { class: "lzt-number", "data-shown": "" });
    this.listen(name, row);
    return { item, row, label, text, track, bar, mark, number };
  }

  listen(name, row) {
    const state = (type, key, value) =>
      row.addEventListener(type, () => {
        if (value || this[key] === name) this[key] = value;
        this.ties.later();
      });
    state("pointerenter", "hovered", name);
    state("pointerleave", "hovered", undefined);
    state("focus", "focused", name);
    state("blur", "focused", undefined);
    row.addEventListener("click", () => this.data.picks && this.pick(name));
    row.addEventListener("keydown", (event) => {
      if (!this.data.picks || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      if (!event.repeat) this.pick(name);
    });
  }

  dressRow({ name, label, shown, hover, share, mark }, nodes) {
    const { picks, selected } = this.data;
    const chosen = name === selected;
    const role = picks ? { role: "button", tabindex: 0, "aria-pressed": String(chosen) } : { role: "img", tabindex: null, "aria-pressed": null };
    const current = !picks && chosen ? "true" : null;
    dress(nodes.item, { "data-selected": chosen ? "" : null });
    dress(nodes.row, { ...role, "aria-current": current, "aria-label": `${label} ${shown}`, title: hover || label, "data-width": shown });
    dress(nodes.label, { "data-width": label });
    write(nodes.text, label);
    write(nodes.number, shown);
    nodes.bar.style.width = `${100 * share}%`;
    nodes.bar.style.minWidth = share > 0 ? "1px" : "";
    nodes.mark.hidden = mark === null;
    nodes.mark.style.left = `${100 * (mark ?? 0)}%`;
    // At the bar's end; behind the mark where that would stand in the number.
    const inTheWay = mark !== null && mark >= share && mark - share < 0.14;
    nodes.number.style.left = `${100 * (inTheWay ? mark : share)}%`;
  }

  scale(ticks) {
    const wanted = JSON.stringify(ticks);
    if (wanted === this.ticks) return;
    this.ticks = wanted;
    this.axis.replaceChildren();
    this.rules.replaceChildren();
    for (const { at, label } of ticks) {
      html("i", this.rules, { style: `left: ${100 * at}%` });
      html("span", this.axis, { style: `left: ${100 * at}%` }).textContent = label;
    }
    this.thin();
  }

  /** Every label that there is room for: all, every second, every third. */
  thin() {
    const labels = [...this.axis.children];
    const rects = labels.map((label) => label.getBoundingClientRect());
    const free = (step) => rects.every((rect, i) => i % step || i < step || rects[i - step].right + 6 <= rect.left);
    let step = 1;
    while (step < labels.length && !free(step)) step += 1;
    labels.forEach((label, i) => label.classList.toggle("lzt-crowded", i % step > 0));
  }

  /** Where lines start, and the places on the picture they go to. */
  tied() {
    const name = [this.hovered, this.focused, this.data?.selected].find((one) => this.rows.has(one));
    const row = this.data?.rows.find((one) => one.name === name);
    return row?.ties.length ? { from: this.rows.get(name).track, to: row.ties } : null;
  }
}

const tallies = new WeakMap(); // parentElement -> tally

export default function tally(component) {
  const { parentElement } = component;
  if (!tallies.has(parentElement)) tallies.set(parentElement, new Tally(parentElement));
  const found = tallies.get(parentElement);
  found.update(component);
  return () => {
    // Streamlit also calls this for an update that a newer one overtook: leave only when the page has let go.
    if (found.root.isConnected) return;
    found.destroy();
    tallies.delete(parentElement);
  };
}
